"""The record, for auditors: what was done when and by whom, and whether it stands as it was written."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import ledger
from rj_engine.database import db
from rj_engine.ledger import LedgerBroken
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language

screen = Blueprint("record", __name__, url_prefix="/record")


@screen.get("")
@needs("read_ledger")
def listed() -> ResponseReturnValue:
    """The newest entries of one's service; the words in them stay sealed."""
    before = request.args.get("before", type=UUID)
    entries, after = ledger.page(db.session(), actor().service_id, before)
    return render_template("record/list.html", entries=entries, after=after)


@screen.post("/verify")
@needs("read_ledger")
def verify() -> ResponseReturnValue:
    """Recompute every chain of the record."""
    try:
        flash(gettext("The record is whole: %(count)s entries.", count=f"{ledger.verify(db.session()):,}"), "done")
    except LedgerBroken as broken:
        flash(
            gettext("The record does not stand as it was written. %(sentence)s", sentence=in_language(broken.sentence)),
            "wrong",
        )
    return redirect(url_for("record.listed"))
