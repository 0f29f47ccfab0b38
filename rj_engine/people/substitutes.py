"""Who stands in for whom, and on which days: a substitute has the tasks of whoever is away, in their own name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from rj_engine import clock
from rj_engine.commands import Actor, Command, NotAllowed, Outcome, handles
from rj_engine.database import Row
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff, actor_of

LONGEST: Final = timedelta(days=366)
FOR_OTHERS: Final = "assign_task"
"""The verb of those who may also name a substitute for a colleague who has fallen ill."""


class NoSuchSubstitute(Refused):
    """Choose a colleague of the same team who may work some of the same tasks."""

    code = "no_such_substitute"


class DatesDoNotFit(Refused):
    """Give a first and a last day: the last not before the first, not past, and at most a year later."""

    code = "dates_do_not_fit"


class NoSuchAbsence(Refused):
    """That absence is not on record, or it has ended."""

    code = "not_found"


class Substitute(Row):
    """One absence: from and until which day, and who has the tasks meanwhile."""

    __tablename__ = "substitute"
    __table_args__ = (
        Index("ix_substitute_stands_in", "substitute_id", "until_on"),
        Index("ix_substitute_away", "staff_id", "until_on"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    named_at: Mapped[datetime]
    named_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, kw_only=True)
class NameSubstitute(Command):
    """Say who stands in for `away` from one day until another, both included."""

    away: UUID
    substitute: UUID
    from_on: date
    until_on: date


@dataclass(frozen=True, kw_only=True)
class EndAbsence(Command):
    """Whoever was away is back: nobody stands in any more."""

    absence: UUID


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence that has not ended, as pages show it."""

    id: UUID
    away_id: UUID
    away: str
    substitute: str
    from_on: date
    until_on: date


@handles(NameSubstitute, verb="name_substitute")
def name_substitute(command: NameSubstitute, session: Session, now: datetime) -> Outcome:
    """Name one for oneself; a lead or coordinator also for a colleague of a team they see."""
    person = _of(session, command.by, command.away)
    chosen = session.get(Staff, command.substitute)
    fits = chosen is not None and chosen.active and chosen.team_id == person.team_id and chosen.id != person.id
    if chosen is None or not fits or not actor_of(chosen).lanes & actor_of(person).lanes:
        raise NoSuchSubstitute
    today = now.astimezone(clock.LONDON).date()
    if not max(command.from_on, today) <= command.until_on <= command.from_on + LONGEST:
        raise DatesDoNotFit
    row = Substitute(
        staff_id=person.id,
        substitute_id=chosen.id,
        from_on=command.from_on,
        until_on=command.until_on,
        named_at=now,
        named_by=command.by.id,
    )
    session.add(row)
    days = {"from_on": command.from_on.isoformat(), "until_on": command.until_on.isoformat()}
    told = {"away": person.name, "substitute": chosen.name, **days}
    return Outcome({"absence": str(row.id)}, person.service_id, [Entry("staff:substitute:named", told)])


@handles(EndAbsence, verb="name_substitute")
def end_absence(command: EndAbsence, session: Session, now: datetime) -> Outcome:
    """End it today, whatever day it was meant to last until."""
    row = session.get(Substitute, command.absence)
    if row is None or row.ended_at is not None:
        raise NoSuchAbsence
    person = _of(session, command.by, row.staff_id)
    row.ended_at = now
    return Outcome({}, person.service_id, [Entry("staff:substitute:ended", {"away": person.name})])


def _of(session: Session, by: Actor, away: UUID) -> Staff:
    """Oneself, or a colleague whose absence `by` may arrange."""
    person = session.get(Staff, away)
    if person is None or person.service_id != by.service_id or not person.active:
        raise NoSuchAbsence
    if person.id == by.id:
        return person
    by.require(FOR_OTHERS)
    if person.team_id != by.team_id and "see_whole_service" not in by.verbs:
        raise NotAllowed(verb=FOR_OTHERS)
    return person


def stands_in_for(session: Session, who: UUID | None, today: date) -> dict[UUID, str]:
    """Whose tasks are also those of `who` today, with their names; nobody's for nobody."""
    where = (
        Substitute.substitute_id == who,
        Substitute.until_on >= today,
        Substitute.from_on <= today,
        Substitute.ended_at.is_(None),
    )
    joined = select(Staff.id, Staff.name).join(Substitute, Substitute.staff_id == Staff.id).where(*where)
    return {row.id: row.name for row in session.execute(joined)}


def absences(session: Session, by: Actor, today: date) -> list[Absence]:
    """Absences now or to come that concern `by`, or that `by` may arrange; the earliest first."""
    away, other = aliased(Staff), aliased(Staff)
    wanted = (
        select(Substitute, away.name, other.name)
        .join(away, away.id == Substitute.staff_id)
        .join(other, other.id == Substitute.substitute_id)
        .where(away.service_id == by.service_id, Substitute.until_on >= today, Substitute.ended_at.is_(None))
        .order_by(Substitute.from_on, away.name)
    )
    if FOR_OTHERS not in by.verbs:
        wanted = wanted.where(or_(Substitute.staff_id == by.id, Substitute.substitute_id == by.id))
    elif "see_whole_service" not in by.verbs:
        wanted = wanted.where(away.team_id == by.team_id)
    return [
        Absence(row.id, row.staff_id, name, stands_in, row.from_on, row.until_on)
        for row, name, stands_in in session.execute(wanted)
    ]
