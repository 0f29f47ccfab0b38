"""The next three things somebody should do, each with why it comes now and by when; reading only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases.case import Case
from rj_engine.workflows import qualified
from rj_engine.workflows.published import versions
from rj_engine.workflows.qualified import Work
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.workload import inbox
from rj_engine.workflows.workload.inbox import Asked, InboxRow
from rj_engine.workflows.workload.own_desk import WORRY, FollowUp, not_skipped
from rj_engine.workflows.workload.promises import Promise

MOST: Final = 3
LOOKED_AT: Final = 40
"""Of the tasks due first; what is due later than these is not next."""
OFFERED: Final = 6
"""Unclaimed tasks that are looked at for somebody who has fewer than three things of their own."""
SAFETY, PROMISED, LATE, TODAY, AGAIN, SOON, FREE, BLOCKED = range(8)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do."""

    what: str
    why: str
    case: str
    title: str
    by_when: datetime
    """An instant; of a promise or a day to look again the end of that day."""
    late: bool
    task: UUID | None
    """None: it is done from the case itself."""
    rank: int


def of(session: Session, wanted: Asked, promises: Sequence[Promise]) -> list[Thing]:
    """Safety first, then what was promised to somebody, then what is late, due today or to be looked at again."""
    again = _again(session, wanted)
    first = inbox.listed(session, wanted, limit=LOOKED_AT, only=[not_skipped(wanted.by, wanted.now)]).tasks
    rows = {row.id: row for row in (*first, *inbox.picked(session, wanted, WORRY, again))}.values()
    found = [_of_promise(each, wanted) for each in promises[:MOST]]
    found += [_of_task(row, wanted, again) for row in rows]
    best = sorted(found, key=_order)[:MOST]
    if len(best) < MOST:
        best += list(_free(session, wanted, MOST - len(best)))
    return best


def _order(thing: Thing) -> tuple[int, datetime]:
    return thing.rank, thing.by_when


def _of_promise(promise: Promise, wanted: Asked) -> Thing:
    known = bpmn.parties().get(promise.party, {})
    whom = str(known.get("label", promise.party.replace("_", " "))).lower()
    until = clock.end_of(promise.on)
    late = until < wanted.now
    why = f"You promised this to the {whom}, and the day has passed." if late else f"You promised this to the {whom}."
    return Thing(
        what=promise.words or "Get in touch as promised",
        why=why,
        case=promise.case,
        title=promise.title,
        by_when=until,
        late=late,
        task=None,
        rank=PROMISED,
    )


def _of_task(row: InboxRow, wanted: Asked, again: frozenset[UUID]) -> Thing:
    rank, why = _reason(row, wanted, again)
    whose = wanted.away.get(row.assignee) if row.assignee else None
    told = f"{why} You stand in for {whose}." if whose else why
    return Thing(row.name, told, row.case, row.title, row.due_at, row.overdue, row.id, rank)


def _reason(row: InboxRow, wanted: Asked, again: frozenset[UUID]) -> tuple[int, str]:
    if row.effect == WORRY:
        return SAFETY, "A worry about somebody's safety comes before everything else."
    if row.blocked:
        return BLOCKED, f"It waits for: {', '.join(map(str, row.blocked))}."
    if row.overdue:
        return LATE, "It is late."
    today = wanted.now.astimezone(clock.LONDON).date()
    if row.due_at <= clock.end_of(today):
        return TODAY, "It is due today."
    if row.id in again:
        return AGAIN, "You wanted to look at it again."
    return SOON, "It is due next."


def _again(session: Session, wanted: Asked) -> frozenset[UUID]:
    """Tasks whose day to be looked at again has come."""
    today = wanted.now.astimezone(clock.LONDON).date()
    where = FollowUp.staff_id == wanted.by.id, FollowUp.follow_on <= today, Task.closed_at.is_(None)
    joined = select(FollowUp.task_id).join(Task, Task.id == FollowUp.task_id).where(*where)
    return frozenset(session.scalars(joined.order_by(FollowUp.follow_on).limit(LOOKED_AT)))


def _free(session: Session, wanted: Asked, most: int) -> Iterator[Thing]:
    """What nobody has taken yet and this person may take: in their lane, trained for it, no conflict."""
    rows = [row for row in _unclaimed(session, wanted) if not row.blocked]
    works = _works(session, {row.id for row in rows})
    offered = (row for row in rows if not qualified.held_back(session, wanted.by.id, works[row.id], wanted.now))
    for row in islice(offered, most):
        why = "Nobody has taken it yet, and it is late." if row.overdue else "Nobody has taken it yet."
        yield Thing(row.name, why, row.case, row.title, row.due_at, row.overdue, row.id, FREE)


def _unclaimed(session: Session, wanted: Asked) -> list[InboxRow]:
    """What is due first of each lane, asked lane by lane: together the database would sort all there is."""
    still = [not_skipped(wanted.by, wanted.now)]
    lanes = (replace(wanted.by, lanes=frozenset({lane})) for lane in sorted(wanted.by.lanes))
    rows = [
        row
        for by in lanes
        for row in inbox.listed(session, Asked(by, "unclaimed", wanted.now), limit=OFFERED, only=still).tasks
    ]
    return sorted(rows, key=lambda row: (row.due_at, row.id))[:OFFERED]


def _works(session: Session, tasks: set[UUID]) -> dict[UUID, Work]:
    """Each of these tasks in its case, as its run's own version of the pathway has it."""
    if not tasks:
        return {}
    joined = select(Task, Case, Run).join(Case, Case.id == Task.case_id).join(Run, Run.id == Task.run_id)
    found: dict[UUID, Work] = {}
    for row in session.execute(joined.where(Task.id.in_(tasks))):
        published = versions.load(session, row.Run.version_id)
        element = published.definition.elements[row.Task.element]
        found[row.Task.id] = Work(row.Run, row.Case, published, element, row.Task.key, {})
    return found
