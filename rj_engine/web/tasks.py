"""One task: its form beside the guidance and what was said so far, kept while it is typed, finished once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rj_engine import bpmn, clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused, Retry, RjError
from rj_engine.forms import Field, InvalidAnswers, Option, first_answers, from_html
from rj_engine.people import staff
from rj_engine.web import said
from rj_engine.web.access import actor, needs
from rj_engine.web.fields import page_of
from rj_engine.web.guidance import safe_html
from rj_engine.web.posted import command_id
from rj_engine.web.statuses import status_of
from rj_engine.web.typed import asked
from rj_engine.web.words import moment
from rj_engine.workflows import desk as desks
from rj_engine.workflows.desk import Desk
from rj_engine.workflows.tasks import AssignTask, ClaimTask, CompleteTask, ReleaseTask, SaveDraft, require_open
from rj_engine.workflows.versions import periods_of

screen = Blueprint("tasks", __name__, url_prefix="/tasks/<uuid:task_id>")
TO_BE_MENDED = 422


def _desk(task_id: UUID) -> Desk:
    return desks.desk(db.session(), actor(), task_id, clock.now())


@screen.get("")
@needs("see_case")
def show(task_id: UUID) -> ResponseReturnValue:
    """The task with its form, or who finished it and when."""
    desk = _desk(task_id)
    require_open(desk.task)
    if desk.draft is not None:
        return _page(desk, desk.draft)
    return _page(desk, first_answers(desk.form, desk.variables, periods_of(bpmn.clocks())))


@screen.post("")
@needs("complete_task")
def send(task_id: UUID) -> ResponseReturnValue:
    """Finish the task, or keep it for later, as the button says."""
    desk = _desk(task_id)
    form, name, reference = desk.form, desk.task.name, desk.case.reference
    asked(form)
    raw = from_html(form, request.form)
    if request.form.get("action") == "later":
        _keep(task_id, raw)
        flash(f"“{name}” was saved. It is not finished yet.", "saved")
        return redirect(url_for("inbox.queue"))
    return _finish(task_id, raw, name, reference)


@screen.put("/draft")
@needs("save_draft")
def draft(task_id: UUID) -> ResponseReturnValue:
    """Keep what is typed so far; tells when it was kept, or that the task is gone."""
    _keep(task_id, from_html(_desk(task_id).form, request.form))
    require_open(_desk(task_id).task)
    return {"notice": f"Saved at {moment(clock.now()).rpartition(' ')[2]}"}


@screen.post("/claim")
@needs("claim_task")
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take the task, and open it."""
    dispatch(ClaimTask(command_id=command_id(), by=actor(), task_id=task_id))
    return redirect(url_for("tasks.show", task_id=task_id))


@screen.post("/release")
@needs("release_task")
def release(task_id: UUID) -> ResponseReturnValue:
    """Give the task back to the team."""
    dispatch(ReleaseTask(command_id=command_id(), by=actor(), task_id=task_id))
    flash("The task is back with your team.", "done")
    return redirect(url_for("inbox.queue", queue="unclaimed"))


@screen.post("/assign")
@needs("assign_task")
def assign(task_id: UUID) -> ResponseReturnValue:
    """Give the task to a colleague."""
    to = request.form.get("to", type=UUID)
    if to is None:
        return redirect(url_for("tasks.show", task_id=task_id))
    dispatch(AssignTask(command_id=command_id(), by=actor(), task_id=task_id, to=to))
    flash("The task is with your colleague now.", "done")
    return redirect(url_for("inbox.queue", queue="team"))


def _finish(task_id: UUID, raw: Mapping[str, Any], name: str, reference: str) -> ResponseReturnValue:
    """Go straight on to the next task; what cannot be taken is shown again with the reason."""
    command = CompleteTask(command_id=command_id(), by=actor(), task_id=task_id, answers=raw)
    try:
        answer = dispatch(command)
    except InvalidAnswers as invalid:
        _keep_if_possible(task_id, raw)
        return _page(_desk(task_id), raw, invalid.messages), TO_BE_MENDED
    except RjError as error:
        _keep_if_possible(task_id, raw)
        if status_of(error) != TO_BE_MENDED:
            raise
        return _page(_desk(task_id), raw, {"": [error.sentence]}), TO_BE_MENDED
    return _go_on(answer["next_tasks"], name, reference)


def _go_on(opened: Sequence[Mapping[str, Any]], name: str, reference: str) -> ResponseReturnValue:
    mine = [task for task in opened if task["lane"] in actor().lanes and not task["blocked"]]
    others = ", ".join(task["name"] for task in opened if task not in mine[:1])
    flash(f"“{name}” is done." + (f" Also opened: {others}." if others else ""), "done")
    if mine:
        return redirect(url_for("tasks.show", task_id=mine[0]["id"]))
    return redirect(url_for("cases.show", reference=reference))


def _keep(task_id: UUID, raw: Mapping[str, Any]) -> None:
    dispatch(SaveDraft(command_id=uuid4(), by=actor(), task_id=task_id, values=raw))


def _keep_if_possible(task_id: UUID, raw: Mapping[str, Any]) -> None:
    """Keep the words even of a form that could not be taken; if the database is away the page still shows them."""
    with suppress(Refused, Retry):
        _keep(task_id, raw)


def _page(desk: Desk, raw: Mapping[str, Any], messages: Mapping[str, Sequence[str]] | None = None) -> str:
    session, by = db.session(), actor()
    page = page_of(desk.form, raw, desk.variables, messages, listed)
    told = said.so_far(session, desk.case, desk.about if desk.one_of_several else None)
    colleagues = staff.colleagues(session, by, desk.task.lane) if "assign_task" in by.verbs else []
    shown = {"desk": desk, "page": page, "said": told, "colleagues": colleagues}
    shown["safe_contact"] = {one.name: said.safe_contact(one) for one in desk.reaches}
    guidance = safe_html(desk.element.properties.get("guidance") or desk.element.documentation or "")
    return render_template("tasks/task.html", guidance=guidance, new_id=uuid4, **shown)


def listed(field: Field) -> list[Option]:
    """The service's own list for a question: colleagues, by name."""
    if field.kind not in {"staff", "facilitator"}:
        return []
    lane = "facilitator" if "facilitator" in (field.kind, field.key) else field.properties.get("lane")
    found = staff.colleagues(db.session(), actor(), lane)
    return [Option(str(colleague.id), colleague.name) for colleague in found]
