"""The stall board: every request that waits, whose move it is, and what is next; restricted throughout.

All open requests are read as light rows, sorted and filtered; only the page that is shown is read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, is_open, visible
from rj_engine.commands import Actor
from rj_engine.people import staff
from rj_engine.prisons import places, reference, waiting
from rj_engine.prisons.custody import INSIDE, Custody
from rj_engine.prisons.reference import Rung
from rj_engine.prisons.requests import ACCESS, PrisonRequest
from rj_engine.prisons.shapes import CHOICES, GRANTED
from rj_engine.prisons.waiting import Days
from rj_engine.reports.stall_order import (
    ANSWER,
    LONG,
    MOVES,
    NOBODY,
    SORTS,
    Light,
    NoSuchPage,
    Step,
    Wanted,
    after,
    cursor_of,
    fitting,
    identity,
    in_order,
)
from rj_engine.reports.usual import Usual, by_place
from rj_engine.workflows.rows import Run, Task, Timer

__all__ = ["LONG", "MOVES", "NOBODY", "SORTS", "Board", "NoSuchPage", "Stall", "Wanted", "board", "everything"]
PAGE: Final = 50
STEPS: Final = "prison\\_%"
ENDED: Final = tuple(choice for choice in CHOICES if choice != "victim_waits")
"""What a victim can choose that ends the waiting."""


@dataclass(frozen=True, slots=True)
class Stall:
    """One row of the board."""

    id: UUID
    case: str
    kind: str
    decision: str
    is_review: bool
    moved: bool
    """They have left the place that was asked."""
    place: str
    confirmed: bool
    """Whether somebody has held the place's row against the live register."""
    route: str
    sent_on: date
    delivered_on: date | None
    days: Days
    calendar_days: int
    band: str
    usual: Usual | None
    move: str
    steps: Sequence[Step]
    next_rung: Rung | None
    next_on: date | None
    last_chased_on: date | None
    chases: int
    held_until: date | None
    promised_on: date | None
    held_up_by: str
    victim_told_on: date | None
    victim_asked_on: date | None
    owner: str

    @property
    def longer_than_usual(self) -> str:
        """How the wait stands against what is usual at that place."""
        if self.usual is None:
            return ""
        if self.usual.p90 is not None and self.days.total > self.usual.p90:
            return "longer than nine in ten there"
        return "longer than usual there" if self.days.total > self.usual.median else ""


@dataclass(frozen=True, slots=True)
class Named:
    """A request by the reference of its case, and the run that moves it."""

    id: UUID
    case: str
    run_id: UUID | None


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the board, and what is to be said of all of it."""

    rows: Sequence[Stall]
    next_cursor: str | None
    count: int
    bands: Mapping[str, int]
    moves: Mapping[str, int]
    access_settled: int
    access_all: int
    """Of so many requests for access in cases that are open, `access_settled` were granted."""


def board(session: Session, by: Actor, wanted: Wanted, today: date, *, cursor: str = "", limit: int = PAGE) -> Board:
    """One page, what is our fault always first."""
    every = light(session, by, today)
    found = in_order(fitting(every, wanted), wanted.sort)
    start = after(found, cursor) if cursor else 0
    shown = found[start : start + limit]
    more = len(found) > start + limit
    granted, access = _access(session, by)
    bands, moves = Counter(each.band for each in found), Counter(each.move for each in every)
    return Board(
        rows=_whole(session, by, shown, today),
        next_cursor=cursor_of(shown[-1]) if more else None,
        count=len(found),
        bands={name: bands[name] for _, name in waiting.BANDS},
        moves={move: moves[move] for move in MOVES},
        access_settled=granted,
        access_all=access,
    )


def everything(session: Session, by: Actor, wanted: Wanted, today: date) -> Sequence[Stall]:
    """Every row that fits, for a file."""
    return _whole(session, by, in_order(fitting(light(session, by, today), wanted), wanted.sort), today)


def named(session: Session, by: Actor, requests: Sequence[UUID]) -> list[Named]:
    """Those of the requests that `by` may see."""
    row = PrisonRequest
    asked = select(row.id, Case.reference, row.run_id).join(Case, Case.id == row.case_id)
    found = session.execute(asked.where(row.id.in_(requests), visible(by)))
    return [Named(each.id, each.reference, each.run_id) for each in found]


def light(session: Session, by: Actor, today: date) -> list[Light]:
    """Every request that waits, and whose move it is; read without the session, which would make objects of them."""
    connection = session.connection()
    open_tasks = {row[0]: row[1] for row in connection.execute(_tasks(by))}
    known = dict[Any, tuple[int, str]]()
    every, day = list[Light](), today.isoformat()
    for row in connection.execute(_open(by)):
        told = row.delivered_on, row.decided_on
        if told not in known:
            days = _waited(*told, today)
            known[told] = days, waiting.band(days)
        each = Light(row, *known[told], row.run_id in open_tasks, open_tasks.get(row.run_id))
        each.move = whose_move(each, day)
        every.append(each)
    return every


def whose_move(each: Light, today: str) -> str:
    """Ours, theirs, the victim's; `fault` where nothing would ever happen again."""
    row = each.row
    held = row.held_until is not None and str(row.held_until) > today
    if row.status == "frozen" or not (each.has_steps or row.rings_at or held):
        return "fault"
    if each.ours_at is not None:
        return "us"
    if held:
        return {"our_side": "us", "victim_side": "victim"}.get(row.held_for, "them")
    return "victim" if row.victim_choice == "victim_waits" and row.decision else "them"


def _waited(delivered: Any, decided: Any, today: date) -> int:
    if delivered is None:
        return 0
    end = date.fromisoformat(str(decided)) if decided else today
    return clock.working_days_between(date.fromisoformat(str(delivered)), end)


def _open(by: Actor) -> Any:
    row = PrisonRequest
    rings = select(func.min(type_coerce(Timer.due_at, String))).where(
        Timer.run_id == row.run_id, Timer.element.like(STEPS, escape="\\")
    )
    columns = (
        _raw(row.id), _raw(row.run_id), row.kind, row.establishment, _raw(row.sent_on), _raw(row.delivered_on),
        _raw(row.decided_on), row.decision, _raw(row.last_chased_on), _raw(row.held_until), row.held_for,
        _raw(row.promised_on), _raw(row.victim_told_on), row.victim_choice, Case.reference, Case.status,
        _raw(Case.facilitator_id), type_coerce(Custody.id, String).label("there_id"),
        rings.scalar_subquery().label("rings_at"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(Case, Case.id == row.case_id)
        .join(Custody, and_(Custody.case_id == row.case_id, Custody.ended_at.is_(None), Custody.status.in_(INSIDE)))
        .outerjoin(Run, Run.id == row.run_id)
        .where(visible(by), is_open(), row.superseded_at.is_(None), row.victim_choice.not_in(ENDED))
        .where(or_(row.decision.not_in(GRANTED), and_(row.decision == GRANTED[1], row.conditions_fit != "yes")))
        .where(or_(Run.id.is_(None), Run.status == "running"))
    )


def _raw(column: Any) -> Any:
    """An id, a day or an instant as the database gives it: thousands of them are read, and fifty are shown."""
    return type_coerce(column, String).label(column.key)


def _tasks(by: Actor) -> Any:
    """Each run with open tasks, and when the first of those is due that ask something of us."""
    ours = func.min(case((Task.element != ANSWER, type_coerce(Task.due_at, String))))
    return select(_raw(Task.run_id), ours).where(Task.service_id == by.service_id, *_waiting()).group_by(Task.run_id)


def _waiting() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Task.closed_at.is_(None), Task.element.like(STEPS, escape="\\")


def _steps(session: Session, shown: Sequence[Light]) -> Mapping[UUID, list[Step]]:
    """The open tasks of these requests, by run."""
    runs = [identity(each.row.run_id) for each in shown if each.row.run_id]
    columns: list[Any] = [Task.run_id, Task.id, Task.element, Task.name, Task.assignee_id, Task.due_at]
    found: dict[UUID, list[Step]] = {}
    for run_id, *told in session.execute(select(*columns).where(Task.run_id.in_(runs), *_waiting())):
        found.setdefault(run_id, []).append(Step(*told))
    return found


def _whole(session: Session, by: Actor, shown: Sequence[Light], today: date) -> Sequence[Stall]:
    rows = {
        row.id: row
        for row in session.scalars(
            select(PrisonRequest).where(PrisonRequest.id.in_([identity(each.row.id) for each in shown]))
        )
    }
    known = places.register(session, by.service_id, today)
    usually = by_place(session, by.service_id, (each.row.establishment for each in shown))
    steps = _steps(session, shown)
    names = staff.names(session, {identity(each.row.facilitator_id) for each in shown if each.row.facilitator_id})
    return [
        _stall(each, row, known, usually, names, steps.get(row.run_id, []) if row.run_id else [], today)
        for each in shown
        if (row := rows.get(identity(each.row.id))) is not None
    ]


def _stall(
    each: Light, row: PrisonRequest, known: Mapping[str, Any], usually: Mapping[str, Usual],
    names: Mapping[UUID, str], steps: Sequence[Step], today: date,
) -> Stall:  # fmt: skip
    place, end = known.get(row.establishment), row.decided_on or today
    return Stall(
        id=row.id,
        case=each.row.reference,
        kind=row.kind,
        decision=row.decision,
        is_review=row.is_review,
        moved=row.stay_id is None or identity(each.row.there_id) != row.stay_id,
        place=places.name_of(known, row.establishment),
        confirmed=place is None or place.confirmed,
        route=row.route,
        sent_on=row.sent_on,
        delivered_on=row.delivered_on,
        days=waiting.days_of(row, today),
        calendar_days=(end - row.delivered_on).days if row.delivered_on else 0,
        band=waiting.band(each.days),
        usual=usually.get(row.establishment),
        move=each.move,
        steps=steps,
        next_rung=None if row.decision else reference.next_rung(row.last_rung),
        next_on=each.next_on,
        last_chased_on=row.last_chased_on,
        chases=sum(1 for chase in row.chases if chase.get("channel")),
        held_until=row.held_until if row.held_until and row.held_until > today else None,
        promised_on=row.promised_on,
        held_up_by=waiting.held_up_by(row),
        victim_told_on=row.victim_told_on,
        victim_asked_on=row.victim_asked_on,
        owner=names.get(identity(each.row.facilitator_id), "Nobody yet") if each.row.facilitator_id else "Nobody yet",
    )


def _access(session: Session, by: Actor) -> tuple[int, int]:
    """Of the requests for access that count, in cases that are open: granted, and all."""
    row = PrisonRequest
    fits = or_(row.decision == GRANTED[0], and_(row.decision == GRANTED[1], row.conditions_fit == "yes"))
    asked = select(func.sum(case((fits, 1), else_=0)), func.count()).join(Case, Case.id == row.case_id)
    where = visible(by), is_open(), row.kind == ACCESS, row.superseded_at.is_(None)
    granted, every = session.connection().execute(asked.where(*where)).one()
    return int(granted or 0), int(every)
