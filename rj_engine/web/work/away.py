"""Away: who stands in for whom, from when until when."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.people import staff, substitutes
from rj_engine.people.substitutes import EndAbsence, NameSubstitute
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id, posted_day, posted_id

screen = Blueprint("away", __name__, url_prefix="/away")
TO_BE_MENDED: Final = 422


@screen.get("")
@needs("name_substitute")
def show() -> ResponseReturnValue:
    """Who is away now or will be, and the form to say so."""
    return _page()


@screen.post("")
@needs("name_substitute")
def name() -> ResponseReturnValue:
    """Name a substitute; what cannot be taken is shown again with the reason."""
    try:
        told: dict[str, Any] = {name: posted_day(name) for name in ("from_on", "until_on")}
        told |= {name: posted_id(name) for name in ("away", "substitute")}
        dispatch(NameSubstitute(command_id=command_id(), by=actor(), **told))
    except Refused as refused:
        return _page(request.form, in_language(refused.sentence)), TO_BE_MENDED
    flash(gettext("Your colleague has these tasks in that time."), "done")
    return redirect(url_for("away.show"))


@screen.post("/end")
@needs("name_substitute")
def end() -> ResponseReturnValue:
    """Whoever was away is back."""
    dispatch(EndAbsence(command_id=command_id(), by=actor(), absence=posted_id("absence")))
    flash(gettext("The absence has ended."), "done")
    return redirect(url_for("away.show"))


def _page(typed: Any = None, wrong: str = "") -> str:
    session, by = db.session(), actor()
    found = substitutes.absences(session, by, clock.today())
    colleagues = [each for each in staff.colleagues(session, by) if staff.actor_of(each).lanes]
    shown = {"absences": found, "colleagues": colleagues, "typed": typed or {}, "wrong": wrong, "new_id": uuid4}
    return render_template("people/away.html", may_name_others=substitutes.FOR_OTHERS in by.verbs, **shown)
