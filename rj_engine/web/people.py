"""The people of a team and what they may do."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.access import actor, needs

screen = Blueprint("people", __name__, url_prefix="/people")


@screen.get("")
@needs("manage_people")
def colleagues() -> ResponseReturnValue:
    """Everybody of one's team who can sign in."""
    found = staff.colleagues(db.session(), actor())
    return render_template("people/list.html", colleagues=found)
