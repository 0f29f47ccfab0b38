"""Safeguarding: what the worry was, what was done, for whom, and on what ground it was shared."""

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


class SafeguardingAction(Row):
    """One time that somebody acted on a worry about safety."""

    __tablename__ = "safeguarding_action"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    actions: Mapped[list[Any]] = mapped_column(default=list)
    """What was done, in codes: `police`, `childrens_front_door` …"""
    consent_sought: Mapped[str] = mapped_column(String(40), default="")
    acted_at: Mapped[datetime]
    acted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[dict[str, Any]]("words_sealed")
    """`concern`, `to` and `basis`."""


class _ActionTold(Shape):
    """A worry and what was done about it."""

    concern_words = shapes.words(required=True)
    action_taken = shapes.codes()
    action_to = shapes.words()
    action_consent = shapes.word()
    action_basis = shapes.words(required=True)


@records("safeguarding_action")
def keep(finished: Finished) -> list[Entry]:
    """Keep what was done about one worry; the words stay sealed and out of the ledger."""
    told = shapes.told(_ActionTold, finished.answers)
    row = SafeguardingAction(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        actions=told["action_taken"],
        consent_sought=told["action_consent"] or "",
        acted_at=finished.now,
        acted_by=finished.by.id,
        words={"concern": told["concern_words"], "to": told["action_to"], "basis": told["action_basis"]},
    )
    finished.session.add(row)
    return [Entry("case:safeguarding:acted", {"actions": row.actions})]


def history(session: Session, case_id: UUID) -> list[SafeguardingAction]:
    """Every action of a case, newest first."""
    found = select(SafeguardingAction).where(SafeguardingAction.case_id == case_id)
    return list(session.scalars(found.order_by(SafeguardingAction.acted_at.desc())))
