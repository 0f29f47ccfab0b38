"""Tasks over the API."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.errors import Refused, Retry
from rj_engine.web.api.access import allows, caller
from rj_engine.web.api.reading import Calls
from rj_engine.web.api.schemas import (
    AnswersBody,
    AssignBody,
    CommandBody,
    DraftBody,
    DraftOut,
    HandedOut,
    InboxOut,
    InboxQuery,
    MovedOut,
    TaskOut,
)
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.desk import Desk
from rj_engine.workflows.task.tasks import AssignTask, ClaimTask, CompleteTask, ReleaseTask, SaveDraft
from rj_engine.workflows.workload import inbox

blueprint = Calls("api_tasks", "Tasks: find, open, claim, complete")


@blueprint.route("/tasks", methods=["GET"])
@allows("see_case")
@blueprint.arguments(InboxQuery, location="query")
@blueprint.response(200, InboxOut)
def listed(query: dict[str, Any]) -> inbox.Page:
    """One page of a queue, due first."""
    with translated():
        return inbox.page(
            db.session(), caller(), query["queue"], clock.now(), cursor=query["cursor"], limit=query["limit"]
        )


@blueprint.route("/tasks/<uuid:task_id>", methods=["GET"])
@allows("see_case")
@blueprint.response(200, TaskOut)
def show(task_id: UUID) -> Desk:
    """The task, its form, the caller's draft, guidance and the case in short."""
    with translated():
        return desk.desk(db.session(), caller(), task_id, clock.now())


@blueprint.route("/tasks/<uuid:task_id>/claim", methods=["POST"])
@allows("claim_task")
@blueprint.arguments(CommandBody)
@blueprint.response(200, HandedOut)
def claim(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Take an unclaimed task."""
    return dispatch(ClaimTask(command_id=body["command_id"], by=caller(), task_id=task_id))


@blueprint.route("/tasks/<uuid:task_id>/release", methods=["POST"])
@allows("release_task")
@blueprint.arguments(CommandBody)
@blueprint.response(200, HandedOut)
def release(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Give a task back."""
    return dispatch(ReleaseTask(command_id=body["command_id"], by=caller(), task_id=task_id))


@blueprint.route("/tasks/<uuid:task_id>/assign", methods=["POST"])
@allows("assign_task")
@blueprint.arguments(AssignBody)
@blueprint.response(200, HandedOut)
def assign(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Give a task to a colleague."""
    return dispatch(AssignTask(command_id=body["command_id"], by=caller(), task_id=task_id, to=body["to"]))


@blueprint.route("/tasks/<uuid:task_id>/draft", methods=["PUT"])
@allows("save_draft")
@blueprint.arguments(DraftBody)
@blueprint.response(200, DraftOut)
def save_draft(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Keep what was typed so far."""
    return dispatch(SaveDraft(command_id=body["command_id"], by=caller(), task_id=task_id, values=body["values"]))


@blueprint.route("/tasks/<uuid:task_id>/complete", methods=["POST"])
@allows("complete_task")
@blueprint.arguments(AnswersBody)
@blueprint.response(200, MovedOut)
def complete(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Finish a task; the answer names the tasks that follow. A repeat with the same command_id gets it again.

    What cannot be taken is kept as the caller's draft, also where somebody else was first.
    """
    first, answers = body["command_id"], body["answers"]
    try:
        return dispatch(CompleteTask(command_id=first, by=caller(), task_id=task_id, answers=answers))
    except Refused:
        with suppress(Refused, Retry):
            dispatch(SaveDraft(command_id=uuid5(first, "kept"), by=caller(), task_id=task_id, values=answers))
        raise
