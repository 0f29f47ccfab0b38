"""The tables of the studio: drafts and their proofs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine.database import Row


class PathwayDraft(Row):
    """A service's next version of a pathway as it is drawn; `status` is open, submitted, published or dropped."""

    __tablename__ = "pathway_draft"
    __table_args__ = (Index("ix_pathway_draft_service", "service_id", "status"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    pathway: Mapped[str] = mapped_column(String(60))
    based_on_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_version.id"))
    status: Mapped[str] = mapped_column(String(10), default="open")
    bundle: Mapped[bytes]
    checksum: Mapped[str] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(default=1)
    """Counts the times it was kept: whoever keeps says which one they saw."""
    authors: Mapped[list[Any]] = mapped_column(default=list)
    """Everybody who changed it: none of them can approve it."""
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    stands_from: Mapped[date | None]
    """The London day from which new cases use it."""


class PathwayProof(Row):
    """One proof of a draft as it then stood; `status` is waiting, walking, holds, broken, unproved or cancelled."""

    __tablename__ = "pathway_proof"
    __table_args__ = (Index("ix_pathway_proof_status", "status", "asked_at"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_draft.id"), index=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    checksum: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    states: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When its worker was last heard of."""
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
