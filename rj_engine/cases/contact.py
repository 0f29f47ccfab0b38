"""The contact log: who was in touch with whom, how, and what was promised next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.cases.safe_contact import INCOMING
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry

REACHED: Final = frozenset({"spoke", "declined", "agreed_to_meet", "refused"})
"""What comes of a contact in which somebody was reached."""


class Contact(Row):
    """One contact or attempt."""

    __tablename__ = "contact"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    at: Mapped[datetime]
    party: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(60))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    promise_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    promised_on: Mapped[date | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    """Who it was, where somebody said so."""
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"), index=True)
    """The task that was open for it."""
    safe_to_talk: Mapped[str | None] = mapped_column(String(20))
    filed_with: Mapped[UUID | None]
    """Shared by entries that are one contact in several linked cases."""

    words = Opened[str | None]("words_sealed")
    promise = Opened[str | None]("promise_sealed")


@records("contact")
def keep_contact(finished: Finished) -> list[Entry]:
    """File the contact under the task it was made for; one that the log holds already is not told twice."""
    told: Any = finished.answers
    logged = _logged(finished)
    if logged is not None:
        logged.words = told.get("contact_words") or logged.words
        if told.get("next_promise"):
            logged.promise, logged.promised_on = told["next_promise"], _day(told.get("next_promise_on"))
        return []
    row = Contact(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        at=finished.now,
        party=finished.properties.get("party", "victim"),
        channel=str(told.get("contact_channel") or "not recorded")[:40],
        result=str(told.get("contact_result") or "")[:60],
        staff_id=finished.by.id,
        words=told.get("contact_words"),
        promise=told.get("next_promise"),
        promised_on=_day(told.get("next_promise_on")),
    )
    finished.session.add(row)
    return [Entry("case:contact:recorded", {"party": row.party, "channel": row.channel, "result": row.result})]


def _logged(finished: Finished) -> Contact | None:
    """The contact that was logged under this task and says the same: now, or before the rest of its form was asked."""
    finished.session.flush()
    filed = select(Contact).where(Contact.task_id == finished.task_id).order_by(Contact.at.desc()).limit(1)
    row = finished.session.scalars(filed).one_or_none()
    if row is None:
        return None
    same = row.result == finished.answers.get("contact_result")
    return row if same or row.at == finished.now else None


def _day(told: object) -> date | None:
    return date.fromisoformat(str(told)[:10]) if told else None


def tries(session: Session, strand: Strand, party: str, before: Contact) -> int:
    """How often we had tried to reach somebody, since we last talked with them, when `before` was logged."""
    where = *strand.of(Contact), Contact.party == party, Contact.id != before.id, Contact.at <= before.at
    wanted = select(Contact.channel, Contact.result).where(*where)
    count = 0
    for row in session.execute(wanted.order_by(Contact.at.desc(), Contact.id)):
        if row.result in REACHED:
            break
        count += row.channel != INCOMING
    return count


def open_promises(found: Sequence[Contact]) -> list[Contact]:
    """The promises with a day after which nothing was heard yet; `found` is the log, newest first; soonest first."""
    heard: set[tuple[str, UUID | None]] = set()
    standing = []
    for row in found:
        if row.promised_on is not None and (row.party, row.about_id) not in heard:
            standing.append(row)
        heard.add((row.party, row.about_id))
    return sorted(standing, key=lambda row: row.promised_on or date.max)


def log(session: Session, case_id: UUID) -> list[Contact]:
    """Every contact of a case, newest first."""
    return list(session.scalars(select(Contact).where(Contact.case_id == case_id).order_by(Contact.at.desc())))
