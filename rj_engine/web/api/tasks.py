"""Tasks over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.views import MethodView
from flask_smorest import Blueprint

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.web.api.access import caller, require_token
from rj_engine.web.api.schemas import AnswersBody, AssignBody, CommandBody, DraftBody, InboxOut, InboxQuery, MovedOut
from rj_engine.workflows import desk, inbox
from rj_engine.workflows.tasks import AssignTask, ClaimTask, CompleteTask, ReleaseTask, SaveDraft

blueprint = Blueprint("api_tasks", __name__, description="Tasks: find, open, claim, complete")
blueprint.before_request(require_token)


@blueprint.route("/tasks")
class Inbox(MethodView):
    """The inbox."""

    @blueprint.arguments(InboxQuery, location="query")
    @blueprint.response(200, InboxOut)
    def get(self, query: dict[str, Any]) -> inbox.Page:
        """One page of a queue, due first."""
        with translated():
            return inbox.page(
                db.session(), caller(), query["queue"], clock.now(), cursor=query["cursor"], limit=query["limit"]
            )


@blueprint.route("/tasks/<uuid:task_id>")
class OneTask(MethodView):
    """One task."""

    @blueprint.response(200)
    def get(self, task_id: UUID) -> dict[str, Any]:
        """The task, its form, the caller's draft, guidance and the case in short."""
        with translated():
            found = desk.desk(db.session(), caller(), task_id, clock.now())
        task, case = found.task, found.case
        return {
            "id": str(task.id),
            "name": task.name,
            "case": {"reference": case.reference, "title": case.title, "stage": case.stage, "status": case.status},
            "due_at": task.due_at.isoformat(),
            "closed_at": task.closed_at.isoformat() if task.closed_at else None,
            "assignee": found.assignee,
            "blocked": found.blocked,
            "guidance": found.element.properties.get("guidance"),
            "victim_text": found.element.properties.get("victim_text"),
            "form": dict(found.form.document),
            "variables": dict(found.variables),
            "draft": found.draft,
        }


@blueprint.route("/tasks/<uuid:task_id>/claim", methods=["POST"])
@blueprint.arguments(CommandBody)
@blueprint.response(200)
def claim(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Take an unclaimed task."""
    return dispatch(ClaimTask(command_id=body["command_id"], by=caller(), task_id=task_id))


@blueprint.route("/tasks/<uuid:task_id>/release", methods=["POST"])
@blueprint.arguments(CommandBody)
@blueprint.response(200)
def release(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Give a task back."""
    return dispatch(ReleaseTask(command_id=body["command_id"], by=caller(), task_id=task_id))


@blueprint.route("/tasks/<uuid:task_id>/assign", methods=["POST"])
@blueprint.arguments(AssignBody)
@blueprint.response(200)
def assign(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Give a task to a colleague."""
    return dispatch(AssignTask(command_id=body["command_id"], by=caller(), task_id=task_id, to=body["to"]))


@blueprint.route("/tasks/<uuid:task_id>/draft", methods=["PUT"])
@blueprint.arguments(DraftBody)
@blueprint.response(200)
def save_draft(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Keep what was typed so far."""
    return dispatch(SaveDraft(command_id=body["command_id"], by=caller(), task_id=task_id, values=body["values"]))


@blueprint.route("/tasks/<uuid:task_id>/complete", methods=["POST"])
@blueprint.arguments(AnswersBody)
@blueprint.response(200, MovedOut)
def complete(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Finish a task; the answer names the tasks that follow. A repeat with the same command_id gets it again."""
    return dispatch(CompleteTask(command_id=body["command_id"], by=caller(), task_id=task_id, answers=body["answers"]))
