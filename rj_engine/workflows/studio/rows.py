"""The tables of the studio: drafts, proofs, who wrote and approved a version, and which stands when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine.database import Base, Row


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


class AuthoredVersion(Base):
    """A version that a service wrote itself: those who wrote it, and the one who approved it."""

    __tablename__ = "authored_version"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_version.id"), primary_key=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_draft.id"))
    proof_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_proof.id"))
    authors: Mapped[list[Any]]
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    of_safety: Mapped[bool]
    """Whether a gate, effect or clock of safety was changed."""


class StandingVersion(Row):
    """From `from_at` a service's new cases use this version, unless a line written later says otherwise."""

    __tablename__ = "standing_version"
    __table_args__ = (Index("ix_standing_version_service", "service_id", "pathway", "number", unique=True),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    pathway: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    """Counts the lines of one service and pathway."""
    version_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_version.id"))
    from_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    withdraws_id: Mapped[UUID | None] = mapped_column(ForeignKey("pathway_version.id"))
    """The version that was withdrawn by this, where one was."""
