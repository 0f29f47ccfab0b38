"""The chase ladder held against a calendar of its own: which rungs should have opened, and which did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.ledger import LedgerEntry
from rj_engine.prisons import reference
from rj_engine.workflows.rows import Answers, Task

ARRIVED: Final = "prison_request/check_delivery"
WAITS: Final = "prison_ladder/record_answer"
CHASE: Final = "prison_ladder/chase"
CHOICE: Final = "prison_ladder/put_choice"
RINGS: Final = "prison_ladder/rung_falls_due"
HELD: Final = frozenset({"promised", "our_side", "victim_side"})


@dataclass(slots=True)
class Ladder:
    """One request that arrived: its tasks in their order, and whether a promise stopped its clock."""

    arrived_on: date
    checked_at: datetime
    tasks: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    """Element, opened, closed; one that is open still is closed with the year."""
    held: bool = False


def audit(session: Session, until: datetime) -> Counter[str]:
    """How many rungs opened; how many of them on their day, twice, on another day; and how many due ones did not."""
    found: Counter[str] = Counter()
    for ladder in _ladders(session, until):
        found["requests"] += 1
        found["rungs"] += sum(element == CHASE for element, _, _ in ladder.tasks)
        found += _judged(ladder)
    told = session.scalars(select(LedgerEntry).where(LedgerEntry.tag == "case:timer:fired"))
    found["rings"] = sum(entry.detail["element"] == RINGS for entry in told)
    return found


def _judged(ladder: Ladder) -> Counter[str]:
    """Each rung has to open when the data says, or as soon as the step before it is done; held clocks are left out."""
    found: Counter[str] = Counter()
    rungs, since, busy = _rungs(), ladder.checked_at, ladder.checked_at
    due = _due(ladder, next(rungs))
    for element, opened, closed in ladder.tasks:
        if element == CHASE:
            found["double"] += opened < busy
            found["on their day" if opened == max(due, since) else "astray"] += not ladder.held
            due, busy = _due(ladder, next(rungs)), closed
        elif element == WAITS:
            found["missed"] += closed > max(due, opened) and not ladder.held
        since = closed
    return found


def _due(ladder: Ladder, rung: int) -> datetime:
    return clock.end_of(clock.add_working_days(ladder.arrived_on, rung))


def _rungs() -> Iterator[int]:
    """5, 10, 15, 20, 30, 40, 60, and on by as many days as the data says."""
    last = 0
    for rung in reference.ladder():
        last = rung.day
        yield last
    while True:
        last += reference.after_last()
        yield last


def _ladders(session: Session, until: datetime) -> Iterator[Ladder]:
    """Every ladder, from the tasks of each run in their order."""
    wanted = select(Task).where(Task.element.in_((ARRIVED, WAITS, CHASE, CHOICE)))
    ended = func.coalesce(Task.closed_at, until)
    ordered = session.scalars(wanted.order_by(Task.run_id, Task.opened_at, ended))
    for _, tasks in groupby(ordered, key=lambda task: task.run_id):
        ladder: Ladder | None = None
        for task in tasks:
            given = _answers(session, task)
            if task.element == ARRIVED and given.get("delivery_result") == "arrived":
                if ladder is not None:
                    yield ladder
                ladder = Ladder(date.fromisoformat(given["request_delivered_on"]), task.closed_at or until)
            elif ladder is not None and task.element != ARRIVED:
                ladder.held |= given.get("chase_result") in HELD or given.get("prison_outcome") == "deferred"
                ladder.tasks.append((task.element, task.opened_at, task.closed_at or until))
        if ladder is not None:
            yield ladder


def _answers(session: Session, task: Task) -> dict[str, Any]:
    row = session.scalars(select(Answers).where(Answers.task_id == task.id)).one_or_none()
    return dict(row.values) if row else {}
