"""How people of a case are related: recorded and changed beside the list of people."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.cases.case import find
from rj_engine.cases.relationships import AmendRelationship, RecordRelationship, TwoPeople
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id

screen = Blueprint("relationships", __name__, url_prefix="/cases/<reference>/relationships")


@screen.post("")
@needs("write_note")
def record(reference: str) -> ResponseReturnValue:
    """Keep how one person is related to another."""
    find(db.session(), actor(), reference)
    one, other = request.form.get("one", type=UUID), request.form.get("related_to", type=UUID)
    if one is None or other is None:
        raise TwoPeople
    how = request.form.get("kind", "")
    by = actor()
    dispatch(RecordRelationship(command_id=command_id(), by=by, reference=reference, one=one, other=other, how=how))
    flash(gettext("How they are related is on record."), "done")
    return redirect(url_for("cases.show", reference=reference, _anchor="people"))


@screen.post("/change")
@needs("write_note")
def amend(reference: str) -> ResponseReturnValue:
    """Change what stands, with the reason."""
    find(db.session(), actor(), reference)
    relationship = request.form.get("relationship", type=UUID)
    if relationship is None:
        raise TwoPeople
    command = AmendRelationship(
        command_id=command_id(),
        by=actor(),
        reference=reference,
        relationship=relationship,
        how=request.form.get("kind", ""),
        reason=request.form.get("reason", ""),
    )
    dispatch(command)
    flash(gettext("How they are related is changed; what stood before stays in the record."), "done")
    return redirect(url_for("cases.show", reference=reference, _anchor="people"))
