"""Where the cases of a pathway stand and how long each step takes, counted by the database; no state is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, select
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
class Went:
    """What went through one element in the period."""

    element: str
    name: str
    many: int
    days: float
    """In the middle."""


@dataclass(frozen=True, slots=True)
class StandingCase:
    """A case that stands at an element."""

    reference: str
    since: datetime
    due_at: datetime
    blocked: Sequence[str] = field(default_factory=tuple)


def heat(session: Session, by: Actor, asked: Asked, now: datetime) -> list[Heat]:
    """Every element where something stands or went through, the worst first; only cases that `by` may see."""
    standing = {row.element: row for row in session.execute(_standing(by, asked, now))}
    done = {one.element: one for one in _done_at(session, by, asked)}
    tasks = []
    for element in standing.keys() | done.keys():
        now_there, went = standing.get(element), done.get(element, Went(element, "", 0, 0.0))
        name = max(went.name, now_there.name if now_there else "")
        open_, late = (now_there.open, now_there.overdue) if now_there else (0, 0)
        middle = round(went.days, 1) if went.many else None
        tasks.append(Heat(element, name, False, open_, late, went.many, middle))
    return sorted([*tasks, *_waits(session, by, asked, now)], key=_worst)


def bottlenecks(found: Sequence[Heat]) -> list[Heat]:
    """The elements at which something is late, the most first; a wait that is long is none."""
    return [one for one in found if one.overdue][:WORST]


def _worst(one: Heat) -> tuple[int, int, float, str]:
    return (-one.overdue, -one.open, -(one.median_days or 0), one.element)


def _runs(by: Actor, asked: Asked) -> list[ColumnElement[bool]]:
    """Runs of that pathway and version in cases that `by` may see."""
    version = select(PathwayVersion.id).where(PathwayVersion.pathway == asked.pathway)
    if asked.number is not None:
        version = version.where(PathwayVersion.number == asked.number)
    return [Run.version_id.in_(version), visible(by)]


def _standing(by: Actor, asked: Asked, now: datetime) -> Any:
    """What is open at each element."""
    counted = select(
        Task.element,
        func.max(Task.name).label("name"),
        func.count().label("open"),
        _count(Task.due_at < now).label("overdue"),
    )
    return counted.where(_within(by, asked), Task.closed_at.is_(None)).group_by(Task.element)


def _within(by: Actor, asked: Asked) -> ColumnElement[bool]:
    """Tasks of those runs, which are few beside their tasks."""
    return Task.run_id.in_(select(Run.id).join(Case, Case.id == Run.case_id).where(*_runs(by, asked)))


def _done(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(Task.how_closed == "done", Task.closed_at >= since, Task.closed_at < until)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _done_at(session: Session, by: Actor, asked: Asked) -> Iterator[Went]:
    """What went through each element, with the middle of its days, or the mean of the two in the middle.

    PostgreSQL knows the middle. SQLite would sort every task for it twice: there it is found as the rows come in.
    """
    which = and_(_within(by, asked), _done(*asked.period()))
    if session.get_bind().dialect.name == "postgresql":
        days = func.extract("epoch", Task.closed_at - Task.opened_at) / DAY
        middle = func.percentile_cont(0.5).within_group(days).label("days")
        counted = select(Task.element, func.max(Task.name).label("name"), func.count().label("many"), middle)
        for row in session.execute(counted.where(which).group_by(Task.element)):
            yield Went(row.element, row.name, row.many, float(row.days))
        return
    spent = func.julianday(Task.closed_at) - func.julianday(Task.opened_at)
    each = session.execute(select(Task.element, Task.name, spent).where(which))
    found: dict[str, list[float]] = {}
    names: dict[str, str] = {}
    for element, name, days in each:
        found.setdefault(element, []).append(days)
        if name > names.get(element, ""):
            names[element] = name
    yield from (Went(element, names.get(element, ""), len(days), median(days)) for element, days in found.items())


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
