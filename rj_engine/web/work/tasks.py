"""One task: its form beside the guidance and what was said so far, kept while it is typed, finished once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn, clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused, Retry, RjError
from rj_engine.forms import InvalidAnswers, first_answers, from_html, validate
from rj_engine.people import staff
from rj_engine.web.page import said
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.fields import page_of
from rj_engine.web.page.guidance import safe_html
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.listed import listed_in
from rj_engine.web.page.posted import command_id, posted_day
from rj_engine.web.page.statuses import status_of
from rj_engine.web.page.typed import PRIVATE, asked
from rj_engine.web.page.words import hour
from rj_engine.web.work import finished
from rj_engine.workflows.published.versions import periods_of
from rj_engine.workflows.task import desk as desks
from rj_engine.workflows.task.desk import Desk
from rj_engine.workflows.task.tasks import (
    AssignTask,
    ClaimTask,
    CompleteTask,
    ReleaseTask,
    SaveDraft,
    TaskGone,
    require_open,
)
from rj_engine.workflows.workload import own_desk
from rj_engine.workflows.workload.own_desk import FollowTaskUp

screen = Blueprint("tasks", __name__, url_prefix="/tasks/<uuid:task_id>")
TO_BE_MENDED, GONE = 422, 409
SKIPS = frozenset({"skip", "until"})
"""What the two buttons send by which a task is skipped: for now, and until a day."""
MANY = 6
"""Questions from which on one is offered to look at every answer once more before it is sent."""


def _desk(task_id: UUID) -> Desk:
    return desks.desk(db.session(), actor(), task_id, clock.now())


@screen.get("")
@needs("see_case")
def show(task_id: UUID) -> ResponseReturnValue:
    """The task with its form; one that is done with what was answered, and what I had typed into it beside it."""
    desk = _desk(task_id)
    if desk.task.closed_at is not None:
        return finished.page(desk)
    if desk.draft is not None:
        return _page(desk, desk.draft)
    return _page(desk, first_answers(desk.form, desk.variables, periods_of(bpmn.clocks())))


@screen.post("")
@needs("complete_task")
def send(task_id: UUID) -> ResponseReturnValue:
    """Finish the task, or keep it for later, as the button says."""
    desk = _desk(task_id)
    name, reference, action = desk.task.name, desk.case.reference, request.form.get("action")
    asked(desk.form)
    raw = from_html(desk.form, request.form)
    if action == "later":
        _keep(task_id, raw)
        flash(gettext("“%(name)s” was saved. It is not finished yet.", name=name), "saved")
        return redirect(url_for("inbox.queue"))
    if action in SKIPS:
        return _skip(task_id, raw, name)
    return _look_over(desk, raw) if action == "check" else _finish(task_id, raw, name, reference)


@screen.put("/draft")
@needs("save_draft")
def draft(task_id: UUID) -> ResponseReturnValue:
    """Keep what is typed so far; tells when it was kept, or that the task is gone."""
    _keep(task_id, from_html(_desk(task_id).form, request.form))
    require_open(_desk(task_id).task)
    return {"notice": gettext("Saved at %(time)s", time=hour(clock.now()))}


def _skip(task_id: UUID, raw: Mapping[str, Any], name: str) -> ResponseReturnValue:
    """Keep what is typed and go to the next task of mine; this one stays mine, and comes back on the day given."""
    _keep(task_id, raw)
    try:
        _put_off(task_id)
    except Refused as refused:
        return _page(_desk(task_id), raw, {"": [in_language(refused.sentence)]}), TO_BE_MENDED
    following = desks.next_of_mine(db.session(), actor(), task_id)
    if following is None:
        flash(gettext("“%(name)s” was saved. You have no other task at the moment.", name=name), "saved")
        return redirect(url_for("inbox.queue"))
    flash(gettext("“%(name)s” was saved for later. Here is your next task.", name=name), "saved")
    return redirect(url_for("tasks.show", task_id=following))


def _put_off(task_id: UUID) -> None:
    """Skip the task until the day that was typed; without a day only the button that asks for one refuses."""
    until = request.form.get("action") == "until"
    if not until and not any(request.form.get(f"skip_on-{part}", "").strip() for part in ("day", "month", "year")):
        return
    on, words = posted_day("skip_on"), request.form.get("skip_words", "")
    command = FollowTaskUp(command_id=uuid4(), by=actor(), task_id=task_id, on=on, skip=True, words=words)
    if dispatch(command)["stays"]:
        flash(gettext("It stays among your next things as long as it is late or about somebody's safety."), "saved")


@screen.post("/again")
@needs("see_case")
def take_up(task_id: UUID) -> ResponseReturnValue:
    """Skip the task no longer."""
    dispatch(FollowTaskUp(command_id=command_id(), by=actor(), task_id=task_id, on=None))
    return redirect(url_for("tasks.show", task_id=task_id))


def _look_over(desk: Desk, raw: Mapping[str, Any]) -> ResponseReturnValue:
    """Every answer once more before it is sent; what cannot be taken is said now."""
    require_open(desk.task)
    _keep_if_possible(desk.task.id, raw)
    try:
        answers = validate(desk.form, raw, desk.variables)
    except InvalidAnswers as invalid:
        return _page(desk, raw, invalid.messages), TO_BE_MENDED
    sent = [(name, value) for name, values in request.form.lists() for value in values if name not in PRIVATE]
    rows = said.lines(desk.form, answers, clock.now())
    return render_template("tasks/check.html", desk=desk, rows=rows, sent=sent, command_id=command_id())


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
    flash(gettext("The task is back with your team."), "done")
    return redirect(url_for("inbox.queue", queue="unclaimed"))


@screen.post("/assign")
@needs("assign_task")
def assign(task_id: UUID) -> ResponseReturnValue:
    """Give the task to a colleague."""
    to = request.form.get("to", type=UUID)
    if to is None:
        return redirect(url_for("tasks.show", task_id=task_id))
    dispatch(AssignTask(command_id=command_id(), by=actor(), task_id=task_id, to=to))
    flash(gettext("The task is with your colleague now."), "done")
    return redirect(url_for("inbox.queue", queue="team"))


def _finish(task_id: UUID, raw: Mapping[str, Any], name: str, reference: str) -> ResponseReturnValue:
    """Go straight on to the next task; what cannot be taken is shown again with the reason."""
    command = CompleteTask(command_id=command_id(), by=actor(), task_id=task_id, answers=raw)
    try:
        answer = dispatch(command)
    except InvalidAnswers as invalid:
        _keep_if_possible(task_id, raw)
        return _page(_desk(task_id), raw, invalid.messages), TO_BE_MENDED
    except TaskGone:
        _keep_if_possible(task_id, raw)
        return finished.page(_desk(task_id)), GONE
    except RjError as error:
        _keep_if_possible(task_id, raw)
        if status_of(error) != TO_BE_MENDED:
            raise
        return _page(_desk(task_id), raw, {"": [in_language(error.sentence)]}), TO_BE_MENDED
    return _go_on(answer["next_tasks"], name, reference)


def _go_on(opened: Sequence[Mapping[str, Any]], name: str, reference: str) -> ResponseReturnValue:
    mine = [task for task in opened if task["lane"] in actor().lanes and not task["blocked"]]
    others = ", ".join(task["name"] for task in opened if task not in mine[:1])
    done = [gettext("“%(name)s” is done.", name=name)]
    done += [gettext("Also opened: %(tasks)s.", tasks=others)] if others else []
    flash(" ".join(done), "done")
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
    page = page_of(desk.form, raw, desk.variables, messages, listed_in(desk.task.pathway))
    told = said.so_far(session, desk.case, desk.about if desk.one_of_several else None)
    colleagues = staff.colleagues(session, by, desk.task.lane) if "assign_task" in by.verbs else []
    shown = {"desk": desk, "page": page, "said": told, "colleagues": colleagues}
    shown["again"] = own_desk.follow_ups(session, by, {desk.task.id}).get(desk.task.id)
    shown["safe_contact"] = {one.name: said.safe_contact(one) for one in desk.reaches}
    guidance = safe_html(desk.element.properties.get("guidance") or desk.element.documentation or "")
    many = len(desk.form.fields) >= MANY
    return render_template("tasks/task.html", guidance=guidance, new_id=uuid4, many=many, **shown)
