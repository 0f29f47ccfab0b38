"""A lead repairs a case: back to a step, a wait ended, a task skipped; where it is refused, what was typed stays."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.cases import case as cases
from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.beside import repairs_offered
from rj_engine.workflows.beside.message_waits import EndMessageWait
from rj_engine.workflows.beside.repairs import (
    EndWait,
    GateSaysNo,
    NoLongerOpen,
    NotEnded,
    NotSkipped,
    ReasonNeeded,
    ReenterElement,
    RepairBreaks,
    SkipTask,
)
from rj_engine.workflows.engine.reentry import CannotReenter

screen = Blueprint("repairs", __name__, url_prefix="/cases/<reference>/repair")
TO_BE_MENDED: Final = 422
NOTHING: Final = UUID(int=0)
SAID: Final = (CannotReenter, GateSaysNo, NoLongerOpen, NotEnded, NotSkipped, ReasonNeeded, RepairBreaks)


@screen.get("")
@needs("reenter_element")
def show(reference: str) -> ResponseReturnValue:
    """Everything open in the case, with what may be done about it."""
    return _page(reference)


def _page(reference: str, wrong: Refused | None = None) -> str:
    session, by = db.session(), actor()
    case = cases.find(session, by, reference)
    offered = repairs_offered.offered(session, case) if case.status != "closed" else []
    victims = {party.id: party.name for party in cases.parties(session, case)}
    shown = {"standing": offered, "victims": victims, "wrong": wrong, "sent": request.form, "new_id": uuid4}
    return render_template("cases/repair.html", case=case, **shown)


@screen.post("/back")
@needs("reenter_element")
def back(reference: str) -> ResponseReturnValue:
    """Put it back at a step."""
    leaving, element = request.form.get("leaving", ""), request.form.get("element", "")
    command = ReenterElement(
        command_id=command_id(),
        by=actor(),
        reference=reference,
        reason=_reason(),
        run_id=_id("run"),
        leaving=leaving,
        element=element,
    )
    return _do(reference, command)


@screen.post("/wait")
@needs("end_wait")
def end_wait(reference: str) -> ResponseReturnValue:
    """End a wait: of a timer, or of a message, which no timer stands for."""
    common: dict[str, Any] = {"command_id": command_id(), "by": actor(), "reference": reference, "reason": _reason()}
    if "timer" in request.form:
        return _do(reference, EndWait(**common, timer_id=_id("timer")))
    leaving = request.form.get("leaving", "")
    return _do(reference, EndMessageWait(**common, run_id=_id("run"), key=leaving))


@screen.post("/skip")
@needs("skip_task")
def skip(reference: str) -> ResponseReturnValue:
    """Go on without a task."""
    task = _id("task")
    return _do(
        reference,
        SkipTask(command_id=command_id(), by=actor(), reference=reference, reason=_reason(), task_id=task),
    )


def _do(reference: str, command: Command) -> ResponseReturnValue:
    try:
        dispatch(command)
    except SAID as refused:
        return _page(reference, refused), TO_BE_MENDED
    flash(gettext("Done. It stands in the record of the case, with the reason."), "done")
    return redirect(url_for("cases.show", reference=reference))


def _id(name: str) -> UUID:
    """The id that the form chose; of nothing where it chose none."""
    return request.form.get(name, type=UUID) or NOTHING


def _reason() -> str:
    return request.form.get("reason", "")
