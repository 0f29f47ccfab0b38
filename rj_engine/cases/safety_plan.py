"""The family safety plan: what everybody at home does when it gets dangerous, and when it is looked at again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry


class SafetyPlan(Row):
    """One plan as it was agreed; a later one takes its place."""

    __tablename__ = "safety_plan"
    __table_args__ = (Index("ix_safety_plan_case", "case_id", "agreed_on"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    agreed_on: Mapped[date]
    review_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    plan_sealed: Mapped[bytes] = mapped_column(Sealed)

    plan = Opened[dict[str, Any]]("plan_sealed")
    """The answers it was told in."""


@records("safety_plan")
def keep(finished: Finished) -> list[Entry]:
    """Keep the plan, agreed on `plan_agreed_on` or today, to be looked at again on `plan_review_on`."""
    told = finished.answers
    row = SafetyPlan(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        agreed_on=_day(told.get("plan_agreed_on")) or clock.today(),
        review_on=_day(told.get("plan_review_on")),
        recorded_at=finished.now,
        recorded_by=finished.by.id,
        plan=dict(told),
    )
    finished.session.add(row)
    return [Entry("case:safety_plan:agreed", {"agreed_on": row.agreed_on.isoformat()})]


def newest(session: Session, strand: Strand) -> date | None:
    """The day on which the newest plan was agreed."""
    return session.scalar(
        select(SafetyPlan.agreed_on).where(*strand.of(SafetyPlan)).order_by(SafetyPlan.agreed_on.desc()).limit(1)
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
