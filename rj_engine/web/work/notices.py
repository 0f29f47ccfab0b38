"""What I was told: the list, the count at the top of every page, and whether I want it by e-mail once a day."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.web.page.access import actor, needs, settings
from rj_engine.web.page.languages import marked
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.post import digest, notices
from rj_engine.workflows.post.digest import ChooseDigest
from rj_engine.workflows.post.notices import ReadNotices

screen = Blueprint("notices", __name__, url_prefix="/notices")
SAYS: Final = {
    notices.GIVEN: marked("Given to you"),
    notices.DUE: marked("Due by tomorrow"),
    notices.OVERDUE: marked("Overdue"),
    notices.BLOCKED: marked("Cannot go ahead yet"),
    notices.WITHDREW: marked("Somebody withdrew"),
    notices.MENTIONED: marked("A note on a case mentions you"),
}


@screen.get("")
@needs("see_case")
def listed() -> ResponseReturnValue:
    """What I was told, the newest first."""
    session, who, known = db.session(), actor(), settings()
    shown = {"told": notices.listed(session, who), "says": SAYS, "wanted": digest.wanted(session, who)}
    leaves = bool(known.smtp_host or known.notify_key)
    return render_template("notices/list.html", new_id=uuid4, leaves=leaves, hour=known.digest_hour, **shown)


@screen.post("/read")
@needs("see_case")
def read() -> ResponseReturnValue:
    """Mark all of it as read."""
    dispatch(ReadNotices(command_id=command_id(), by=actor()))
    return redirect(url_for("notices.listed"))


@screen.post("/digest")
@needs("see_case")
def choose() -> ResponseReturnValue:
    """Get the daily e-mail, or do not."""
    wanted = request.form.get("wanted") == "yes"
    dispatch(ChooseDigest(command_id=command_id(), by=actor(), wanted=wanted))
    flash(gettext("You get one e-mail a day.") if wanted else gettext("You get no e-mail."), "done")
    return redirect(url_for("notices.listed"))


def unread() -> int:
    """How many I have not read."""
    with translated():
        return notices.unread(db.session(), actor())


def register(app: Flask) -> None:
    """Give every page the count."""
    app.add_template_global(unread, "unread_notices")
