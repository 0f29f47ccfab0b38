"""Who calls: the bearer of a token."""

from __future__ import annotations

from flask import g, request

from rj_engine.commands import Actor
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.people import sign_in

SCHEME = "Bearer "


class TokenRefused(Refused):
    """Send a valid token: Authorization: Bearer TOKEN."""

    code = "token_refused"


def require_token() -> None:
    """Know the caller, or refuse; before every call."""
    header = request.headers.get("Authorization", "")
    actor = sign_in.by_token(db.session(), header.removeprefix(SCHEME)) if header.startswith(SCHEME) else None
    if actor is None:
        raise TokenRefused
    g.api_caller = actor


def caller() -> Actor:
    """The bearer of this request's token."""
    actor: Actor = g.api_caller
    return actor
