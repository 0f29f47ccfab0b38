"""Migrating running cases: a job of chosen cases, done one by one beside the product, stopped and undone at any time.

A worker that dies leaves whole cases behind it, moved or not, and another goes on with what is left: each case is one
command with an id of its own, so none is ever moved twice.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, NotFound, visible
from rj_engine.commands import Actor, Command, NotAllowed, Outcome, dispatch, handles
from rj_engine.database import db, translated
from rj_engine.errors import Broken, Refused, RjError
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff, actor_of, the_clock
from rj_engine.workflows.migration import in_force
from rj_engine.workflows.migration.moving import MoveBack, MoveCase, Stopped
from rj_engine.workflows.migration.rows import TO_DO, UNDER_WAY, MigratedCase, Migration
from rj_engine.workflows.studio import approving

SILENT_FOR: Final = timedelta(minutes=1)
"""After that long without a word its worker is taken for dead, and another goes on."""
log = logging.getLogger(__name__)


class NothingChosen(Refused):
    """Choose at least one case that can be moved."""

    code = "nothing_chosen"


class ReasonMissing(Refused):
    """Say why these cases are moved, so that whoever works them can read it."""

    code = "reason_missing"


class MigrationUnderWay(Refused):
    """Cases of this pathway are being moved just now. Wait until that is over, or stop it."""

    code = "migration_under_way"


class NothingToUndo(Refused):
    """None of these cases can be moved back: they are not moved, or are being moved back already."""

    code = "nothing_to_undo"


class MigrationGone(Refused):
    """This job is over, or another worker does it."""

    code = "migration_gone"


@dataclass(frozen=True, kw_only=True)
class StartMigration(Command):
    """Move cases to a version of their pathway; `chosen` is each reference with the mark of what was shown for it."""

    pathway: str
    number: int
    chosen: Mapping[str, str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelMigration(Command):
    """Stop a job between two cases; what is moved stays moved."""

    migration_id: UUID


@dataclass(frozen=True, kw_only=True)
class UndoMigration(Command):
    """Move cases of a job back, as long as nobody has worked them since; all of them where none is named."""

    migration_id: UUID
    references: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class TakeMigration(Command):
    """A worker takes a job upon itself."""

    migration_id: UUID


@dataclass(frozen=True, kw_only=True)
class EndMigration(Command):
    """A worker has done what it could; `given_up` says why the rest is left, where it is."""

    migration_id: UUID
    given_up: str = ""


def find(session: Session, by: Actor, migration_id: UUID, *, hold: bool = False) -> Migration:
    """A job of the actor's own service, or `NotFound`."""
    wanted = select(Migration).where(Migration.id == migration_id, Migration.service_id == by.service_id)
    wanted = wanted.execution_options(populate_existing=True)
    row = session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def of_pathway(session: Session, by: Actor, pathway: str) -> list[Migration]:
    """The jobs of a pathway in the actor's service, the newest first."""
    where = Migration.service_id == by.service_id, Migration.pathway == pathway
    return list(session.scalars(select(Migration).where(*where).order_by(Migration.asked_at.desc())))


def cases_of(session: Session, migration: Migration) -> list[MigratedCase]:
    """Every case of a job, by reference."""
    wanted = select(MigratedCase).where(MigratedCase.migration_id == migration.id).order_by(MigratedCase.reference)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def counts(session: Session, migration: Migration) -> Counter[str]:
    """How many cases of a job stand how."""
    grouped = select(MigratedCase.status, func.count().label("many")).where(MigratedCase.migration_id == migration.id)
    return Counter({row.status: row.many for row in session.execute(grouped.group_by(MigratedCase.status))})


@handles(StartMigration, verb="migrate_cases")
def start(command: StartMigration, session: Session, now: datetime) -> Outcome:
    """Put the job in the queue; one at a time for each pathway of a service, and to no version before its day."""
    by, reason = command.by, command.reason.strip()
    if not command.chosen:
        raise NothingChosen
    if not reason:
        raise ReasonMissing
    offered = {row.number: row for row in approving.usable(session, by, command.pathway)}
    if command.number not in offered:
        raise NotFound
    in_force.require(session, by, offered[command.number], now)
    if any(one.status in UNDER_WAY for one in of_pathway(session, by, command.pathway)):
        raise MigrationUnderWay
    known = select(Case.reference, Case.id).where(visible(by), Case.reference.in_(list(command.chosen)))
    cases = {row.reference: row.id for row in session.execute(known)}
    if cases.keys() != command.chosen.keys():
        raise NotFound
    job = Migration(
        service_id=by.service_id,
        pathway=command.pathway,
        version_id=offered[command.number].id,
        status="waiting",
        asked_by=by.id,
        asked_at=now,
        seen_at=now,
        reason=reason,
    )
    session.add(job)
    session.flush()
    for key, mark in sorted(command.chosen.items()):
        place: dict[str, Any] = {"migration_id": job.id, "case_id": cases[key], "reference": key}
        session.add(MigratedCase(**place, looked_at=mark[:16], status="waiting", why=""))
    told = {"pathway": command.pathway, "number": command.number, "cases": len(cases)}
    return Outcome({"migration": str(job.id)}, entries=[Entry("pathway:migration:asked", told)])


@handles(CancelMigration, verb="migrate_cases")
def cancel(command: CancelMigration, session: Session, now: datetime) -> Outcome:
    """The case that is being moved is still moved; the rest is left as it is."""
    job = find(session, command.by, command.migration_id, hold=True)
    if job.status in UNDER_WAY:
        _leave(session, job, now, "cancelled")
    return Outcome({"migration": str(job.id)}, entries=[Entry("pathway:migration:cancelled", {"pathway": job.pathway})])


@handles(UndoMigration, verb="migrate_cases")
def undo(command: UndoMigration, session: Session, now: datetime) -> Outcome:
    """Put the moved ones in the queue again, the other way."""
    job = find(session, command.by, command.migration_id, hold=True)
    if job.status in UNDER_WAY:
        raise MigrationUnderWay
    where = [MigratedCase.migration_id == job.id, MigratedCase.status.in_(("moved", "kept"))]
    if command.references:
        where.append(MigratedCase.reference.in_(list(command.references)))
    chosen = list(session.scalars(select(MigratedCase).where(*where).with_for_update()))
    if not chosen:
        raise NothingToUndo
    for one in chosen:
        one.status = "undoing"
    job.status, job.seen_at, job.ended_at = "waiting", now, None
    told = {"pathway": job.pathway, "cases": len(chosen)}
    return Outcome({"migration": str(job.id)}, entries=[Entry("pathway:migration:undo_asked", told)])


@handles(TakeMigration, verb="migrate")
def take(command: TakeMigration, session: Session, now: datetime) -> Outcome:
    """One worker wins; `MigrationGone` for every other."""
    where = Migration.id == command.migration_id, _wants_a_worker(now)
    row = session.scalars(select(Migration).where(*where).with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        raise MigrationGone
    row.status, row.seen_at = "moving", now
    return Outcome({"migration": str(row.id)})


@handles(EndMigration, verb="migrate")
def end(command: EndMigration, session: Session, now: datetime) -> Outcome:
    """Over where nothing is left to do; else it waits for a worker again, or is given up."""
    job = find(session, command.by, command.migration_id, hold=True)
    if job.status != "moving":
        return Outcome({"status": job.status})
    if command.given_up:
        _leave(session, job, now, "cancelled", command.given_up)
    elif any(counts(session, job)[status] for status in TO_DO):
        job.status = "waiting"
    else:
        job.status, job.ended_at = "done", now
    told = {"pathway": job.pathway, "status": job.status, **counts(session, job)}
    return Outcome({"status": job.status}, entries=[Entry("pathway:migration:ended", told)])


def _leave(session: Session, job: Migration, now: datetime, status: str, why: str = "") -> None:
    job.status, job.ended_at = status, now
    for before, after in (("waiting", "left"), ("undoing", "moved")):
        where = MigratedCase.migration_id == job.id, MigratedCase.status == before
        session.execute(update(MigratedCase).where(*where).values(status=after, why=why))


def _wants_a_worker(now: datetime) -> Any:
    dead = and_(Migration.status == "moving", Migration.seen_at < now - SILENT_FOR)
    return or_(Migration.status == "waiting", dead)


def migrate_due() -> int:
    """Do the jobs that wait, the oldest first; the count of cases moved, or moved back."""
    wanted = select(Migration.id, Migration.service_id, Migration.asked_by).where(_wants_a_worker(clock.now()))
    with translated():
        waiting = list(db.session.execute(wanted.order_by(Migration.asked_at)))
    db.session.rollback()
    return sum(_work(row.id, the_clock(row.service_id, "migrate"), row.asked_by) for row in waiting)


def _work(job: UUID, by: Actor, asked_by: UUID) -> int:
    """One job, in the name of whoever asked for it: they stand in each case's record."""
    done, given_up = 0, ""
    try:
        dispatch(TakeMigration(command_id=uuid.uuid4(), by=by, migration_id=job))
        person = _person(asked_by)
        for command in _commands(job, person):
            done += _one(command)
    except (MigrationGone, Stopped):
        return done
    except NotAllowed:
        given_up = "Whoever asked for this may not move cases any more."
    except RjError as error:
        log.warning("migration put off: %s", error.code)
        return done
    dispatch(EndMigration(command_id=uuid.uuid4(), by=by, migration_id=job, given_up=given_up))
    return done


def _person(asked_by: UUID) -> Actor:
    person = db.session().get_one(Staff, asked_by, populate_existing=True)
    actor = actor_of(person)
    db.session().rollback()
    if not person.active:
        raise NotAllowed
    return actor


def _commands(job: UUID, by: Actor) -> list[MoveCase | MoveBack]:
    """A command for each case that is left; the same id for the same attempt, whoever makes it."""
    columns = MigratedCase.id, MigratedCase.status, MigratedCase.at
    where = MigratedCase.migration_id == job, MigratedCase.status.in_(TO_DO)
    rows = list(db.session().execute(select(*columns).where(*where).order_by(MigratedCase.reference)))
    db.session().rollback()
    kinds: dict[str, type[MoveCase | MoveBack]] = {"waiting": MoveCase, "undoing": MoveBack}
    return [
        kinds[row.status](
            command_id=uuid.uuid5(row.id, f"{row.status} {row.at}"), by=by, migration_id=job, migrated_id=row.id
        )
        for row in rows
    ]


def _one(command: MoveCase | MoveBack) -> bool:
    """Whether it was moved; a case that broke is noted as that, and stands as it was."""
    try:
        return dispatch(command)["status"] in {"moved", "undone"}
    except Broken as broken:
        log.warning("a case was not moved: %s", broken.code)
        return False
