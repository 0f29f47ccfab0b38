"""REST API v1: tasks, cases, referrals, pathways; bearer tokens, problem documents."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask_smorest import Api

from rj_engine.web.api import cases, events, letters, pathways, prisons, problems, referrals, tasks
from rj_engine.web.api.schemas import ProblemOut

PREFIX: Final = "/api/v1"
BLUEPRINTS: Final = (
    tasks.blueprint,
    letters.blueprint,
    cases.blueprint,
    events.blueprint,
    referrals.blueprint,
    pathways.blueprint,
    prisons.blueprint,
)


def register(app: Flask) -> None:
    """Put the API and its OpenAPI document under /api/v1; the document is open to all, and names no person."""
    app.config.update(
        API_TITLE="rj_engine",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(app, spec_kwargs={"security": [{"token": []}]})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.DEFAULT_ERROR_RESPONSE_NAME = "Problem"
    api.spec.components.response(api.DEFAULT_ERROR_RESPONSE_NAME, _problem_documents())
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)


def _problem_documents() -> dict[str, Any]:
    return {"description": "A problem document (RFC 9457)", "content": {problems.MEDIA: {"schema": ProblemOut}}}
