"""Where the cases of a pathway stand and how long each step takes, counted by the database; no state is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, visible
from rj_engine.commands import Actor
from rj_engine.workflows.rows import Passage, PathwayVersion, Run, Task, Timer

DAY: Final = 86_400
"""Seconds."""
WORST: Final = 5
"""Bottlenecks that are named first."""
MOST_CASES: Final = 200
"""Lines of the list of an element's cases."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: a pathway, one version of it or all, the London days of a period."""

    pathway: str
    number: int | None
    since: date
    until: date

    def period(self) -> tuple[datetime, datetime]:
        """From the first instant of the first day to the first after the last."""
        return clock.start_of(self.since), clock.start_of(self.until + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Heat:
    """One element: what stands there now, and what went through in the period."""

    element: str
    name: str
    is_wait: bool = False
    open: int = 0
    overdue: int = 0
    completed: int = 0
    median_days: float | None = None
    """Of those completed in the period, from when they opened."""


@dataclass(frozen=True, slots=True)
class StandingCase:
    """A case that stands at an element."""

    reference: str
    since: datetime
    due_at: datetime
    blocked: Sequence[str] = field(default_factory=tuple)


def heat(session: Session, by: Actor, asked: Asked, now: datetime) -> list[Heat]:
    """Every element where something stands or went through, the worst first; only cases that `by` may see."""
    middles = {row.element: float(row.days) for row in session.execute(_medians(session, by, asked))}
    tasks = [
        Heat(row.element, row.name, False, row.open, row.overdue, row.completed, _rounded(middles.get(row.element)))
        for row in session.execute(_tasks(by, asked, now))
        if row.open or row.completed
    ]
    return sorted([*tasks, *_waits(session, by, asked, now)], key=_worst)


def bottlenecks(found: Sequence[Heat]) -> list[Heat]:
    """The elements at which something is late, the most first; a wait that is long is none."""
    return [one for one in found if one.overdue][:WORST]


def _worst(one: Heat) -> tuple[int, int, float, str]:
    return (-one.overdue, -one.open, -(one.median_days or 0), one.element)


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _runs(by: Actor, asked: Asked) -> list[ColumnElement[bool]]:
    """Runs of that pathway and version in cases that `by` may see."""
    version = select(PathwayVersion.id).where(PathwayVersion.pathway == asked.pathway)
    if asked.number is not None:
        version = version.where(PathwayVersion.number == asked.number)
    return [Run.version_id.in_(version), visible(by)]


def _tasks(by: Actor, asked: Asked, now: datetime) -> Any:
    since, until = asked.period()
    is_open, done = Task.closed_at.is_(None), _done(since, until)
    joined = select(
        Task.element,
        func.max(Task.name).label("name"),
        _count(is_open).label("open"),
        _count(and_(is_open, Task.due_at < now)).label("overdue"),
        _count(done).label("completed"),
    )
    where = *_runs(by, asked), or_(is_open, done)
    return (
        joined.join(Run, Run.id == Task.run_id).join(Case, Case.id == Task.case_id).where(*where).group_by(Task.element)
    )


def _done(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(Task.how_closed == "done", Task.closed_at >= since, Task.closed_at < until)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _medians(session: Session, by: Actor, asked: Asked) -> Any:
    """The middle of each element's days, or the mean of the two in the middle; both databases can count rows."""
    ranked = _ranked(session, by, asked)
    twice = ranked.c.place * 2
    middle = and_(twice >= ranked.c.many, twice <= ranked.c.many + 2)
    return select(ranked.c.element, func.avg(ranked.c.days).label("days")).where(middle).group_by(ranked.c.element)


def _ranked(session: Session, by: Actor, asked: Asked) -> Subquery:
    days = _days(session)
    counted = select(
        Task.element,
        days.label("days"),
        func.row_number().over(order_by=days, partition_by=Task.element).label("place"),
        func.count().over(partition_by=Task.element).label("many"),
    )
    where = *_runs(by, asked), _done(*asked.period())
    return counted.join(Run, Run.id == Task.run_id).join(Case, Case.id == Task.case_id).where(*where).subquery()


def _days(session: Session) -> ColumnElement[Any]:
    """Days between opening and closing, as the database counts them."""
    if session.get_bind().dialect.name == "postgresql":
        return func.extract("epoch", Task.closed_at - Task.opened_at) / DAY
    return func.julianday(Task.closed_at) - func.julianday(Task.opened_at)


def _waits(session: Session, by: Actor, asked: Asked, now: datetime) -> list[Heat]:
    """What waits for a timer now; how often those waits ended in the period."""
    standing = select(
        Timer.element,
        func.max(Timer.name).label("name"),
        func.count().label("open"),
        _count(Timer.due_at < now).label("late"),
    )
    joined = standing.join(Run, Run.id == Timer.run_id).join(Case, Case.id == Timer.case_id)
    rows = list(session.execute(joined.where(*_runs(by, asked)).group_by(Timer.element)))
    ended = _ended(session, by, asked, [row.element for row in rows])
    return [Heat(row.element, row.name or "", True, row.open, row.late, ended.get(row.element, 0)) for row in rows]


def _ended(session: Session, by: Actor, asked: Asked, elements: Sequence[str]) -> Mapping[str, int]:
    since, until = asked.period()
    counted = select(Passage.element, func.count().label("many")).join(Run, Run.id == Passage.run_id)
    joined = counted.join(Case, Case.id == Run.case_id)
    where = *_runs(by, asked), Passage.element.in_(elements), Passage.at >= since, Passage.at < until
    return {row.element: row.many for row in session.execute(joined.where(*where).group_by(Passage.element))}


def cases_at(session: Session, by: Actor, asked: Asked, element: str) -> list[StandingCase]:
    """The cases that stand at an element now, the longest first; none that `by` may not see."""
    at = _runs(by, asked)
    tasks = select(Case.reference, Task.opened_at, Task.due_at, Task.blocked).join(Run, Run.id == Task.run_id)
    tasks = tasks.join(Case, Case.id == Task.case_id).where(*at, Task.element == element, Task.closed_at.is_(None))
    found = [
        StandingCase(row.reference, row.opened_at, row.due_at, row.blocked)
        for row in session.execute(tasks.order_by(Task.opened_at).limit(MOST_CASES))
    ]
    timers = select(Case.reference, Run.started_at, Timer.due_at).join(Run, Run.id == Timer.run_id)
    timers = timers.join(Case, Case.id == Timer.case_id).where(*at, Timer.element == element)
    rows = session.execute(timers.order_by(Timer.due_at).limit(MOST_CASES))
    return found + [StandingCase(row.reference, row.started_at, row.due_at) for row in rows]


def versions_of(session: Session, by: Actor, pathway: str) -> list[int]:
    """The versions that cases of this service have run on, the newest first."""
    joined = (
        select(PathwayVersion.number).join(Run, Run.version_id == PathwayVersion.id).join(Case, Case.id == Run.case_id)
    )
    where = PathwayVersion.pathway == pathway, visible(by)
    return list(session.scalars(joined.where(*where).distinct().order_by(PathwayVersion.number.desc())))
