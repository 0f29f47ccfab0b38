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

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, visible
from rj_engine.commands import Actor
from rj_engine.people import staff
from rj_engine.prisons import places, reference, waiting
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.reference import Rung
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.prisons.waiting import Days
from rj_engine.reports.stall_order import (
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
from rj_engine.reports.stall_rows import STEPS, open_steps, standing
from rj_engine.reports.usual import Usual, by_place
from rj_engine.workflows.rows import Task

__all__ = ["LONG", "MOVES", "NOBODY", "SORTS", "STEPS", "Board", "NoSuchPage", "Stall", "Wanted", "board", "everything"]
PAGE: Final = 50


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
    broken_promise: bool
    """They said they would decide by a day that is gone, and have not."""
    held_up_by: str
    victim_told_on: date | None
    victim_asked_on: date | None
    owner: str
    """Who has the case; empty while nobody has."""

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
    owners: Mapping[UUID, str]
    """Everybody who has a case on the board, of whichever team."""


def board(session: Session, by: Actor, wanted: Wanted, today: date, *, cursor: str = "", limit: int = PAGE) -> Board:
    """One page, what is our fault always first."""
    read = standing(session, by, today, wanted.sort)
    found = in_order(fitting(read.waiting, wanted), wanted.sort)
    start = after(found, cursor) if cursor else 0
    shown = found[start : start + limit]
    more = len(found) > start + limit
    bands, moves = Counter(each.band for each in found), Counter(each.move for each in read.waiting)
    return Board(
        rows=_whole(session, by, shown, today),
        next_cursor=cursor_of(shown[-1]) if more else None,
        count=len(found),
        bands={name: bands[name] for _, name in waiting.BANDS},
        moves={move: moves[move] for move in MOVES},
        access_settled=read.access_settled,
        access_all=read.access_all,
        owners=staff.names(session, {identity(owner) for owner in {each.owner_id for each in read.waiting} if owner}),
    )


def everything(session: Session, by: Actor, wanted: Wanted, today: date) -> Sequence[Stall]:
    """Every row that fits, for a file."""
    found = fitting(standing(session, by, today, wanted.sort).waiting, wanted)
    return _whole(session, by, in_order(found, wanted.sort), today)


def named(session: Session, by: Actor, requests: Sequence[UUID]) -> list[Named]:
    """Those of the requests that `by` may see."""
    row = PrisonRequest
    asked = select(row.id, Case.reference, row.run_id).join(Case, Case.id == row.case_id)
    found = session.execute(asked.where(row.id.in_(requests), visible(by)))
    return [Named(each.id, each.reference, each.run_id) for each in found]


def _steps(session: Session, runs: Sequence[UUID]) -> Mapping[UUID, list[Step]]:
    """The open tasks of these runs."""
    columns: list[Any] = [Task.run_id, Task.id, Task.element, Task.name, Task.assignee_id, Task.due_at]
    found: dict[UUID, list[Step]] = {}
    for run_id, *told in session.execute(select(*columns).where(Task.run_id.in_(runs), *open_steps())):
        found.setdefault(run_id, []).append(Step(*told))
    return found


def _whole(session: Session, by: Actor, shown: Sequence[Light], today: date) -> Sequence[Stall]:
    rows = _rows(session, [identity(each.id) for each in shown])
    known = places.register(session, by.service_id, today)
    usually = by_place(session, by.service_id, (each.place for each in shown))
    steps = _steps(session, [row.run_id for row in rows.values() if row.run_id])
    names = staff.names(session, {row.facilitator_id for row in rows.values() if row.facilitator_id})
    return [
        _stall(each, row, known, usually, names, steps.get(row.run_id, []), today)
        for each in shown
        if (row := rows.get(identity(each.id))) is not None
    ]


def _rows(session: Session, wanted: Sequence[UUID]) -> Mapping[UUID, Any]:
    """What the page says of each of these requests; nothing sealed is among it."""
    row = PrisonRequest
    columns: list[Any] = [
        row.id, row.run_id, row.stay_id, row.kind, row.route, row.establishment, row.is_review, row.sent_on,
        row.delivered_on, row.decided_on, row.decision, row.chases, row.last_chased_on, row.last_rung, row.held_until,
        row.promised_on, row.victim_told_on, row.victim_asked_on, Case.reference, Case.facilitator_id,
        Custody.id.label("there_id"),
    ]  # fmt: skip
    there = and_(Custody.case_id == row.case_id, Custody.ended_at.is_(None))
    asked = select(*columns).join(Case, Case.id == row.case_id).join(Custody, there).where(row.id.in_(wanted))
    return {each.id: each for each in session.execute(asked)}


def _stall(
    each: Light, row: Any, known: Mapping[str, Any], usually: Mapping[str, Usual],
    names: Mapping[UUID, str], steps: Sequence[Step], today: date,
) -> Stall:  # fmt: skip
    place, end = known.get(row.establishment), row.decided_on or today
    return Stall(
        id=row.id,
        case=row.reference,
        kind=row.kind,
        decision=row.decision,
        is_review=row.is_review,
        moved=row.there_id != row.stay_id,
        place=places.name_of(known, row.establishment),
        confirmed=place is None or place.confirmed,
        route=row.route,
        sent_on=row.sent_on,
        delivered_on=row.delivered_on,
        days=waiting.days_of(row, today),
        calendar_days=(end - row.delivered_on).days if row.delivered_on else 0,
        band=each.band,
        usual=usually.get(row.establishment),
        move=each.move,
        steps=steps,
        next_rung=None if row.decision else reference.next_rung(row.last_rung),
        next_on=each.next_on,
        last_chased_on=row.last_chased_on,
        chases=sum(1 for chase in row.chases if chase.get("channel")),
        held_until=row.held_until if row.held_until and row.held_until > today else None,
        promised_on=row.promised_on,
        broken_promise=bool(row.promised_on and row.promised_on < today and not row.decision),
        held_up_by=waiting.held_up_by(row),
        victim_told_on=row.victim_told_on,
        victim_asked_on=row.victim_asked_on,
        owner=names.get(row.facilitator_id, ""),
    )
