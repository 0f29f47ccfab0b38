"""One e-mail a week to each lead who wants it: how many requests wait for a prison, and a link; no word of any case.

It leaves once a week from the day that they chose on, and late rather than never. What it counts is told by a higher
room; how it is claimed and sent once is the daily e-mail's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.database import Base, db, translated
from rj_engine.errors import Broken, Refused
from rj_engine.people.staff import Staff, actor_of, the_clock
from rj_engine.workflows.post import digest
from rj_engine.workflows.post.digest import Mail, Written

SEES: Final = "see_prison_board"
MONDAY: Final = 0
FRIDAY: Final = 4


class NoSuchWeekday(Refused):
    """Choose a day from Monday to Friday."""

    code = "no_such_weekday"


@dataclass(frozen=True, slots=True)
class Week:
    """How many requests for permission wait, and how many of them need a lead."""

    waiting: int
    faults: int
    ours: int
    broken_promises: int
    untold: int
    stalled: int
    kind: ClassVar[str] = "weekly"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.waiting


class NobodyCounts(Broken):
    """The prison board is not loaded in this process, so no week can be counted."""

    code = "nobody_counts"


Count = Callable[[Session, Actor, date], Week]
_counts: list[Count] = []


def counts_the_week(count: Count) -> Count:
    """Mark what counts the board of one lead for the e-mail."""
    _counts[:] = [count]
    return count


class WeeklyChoice(Base):
    """Which leads want the e-mail, on which weekday (Monday is 0), and since when."""

    __tablename__ = "weekly_choice"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    weekday: Mapped[int]
    chosen_on: Mapped[date]


class WeeklyDigest(Written):
    """One lead's e-mail of one week, which is named by its Monday."""

    __tablename__ = "weekly_digest"
    __table_args__ = (
        UniqueConstraint("staff_id", "week_of"),
        Index("ix_weekly_digest_waiting", "sent_at", "next_try_at"),
    )

    week_of: Mapped[date]
    waiting: Mapped[int]
    faults: Mapped[int]
    ours: Mapped[int]
    broken_promises: Mapped[int]
    untold: Mapped[int]
    stalled: Mapped[int]

    @property
    def summary(self) -> Week:
        """How it stood when it was written."""
        return Week(self.waiting, self.faults, self.ours, self.broken_promises, self.untold, self.stalled)


digest.TABLES[Week.kind] = WeeklyDigest


@dataclass(frozen=True, kw_only=True)
class ChooseWeekly(Command):
    """Say on which weekday one wants the e-mail; None ends it."""

    weekday: int | None


@dataclass(frozen=True, kw_only=True)
class WriteWeekly(Command):
    """Write one lead's e-mail of this week."""

    staff_id: UUID


@handles(ChooseWeekly, verb=SEES)
def choose(command: ChooseWeekly, session: Session, now: datetime) -> Outcome:
    """Keep the choice; a day that is over this week counts from the next week on."""
    known = session.get(WeeklyChoice, command.by.id)
    if command.weekday is None:
        if known is not None:
            session.delete(known)
        return Outcome({"weekday": None})
    if not MONDAY <= command.weekday <= FRIDAY:
        raise NoSuchWeekday
    today = now.astimezone(clock.LONDON).date()
    if known is None:
        session.add(WeeklyChoice(staff_id=command.by.id, weekday=command.weekday, chosen_on=today))
    else:
        known.weekday, known.chosen_on = command.weekday, today
    return Outcome({"weekday": command.weekday})


def chosen(session: Session, by: Actor) -> int | None:
    """The weekday that this person chose; None where they want no e-mail."""
    known = session.get(WeeklyChoice, by.id)
    return known.weekday if known is not None else None


def send_due(mail: Mail, hour: int) -> int:
    """From `hour` of each lead's day on write this week's e-mails that are not written, then send; how many left."""
    now = clock.now().astimezone(clock.LONDON)
    with translated():
        writing = _unwritten(now.date(), late=now.hour >= hour)
    for person, service in writing:
        command_id = uuid.uuid5(person, f"weekly {_monday(now.date())}")
        dispatch(WriteWeekly(command_id=command_id, by=the_clock(service, "deliver"), staff_id=person))
    return digest.send_waiting(mail, Week.kind)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _unwritten(today: date, *, late: bool) -> list[tuple[UUID, UUID]]:
    """Whose day of this week has come and who has no e-mail of it yet, each with their service."""
    row, monday = WeeklyChoice, _monday(today)
    written = select(WeeklyDigest.id).where(WeeklyDigest.staff_id == row.staff_id, WeeklyDigest.week_of == monday)
    asked = select(row.staff_id, row.weekday, row.chosen_on, Staff.service_id).join(Staff, Staff.id == row.staff_id)
    found = db.session.execute(asked.where(Staff.active, ~written.exists()).limit(digest.AT_ONCE))
    wanted = []
    for each in found:
        day = monday + timedelta(days=each.weekday)
        if each.chosen_on <= day and (day < today or (day == today and late)):
            wanted.append((each.staff_id, each.service_id))
    return wanted


def _counted(session: Session, by: Actor, today: date) -> Week:
    """Never nothing because nobody counts: that would be sent to a lead as a good week."""
    if SEES not in by.verbs:
        return Week(0, 0, 0, 0, 0, 0)
    if not _counts:
        raise NobodyCounts
    return _counts[0](session, by, today)


@handles(WriteWeekly, verb="deliver")
def write(command: WriteWeekly, session: Session, now: datetime) -> Outcome:
    """Count what waits; a week in which nothing does, or of somebody who sees no board any more, is written as done."""
    person = session.get_one(Staff, command.staff_id)
    by, today = actor_of(person), now.astimezone(clock.LONDON).date()
    waiting, faults, ours, broken, untold, stalled = astuple(counted := _counted(session, by, today))
    row = WeeklyDigest(
        staff_id=person.id,
        week_of=_monday(today),
        waiting=waiting,
        faults=faults,
        ours=ours,
        broken_promises=broken,
        untold=untold,
        stalled=stalled,
        next_try_at=now,
        sent_at=now if counted.empty else None,
    )
    session.add(row)
    return Outcome({"digest": str(row.id)})
