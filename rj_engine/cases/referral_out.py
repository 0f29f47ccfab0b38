"""Referrals out: to whom, what for, on what ground, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases import shapes
from rj_engine.cases.records import Finished, records
from rj_engine.cases.shapes import Shape
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry


class ReferralOut(Row):
    """One referral to somebody else who can help."""

    __tablename__ = "referral_out"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    basis: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[dict[str, Any]]("words_sealed")
    """`to`, `person`, `purpose` and `note`."""


class _ReferralOutTold(Shape):
    """A referral out as it was made."""

    referral_out_to = shapes.words(required=True)
    referral_out_person = shapes.words()
    referral_out_purpose = shapes.words(required=True)
    referral_out_basis = shapes.word(required=True)
    referral_out_result = shapes.word(required=True)
    referral_out_note = shapes.words()


@records("referral_out")
def keep(finished: Finished) -> list[Entry]:
    """Keep one referral out."""
    told = shapes.told(_ReferralOutTold, finished.answers)
    row = ReferralOut(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        basis=told["referral_out_basis"],
        result=told["referral_out_result"],
        recorded_at=finished.now,
        recorded_by=finished.by.id,
        words={part: told[f"referral_out_{part}"] for part in ("to", "person", "purpose", "note")},
    )
    finished.session.add(row)
    return [Entry("case:referred_out", {"to": told["referral_out_to"], "result": row.result})]


def history(session: Session, case_id: UUID) -> list[ReferralOut]:
    """Every referral out of a case, newest first."""
    found = select(ReferralOut).where(ReferralOut.case_id == case_id)
    return list(session.scalars(found.order_by(ReferralOut.recorded_at.desc())))
