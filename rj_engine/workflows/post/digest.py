"""One e-mail a day to whoever wants it: how much waits, and a link; no name, no reference, no word of any case.

It leaves once a London day for each person; `weekly` sends another in the same way. A row is claimed before it is sent,
so that several schedulers send one mail; after a fall between the two it may leave again, with the same reference, by
which a receiver drops a repeat.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Protocol
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.database import Base, Row, db, translated
from rj_engine.errors import RjError
from rj_engine.people.staff import Staff, actor_of, the_clock
from rj_engine.workflows.post import notices
from rj_engine.workflows.rows import Task

TRIES: Final = 8
FIRST_WAIT: Final = timedelta(minutes=5)
"""Also how long a claim lasts: whoever claimed a mail and fell is forgotten after it."""
AT_ONCE: Final = 200
log = logging.getLogger(__name__)


class Told(Protocol):
    """What an e-mail says: its parts are counts, by the name under which it is written."""

    @property
    def kind(self) -> str:
        """`daily` or `weekly`."""


class Mail(Protocol):
    """What takes an e-mail. A repeat carries the same `reference`."""

    def send(self, to: str, summary: Told, reference: str) -> None:
        """Hand one over, or raise `Retry`."""


class DigestChoice(Base):
    """Who wants the daily e-mail."""

    __tablename__ = "digest_choice"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)


class Written(Row):
    """One person's e-mail, written once and claimed before it is sent."""

    __abstract__ = True

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    """Also of one by which nothing waited, and nothing was sent."""
    parked_at: Mapped[datetime | None]

    @property
    def summary(self) -> Told:
        """What it says."""
        raise NotImplementedError


class Digest(Written):
    """One person's e-mail of one London day; how much waited when it was written."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("staff_id", "on"), Index("ix_digest_waiting", "sent_at", "next_try_at"))

    on: Mapped[date]
    notices: Mapped[int]
    due: Mapped[int]
    overdue: Mapped[int]

    @property
    def summary(self) -> Summary:
        """How much waited that day."""
        return Summary(self.notices, self.due, self.overdue)


TABLES: Final[dict[str, type[Written]]] = {"daily": Digest}
"""Where the e-mails of each kind are written."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How much waits."""

    notices: int
    due: int
    overdue: int
    kind: ClassVar[str] = "daily"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.notices or self.due or self.overdue)


@dataclass(frozen=True, kw_only=True)
class ChooseDigest(Command):
    """Say whether one wants the daily e-mail."""

    wanted: bool


@dataclass(frozen=True, kw_only=True)
class WriteDigest(Command):
    """Write one person's e-mail of today."""

    staff_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClaimDigest(Command):
    """Take it upon oneself to send one e-mail; somebody else may have."""

    digest_id: UUID
    kind: str = "daily"


@dataclass(frozen=True, kw_only=True)
class NoteDigest(Command):
    """Note that an e-mail was handed over, or that a try failed."""

    digest_id: UUID
    failure: str | None = None
    kind: str = "daily"


@handles(ChooseDigest, verb="see_case")
def choose(command: ChooseDigest, session: Session, now: datetime) -> Outcome:
    """Keep the choice."""
    del now
    known = session.get(DigestChoice, command.by.id)
    if command.wanted and known is None:
        session.add(DigestChoice(staff_id=command.by.id))
    if not command.wanted and known is not None:
        session.delete(known)
    return Outcome({"wanted": command.wanted})


def wanted(session: Session, by: Actor) -> bool:
    """Whether this person chose the daily e-mail."""
    return session.get(DigestChoice, by.id) is not None


def send_due(mail: Mail, hour: int) -> int:
    """From `hour` on write today's e-mails that are not written, then send those that wait; how many left."""
    now = clock.now().astimezone(clock.LONDON)
    with translated():
        writing = _unwritten(now.date()) if now.hour >= hour else []
    for person, service in writing:
        command_id = uuid.uuid5(person, f"digest {now.date()}")
        dispatch(WriteDigest(command_id=command_id, by=the_clock(service, "deliver"), staff_id=person))
    return send_waiting(mail, "daily")


def send_waiting(mail: Mail, kind: str) -> int:
    """Send what is written and not sent yet; how many left."""
    row = TABLES[kind]
    with translated():
        due = row.sent_at.is_(None), row.parked_at.is_(None), row.next_try_at <= clock.now()
        waiting = list(db.session.scalars(select(row.id).where(*due).limit(AT_ONCE)))
    return sum(_send(mail, each, kind) for each in waiting)


def _unwritten(on: date) -> list[tuple[UUID, UUID]]:
    """Who wants today's e-mail and has none yet, each with their service."""
    written = exists().where(Digest.staff_id == Staff.id, Digest.on == on)
    joined = select(Staff.id, Staff.service_id).join(DigestChoice, DigestChoice.staff_id == Staff.id)
    found = db.session.execute(joined.where(Staff.active, ~written).limit(AT_ONCE))
    return [(row.id, row.service_id) for row in found]


@handles(WriteDigest, verb="deliver")
def write(command: WriteDigest, session: Session, now: datetime) -> Outcome:
    """Count what waits; a day on which nothing does is written as done."""
    person = session.get_one(Staff, command.staff_id)
    counted = counts(session, actor_of(person), now)
    row = Digest(
        staff_id=person.id,
        on=now.astimezone(clock.LONDON).date(),
        notices=counted.notices,
        due=counted.due,
        overdue=counted.overdue,
        next_try_at=now,
        sent_at=now if counted.empty else None,
    )
    session.add(row)
    return Outcome({"digest": str(row.id)})


def counts(session: Session, by: Actor, now: datetime) -> Summary:
    """Unread notices, tasks due until the end of the London day, tasks overdue."""
    mine = select(func.count()).select_from(Task).where(Task.assignee_id == by.id, Task.closed_at.is_(None))
    tonight = clock.end_of(now.astimezone(clock.LONDON).date())
    due = session.scalar(mine.where(Task.due_at > now, Task.due_at <= tonight)) or 0
    return Summary(notices.unread(session, by), due, session.scalar(mine.where(Task.due_at <= now)) or 0)


def _send(mail: Mail, identity: UUID, kind: str) -> bool:
    """One that cannot be sent, whatever the reason, holds up no other."""
    row = db.session.get_one(TABLES[kind], identity)
    person = db.session.get_one(Staff, row.staff_id)
    by, number = the_clock(person.service_id, "deliver"), row.tries
    to, active, summary = person.email, person.active, row.summary
    claimed = dispatch(ClaimDigest(command_id=uuid.uuid4(), by=by, digest_id=identity, kind=kind))["claimed"]
    if not claimed:
        return False
    failure = None if not active else _handed_over(mail, to, summary, identity)
    command_id = uuid.uuid5(identity, f"try {number}")
    dispatch(NoteDigest(command_id=command_id, by=by, digest_id=identity, failure=failure, kind=kind))
    return failure is None


def _handed_over(mail: Mail, to: str, summary: Told, identity: UUID) -> str | None:
    try:
        mail.send(to, summary, identity.hex)
    except RjError as error:
        return error.code
    except Exception as error:
        log.exception("e-mail cannot be sent")
        return type(error).__name__
    return None


@handles(ClaimDigest, verb="deliver")
def claim(command: ClaimDigest, session: Session, now: datetime) -> Outcome:
    """The first has it until the claim runs out."""
    row = session.get_one(TABLES[command.kind], command.digest_id, with_for_update=True, populate_existing=True)
    if row.sent_at is not None or row.parked_at is not None or row.next_try_at > now:
        return Outcome({"claimed": False})
    row.next_try_at = now + FIRST_WAIT
    return Outcome({"claimed": True})


@handles(NoteDigest, verb="deliver")
def note(command: NoteDigest, session: Session, now: datetime) -> Outcome:
    """Stamp the row; each failure doubles the wait, and the eighth is the last."""
    row = session.get_one(TABLES[command.kind], command.digest_id, with_for_update=True)
    row.tries += 1
    if command.failure is None:
        row.sent_at = now
        return Outcome({"sent": True})
    log.warning("e-mail digest not sent: %s", command.failure)
    row.next_try_at = now + FIRST_WAIT * 2**row.tries
    if row.tries >= TRIES:
        row.parked_at = now
    return Outcome({"sent": False})
