"""The table of drafts of a service's lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine.database import Opened, Row, Sealed


class ListDraft(Row):
    """A service's next version of a list as it is written; `status` is open, submitted, published or dropped."""

    __tablename__ = "list_draft"
    __table_args__ = (Index("ix_list_draft_service", "service_id", "kind", "status"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10), default="open")
    content_sealed: Mapped[bytes] = mapped_column(Sealed)
    edition: Mapped[int] = mapped_column(default=1)
    """Counts the times it was kept: whoever approves says which one they saw."""
    authors: Mapped[list[Any]] = mapped_column(default=list)
    """Everybody who changed it: none of them can approve it."""
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    stands_from: Mapped[date | None]
    """The London day from which the service uses it."""

    content = Opened[dict[str, dict[str, Any]]]("content_sealed")
    """`rows` as they were typed, and `kept`: of each row that was changed who kept it last, when, and on which page."""
