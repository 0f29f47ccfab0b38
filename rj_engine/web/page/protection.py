"""Headers, forgery tokens and limits that stand around every page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

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
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OURS: Final = frozenset({"same-origin", "none"})
"""What a browser says of a request from our own page, or from nobody's."""
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
        WTF_CSRF_METHODS=sorted(UNSAFE),
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.proxies:
        trusted = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)
        app.wsgi_app = trusted  # type: ignore[method-assign]  # how Flask's documentation adds middleware
    app.before_request(_refuse_nul)
    app.before_request(_refuse_foreign)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_protect if not settings.secure_cookies else _protect_with_tls)


def _refuse_nul() -> None:
    """NUL is in nobody's words, and PostgreSQL takes it in no text."""
    said = (request.path, *request.args.values(), *request.form.values())
    if any("\0" in text for text in said):
        abort(400)


def _refuse_foreign() -> None:
    """A write that another site's page sends is refused, whatever token it carries; the API knows no cookie."""
    if request.method not in UNSAFE or request.path.startswith("/api/"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in OURS:
        abort(400)
    if site is None and origin is not None and urlsplit(origin).netloc != request.host:
        abort(400)


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
