"""For the operator: is it alive, can it work, and how does it do."""

from __future__ import annotations

from time import perf_counter
from typing import cast

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from sqlalchemy import text

from rj_engine import clock
from rj_engine.database import DatabaseAway, db, translated
from rj_engine.web.page.access import public

screen = Blueprint("health", __name__)
BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12)
"""Seconds."""


@screen.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "live"}


@screen.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """The database answers too; 503 while it does not."""
    try:
        with translated():
            db.session.execute(text("SELECT 1"))
    except DatabaseAway:
        return {"status": "database away"}, 503, {"Retry-After": "5"}
    return {"status": "ready", **_calendar()}


def _calendar() -> dict[str, str]:
    """That the calendar of bank holidays ends within a year; nothing while it reaches further."""
    ends = clock.calendar_confirmed_until()
    return {"calendar": f"confirmed until {ends}"} if ends < clock.add_months(clock.today(), 12) else {}


@screen.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Requests and their time, by page and outcome; no person, no case."""
    registry = cast("CollectorRegistry", current_app.extensions["rj_metrics"])
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def register(app: Flask) -> None:
    """Measure every request."""
    registry = CollectorRegistry()
    seconds = Histogram(
        "rj_request_seconds", "Time of a request", ["page", "status"], registry=registry, buckets=BUCKETS
    )
    app.extensions["rj_metrics"] = registry
    app.register_blueprint(screen)

    @app.before_request
    def _begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def _end(reply: Response) -> Response:
        if (began := g.get("began")) is not None:
            seconds.labels(request.endpoint or "none", str(reply.status_code)).observe(perf_counter() - began)
        return reply
