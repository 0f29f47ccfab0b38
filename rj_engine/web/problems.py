"""Problems: cases that a broken step stopped, what could not be delivered, and trying again."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.cases import partners
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Broken
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.beside import incidents
from rj_engine.workflows.beside.incidents import RetryIncident
from rj_engine.workflows.post import parked
from rj_engine.workflows.post.parked import SendAgain

screen = Blueprint("problems", __name__, url_prefix="/problems")


@screen.get("")
@needs("retry_incident")
def listed() -> ResponseReturnValue:
    """Every stopped case one may put right, the longest waiting first."""
    session, by = db.session(), actor()
    waiting = parked.listed(session, by)
    found = incidents.open_incidents(session, by)
    ending = partners.ending(session, by.service_id, clock.now())
    shown = {"incidents": found, "parked": waiting, "ending": ending, "today": clock.today()}
    return render_template("problems/list.html", new_id=uuid4, **shown)


@screen.post("/<uuid:incident_id>/retry")
@needs("retry_incident")
def retry(incident_id: UUID) -> ResponseReturnValue:
    """Try the broken step again with the answers that were kept."""
    try:
        answer = dispatch(RetryIncident(command_id=command_id(), by=actor(), incident_id=incident_id))
    except Broken as broken:
        flash(
            gettext(
                "It broke again: %(sentence)s The case stays stopped and nothing was lost.",
                sentence=in_language(broken.sentence),
            ),
            "wrong",
        )
        return redirect(url_for("problems.listed"))
    flash(gettext("The step went through. The case goes on."), "done")
    reference = answer.get("case")
    return redirect(url_for("cases.show", reference=reference) if reference else url_for("problems.listed"))


@screen.post("/parked/<uuid:outbox_id>/send")
@needs("retry_incident")
def send_again(outbox_id: UUID) -> ResponseReturnValue:
    """Have a parked effect tried again."""
    dispatch(SendAgain(command_id=command_id(), by=actor(), outbox_id=outbox_id))
    flash(gettext("It is tried again with the next round."), "done")
    return redirect(url_for("problems.listed"))
