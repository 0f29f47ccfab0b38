"""Moves one running case to another version, and back again while nobody has worked it since.

Open tasks keep their key, their row, their drafts and their dates; a timer keeps the instant it was given. What the
new drawing says of an open task (its words, its form, who may do it, its effect) holds at once, and the gate is asked
for it as for every task.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rj_engine import failpoints
from rj_engine.cases.case import Case
from rj_engine.commands import Command, Outcome, handles, mends
from rj_engine.errors import Broken
from rj_engine.ledger import Entry
from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.step import Step
from rj_engine.workflows.moves import Move, variables_of
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Run, Task, Timer
from rj_engine.workflows.studio import foreseen, untouched
from rj_engine.workflows.studio.foreseen import Foreseen
from rj_engine.workflows.studio.migrations import LONGEST_WHY, MigratedCase, Migration, MovedRun

OF_TASK: Final = ("name", "element", "lane", "form", "stage", "effect", "blocked", "assignee_id", "due_at")
"""What a move may change of a task's row, and what says that somebody has worked it since."""
WENT_ON: Final = "It has gone on since you looked: what it would not see is different now. Look again."
GONE: Final = "It is not on an older version any more."
CLOSED: Final = "It was closed meanwhile."
STOPPED: Final = "It is stopped while a lead looks into something that went wrong."


class NotTheSame(Broken):
    """The case would not have had the same tasks and dates after the move. Nothing was changed."""

    code = "not_the_same"


@dataclass(frozen=True, kw_only=True)
class MoveCase(Command):
    """Move one case of a job to the job's version."""

    migrated_id: UUID


@dataclass(frozen=True, kw_only=True)
class MoveBack(Command):
    """Put one case of a job back to exactly what it was."""

    migrated_id: UUID


@handles(MoveCase, verb="migrate_cases")
def move(command: MoveCase, session: Session, now: datetime) -> Outcome:
    """Every run of the pathway, or none; what cannot be moved is noted with why."""
    one, job, case = _held(session, command)
    if job is None or one.status != "waiting":
        return _told(one, goes_on=job is not None)
    new = versions.load(session, job.version_id)
    where = Run.case_id == case.id, Run.pathway == job.pathway, Run.status == "running", Run.version_id != new.id
    held = select(Run).where(*where).order_by(Run.started_at).with_for_update()
    runs = list(session.scalars(held.execution_options(populate_existing=True)))
    seen = [foreseen.foresee(session, run, versions.load(session, run.version_id), new) for run in runs]
    if why := _refusal(one, case, seen):
        return _ended(one, "cannot", now, why)
    move = Move(session, case, command.by, now)
    entries = [_moved(move, one, run, new, each, job.reason) for run, each in zip(runs, seen, strict=True)]
    outcome = _ended(one, "moved", now)
    return Outcome(outcome.answer, case.id, entries)


@mends(MoveCase, MoveBack)
def mend(command: MoveCase | MoveBack, broken: Broken, session: Session, now: datetime) -> Outcome:
    """The case is as it was; the job notes what broke, and goes on with the others."""
    one = session.get_one(MigratedCase, command.migrated_id, with_for_update=True)
    return _ended(one, "cannot" if one.status == "waiting" else "kept", now, broken.sentence)


@handles(MoveBack, verb="migrate_cases")
def move_back(command: MoveBack, session: Session, now: datetime) -> Outcome:
    """State, tasks, timers and version as they were before the move; refused with what has happened since."""
    one, job, case = _held(session, command)
    if job is None or one.status != "undoing":
        return _told(one, goes_on=job is not None)
    where = MovedRun.migrated_id == one.id, MovedRun.undone_at.is_(None)
    moved = list(session.scalars(select(MovedRun).where(*where)))
    held = select(Run).where(Run.id.in_([each.run_id for each in moved])).with_for_update()
    runs = {run.id: run for run in session.scalars(held.execution_options(populate_existing=True))}
    if why := untouched.since(session, case, [(each, runs[each.run_id]) for each in moved]):
        return _ended(one, "kept", now, why)
    entries = [_restored(session, case, runs[each.run_id], each, now) for each in moved]
    Move(session, case, command.by, now).ask_gate_again()
    outcome = _ended(one, "undone", now)
    return Outcome(outcome.answer, case.id, entries)


def _held(session: Session, command: MoveCase | MoveBack) -> tuple[MigratedCase, Migration | None, Case]:
    """The case, held, with its place in the job; no job where somebody stopped it."""
    one = session.get_one(MigratedCase, command.migrated_id, with_for_update=True, populate_existing=True)
    goes_on = update(Migration).where(Migration.id == one.migration_id, Migration.status == "moving")
    here = session.execute(goes_on.values(seen_at=_now(command, session)).returning(Migration.id)).one_or_none()
    job = session.get_one(Migration, one.migration_id) if here else None
    return one, job, session.get_one(Case, one.case_id, with_for_update=True, populate_existing=True)
