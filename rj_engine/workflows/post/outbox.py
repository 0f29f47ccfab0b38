"""Effects that leave the house: rows written with the command that wants them, delivered afterwards, at least once."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from rj_engine import clock, sealing
from rj_engine.cases.case import Case, Strand
from rj_engine.cases.holds import Hold
from rj_engine.commands import Command, Outcome, dispatch, handles
from rj_engine.database import db, translated
from rj_engine.errors import Retry, RjError
from rj_engine.ledger import Entry
from rj_engine.people.staff import the_clock
from rj_engine.workflows.engine.runner import Send
from rj_engine.workflows.rows import Outbox, Run

TRIES: Final = 8
FIRST_WAIT: Final = timedelta(minutes=1)
NEUTRAL: Final = "neutral"
"""Property of a send task whose words were agreed for somebody's withdrawal: it leaves all the same."""
log = logging.getLogger(__name__)


class PostAway(Retry):
    """The outgoing post cannot be reached at the moment."""

    code = "post_away"


class Post(Protocol):
    """Where effects go. A repeat carries the same `reference`."""

    def deliver(self, kind: str, reference: str, payload: dict[str, Any]) -> None:
        """Hand one effect over, or raise `Retry`."""


@dataclass(frozen=True, kw_only=True)
class NoteDelivery(Command):
    """Note that an effect left, or that a try failed."""

    outbox_id: UUID
    failure: str | None = None


def put_sends(
    session: Session, case: Case, run_id: UUID, sends: Iterable[tuple[Send, str | None]], now: datetime
) -> None:
    """Write what send tasks ask for, letters with their words; nothing is sent from here."""
    rows = []
    for send, text in sends:
        identity = uuid.uuid4()
        payload = {
            "element": send.element,
            "properties": dict(send.properties),
            "reference": case.reference,
            "text": text,
        }
        rows.append(
            {
                "id": identity,
                "case_id": case.id,
                "run_id": run_id,
                "kind": "letter" if "letter" in send.properties else "notice",
                "reference": f"{run_id.hex}:{identity.hex}",
                "at": now,
                "next_try_at": now,
                "tries": 0,
                "payload_sealed": sealing.seal_json(payload, "outbox", "payload_sealed", identity),
            }
        )
    if rows:
        session.execute(insert(Outbox), rows)


_UNSENT = (Outbox.sent_at.is_(None), Outbox.recalled_at.is_(None))


def recall(session: Session, strands: Iterable[Strand], now: datetime) -> list[Entry]:
    """Call back what has not left yet of these strands, but for a notice drawn as neutral (`neutral` is `yes`)."""
    entries = []
    for strand in strands:
        waiting = select(Outbox).join(Run, Run.id == Outbox.run_id).where(*strand.of(Run), *_UNSENT)
        for row in session.scalars(waiting.order_by(Outbox.at).with_for_update(of=Outbox)):
            if row.payload["properties"].get(NEUTRAL) != "yes":
                row.recalled_at = now
                entries.append(Entry("case:effect:recalled", {"kind": row.kind}))
    return entries


def deliver_due(post: Post, limit: int = 50) -> int:
    """Deliver what waits, oldest first; the count that left. After eight failures an effect is parked for a lead.

    Nothing leaves from a case that is stopped, or over which a hold stands.
    """
    over = Hold.about_id.is_(None) | (Hold.about_id == Run.about_id)
    waiting = (
        select(Outbox.id)
        .join(Case, Case.id == Outbox.case_id)
        .join(Run, Run.id == Outbox.run_id)
        .where(*_UNSENT, Outbox.parked_at.is_(None), Outbox.next_try_at <= clock.now())
        .where(Case.status != "frozen")
        .where(~exists().where(Hold.case_id == Outbox.case_id, Hold.cleared_at.is_(None), over))
    )
    with translated():
        identities = list(db.session.scalars(waiting.order_by(Outbox.at).limit(limit)))
    return sum(_deliver(post, identity) for identity in identities)


def _deliver(post: Post, identity: UUID) -> bool:
    """One that cannot be delivered, whatever the reason, holds up no other."""
    row = db.session.get(Outbox, identity)
    if row is None or row.sent_at is not None or row.recalled_at is not None:
        return False
    case = db.session.get_one(Case, row.case_id)
    failure = None
    try:
        post.deliver(row.kind, row.reference, row.payload)
    except RjError as error:
        failure = error.code
    except Exception as error:
        log.exception("effect cannot be delivered")
        failure = type(error).__name__
    number = row.tries
    by = the_clock(case.service_id, "deliver")
    command_id = uuid.uuid5(identity, f"try {number}")
    dispatch(NoteDelivery(command_id=command_id, by=by, outbox_id=identity, failure=failure))
    return failure is None


@handles(NoteDelivery, verb="deliver")
def note_delivery(command: NoteDelivery, session: Session, now: datetime) -> Outcome:
    """Stamp the row; each failure doubles the wait before the next try."""
    row = session.get_one(Outbox, command.outbox_id, with_for_update=True)
    row.tries += 1
    if command.failure is None:
        row.sent_at = now
        return Outcome({"sent": True}, row.case_id, [Entry("case:effect:sent", {"kind": row.kind})])
    row.next_try_at = now + FIRST_WAIT * 2**row.tries
    if row.tries >= TRIES:
        row.parked_at = now
        return Outcome({"sent": False}, row.case_id, [Entry("case:effect:parked", {"kind": row.kind})])
    return Outcome({"sent": False})


class Folder:
    """A folder that letters and notices are put into, one file an effect; the same reference is the same file."""

    def __init__(self, path: Path) -> None:
        """`path` is made if it is not there; only its owner may read it."""
        self.path = path

    def deliver(self, kind: str, reference: str, payload: dict[str, Any]) -> None:
        """Write the file whole or not at all."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = reference.replace(":", "-")
            unfinished = self.path / f".{name}.part"
            unfinished.write_text(json.dumps({"kind": kind, **payload}, ensure_ascii=False, indent=1), encoding="utf-8")
            unfinished.replace(self.path / f"{name}.json")
        except OSError as error:
            raise PostAway from error
