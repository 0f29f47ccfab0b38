"""Effects that could not be delivered: a lead sees them and has them tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, NotFound, visible
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.workflows.rows import Outbox


class NotParked(Refused):
    """This has left or was called back meanwhile: there is nothing to send again."""

    code = "not_parked"


@dataclass(frozen=True, kw_only=True)
class SendAgain(Command):
    """Try an effect again that was parked after its last failure."""

    outbox_id: UUID


@dataclass(frozen=True, slots=True)
class Parked:
    """One of them: which case it is of, what it is, since when it waits."""

    id: UUID
    reference: str
    kind: str
    what: str
    """The letter's file, or the element that asks for a notice."""
    at: datetime


def listed(session: Session, by: Actor) -> list[Parked]:
    """What waits in the cases one may see, the longest first."""
    found = select(Outbox, Case.reference).join(Case, Case.id == Outbox.case_id)
    waiting = found.where(visible(by), Outbox.parked_at.is_not(None), Outbox.sent_at.is_(None))
    rows = session.execute(waiting.where(Outbox.recalled_at.is_(None)).order_by(Outbox.at))
    return [Parked(row.id, reference, row.kind, _what(row), row.at) for row, reference in rows]


def _what(row: Outbox) -> str:
    return str(row.payload["properties"].get("letter") or row.payload["element"])


@handles(SendAgain, verb="retry_incident")
def send_again(command: SendAgain, session: Session, now: datetime) -> Outcome:
    """It is tried once more with the next round; what holds its case up still holds it up."""
    joined = select(Outbox).join(Case, Case.id == Outbox.case_id)
    where = joined.where(Outbox.id == command.outbox_id, visible(command.by)).with_for_update(of=Outbox)
    row = session.scalars(where).one_or_none()
    if row is None:
        raise NotFound
    if row.parked_at is None or row.sent_at is not None or row.recalled_at is not None:
        raise NotParked
    row.parked_at, row.next_try_at = None, now
    return Outcome({"outbox": str(row.id)}, row.case_id, [Entry("case:effect:unparked", {"kind": row.kind})])
