"""The inbox: open tasks by due date, a page at a time, as fast at a hundred thousand as at a hundred."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from rj_engine import sealing
from rj_engine.cases.case import Case
from rj_engine.commands import Actor
from rj_engine.errors import Refused
from rj_engine.workflows.rows import Task

QUEUES: Final = ("mine", "team", "unclaimed")
LONGEST_PAGE: Final = 200
COUNTED: Final = 1000
"""Counting stops here: nobody acts on the difference between 1,000 and 1,200."""


class NoSuchPage(Refused):
    """That page of the inbox does not exist. Start again from the first."""

    code = "no_such_page"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One open task as the inbox shows it."""

    id: UUID
    case: str
    title: str
    name: str
    lane: str
    stage: str
    pathway: str
    assignee: UUID | None
    opened_at: datetime
    due_at: datetime
    overdue: bool
    blocked: list[Any]

    @property
    def flags(self) -> list[str]:
        """Words to mark the row with."""
        return [word for word, on in (("overdue", self.overdue), ("blocked", bool(self.blocked))) if on]


@dataclass(frozen=True, slots=True)
class Page:
    """Tasks in order of their due date, and where the next page begins."""

    tasks: list[InboxRow]
    next_cursor: str | None


def page(session: Session, by: Actor, queue: str, now: datetime, *, cursor: str | None = None, limit: int = 50) -> Page:
    """One page of a queue: mine, team or unclaimed; due first."""
    limit = max(1, min(limit, LONGEST_PAGE))
    rows = session.execute(statement(by, queue, cursor).limit(limit + 1)).all()
    tasks = [_row(row, now) for row in rows[:limit]]
    return Page(tasks, _cursor(tasks[-1]) if len(rows) > limit else None)


def statement(by: Actor, queue: str, cursor: str | None = None) -> Select[Any]:
    """What a page asks the database: keyset paging, so that a late page costs what the first does."""
    columns = (
        Task.id,
        Task.reference,
        Task.name,
        Task.lane,
        Task.stage,
        Task.pathway,
        Task.assignee_id,
        Task.opened_at,
        Task.due_at,
        Task.blocked,
        Task.case_id,
        Case.title_sealed,
    )
    wanted = _of_queue(select(*columns).join(Case, Case.id == Task.case_id), by, queue)
    if cursor:
        wanted = wanted.where(tuple_(Task.due_at, Task.id) > tuple_(*_place(cursor)))
    return wanted.order_by(Task.due_at, Task.id)


def _row(row: Any, now: datetime) -> InboxRow:
    return InboxRow(
        id=row.id,
        case=row.reference,
        title=str(sealing.unseal_json(row.title_sealed, "case", "title_sealed", row.case_id)),
        name=row.name,
        lane=row.lane,
        stage=row.stage,
        pathway=row.pathway,
        assignee=row.assignee_id,
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.due_at < now,
        blocked=row.blocked,
    )


def counts(session: Session, by: Actor) -> dict[str, int]:
    """How many open tasks each queue holds, up to 1,000."""
    return {
        queue: session.scalar(
            select(func.count()).select_from(_of_queue(select(Task.id), by, queue).limit(COUNTED).subquery())
        )
        or 0
        for queue in QUEUES
    }


def _of_queue(wanted: Select[Any], by: Actor, queue: str) -> Select[Any]:
    wanted = wanted.where(Task.closed_at.is_(None))
    match queue:
        case "mine":
            return wanted.where(Task.assignee_id == by.id)
        case "team":
            return wanted.where(_whose(by))
        case "unclaimed":
            return wanted.where(_whose(by), Task.assignee_id.is_(None), Task.lane.in_(sorted(by.lanes)))
        case _:
            raise NoSuchPage


def _whose(by: Actor) -> ColumnElement[bool]:
    if "see_whole_service" in by.verbs:
        return Task.service_id == by.service_id
    return Task.team_id == by.team_id


def _cursor(row: InboxRow) -> str:
    return base64.urlsafe_b64encode(f"{row.due_at.isoformat()}|{row.id}".encode()).decode()


def _place(cursor: str) -> tuple[Any, Any]:
    """The place a cursor names, as typed SQL values."""
    try:
        told, _, identity = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        due, task = datetime.fromisoformat(told), UUID(identity)
        if due.tzinfo is None:
            raise NoSuchPage
        due = due.astimezone(UTC)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise NoSuchPage from error
    return literal(due, Task.due_at.type), literal(task, Task.id.type)
