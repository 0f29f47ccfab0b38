"""Orders and conditions: who made them, in what words, from when until when, and whether they forbid contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases import shapes
from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.cases.shapes import Shape
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry

FORBIDS: Final = ("contact", "places", "other", "nothing", "not_known")
STOPS_CONTACT: Final = frozenset({"contact", "not_known"})
"""Until somebody has read the order, it counts as one that forbids contact."""


class OrderOrCondition(Row):
    """One order, bail or licence condition; a victim's consent does not waive it.

    Without `about_id` it holds for everybody in the case.
    """

    __tablename__ = "order_or_condition"
    __table_args__ = (Index("ix_order_or_condition_case", "case_id", "ends_on"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    type: Mapped[str] = mapped_column(String(40))
    forbids: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day; None where it has no end, or nobody knows one."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[dict[str, Any]]("words_sealed")
    """`authority`, `wording` and how it could be varied."""

    def holds(self, today: date) -> bool:
        """Whether it is in force on `today`."""
        return self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)


class _OrderTold(Shape):
    """An order as it was read to us, or as we read it."""

    order_type = shapes.word(required=True)
    order_authority = shapes.words(required=True)
    order_wording = shapes.words()
    order_starts_on = shapes.day()
    order_ends_on = shapes.day()
    order_forbids = shapes.word(*FORBIDS, required=True)
    order_variation = shapes.words()


@records("order")
def keep(finished: Finished) -> list[Entry]:
    """Keep the order that a task was told of."""
    return [note(finished.session, finished.strand, finished.answers, finished.by.id, finished.now)]


def note(session: Session, strand: Strand, answers: Mapping[str, Any], by: UUID | None, now: datetime) -> Entry:
    """Keep one order; without a first day it holds from today, and it never ends before it begins."""
    told = shapes.told(_OrderTold, answers)
    starts_on = told["order_starts_on"] or clock.today()
    if not shapes.in_order(starts_on, told["order_ends_on"]):
        raise shapes.refuse(answers, order_ends_on="The last day must not be before the first.")
    row = OrderOrCondition(
        case_id=strand.case_id,
        about_id=strand.about_id,
        type=told["order_type"],
        forbids=told["order_forbids"],
        starts_on=starts_on,
        ends_on=told["order_ends_on"],
        recorded_at=now,
        recorded_by=by,
        words={
            "authority": told["order_authority"],
            "wording": told["order_wording"],
            "variation": told["order_variation"],
        },
    )
    session.add(row)
    known = {"type": row.type, "forbids": row.forbids, "ends_on": row.ends_on.isoformat() if row.ends_on else None}
    return Entry("case:order:recorded", known)


def forbidding(session: Session, strand: Strand, today: date) -> list[OrderOrCondition]:
    """The orders in force on `today` that forbid contact in this strand, or in the whole case."""
    about = OrderOrCondition.about_id
    over = about.is_(None) if strand.about_id is None else about.is_(None) | (about == strand.about_id)
    where = OrderOrCondition.case_id == strand.case_id, over, OrderOrCondition.forbids.in_(STOPS_CONTACT)
    session.flush()
    found = session.scalars(select(OrderOrCondition).where(*where).order_by(OrderOrCondition.recorded_at))
    return [row for row in found if row.holds(today)]


def history(session: Session, case_id: UUID) -> list[OrderOrCondition]:
    """Every order of a case, newest first."""
    found = select(OrderOrCondition).where(OrderOrCondition.case_id == case_id)
    return list(session.scalars(found.order_by(OrderOrCondition.recorded_at.desc())))
