"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

import logging
from typing import Any

from flask import Response, json
from werkzeug.exceptions import HTTPException

from rj_engine.errors import Retry, RjError
from rj_engine.web.api.access import TokenRefused
from rj_engine.web.statuses import RETRY_AFTER_SECONDS, status_of

log = logging.getLogger(__name__)
MEDIA = "application/problem+json"
PARTICULARS = ("missing", "findings", "messages", "who", "when")


def problem_of(error: RjError) -> Response:
    """The problem document of one of our errors."""
    status = 401 if isinstance(error, TokenRefused) else status_of(error)
    log.info("api %s %s", status, error.code, extra={"context": error.context})
    answer = _answer(status, error.code, error.sentence, _particulars(error))
    if isinstance(error, Retry):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == 401:  # noqa: PLR2004 - the scheme must be named with a 401
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def problem_of_http(error: HTTPException) -> Response:
    """The problem document of an error of HTTP itself."""
    return _answer(error.code or 500, _http_code(error), error.description or error.name, _http_extra(error))


def _particulars(error: RjError) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in PARTICULARS:
        value: Any = getattr(error, name, None)
        if value is None:
            continue
        if name == "findings":
            value = [finding.as_json() for finding in value]
        found["fields" if name == "messages" else name] = value.isoformat() if name == "when" else value
    return found


def _http_code(error: HTTPException) -> str:
    return "invalid_answers" if error.code == 422 else (error.name or "error").lower().replace(" ", "_")  # noqa: PLR2004


def _http_extra(error: HTTPException) -> dict[str, Any]:
    data = getattr(error, "data", None) or {}
    return {"fields": data["messages"]} if "messages" in data else {}


def _answer(status: int, code: str, detail: str, extra: dict[str, Any]) -> Response:
    body = {"type": f"urn:rj_engine:problem:{code}", "title": code, "code": code, "status": status, "detail": detail}
    return Response(json.dumps({**body, **extra}), status, content_type=MEDIA)
