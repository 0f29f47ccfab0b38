"""Partners: the organisations that the service works with, for whoever works a case; those retired below."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from rj_engine import clock
from rj_engine.cases import partners
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.studio import list_words

screen = Blueprint("partners", __name__, url_prefix="/partners")


@screen.get("")
@needs("see_case")
def listed() -> ResponseReturnValue:
    """Every partner by name, with whom to ask for and how the agreement stands."""
    found = partners.known(db.session(), actor().service_id, clock.now())
    shown = {"words": list_words.of(), "today": clock.today(), "sharing": partners.SHARING}
    return render_template("people/partners.html", partners=found, **shown)
