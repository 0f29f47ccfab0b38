"""How somebody arranges their own desk: saved filters, and days on which to look at a task again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, ForeignKey, Index, UniqueConstraint, delete, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases.case import Case, NotFound, visible
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import TaskCommand, require_open

LONGEST_NAME: Final = 60
LONGEST_WORDS: Final = 300
MOST_FILTERS: Final = 50
FARTHEST: Final = timedelta(days=366)
WORRY: Final = "safeguarding"
"""The effect of a step that looks after somebody's safety."""


class NameNeeded(Refused):
    """Give the filter a name of at most 60 letters."""

    code = "name_needed"


class TooManyFilters(Refused):
    """You have 50 saved filters. Remove one before you save another."""

    code = "too_many_filters"


class DayDoesNotFit(Refused):
    """Choose a day from today on, within a year."""

    code = "day_does_not_fit"


class WordsTooLong(Refused):
    """Say in at most 300 letters what you wait for."""

    code = "words_too_long"


class DayNeeded(Refused):
    """Give the day on which the task shall come back to you."""

    code = "day_needed"


class SavedFilter(Row):
    """A way of looking at the tasks, kept under a name; `shared` shows it to the whole team."""

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter_team", "team_id", "shared"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    shared: Mapped[bool]
    asked: Mapped[dict[str, Any]]
    """Queue, filters and order as the page's address has them: keys and ids, never a name."""
    saved_at: Mapped[datetime]
    name_sealed: Mapped[bytes] = mapped_column(Sealed)

    name = Opened[str]("name_sealed")


class FollowUp(Row):
    """The day on which one person wants to look at one task again; until then it may be skipped."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("staff_id", "task_id"), Index("ix_follow_up_day", "staff_id", "follow_on"))

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    follow_on: Mapped[date]
    skipped: Mapped[bool] = mapped_column(default=False)
    """Whether it shall not be among what is next before that day."""
    words_sealed: Mapped[bytes | None] = mapped_column(Sealed)

    words = Opened[str | None]("words_sealed")


@dataclass(frozen=True, kw_only=True)
class SaveFilter(Command):
    """Keep a way of looking at the tasks under a name."""

    name: str
    asked: Mapping[str, str]
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class RemoveFilter(Command):
    """Remove a saved filter of one's own."""

    filter_id: UUID


@dataclass(frozen=True, kw_only=True)
class FollowTaskUp(TaskCommand):
    """Look at a task again on a day, and skip it until then if wished; None takes the day away."""

    on: date | None
    skip: bool = False
    words: str = ""
    """What one waits for, for oneself."""


@dataclass(frozen=True, slots=True)
class Again:
    """The day on which somebody wants to look at a task again, whether they skip it until then, and their words."""

    on: date
    skipped: bool
    words: str


@handles(SaveFilter, verb="see_case")
def save_filter(command: SaveFilter, session: Session, now: datetime) -> Outcome:
    """Keep it; the same name again takes the place of what one had."""
    by, name = command.by, " ".join(command.name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise NameNeeded
    mine = list(session.scalars(select(SavedFilter).where(SavedFilter.staff_id == by.id)))
    row = next((each for each in mine if each.name.casefold() == name.casefold()), None)
    if row is None:
        if len(mine) >= MOST_FILTERS:
            raise TooManyFilters
        row = SavedFilter(team_id=by.team_id, staff_id=by.id)
        session.add(row)
    row.name, row.asked, row.shared, row.saved_at = name, dict(command.asked), command.shared, now
    entry = Entry("staff:filter:saved", {"name": name, "shared": command.shared})
    return Outcome({"filter": str(row.id)}, entries=[entry])


@handles(RemoveFilter, verb="see_case")
def remove_filter(command: RemoveFilter, session: Session, now: datetime) -> Outcome:
    """Nobody removes another's, also where it is shared."""
    del now
    row = session.get(SavedFilter, command.filter_id)
    if row is None or row.staff_id != command.by.id:
        raise NotFound
    session.delete(row)
    return Outcome({}, entries=[Entry("staff:filter:removed", {"name": row.name})])


@handles(FollowTaskUp, verb="see_case")
def follow_up(command: FollowTaskUp, session: Session, now: datetime) -> Outcome:
    """Keep one day a person and task; it changes nothing of when the task is due."""
    joined = select(Task).join(Case, Case.id == Task.case_id).where(Task.id == command.task_id, visible(command.by))
    task = session.scalars(joined).one_or_none()
    if task is None or command.by.id is None:
        raise NotFound
    require_open(task)
    session.execute(delete(FollowUp).where(FollowUp.staff_id == command.by.id, FollowUp.task_id == task.id))
    row = _follow_up(command, now)
    if row is not None:
        session.add(row)
    told = {"task": task.name, "follow_on": row.follow_on.isoformat() if row else None, "skipped": command.skip}
    stays = row is not None and row.skipped and comes_first(task, now)
    return Outcome({"task": str(task.id), "stays": stays}, entries=[Entry("staff:follow_up:set", told)])


def _follow_up(command: FollowTaskUp, now: datetime) -> FollowUp | None:
    words, today = " ".join(command.words.split()), now.astimezone(clock.LONDON).date()
    if command.on is None:
        if command.skip:
            raise DayNeeded
        return None
    if not today <= command.on <= today + FARTHEST:
        raise DayDoesNotFit
    if len(words) > LONGEST_WORDS:
        raise WordsTooLong
    told = {"staff_id": command.by.id, "task_id": command.task_id, "words": words or None}
    return FollowUp(**told, follow_on=command.on, skipped=command.skip)


def comes_first(task: Task, now: datetime) -> bool:
    """Whether nobody skips it: a worry about safety, and what is late."""
    return task.effect == WORRY or task.due_at < now


def not_skipped(by: Actor, now: datetime) -> ColumnElement[bool]:
    """Tasks that this person does not skip today, and those that nobody skips."""
    today = now.astimezone(clock.LONDON).date()
    return or_(
        Task.due_at < now, Task.effect.is_not_distinct_from(WORRY), ~skipped(by).where(FollowUp.follow_on > today)
    )


def skipped(by: Actor) -> Exists:
    """Whether this person has put a task off."""
    return exists().where(FollowUp.task_id == Task.id, FollowUp.staff_id == by.id, FollowUp.skipped)


def saved_filters(session: Session, by: Actor) -> list[SavedFilter]:
    """One's own and those shared with one's team, by name."""
    shared = SavedFilter.shared & (SavedFilter.team_id == by.team_id)
    found = session.scalars(select(SavedFilter).where(or_(SavedFilter.staff_id == by.id, shared)))
    return sorted(found, key=lambda each: each.name.casefold())


def follow_ups(session: Session, by: Actor, tasks: set[UUID]) -> dict[UUID, Again]:
    """On which day `by` wants to look at these tasks again, and what they wait for."""
    if not tasks:
        return {}
    rows = session.scalars(select(FollowUp).where(FollowUp.staff_id == by.id, FollowUp.task_id.in_(tasks)))
    return {row.task_id: Again(row.follow_on, row.skipped, row.words or "") for row in rows}
