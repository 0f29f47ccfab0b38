"""Every pathway with the version that stands, the drafts there are, and the versions to go back to."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.migration import migrating
from rj_engine.workflows.published import versions
from rj_engine.workflows.studio import approving, drafting
from rj_engine.workflows.studio.approving import StandAgain
from rj_engine.workflows.studio.drafting import StartDraft


@screen.get("")
@needs("approve_pathways")
def listed() -> ResponseReturnValue:
    """Every pathway, by name."""
    session, who = db.session(), actor()
    drafts = {draft.pathway: draft for draft in drafting.alive(session, who)}
    names = staff.names(session, {draft.changed_by for draft in drafts.values()})
    keys = sorted({row.pathway for row in versions.every(session)})
    rows = [(key, versions.newest(session, key, who.service_id, clock.now()), drafts.get(key)) for key in keys]
    return render_template("studio/list.html", rows=rows, names=names, new_id=uuid4)


@screen.post("/pathways/<key>/draft")
@needs("manage_pathways")
def start(key: str) -> ResponseReturnValue:
    """Begin the next version, or go on with it."""
    answer = dispatch(StartDraft(command_id=command_id(), by=actor(), pathway=key))
    if not answer["new"]:
        flash(gettext("A draft of this pathway was begun before. This is it."), "note")
    return redirect(url_for("studio.draft", draft_id=answer["draft"]))


@screen.get("/pathways/<key>/versions")
@needs("approve_pathways")
def history(key: str) -> ResponseReturnValue:
    """The versions that this service's cases can use."""
    session, who, now = db.session(), actor(), clock.now()
    rows = approving.usable(session, who, key)
    standing = versions.newest(session, key, who.service_id, now)
    names = staff.names(session, {row.published_by for row in rows if row.published_by})
    parts = {"coming": approving.coming(session, who, key, now), "names": names, "new_id": uuid4}
    moved = {"moves": migrating.of_pathway(session, who, key), "numbers": {row.id: row.number for row in rows}}
    return render_template("studio/versions.html", key=key, rows=rows, standing=standing, **parts, **moved)


@screen.post("/pathways/<key>/versions/<int(max=999999):number>/stand")
@needs("manage_pathways")
def stand_again(key: str, number: int) -> ResponseReturnValue:
    """Let new cases use an earlier version again."""
    dispatch(StandAgain(command_id=command_id(), by=actor(), pathway=key, number=number))
    flash(gettext("New cases use version %(number)s from now. Cases that run stay on theirs.", number=number), "done")
    return redirect(url_for("studio.history", key=key))
