"""The contact log: who was in touch with whom, how, and what was promised next."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.records import Finished, records
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry


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
    """File the contact under the task it was made for."""
    told: Any = finished.answers
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
        promised_on=date.fromisoformat(told["next_promise_on"]) if told.get("next_promise_on") else None,
    )
    finished.session.add(row)
    return [Entry("case:contact:recorded", {"party": row.party, "channel": row.channel, "result": row.result})]


def log(session: Session, case_id: UUID) -> list[Contact]:
    """Every contact of a case, newest first."""
    return list(session.scalars(select(Contact).where(Contact.case_id == case_id).order_by(Contact.at.desc())))
