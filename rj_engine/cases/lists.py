"""The lists that a service keeps for itself (reasons to close a case, partners): versions that never change, dated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.database import Opened, Row, Sealed

REASONS: Final = "closure_reasons"
PARTNERS: Final = "partners"
KINDS: Final = (REASONS, PARTNERS)
Rows = Mapping[str, Mapping[str, Any]]
"""Key of a row to what it says."""


class ListVersion(Row):
    """One published list of a service, with those who wrote it and the one who approved it; never changed after."""

    __tablename__ = "list_version"
    __table_args__ = (UniqueConstraint("service_id", "kind", "number"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    content_sealed: Mapped[bytes] = mapped_column(Sealed)
    checksum: Mapped[str] = mapped_column(String(64))
    authors: Mapped[list[Any]]
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]

    rows = Opened[dict[str, dict[str, Any]]]("content_sealed")


class StandingList(Row):
    """From `from_at` a service uses this version, unless a line written later says otherwise."""

    __tablename__ = "standing_list"
    __table_args__ = (Index("ix_standing_list_service", "service_id", "kind", "number", unique=True),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    """Counts the lines of one service and kind."""
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("list_version.id"))
    """None for what ships with the product: its own reasons, no partner."""
    from_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    withdraws_id: Mapped[UUID | None] = mapped_column(ForeignKey("list_version.id"))
    """The version that was withdrawn by this, where one was."""


def checksum_of(rows: Rows) -> str:
    """SHA-256 of what a list says, hex."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def standing(session: Session, service_id: UUID, kind: str, at: datetime) -> ListVersion | None:
    """The version that a service used at that moment; none where it used what ships with the product."""
    where = StandingList.service_id == service_id, StandingList.kind == kind, StandingList.from_at <= at
    last = select(StandingList.version_id).where(*where).order_by(StandingList.number.desc()).limit(1)
    return session.scalars(select(ListVersion).where(ListVersion.id == last.scalar_subquery())).one_or_none()


def every(session: Session, service_id: UUID, kind: str) -> list[ListVersion]:
    """The versions of a service's list, the newest first."""
    wanted = select(ListVersion).where(ListVersion.service_id == service_id, ListVersion.kind == kind)
    return list(session.scalars(wanted.order_by(ListVersion.number.desc())))


def last_line(session: Session, service_id: UUID, kind: str) -> StandingList | None:
    """What was decided last about a list, in force or not."""
    where = StandingList.service_id == service_id, StandingList.kind == kind
    return session.scalars(select(StandingList).where(*where).order_by(StandingList.number.desc()).limit(1)).first()
