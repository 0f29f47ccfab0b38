"""The check on the day: that everybody is fit and nothing has changed, within a day of what it is made for."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.database import Row
from rj_engine.ledger import Entry
from rj_engine.risk import assessment

STAGE: Final = "pre_event"
"""The stage of an assessment made on the day: it is a check on the day besides."""
GO: Final = "go"


class DayCheck(Row):
    """One check, and whether it said go."""

    __tablename__ = "day_check"
    __table_args__ = (Index("ix_day_check_case", "case_id", "checked_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    checked_at: Mapped[datetime]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    goes: Mapped[bool]


@records("day_check")
def keep(finished: Finished) -> list[Entry]:
    """Keep what the check said; `day_decision` is `go`, or nothing may pass today."""
    goes = finished.answers.get("day_decision") == GO
    row = DayCheck(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        checked_at=finished.now,
        checked_by=finished.by.id,
        goes=goes,
    )
    finished.session.add(row)
    return [Entry("case:day:checked", {"goes": goes})]


def newest(session: Session, strand: Strand) -> datetime | None:
    """When somebody last found that it can go ahead; None where the last check said no, or there is none."""
    found = select(DayCheck).where(*strand.of(DayCheck)).order_by(DayCheck.checked_at.desc()).limit(1)
    last = session.scalars(found).one_or_none()
    assessed = assessment.standing(session, strand)
    times = [last.checked_at] if last is not None and last.goes else []
    times += [assessed.assessed_at] if assessed is not None and assessed.stage == STAGE else []
    return max(times, default=None)
