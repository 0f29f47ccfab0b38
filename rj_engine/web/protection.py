"""Headers, forgery tokens and limits that stand around every page."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from rj_engine.people.sign_in import hash_of
from rj_engine.settings import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Robots-Tag": "noindex, nofollow",
}
TWO_YEARS: Final = "max-age=63072000; includeSubDomains"
LARGEST_REQUEST: Final = 2 * 1024 * 1024
"""Bytes: forms of text, no files."""

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, default_limits=[])


def register(app: Flask, settings: Settings) -> None:
    """Set the app up so that a page is private, unframed and unforged."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-rj" if settings.secure_cookies else "rj",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        WTF_CSRF_METHODS=["POST", "PUT", "PATCH", "DELETE"],
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_protect if not settings.secure_cookies else _protect_with_tls)


def _protect(reply: Response) -> Response:
    for name, value in HEADERS.items():
        reply.headers.setdefault(name, value)
    if "Cache-Control" not in reply.headers:
        reply.headers["Cache-Control"] = "no-store"
    return reply


def _protect_with_tls(reply: Response) -> Response:
    reply.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    return _protect(reply)


def account() -> str:
    """The account somebody tries to sign in to, as a key for the limiter; never stored in clear."""
    return hash_of(request.form.get("email", "").strip().lower())
