"""Every request that waits, as far as order, filters and counts need it: thousands are read, and fifty are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, is_open, visible
from rj_engine.commands import Actor
from rj_engine.prisons import waiting
from rj_engine.prisons.custody import INSIDE, Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.prisons.shapes import CHOICES, GRANTED
from rj_engine.reports.stall_order import ANSWER, Light
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


def light(session: Session, by: Actor, today: date, sort: str = "waited") -> list[Light]:
    """Every request that waits, and whose move it is; read without the session, which would make objects of them."""
    connection = session.connection()
    tasks: dict[Any, Any] = dict(connection.execute(_tasks(by)).all())
    ages, day, found = _Ages(today), today.isoformat(), list[Light]()
    for (
        row, run, kind, place, owner, decision, delivered, decided, held_until, held_for, choice, status, rings, at,
    ) in connection.execute(_open(by, sort)).all():  # fmt: skip
        days, band = ages[delivered, decided]
        ours_at = tasks.get(run)
        if status == "frozen" or not (rings or run in tasks or (held_until and str(held_until) > day)):
            move = "fault"
        elif ours_at is not None:
            move = "us"
        elif held_until and str(held_until) > day:
            move = HOLDERS.get(held_for, "them")
        else:
            move = "victim" if decision and choice == "victim_waits" else "them"
        found.append(Light(row, kind, place, owner, decision, days, band, move, ours_at or rings, at))
    return found


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


def _open(by: Actor, sort: str) -> Any:
    rings = select(func.min(type_coerce(Timer.due_at, String))).where(
        Timer.run_id == ROW.run_id, Timer.element.like(STEPS, escape="\\")
    )
    sorted_by = _raw(SORTED_BY[sort]) if sort in SORTED_BY else literal("")
    columns = (
        _raw(ROW.id), _raw(ROW.run_id), ROW.kind, ROW.establishment, _raw(Case.facilitator_id), ROW.decision,
        _raw(ROW.delivered_on), _raw(ROW.decided_on), _raw(ROW.held_until), ROW.held_for, ROW.victim_choice,
        Case.status, rings.scalar_subquery(), sorted_by,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Case, Case.id == ROW.case_id)
        .join(Custody, and_(Custody.case_id == ROW.case_id, Custody.ended_at.is_(None), Custody.status.in_(INSIDE)))
        .outerjoin(Run, Run.id == ROW.run_id)
        .where(visible(by), is_open(), ROW.superseded_at.is_(None), ROW.victim_choice.not_in(ENDED))
        .where(or_(ROW.decision.not_in(GRANTED), and_(ROW.decision == GRANTED[1], ROW.conditions_fit != "yes")))
        .where(or_(Run.id.is_(None), Run.status == "running"))
    )


def _raw(column: Any) -> Any:
    """An id, a day or an instant as the database gives it."""
    return type_coerce(column, String)


def _tasks(by: Actor) -> Any:
    """Each run with open tasks, and when the first of those is due that ask something of us."""
    ours = func.min(case((Task.element != ANSWER, type_coerce(Task.due_at, String))))
    return select(_raw(Task.run_id), ours).where(Task.service_id == by.service_id, *open_steps()).group_by(Task.run_id)


def open_steps() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The open tasks that belong to a prison's answer."""
    return Task.closed_at.is_(None), Task.element.like(STEPS, escape="\\")
