"""What became of the referrals that somebody outside the service has made: open or closed, and nothing more."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from rj_engine.cases import queries
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import marked

screen = Blueprint("own_referrals", __name__, url_prefix="/my-referrals")
STATES = {"open": marked("Open"), "closed": marked("Closed"), "all": marked("All")}


@screen.get("")
@needs("see_own_referrals")
def listed() -> ResponseReturnValue:
    """Their reference, their date, and whether they are open."""
    state = request.args.get("state", "open")
    rows, after = queries.own_referrals(db.session(), actor(), state=state, cursor=request.args.get("after"))
    return render_template("refer/own.html", rows=rows, after=after, state=state, states=STATES)
