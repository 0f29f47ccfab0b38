"""The tables of moving running cases to another version: the job and its cases."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine.database import Opened, Row, Sealed

UNDER_WAY: Final = ("waiting", "moving")
TO_DO: Final = ("waiting", "undoing")
"""Cases that a worker has still to look at."""
LONGEST_WHY: Final = 400


class Migration(Row):
    """One job: cases of one pathway to one version; `status` is waiting, moving, done or cancelled."""

    __tablename__ = "case_migration"
    __table_args__ = (Index("ix_case_migration_service", "service_id", "pathway", "status"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    pathway: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_version.id"))
    """Where its cases go."""
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When its worker was last heard of."""
    ended_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes] = mapped_column(Sealed)

    reason = Opened[str]("reason_sealed")


class MigratedCase(Row):
    """One case of a job; `status` is waiting, moved, cannot, left, undoing, undone or kept."""

    __tablename__ = "migrated_case"
    __table_args__ = (
        UniqueConstraint("migration_id", "case_id"),
        Index("ix_migrated_case_status", "migration_id", "status"),
    )

    migration_id: Mapped[UUID] = mapped_column(ForeignKey("case_migration.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    reference: Mapped[str] = mapped_column(String(16))
    looked_at: Mapped[str] = mapped_column(String(16))
    """What whoever chose the case was shown that it would not see, as a mark."""
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    why: Mapped[str] = mapped_column(String(LONGEST_WHY), default="")
    """Why it could not be moved, or not be moved back."""
    at: Mapped[datetime | None]
