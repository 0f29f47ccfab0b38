"""What each person is told in the product: a task given, due or overdue, something in the way, somebody withdrew.

A notice names a task or a case and nothing else; whoever may not see the case any more sees no notice of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases.case import Case, Party, visible
from rj_engine.cases.mentions import NoteMention
from rj_engine.cases.notes import Note
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.database import Row, db, table, translated
from rj_engine.people.staff import Service, the_clock
from rj_engine.workflows.rows import Task

GIVEN, DUE, OVERDUE, BLOCKED, WITHDREW = "given", "due", "overdue", "blocked", "withdrew"
MENTIONED: Final = "mentioned"
SHOWN: Final = 100
AT_ONCE: Final = 500
"""Notices written in one transaction."""
RECENT: Final = timedelta(days=7)
_UNREAD = text("read_at IS NULL")


class Notice(Row):
    """One thing that one person is told once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("staff_id", "kind", "about_id"),
        Index("ix_notice_unread", "staff_id", "at", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[UUID]
    """The task, the person who withdrew, or the note that mentions one: said once to each."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Told:
    """One notice as its reader sees it."""

    kind: str
    task_id: UUID | None
    task: str
    reference: str
    at: datetime
    read: bool


@dataclass(frozen=True, kw_only=True)
class WriteNotices(Command):
    """Write what has come about since the last look, for one service."""


@dataclass(frozen=True, kw_only=True)
class ReadNotices(Command):
    """Mark everything one was told as read."""


def give(session: Session, staff_id: UUID, task: Task, now: datetime) -> None:
    """Tell somebody that a task was given to them; a task given again is told again."""
    where = Notice.staff_id == staff_id, Notice.kind == GIVEN, Notice.about_id == task.id
    known = session.scalars(select(Notice).where(*where)).one_or_none()
    if known is not None:
        known.at, known.read_at = now, None
        return
    told = {"about_id": task.id, "case_id": task.case_id, "task_id": task.id}
    session.add(Notice(staff_id=staff_id, kind=GIVEN, at=now, **told))


def write_due() -> int:
    """Write what has come about, service by service; how many notices. Writes nothing where there is nothing."""
    now = clock.now()
    with translated():
        services = list(db.session.scalars(select(Service.id)))
        waiting = [one for one in services if any(db.session.execute(each.limit(1)).first() for each in _new(one, now))]
    written = 0
    for service in waiting:
        command = WriteNotices(command_id=uuid4(), by=the_clock(service, "deliver"))
        written += dispatch(command)["written"]
    return written


@handles(WriteNotices, verb="deliver")
def write(command: WriteNotices, session: Session, now: datetime) -> Outcome:
    """Each thing once to each person, however many schedulers look."""
    rows: list[dict[str, Any]] = []
    for wanted in _new(command.by.service_id, now):
        found = session.execute(wanted.limit(AT_ONCE)).mappings()
        rows += [{**row, "id": uuid4(), "at": now} for row in found]
    if rows:
        session.execute(insert(table(Notice)), rows)
    return Outcome({"written": len(rows)})


def _new(service: UUID, now: datetime) -> Iterator[Select[Any]]:
    """Rows for notices that nobody has written yet."""
    tomorrow = clock.end_of(now.astimezone(clock.LONDON).date() + timedelta(days=1))
    mine = Task.service_id == service, Task.closed_at.is_(None), Task.assignee_id.is_not(None)
    whens: dict[str, ColumnElement[bool]] = {
        DUE: and_(Task.due_at > now, Task.due_at <= tomorrow, Task.opened_at <= now - timedelta(days=1)),
        OVERDUE: Task.due_at <= now,
        BLOCKED: cast(Task.blocked, String).not_in(("[]", "null")),
    }
    for kind, when in whens.items():
        columns: list[Any] = [Task.assignee_id.label("staff_id"), Task.id.label("about_id"), Task.case_id]
        columns += [Task.id.label("task_id"), literal(kind).label("kind")]
        known = exists().where(Notice.staff_id == Task.assignee_id, Notice.kind == kind, Notice.about_id == Task.id)
        yield select(*columns).where(*mine, when, ~known)
    columns = [Case.facilitator_id.label("staff_id"), Party.id.label("about_id"), Party.case_id]
    columns += [literal(None, Task.id.type).label("task_id"), literal(WITHDREW).label("kind")]
    known = exists().where(Notice.staff_id == Case.facilitator_id, Notice.kind == WITHDREW, Notice.about_id == Party.id)
    where = Case.service_id == service, Case.facilitator_id.is_not(None), Party.withdrawn_at > now - RECENT
    yield select(*columns).join(Case, Case.id == Party.case_id).where(*where, ~known)
    yield _mentioned(service, now)


def _mentioned(service: UUID, now: datetime) -> Select[Any]:
    """Notes that mention somebody, without a word of them."""
    columns: list[Any] = [NoteMention.staff_id, NoteMention.note_id.label("about_id"), NoteMention.case_id]
    columns += [literal(None, Task.id.type).label("task_id"), literal(MENTIONED).label("kind")]
    about = Notice.staff_id == NoteMention.staff_id, Notice.about_id == NoteMention.note_id
    joined = select(*columns).join(Note, Note.id == NoteMention.note_id).join(Case, Case.id == NoteMention.case_id)
    where = Case.service_id == service, Note.written_at > now - RECENT
    return joined.where(*where, ~exists().where(Notice.kind == MENTIONED, *about))


@handles(ReadNotices, verb="see_case")
def read_all(command: ReadNotices, session: Session, now: datetime) -> Outcome:
    """What was told until now is read."""
    mine = update(Notice).where(Notice.staff_id == command.by.id, Notice.read_at.is_(None))
    session.execute(mine.values(read_at=now))
    return Outcome({"read": True})


def listed(session: Session, by: Actor) -> Sequence[Told]:
    """What this person was told and can still act on, or was told of a case, the newest first."""
    columns: list[Any] = [Notice, Task.name, Case.reference]
    wanted = _mine(select(*columns), by).order_by(Notice.at.desc(), Notice.id).limit(SHOWN)
    return [
        Told(
            row.Notice.kind, row.Notice.task_id, row.name or "", row.reference, row.Notice.at, bool(row.Notice.read_at)
        )
        for row in session.execute(wanted)
    ]


def unread(session: Session, by: Actor) -> int:
    """How many notices this person has not read."""
    columns: list[Any] = [func.count(Notice.id)]
    return session.scalar(_mine(select(*columns), by).where(Notice.read_at.is_(None))) or 0


def _mine(wanted: Select[Any], by: Actor) -> Select[Any]:
    """Without tasks that are done or somebody else's by now, and without cases one may not see any more."""
    still = and_(Task.closed_at.is_(None), Task.assignee_id == by.id)
    joined = wanted.select_from(Notice).join(Case, Case.id == Notice.case_id).outerjoin(Task, Task.id == Notice.task_id)
    return joined.where(Notice.staff_id == by.id, visible(by), or_(Notice.task_id.is_(None), still))
