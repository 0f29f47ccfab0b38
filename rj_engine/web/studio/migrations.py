"""Open cases on another version: what would become of them, moving them, how far that is, and moving them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.migration import dry_run, foreseen, in_force, migrating
from rj_engine.workflows.migration.in_force import NotInForce
from rj_engine.workflows.migration.migrating import (
    CancelMigration,
    MigrationUnderWay,
    NothingChosen,
    ReasonMissing,
    StartMigration,
    UndoMigration,
)
from rj_engine.workflows.migration.rows import UNDER_WAY, Migration
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.studio import approving

TO_BE_MENDED: Final = 422
CHOSEN, REASON = "case", "reason"


@screen.get("/pathways/<key>/versions/<int(max=999999):number>/cases")
@needs("approve_pathways")
def foresee(key: str, number: int) -> ResponseReturnValue:
    """What would become of every open case on another version."""
    return _dry_run(key, number)


@screen.post("/pathways/<key>/versions/<int(max=999999):number>/cases")
@needs("migrate_cases")
def migrate(key: str, number: int) -> ResponseReturnValue:
    """Move the ticked cases."""
    pairs = (each.partition(":") for each in request.form.getlist(CHOSEN))
    chosen = {reference: mark for reference, _, mark in pairs}
    given: dict[str, Any] = {"pathway": key, "number": number, "chosen": chosen}
    command = StartMigration(command_id=command_id(), by=actor(), reason=request.form.get(REASON, ""), **given)
    try:
        answer = dispatch(command)
    except (NothingChosen, NotInForce, ReasonMissing, MigrationUnderWay) as refused:
        return _dry_run(key, number, refused.sentence, chosen), TO_BE_MENDED
    return redirect(url_for("studio.migration", migration_id=answer["migration"]))


@screen.get("/migrations/<uuid:migration_id>")
@needs("approve_pathways")
def migration(migration_id: UUID) -> ResponseReturnValue:
    """How far it is, and what has become of each case."""
    session = db.session()
    job = migrating.find(session, actor(), migration_id)
    return render_template(
        "studio/migration.html",
        job=job,
        number=session.get_one(PathwayVersion, job.version_id).number,
        who=staff.names(session, {job.asked_by}).get(job.asked_by, ""),
        cases=migrating.cases_of(session, job),
        words=_far(job),
        over=job.status not in UNDER_WAY,
        new_id=uuid4,
    )


@screen.get("/migrations/<uuid:migration_id>/progress")
@needs("approve_pathways")
def moving(migration_id: UUID) -> ResponseReturnValue:
    """The same for the page's script."""
    job = migrating.find(db.session(), actor(), migration_id)
    return {"words": _far(job), "over": job.status not in UNDER_WAY}


@screen.post("/migrations/<uuid:migration_id>/cancel")
@needs("migrate_cases")
def stop_moving(migration_id: UUID) -> ResponseReturnValue:
    """Stop between two cases."""
    dispatch(CancelMigration(command_id=command_id(), by=actor(), migration_id=migration_id))
    flash(gettext("It was stopped. What was moved stays moved, and can be moved back."), "done")
    return redirect(url_for("studio.migration", migration_id=migration_id))


@screen.post("/migrations/<uuid:migration_id>/undo")
@needs("migrate_cases")
def undo(migration_id: UUID) -> ResponseReturnValue:
    """Move the ticked cases back, or all of them."""
    ticked = request.form.getlist(CHOSEN)
    if not ticked and "all" not in request.form:
        flash(gettext("Tick the cases that shall be moved back."), "note")
        return redirect(url_for("studio.migration", migration_id=migration_id))
    references = () if "all" in request.form else tuple(ticked)
    dispatch(UndoMigration(command_id=command_id(), by=actor(), migration_id=migration_id, references=references))
    return redirect(url_for("studio.migration", migration_id=migration_id))


def _dry_run(key: str, number: int, wrong: str = "", typed: Mapping[str, str] | None = None) -> str:
    session, by = db.session(), actor()
    row = versions.numbered(session, key, number)
    approving.require_usable(session, by, row)
    new = versions.load(session, row.id)
    known = dry_run.choices(session, by, key, new)
    sieve = dry_run.read(request.args, known)
    found = dry_run.look(session, by, key, new, sieve)
    groups = {name: [one for one in found if one.group == name] for name in foreseen.GROUPS}
    ticked = typed.keys() if typed is not None else {one.reference for one in found if not one.of_safety}
    parts: dict[str, Any] = {"groups": groups, "choices": known, "sieve": sieve, "ticked": ticked, "wrong": wrong}
    parts["kept_out"] = in_force.missing(session, by, row, clock.now())
    reason = request.form.get(REASON, "")
    return render_template("studio/dry_run.html", key=key, number=number, reason=reason, new_id=uuid4, **parts)


def _far(job: Migration) -> str:
    """How far a job is, in words."""
    counts = migrating.counts(db.session(), job)
    if job.status == "waiting":
        return str(gettext("Waits for its turn"))
    left = counts["waiting"] + counts["undoing"]
    return str(ngettext("%(num)d case left", "%(num)d cases left", left))
