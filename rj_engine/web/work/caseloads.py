"""Caseloads: what a colleague has, and handing all of it to another."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Refused, Retry
from rj_engine.people import competence, staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.task.tasks import AssignTask
from rj_engine.workflows.workload import caseloads
from rj_engine.workflows.workload.caseloads import HandOverCase

screen = Blueprint("caseloads", __name__, url_prefix="/caseloads")
TO_BE_MENDED: Final = 422
UNSAID: Final = marked("Choose a colleague, and say why the caseload changes hands.")


@screen.get("")
@needs("hand_over_caseload")
def listed() -> ResponseReturnValue:
    """Everybody who works on cases, with how much they have."""
    people = [person for person, _ in competence.everybody(db.session(), actor())]
    rows = caseloads.sizes(db.session(), [person.id for person in people])
    return render_template("caseloads/list.html", people=people, sizes=rows)


@screen.get("/<uuid:staff_id>")
@needs("hand_over_caseload")
def show(staff_id: UUID) -> ResponseReturnValue:
    """What one colleague has."""
    return _page(staff_id)


@screen.post("/<uuid:staff_id>")
@needs("hand_over_caseload")
def hand_over(staff_id: UUID) -> ResponseReturnValue:
    """Hand everything over, one command a case or task; what was refused stays, and is listed with why."""
    to, reason = request.form.get("to", type=UUID), request.form.get("reason", "")
    if to is None or not reason.strip():
        return _page(staff_id, request.form, in_language(UNSAID)), TO_BE_MENDED
    load = caseloads.of(db.session(), actor(), staff_id)
    refused, done = _all(load, staff_id, to, reason)
    person = competence.find(db.session(), actor(), staff_id)
    if refused:
        return render_template("caseloads/outcome.html", person=person, done=done, refused=refused)
    flash(
        ngettext(
            "Everything %(name)s had is with your colleague now: %(num)d case or task.",
            "Everything %(name)s had is with your colleague now: %(num)d cases and tasks.",
            done,
            name=person.name,
        ),
        "done",
    )
    return redirect(url_for("caseloads.listed"))


def _all(load: caseloads.Caseload, before: UUID, to: UUID, reason: str) -> tuple[list[tuple[str, str]], int]:
    """What was refused, with why, and how much was done."""
    by, first = actor(), command_id()
    wanted: list[tuple[str, Command]] = []
    for reference in load.cases:
        given: dict[str, Any] = {"reference": reference, "before": before, "to": to, "reason": reason}
        wanted.append((reference, HandOverCase(command_id=uuid5(first, reference), by=by, **given)))
    for task, name in load.tasks:
        wanted.append((name, AssignTask(command_id=uuid5(first, str(task)), by=by, task_id=task, to=to)))
    refused = [(name, told) for name, command in wanted if (told := _one(command))]
    return refused, len(wanted) - len(refused)


def _one(command: Command) -> str:
    try:
        dispatch(command)
    except (Refused, Retry) as error:
        return in_language(error.sentence)
    return ""


def _page(staff_id: UUID, typed: Any = None, wrong: str = "") -> str:
    session, by = db.session(), actor()
    person = competence.find(session, by, staff_id)
    like = staff.actor(person.id, person.name, person.service_id, person.team_id, frozenset(person.roles))
    colleagues = [
        each for each in staff.colleagues(session, like) if each.id != staff_id and staff.actor_of(each).lanes
    ]
    shown = {"person": person, "load": caseloads.of(session, by, staff_id), "colleagues": colleagues}
    return render_template("caseloads/caseload.html", typed=typed or {}, wrong=wrong, new_id=uuid4, **shown)
