"""Every request that stands, as far as order, filters and counts need it: thousands are read, and fifty are shown.

One plain reading each of requests, open tasks and timers, put together here: every one of them is answered from
an index alone, on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, is_open, visible
from rj_engine.commands import Actor
from rj_engine.prisons import waiting
from rj_engine.prisons.custody import INSIDE, Custody
from rj_engine.prisons.requests import ACCESS, PrisonRequest
from rj_engine.prisons.shapes import CHOICES, GRANTED
from rj_engine.reports.stall_order import ANSWER, Light, identity
from rj_engine.workflows.rows import Run, Task, Timer

STEPS: Final = "prison\\_%"
ENDED: Final = tuple(choice for choice in CHOICES if choice != "victim_waits")
"""What a victim can choose that ends the waiting."""
ROW: Final = PrisonRequest
SORTED_BY: Final[Mapping[str, Any]] = {
    "waited": ROW.sent_on,
    "chased": ROW.last_chased_on,
    "told": ROW.victim_told_on,
    "promise": ROW.promised_on,
}
"""The column that an order looks at besides what every row has."""
HOLDERS: Final[Mapping[str, str]] = {"our_side": "us", "victim_side": "victim"}
AT_ONCE: Final = 500
"""Ids in one question; databases have their limits."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The requests that count, in cases that are open."""

    waiting: list[Light]
    access_settled: int
    access_all: int
    """Of so many requests for access, `access_settled` were granted."""


def standing(session: Session, by: Actor, today: date, sort: str = "waited") -> Standing:
    """Every request that waits, and whose move it is; read without the session, which would make objects of them."""
    connection = session.connection()
    every = connection.execute(_every(by, sort)).all()
    access = [fits for fits, kind in ((row[0], row[2]) for row in every) if kind == ACCESS]
    steps, rings = _of_runs(connection, _steps(by)), _of_runs(connection, _rings())
    found = [row for row in every if row[1]]
    idle = (row[3] for row in found if row[3] not in steps and row[3] not in rings)
    ended = _ended(connection, {run for run in idle if run})
    found = [row for row in found if row[3] not in ended]
    return Standing(_lights(found, steps, rings, today), sum(1 for fits in access if fits), len(access))


def _lights(found: Sequence[Any], steps: Mapping[str, Any], rings: Mapping[str, Any], today: date) -> list[Light]:
    ages, day, lights = _Ages(today), today.isoformat(), list[Light]()
    for (
        _, _, kind, run, row, place, owner, decision, delivered, decided, held_until, held_for, choice, status, at,
    ) in found:  # fmt: skip
        days, band = ages[delivered, decided]
        ours_at, rings_at = steps.get(run), rings.get(run)
        held = bool(held_until) and str(held_until) > day
        if status == "frozen" or not (rings_at or held or run in steps):
            move = "fault"
        elif ours_at is not None:
            move = "us"
        elif held:
            move = HOLDERS.get(held_for, "them")
        else:
            move = "victim" if decision and choice == "victim_waits" else "them"
        lights.append(Light(row, kind, place, owner, decision, days, band, move, ours_at or rings_at, at))
    return lights


class _Ages(dict[tuple[Any, Any], tuple[int, str]]):
    """Working days and band, worked out once for each pair of days it arrived and was decided on."""

    def __init__(self, today: date) -> None:
        self.today = today

    def __missing__(self, told: tuple[Any, Any]) -> tuple[int, str]:
        delivered, decided = told
        end = date.fromisoformat(str(decided)) if decided else self.today
        days = clock.working_days_between(date.fromisoformat(str(delivered)), end) if delivered else 0
        self[told] = days, waiting.band(days)
        return self[told]


def _every(by: Actor, sort: str) -> Any:
    """What counts in open cases: whether it is granted, whether it waits, and what the board asks of it.

    That somebody is still inside is looked up row by row: written as EXISTS, PostgreSQL would read every stay there is.
    """
    fits = or_(ROW.decision == GRANTED[0], and_(ROW.decision == GRANTED[1], ROW.conditions_fit == "yes"))
    held = func.max(case((Custody.status.in_(sorted(INSIDE)), 1)))
    inside = select(held).where(Custody.case_id == ROW.case_id, Custody.ended_at.is_(None)).scalar_subquery()
    waits = and_(not_(fits), ROW.victim_choice.not_in(ENDED), inside.is_not(None))
    columns = (
        type_coerce(fits, Integer), type_coerce(waits, Integer), ROW.kind, _id(ROW.run_id), _id(ROW.id),
        ROW.establishment, _id(Case.facilitator_id), ROW.decision, _raw(ROW.delivered_on), _raw(ROW.decided_on),
        _raw(ROW.held_until), ROW.held_for, ROW.victim_choice, Case.status,
        _raw(SORTED_BY[sort]) if sort in SORTED_BY else literal(""),
    )  # fmt: skip
    where = visible(by), is_open(), ROW.superseded_at.is_(None)
    return select(*columns).join(Case, Case.id == ROW.case_id).where(*where)


def _id(column: Any) -> Any:
    """An id as text, which is made by the database; here it would be an object of its own for each."""
    return cast(column, String)


def _raw(column: Any) -> Any:
    """A day or an instant as the database gives it."""
    return type_coerce(column, String)


def _of_runs(connection: Connection, asked: Any) -> dict[str, Any]:
    return {run: at for run, at in connection.execute(asked).all()}  # noqa: C416 - rows are not pairs for a type checker


def _steps(by: Actor) -> Any:
    """Each run with open tasks, and when the first of those is due that ask something of us."""
    ours = func.min(case((Task.element != ANSWER, _raw(Task.due_at))))
    return select(_id(Task.run_id), ours).where(Task.service_id == by.service_id, *open_steps()).group_by(Task.run_id)


def _rings() -> Any:
    """Each run that waits for a moment in a prison step, and the first such moment."""
    first = func.min(_raw(Timer.due_at))
    return select(_id(Timer.run_id), first).where(_of_prisons(Timer.element)).group_by(Timer.run_id)


def _ended(connection: Connection, runs: Iterable[str]) -> set[str]:
    """Those of the runs that are over; asked only of runs in which nothing is open, since an ended one has nothing."""
    asked, found = [identity(run) for run in runs], set[str]()
    for start in range(0, len(asked), AT_ONCE):
        where = Run.id.in_(asked[start : start + AT_ONCE]), Run.status != "running"
        found.update(connection.execute(select(_id(Run.id)).where(*where)).scalars())
    return found


def open_steps() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The open tasks that belong to a prison's answer."""
    return Task.closed_at.is_(None), _of_prisons(Task.element)


def _of_prisons(element: Any) -> ColumnElement[bool]:
    """Said word for word as the indexes of open tasks and of timers say it."""
    told: ColumnElement[bool] = element.like(literal(STEPS, literal_execute=True), escape="\\")
    return told
