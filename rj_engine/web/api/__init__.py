"""REST API v1: tasks, cases, referrals, pathways; bearer tokens, problem documents."""

from __future__ import annotations

from typing import Final

from flask import Flask
from flask_smorest import Api

from rj_engine.web.api import cases, pathways, referrals, tasks

PREFIX: Final = "/api/v1"
BLUEPRINTS: Final = (tasks.blueprint, cases.blueprint, referrals.blueprint, pathways.blueprint)


def register(app: Flask) -> None:
    """Put the API and its OpenAPI document under /api/v1."""
    app.config.update(
        API_TITLE="rj_engine",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(app)
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
