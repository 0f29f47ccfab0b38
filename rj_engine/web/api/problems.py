"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import Response, json
from werkzeug.exceptions import HTTPException

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.errors import Broken, Retry, RjError
from rj_engine.web.api.access import TokenRefused
from rj_engine.web.page.statuses import RETRY_AFTER_SECONDS, status_of

log = logging.getLogger(__name__)
MEDIA: Final = "application/problem+json"
UNAUTHORIZED: Final = 401
NOT_FOUND: Final = 404
PARTICULARS: Final = {
    "missing": "missing",
    "findings": "findings",
    "messages": "fields",
    "who": "who",
    "when": "when",
}
"""What an error knows, and how the document names it."""
OF_HTTP: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("malformed", "The request cannot be read", "Send one JSON object, written as the standard says."),
    405: ("method_not_allowed", "This cannot be done here", "Use a method that this address knows."),
    413: ("too_large", "The request is too large", "Send less at once."),
    415: ("not_json", "The request is not JSON", "Send application/json and say so in Content-Type."),
    422: ("invalid_answers", "There is a problem with the answers", "Mend the named fields and send it again."),
    429: ("too_many_requests", "Too many tries", "Wait before you try again."),
    500: ("broken", "Something went wrong on our side", "Nothing was half done. Try again later."),
}
"""Status to code, title, detail; the words of the error itself may repeat what was sent and stay inside."""
KEPT_HEADERS: Final = ("Allow", "Retry-After")


def problem_of(error: RjError) -> Response:
    """The problem document of one of our errors."""
    status = UNAUTHORIZED if isinstance(error, TokenRefused) else status_of(error)
    _note(error, status)
    title = (type(error).__doc__ or error.code).strip().splitlines()[0].rstrip(".")
    answer = _answer(status, error.code, title, error.sentence, _particulars(error))
    if isinstance(error, Retry):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def problem_of_http(error: HTTPException) -> Response:
    """The problem document of an error of HTTP itself."""
    if error.code == NOT_FOUND:
        return problem_of(NotFound())
    status = error.code or 500
    code, title, detail = OF_HTTP.get(status, (error.name.lower().replace(" ", "_"), error.name, error.name))
    answer = _answer(status, code, title, detail, _fields(error))
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _note(error: RjError, status: int) -> None:
    broken = isinstance(error, Broken)
    level = logging.ERROR if broken else logging.INFO
    log.log(level, "api %s %s %s", status, error.code, error.context, exc_info=error if broken else None)


def _particulars(error: RjError) -> dict[str, Any]:
    found = {shown: getattr(error, name) for name, shown in PARTICULARS.items() if hasattr(error, name)}
    if "findings" in found:
        found["findings"] = [finding.as_json() for finding in found["findings"]]
    if isinstance(found.get("when"), datetime):
        found["when"] = clock.rfc3339(found["when"])
    return found


def _fields(error: HTTPException) -> dict[str, Any]:
    """Field to messages, whether it came in the body or the query."""
    by_place: Mapping[str, Any] = (getattr(error, "data", None) or {}).get("messages") or {}
    fields: dict[str, Any] = {}
    for messages in by_place.values():
        fields.update(messages if isinstance(messages, dict) else {"": messages})
    return {"fields": fields} if fields else {}


def _answer(status: int, code: str, title: str, detail: str, extra: dict[str, Any]) -> Response:
    body = {"type": f"urn:rj-engine:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return Response(json.dumps({**body, **extra}), status, content_type=MEDIA)
