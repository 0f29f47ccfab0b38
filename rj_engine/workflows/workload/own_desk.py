"""How somebody arranges their own desk: saved filters, and days on which to look at a task again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, or_, select
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
MOST_FILTERS: Final = 50
FARTHEST: Final = timedelta(days=366)


class NameNeeded(Refused):
    """Give the filter a name of at most 60 letters."""

    code = "name_needed"


class TooManyFilters(Refused):
    """You have 50 saved filters. Remove one before you save another."""

    code = "too_many_filters"


class DayDoesNotFit(Refused):
    """Choose a day from today on, within a year."""

    code = "day_does_not_fit"


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
    """The day on which one person wants to look at one task again."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("staff_id", "task_id"), Index("ix_follow_up_day", "staff_id", "follow_on"))

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    follow_on: Mapped[date]


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
    """Look at a task again on a day; None takes the day away."""

    on: date | None


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
    today = now.astimezone(clock.LONDON).date()
    if command.on is not None:
        if not today <= command.on <= today + FARTHEST:
            raise DayDoesNotFit
        session.add(FollowUp(staff_id=command.by.id, task_id=task.id, follow_on=command.on))
    told = {"task": task.name, "follow_on": command.on.isoformat() if command.on else None}
    return Outcome({"task": str(task.id)}, entries=[Entry("staff:follow_up:set", told)])


def saved_filters(session: Session, by: Actor) -> list[SavedFilter]:
    """One's own and those shared with one's team, by name."""
    shared = SavedFilter.shared & (SavedFilter.team_id == by.team_id)
    found = session.scalars(select(SavedFilter).where(or_(SavedFilter.staff_id == by.id, shared)))
    return sorted(found, key=lambda each: each.name.casefold())


def follow_ups(session: Session, by: Actor, tasks: set[UUID]) -> dict[UUID, date]:
    """The days on which `by` wants to look at these tasks again."""
    where = FollowUp.staff_id == by.id, FollowUp.task_id.in_(tasks)
    return {
        row.task_id: row.follow_on
        for row in session.execute(select(FollowUp.task_id, FollowUp.follow_on).where(*where))
    }
