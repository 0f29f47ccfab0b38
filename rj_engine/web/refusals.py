"""What went wrong, as a page: what happened, what was typed, and whether to try again."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from rj_engine.database import DatabaseAway
from rj_engine.errors import Broken, RjError
from rj_engine.web.api.problems import problem_of, problem_of_http
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.statuses import RETRY_AFTER_SECONDS, status_of
from rj_engine.web.page.typed import typed_so_far

TITLES: Final[Mapping[int, str]] = {
    400: marked("This page is out of date"),
    401: marked("Please sign in"),
    403: marked("You cannot do this"),
    404: marked("Page not found"),
    405: marked("Page not found"),
    409: marked("Something has changed"),
    413: marked("That is too much text"),
    415: marked("This cannot be read"),
    422: marked("This cannot be done as asked"),
    429: marked("Too many tries"),
    500: marked("Sorry, something went wrong"),
    503: marked("Sorry, the service is busy"),
}
SAYS: Final[Mapping[int, str]] = {
    400: marked("Go back, load the page again and send it once more."),
    404: marked("There is nothing here that you may see. Check the address, or go to your tasks."),
    405: marked("There is nothing here that you may see. Check the address, or go to your tasks."),
    413: marked("Shorten what you typed and try again."),
    415: marked("Load the page again and send it once more."),
    429: marked("Wait five minutes, then try again."),
    500: marked("Nothing was half done. Try again later. If it happens again, tell your lead."),
}


def register(app: Flask) -> None:
    """Turn every error into a page; nothing else catches them."""
    app.register_error_handler(RjError, _ours)
    app.register_error_handler(OperationalError, _away)
    app.register_error_handler(PoolTimeout, _away)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)


def _ours(error: RjError) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return problem_of(error)
    status = status_of(error)
    if isinstance(error, Broken):
        current_app.logger.error("broken", extra={"code": error.code, "context": error.context}, exc_info=error)
    says = SAYS[404] if error.code == "not_found" else error.sentence
    return page(status, says, list(getattr(error, "missing", [])), error.code)


def _away(error: Exception) -> ResponseReturnValue:
    current_app.logger.warning("database away: %s", type(error).__name__)
    return _ours(DatabaseAway())


def _forged(error: CSRFError) -> ResponseReturnValue:
    del error
    if request.method == "PUT":
        return page(400, marked("Not saved: this page is out of date. Copy what you typed, then load the page again."))
    return page(400, SAYS[400])


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:  # redirects travel as exceptions too
        return error
    if request.path.startswith("/api/"):
        return problem_of_http(error)
    return page(error.code, SAYS.get(error.code, ""))


def page(status: int, says: str, missing: list[str] | None = None, code: str = "") -> ResponseReturnValue:
    """The page for one status; a script that saves drafts gets the sentence alone."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if request.method == "PUT":
        return {"notice": in_language(says)}, status, headers
    title = TITLES.get(status, TITLES[500])
    if code == "contact_blocked":
        title = marked("Contact cannot go ahead yet")
    typed = typed_so_far() if request.method == "POST" and status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE else []
    body = render_template(
        "errors/page.html",
        title=in_language(title),
        says=in_language(says),
        missing=[*map(in_language, missing or [])],
        typed=typed,
    )
    return body, status, headers
