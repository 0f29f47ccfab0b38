"""The tables of what was published: who wrote a version, which stands when, and each run that was moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine.database import Base, Opened, Row, Sealed


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


class MovedRun(Row):
    """One run that was moved, with everything that the move changed as it was before."""

    __tablename__ = "moved_run"
    __table_args__ = (Index("ix_moved_run_run_id", "run_id", "moved_at"),)

    migrated_id: Mapped[UUID] = mapped_column(ForeignKey("migrated_case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_version.id"))
    moved_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    run_version: Mapped[int]
    """The run's own count of changes just after the move: another number says that it went on."""
    before_sealed: Mapped[bytes] = mapped_column(Sealed)

    before = Opened[dict[str, Any]]("before_sealed")
    """`state` (base 64), `variables`, `stage`, and the open `tasks` and `timers` by key, each as before and after."""
