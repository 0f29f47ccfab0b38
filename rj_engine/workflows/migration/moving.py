"""Moves one running case to another version, and back again while nobody has worked it since.

Open tasks keep their key, their row, their drafts and their dates; a timer keeps the instant it was given. What the
new drawing says of an open task (its words, its form, who may do it, its effect) holds at once, and the gate is asked
for it as for every task.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import failpoints
from rj_engine.cases.case import Case
from rj_engine.commands import Command, Outcome, handles, mends
from rj_engine.errors import Broken, Retry
from rj_engine.ledger import Entry
from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.step import Step
from rj_engine.workflows.migration import foreseen, untouched
from rj_engine.workflows.migration.foreseen import Foreseen
from rj_engine.workflows.migration.rows import LONGEST_WHY, MigratedCase, Migration
from rj_engine.workflows.moves import Move, variables_of
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.rows import MovedRun
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Run, Task, Timer

ANEW: Final = {"populate_existing": True}
"""Read as it stands now, whatever this worker has read before."""
WORD_EVERY: Final = timedelta(seconds=10)
"""How often a worker says that it is alive: well within the minute after which another goes on in its place."""
OF_DRAWING: Final = ("name", "lane", "form", "stage", "effect", "blocked")
"""What a drawing, and the gate, say of an open task."""
WENT_ON: Final = "It has gone on since you looked: what it would not see is different now. Look again."
GONE: Final = "It is not on an older version any more."
CLOSED: Final = "It was closed meanwhile."
STOPPED: Final = "It is stopped while a lead looks into something that went wrong."


class Stopped(Retry):
    """This job was stopped, or waits for a worker."""

    code = "migration_stopped"


class NotTheSame(Broken):
    """The case would not have had the same tasks and dates after the move. Nothing was changed."""

    code = "not_the_same"


@dataclass(frozen=True, kw_only=True)
class MoveCase(Command):
    """Move one case of a job to the job's version."""

    migration_id: UUID
    migrated_id: UUID


@dataclass(frozen=True, kw_only=True)
class MoveBack(Command):
    """Put one case of a job back to exactly what it was."""

    migration_id: UUID
    migrated_id: UUID


@handles(MoveCase, verb="migrate_cases")
def move(command: MoveCase, session: Session, now: datetime) -> Outcome:
    """Every run of the pathway, or none; what cannot be moved is noted with why."""
    one, job, case = _held(session, command, now)
    if one.status != "waiting":
        return Outcome({"status": one.status})
    new = versions.load(session, job.version_id)
    where = Run.case_id == case.id, Run.pathway == job.pathway, Run.status == "running", Run.version_id != new.id
    held = select(Run).where(*where).order_by(Run.started_at).with_for_update()
    runs = list(session.scalars(held, execution_options=ANEW))
    seen = [foreseen.foresee(session, run, versions.load(session, run.version_id), new) for run in runs]
    if why := _refusal(one, case, seen):
        return _ended(one, "cannot", now, why)
    each = Move(session, case, command.by, now)
    entries = [_moved(each, one, run, new, it, job.reason) for run, it in zip(runs, seen, strict=True)]
    return _ended(one, "moved", now, entries=entries)


@mends(MoveCase, MoveBack)
def mend(command: MoveCase | MoveBack, broken: Broken, session: Session, now: datetime) -> Outcome:
    """The case is as it was; the job notes what broke, and goes on with the others."""
    one = session.get_one(MigratedCase, command.migrated_id, with_for_update=True, populate_existing=True)
    return _ended(one, "cannot" if one.status == "waiting" else "kept", now, broken.sentence)


@handles(MoveBack, verb="migrate_cases")
def move_back(command: MoveBack, session: Session, now: datetime) -> Outcome:
    """State, tasks, timers and version as they were before the move; refused with what has happened since."""
    one, _, case = _held(session, command, now)
    if one.status != "undoing":
        return Outcome({"status": one.status})
    where = MovedRun.migrated_id == one.id, MovedRun.undone_at.is_(None)
    moved = list(session.scalars(select(MovedRun).where(*where)))
    held = select(Run).where(Run.id.in_([each.run_id for each in moved])).with_for_update()
    runs = {run.id: run for run in session.scalars(held, execution_options=ANEW)}
    if why := untouched.since(session, case, [(each, runs[each.run_id]) for each in moved]):
        return _ended(one, "kept", now, why)
    entries = [_restored(session, case, runs[each.run_id], each, now) for each in moved]
    session.flush()
    Move(session, case, command.by, now).ask_gate_again()
    return _ended(one, "undone", now, entries=entries)


def _held(session: Session, command: MoveCase | MoveBack, now: datetime) -> tuple[MigratedCase, Migration, Case]:
    """The case and its place in the job, held; the job first, as whoever stops it does."""
    joined = select(Migration, MigratedCase, Case).join(MigratedCase, MigratedCase.migration_id == Migration.id)
    joined = joined.join(Case, Case.id == MigratedCase.case_id)
    mine = Migration.id == command.migration_id, Migration.status == "moving", MigratedCase.id == command.migrated_id
    held = joined.where(*mine).with_for_update(of=(Migration, MigratedCase, Case))
    row = session.execute(held, execution_options=ANEW).one_or_none()
    if row is None:
        raise Stopped
    job, one, case = row
    if now - job.seen_at >= WORD_EVERY:
        job.seen_at = now
    return one, job, case


def _ended(one: MigratedCase, status: str, now: datetime, why: str = "", entries: Sequence[Entry] = ()) -> Outcome:
    one.status, one.at, one.why = status, now, why[:LONGEST_WHY]
    return Outcome({"status": status}, one.case_id if entries else None, list(entries))


def _refusal(one: MigratedCase, case: Case, seen: Sequence[Foreseen]) -> str:
    if case.status != "open":
        return CLOSED if case.status == "closed" else STOPPED
    if not seen:
        return GONE
    if why := [each for one_run in seen for each in one_run.why]:
        return " ".join(dict.fromkeys(why))
    misses = tuple(dict.fromkeys(change for one_run in seen for change in one_run.misses))
    return WENT_ON if foreseen.mark(misses) != one.looked_at else ""


def _moved(move: Move, one: MigratedCase, run: Run, new: Published, seen: Foreseen, why: str) -> Entry:
    """The run on its new version, its rows by difference, and what it was before kept beside it."""
    session, from_id = move.session, run.version_id
    was = versions.load(session, from_id).number
    state = seen.moved.state if seen.moved else run.state
    step = runner.look(new.definition, state)
    before = {"state": _text(run.state), "variables": run.variables, "stage": move.case.stage}
    run.version_id, run.state, run.variables = new.id, state, variables_of(step)
    before |= {"tasks": _tasks(move, run, new, step), "timers": _timers(session, run, step)}
    session.flush()
    failpoints.reach("stored")
    session.add(
        MovedRun(
            migrated_id=one.id,
            run_id=run.id,
            from_id=from_id,
            moved_at=move.now,
            run_version=run.version,
            before=before,
        )
    )
    told = {"pathway": run.pathway, "before": was, "after": new.number, "why": why}
    return Entry("case:run:migrated", {**told, "misses": [change.words for change in seen.misses]})


def _tasks(move: Move, run: Run, new: Published, step: Step) -> dict[str, Any]:
    """Each open task's row as the new drawing says it; id to what it was and is."""
    where = Task.run_id == run.id, Task.closed_at.is_(None)
    rows = {task.key: task for task in move.session.scalars(select(Task).where(*where), execution_options=ANEW)}
    if rows.keys() != {task.key for task in step.open_tasks}:
        raise NotTheSame
    found = {}
    for task in step.open_tasks:
        row, fresh = rows[task.key], move.inbox_row(run, new, task)
        before = untouched.facts(row)
        for name in OF_DRAWING:
            setattr(row, name, fresh[name])
        if row.lane != before["lane"]:
            row.assignee_id = fresh["assignee_id"]
        if move.case.stage == before["stage"]:
            move.case.stage = row.stage
        found[str(row.id)] = [before, untouched.facts(row)]
    return found


def _timers(session: Session, run: Run, step: Step) -> dict[str, Any]:
    """Each timer's row under its new name; key to the name it had."""
    if not step.waits and not run.standing_timers:
        return {}
    rows = {timer.key: timer for timer in session.scalars(select(Timer).where(Timer.run_id == run.id))}
    if rows.keys() != {wait.key for wait in step.waits}:
        raise NotTheSame
    before = {key: timer.name for key, timer in rows.items()}
    for wait in step.waits:
        rows[wait.key].name = wait.name
    return before


def _restored(session: Session, case: Case, run: Run, moved: MovedRun, now: datetime) -> Entry:
    before, left = moved.before, versions.load(session, run.version_id).number
    run.version_id, run.state, run.variables = moved.from_id, _bytes(before["state"]), before["variables"]
    for task_id, (was, _) in before["tasks"].items():
        untouched.put_back(session.get_one(Task, UUID(task_id)), was)
    for timer in session.scalars(select(Timer).where(Timer.run_id == run.id)):
        timer.name = before["timers"][timer.key]
    case.stage, moved.undone_at = before["stage"], now
    number = versions.load(session, moved.from_id).number
    return Entry("case:run:moved_back", {"pathway": run.pathway, "before": left, "after": number})


def _text(state: bytes) -> str:
    return base64.b64encode(state).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
