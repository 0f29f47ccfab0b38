"""The inbox: open tasks a page at a time, as fast at a hundred thousand as at a hundred."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from rj_engine import clock, sealing
from rj_engine.cases.case import Case, visible
from rj_engine.cases.conflicts import free_of
from rj_engine.cases.found_by import with_somebody
from rj_engine.commands import Actor
from rj_engine.errors import Refused
from rj_engine.people import substitutes
from rj_engine.workflows.rows import Task
from rj_engine.workflows.workload import filters
from rj_engine.workflows.workload.filters import Sieve

QUEUES: Final = ("mine", "team", "unclaimed", "waiting")
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
    effect: str = ""

    @property
    def flags(self) -> list[str]:
        """Words to mark the row with."""
        return [word for word, on in (("overdue", self.overdue), ("blocked", bool(self.blocked))) if on]


@dataclass(frozen=True, slots=True)
class Page:
    """Tasks in the order asked for, and where the next page begins."""

    tasks: list[InboxRow]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks, at which queue, through which filters; `away` are colleagues they stand in for, with their names.

    `somebody` is the name of a person in the case: apart from the filters, since it stands in no address in clear.
    """

    by: Actor
    queue: str
    now: datetime
    sieve: Sieve = field(default_factory=Sieve)
    away: Mapping[UUID, str] = field(default_factory=dict)
    somebody: str = ""

    @property
    def own(self) -> list[UUID | None]:
        """Whose tasks are mine."""
        return [self.by.id, *self.away]


def asked(session: Session, by: Actor, queue: str, now: datetime, sieve: Sieve | None = None) -> Asked:
    """What `by` asks for, with those they stand in for today."""
    if queue not in QUEUES:
        raise NoSuchPage
    away = substitutes.stands_in_for(session, by.id, now.astimezone(clock.LONDON).date())
    return Asked(by, queue, now, sieve or Sieve(), away)


def page(session: Session, by: Actor, queue: str, now: datetime, *, cursor: str | None = None, limit: int = 50) -> Page:
    """One page of a queue: mine, team, unclaimed or waiting; due first."""
    return listed(session, asked(session, by, queue, now), cursor=cursor, limit=limit)


def listed(
    session: Session,
    wanted: Asked,
    *,
    cursor: str | None = None,
    limit: int = 50,
    only: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """One page of what was asked for, in its order."""
    limit = max(1, min(limit, LONGEST_PAGE))
    rows = session.execute(statement(wanted, cursor).where(*only).limit(limit + 1)).all()
    tasks = [_row(row, wanted.now) for row in rows[:limit]]
    return Page(tasks, _cursor(rows[limit - 1], wanted.sieve.sort) if len(rows) > limit else None)


def picked(session: Session, wanted: Asked, effect: str, tasks: Collection[UUID]) -> list[InboxRow]:
    """Those of the queue that have this effect or are among `tasks`, wherever they stand in it."""
    either = or_(Task.effect == effect, Task.id.in_(tasks)) if tasks else Task.effect == effect
    rows = session.execute(statement(wanted).where(either).limit(LONGEST_PAGE))
    return [_row(row, wanted.now) for row in rows]


def statement(wanted: Asked, cursor: str | None = None) -> Select[Any]:
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
        Task.effect,
        Task.case_id,
        Case.title_sealed,
    )
    order = filters.order(wanted.sieve.sort)
    keyed = [column.label(f"key_{number}") for number, column in enumerate(order)]
    found = _through(select(*columns, *keyed).join(Case, Case.id == Task.case_id), wanted)
    if cursor:
        found = found.where(tuple_(*order) > tuple_(*_place(cursor, order)))
    return found.order_by(*order)


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
        effect=row.effect or "",
    )


def counts(session: Session, wanted: Asked) -> dict[str, int]:
    """How many open tasks each queue holds under the filters asked for, up to 1,000."""
    return {queue: count(session, replace(wanted, queue=queue)) for queue in QUEUES}


def count(session: Session, wanted: Asked) -> int:
    """How many tasks were asked for, up to 1,000."""
    found = _through(select(Task.id), wanted).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def named(session: Session, by: Actor, tasks: list[UUID]) -> dict[UUID, str]:
    """Task to its name and case, of those `by` may see."""
    rows = session.execute(select(Task.id, Task.name, Task.reference).where(Task.id.in_(tasks), _whose(by)))
    return {row.id: f"{row.name}, {row.reference}" for row in rows}


def _through(found: Select[Any], wanted: Asked) -> Select[Any]:
    """The open tasks of a queue that the filters let through."""
    found = found.where(Task.closed_at.is_(None), *filters.conditions(wanted.sieve, wanted.by, wanted.now))
    if wanted.somebody:
        found = found.where(Task.case_id.in_(with_somebody(wanted.somebody)))
    by = wanted.by
    match wanted.queue:
        case "mine":
            return found.where(Task.assignee_id.in_(wanted.own) if wanted.away else Task.assignee_id == by.id)
        case "team":
            return found.where(_whose(by))
        case "unclaimed":
            free = Task.assignee_id.is_(None), Task.lane.in_(sorted(by.lanes)), Task.service_id == by.service_id
            return found.where(_whose(by), *free, free_of(by.id, Task.case_id))
        case _:
            return found.where(*_with_others(wanted))


def _with_others(wanted: Asked) -> tuple[ColumnElement[bool], ...]:
    """Of the cases one works oneself: what a colleague has, or what nobody has and one may not do."""
    led = select(Case.id).where(Case.facilitator_id.in_(wanted.own), Case.status != "closed", visible(wanted.by))
    free = and_(Task.assignee_id.is_(None), Task.lane.not_in(sorted(wanted.by.lanes)))
    return Task.case_id.in_(led), or_(Task.assignee_id.not_in(wanted.own), free)


def _whose(by: Actor) -> ColumnElement[bool]:
    if "see_whole_service" in by.verbs:
        return Task.service_id == by.service_id
    return Task.team_id == by.team_id


def _cursor(row: Any, sort: str) -> str:
    keys = (getattr(row, f"key_{number}") for number in range(len(filters.order(sort))))
    told = "|".join(key.isoformat() if isinstance(key, datetime) else str(key) for key in keys)
    return base64.urlsafe_b64encode(told.encode()).decode()


def _place(cursor: str, order: tuple[Any, ...]) -> list[Any]:
    """The place a cursor names, as typed SQL values."""
    try:
        told = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return [literal(_value(text, column), column.type) for text, column in zip(told, order, strict=True)]
    except (ValueError, OverflowError, binascii.Error) as error:
        raise NoSuchPage from error


def _value(text: str, column: Any) -> Any:
    if column is Task.id:
        return UUID(text)
    if column is not Task.due_at and column is not Task.opened_at:
        return text
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise NoSuchPage
    return instant.astimezone(UTC)
