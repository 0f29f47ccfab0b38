"""Who calls, and whether they may: the bearer of a token, a verb on every call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from flask import abort, current_app, g, request
from flask_limiter.util import get_remote_address
from limits import parse
from werkzeug.exceptions import TooManyRequests

from rj_engine.commands import Actor, NotAllowed
from rj_engine.database import db, translated
from rj_engine.errors import Refused
from rj_engine.people import sign_in
from rj_engine.web.page.access import settings
from rj_engine.web.page.protection import limiter

SCHEME: Final = "Bearer "
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
View = TypeVar("View", bound=Callable[..., Any])


class TokenRefused(Refused):
    """Send a valid token: Authorization: Bearer TOKEN."""

    code = "token_refused"


def allows(*verbs: str) -> Callable[[View], View]:
    """Let only those in whose roles allow at least one of `verbs`."""

    def mark(view: View) -> View:
        view.verbs = frozenset(verbs)  # type: ignore[attr-defined]  # read back in `let_in`, and by the route matrix
        return view

    return mark


def let_in() -> None:
    """Know the caller or refuse, before every call; a call that names no verb lets nobody in."""
    g.api_caller = _bearer()
    verbs: frozenset[str] = getattr(current_app.view_functions[str(request.endpoint)], "verbs", frozenset())
    if not verbs & caller().verbs:
        raise NotAllowed(verb=" or ".join(sorted(verbs)))
    if request.method in WITH_BODY and not request.is_json:
        abort(415)


def caller() -> Actor:
    """The bearer of this request's token."""
    actor: Actor = g.api_caller
    return actor


def _bearer() -> Actor:
    header = request.headers.get("Authorization", "")
    if not header.startswith(SCHEME):
        raise TokenRefused
    with translated():
        actor = sign_in.by_token(db.session(), header.removeprefix(SCHEME))
    if actor is None:
        _refuse_token()
    return actor


def _refuse_token() -> NoReturn:
    """Refuse; whoever keeps guessing from one address is told to wait, and nobody with a valid token with them."""
    limit = parse(settings().sign_ins_per_address)
    if not limiter.limiter.hit(limit, "api_token", get_remote_address()):
        raise TooManyRequests(retry_after=limit.get_expiry())
    raise TokenRefused
