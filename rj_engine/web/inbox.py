"""The inbox: mine, my team's and unclaimed tasks, due first."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from rj_engine import clock
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.access import actor, needs
from rj_engine.workflows import inbox

screen = Blueprint("inbox", __name__)
QUEUES = {"mine": "My tasks", "team": "Team", "unclaimed": "Unclaimed"}


@screen.get("/tasks")
@needs("see_case")
def queue() -> ResponseReturnValue:
    """One page of a queue."""
    session, by, wanted = db.session(), actor(), request.args.get("queue", "mine")
    page = inbox.page(session, by, wanted, clock.now(), cursor=request.args.get("after"))
    names = staff.names(session, {row.assignee for row in page.tasks if row.assignee})
    counts = inbox.counts(session, by)
    shown = {"page": page, "names": names, "counts": counts, "queues": QUEUES, "wanted": wanted, "new_id": uuid4}
    return render_template("inbox/queue.html", **shown)
