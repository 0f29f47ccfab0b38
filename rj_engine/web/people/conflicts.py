"""Conflicts of interest: declare one, see which stand, end one that is over."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id, posted_id
from rj_engine.workflows.workload import conflicts
from rj_engine.workflows.workload.conflicts import DeclareConflict, EndConflict

screen = Blueprint("conflicts", __name__, url_prefix="/conflicts")
TO_BE_MENDED: Final = 422


@screen.get("")
@needs("declare_conflict")
def show() -> ResponseReturnValue:
    """Which conflicts stand, and the form to declare one."""
    return _page({"reference": request.args.get("case", "")})


@screen.post("")
@needs("declare_conflict")
def declare() -> ResponseReturnValue:
    """Declare one; what cannot be taken is shown again with the reason."""
    told = {name: request.form.get(name, "") for name in ("reference", "person", "words")}
    of = request.form.get("of", type=UUID) or actor().id
    try:
        answer = dispatch(DeclareConflict(command_id=command_id(), by=actor(), of=of or UUID(int=0), **told))
    except Refused as refused:
        return _page(request.form, _sentence(refused)), TO_BE_MENDED
    said = [gettext("The conflict of interest is recorded.")]
    if answer["led"]:
        said.append(gettext("A lead has to hand over: %(cases)s.", cases=", ".join(answer["led"])))
    flash(" ".join(said), "done")
    return redirect(url_for("conflicts.show"))


@screen.post("/end")
@needs("assign_task")
def end() -> ResponseReturnValue:
    """The conflict is over."""
    dispatch(EndConflict(command_id=command_id(), by=actor(), conflict_id=posted_id("conflict")))
    flash(gettext("The conflict of interest has ended."), "done")
    return redirect(url_for("conflicts.show"))


def _sentence(refused: Refused) -> str:
    if refused.code == "not_found":
        return str(gettext("There is no case of that reference that you may see."))
    return in_language(refused.sentence)


def _page(typed: Any, wrong: str = "") -> str:
    session, by = db.session(), actor()
    others = [each for each in staff.colleagues(session, by) if staff.actor_of(each).lanes and each.id != by.id]
    shown = {"declared": conflicts.standing(session, by), "typed": typed, "wrong": wrong, "new_id": uuid4}
    may_end = conflicts.FOR_OTHERS in by.verbs
    return render_template("people/conflicts.html", may_end=may_end, others=others if may_end else [], **shown)
