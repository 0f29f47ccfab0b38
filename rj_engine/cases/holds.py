"""Holds: while a worry about safety is open, nothing passes between the people of a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry


class Hold(Row):
    """One reason why nothing may pass until somebody responsible has looked; without `about_id` it holds everybody."""

    __tablename__ = "hold"
    __table_args__ = (Index("ix_hold_case", "case_id", "cleared_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(40))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("run.id"))
    """The run that looks into it; a hold raised by it is cleared by it."""
    raised_at: Mapped[datetime]
    raised_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    is_still: Mapped[bool] = mapped_column(default=False)
    """Whether nobody at all is contacted until somebody has decided how it goes on."""
    words_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    words = Opened[str | None]("words_sealed")


def standing(session: Session, strand: Strand) -> list[Hold]:
    """The holds that stand over a strand: its own, and those over the whole case; oldest first."""
    over = (
        Hold.about_id.is_(None)
        if strand.about_id is None
        else Hold.about_id.is_(None) | (Hold.about_id == strand.about_id)
    )
    where = Hold.case_id == strand.case_id, Hold.cleared_at.is_(None), over
    return list(session.scalars(select(Hold).where(*where).order_by(Hold.raised_at)))


def of_case(session: Session, case_id: UUID) -> list[Hold]:
    """Every hold of a case that stands, oldest first."""
    where = Hold.case_id == case_id, Hold.cleared_at.is_(None)
    return list(session.scalars(select(Hold).where(*where).order_by(Hold.raised_at)))


@records("hold_cleared")
def clear(finished: Finished) -> list[Entry]:
    """Let what this run held go on, where its lead says so (`hold_decision` is `clear`).

    Where contact stops for good (`stop`) the hold stays, and those who are still with us may be told and cared for.
    """
    decision = finished.answers.get("hold_decision")
    where = Hold.run_id == finished.run_id, Hold.cleared_at.is_(None)
    ended = list(finished.session.scalars(select(Hold).where(*where)))
    if decision == "stop":
        for hold in ended:
            hold.is_still = False
    if decision != "clear":
        return []
    for hold in ended:
        hold.cleared_at, hold.cleared_by = finished.now, finished.by.id
    return [Entry("case:hold:cleared", {"kind": hold.kind}) for hold in ended]
