"""Indexes that the prison board and the figures of permission are read by: open cases alone, counted columns alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNTED = (
    "service_id", "sent_on", "kind", "route", "decided_by", "days_taken", "days_ours", "days_victims", "decision",
    "reason_code", "delivered_on", "failed", "victim_choice", "event_fell_through",
)  # fmt: skip


def upgrade() -> None:
    """Make the indexes."""
    is_open = sa.text("status <> 'closed'")
    op.create_index("ix_case_open", "case", ["service_id", "team_id"], sqlite_where=is_open, postgresql_where=is_open)
    op.drop_index("ix_prison_request_taken", "prison_request")
    op.create_index(
        "ix_prison_request_taken", "prison_request", ["service_id", "establishment", "days_taken", "sent_on"]
    )
    op.create_index("ix_prison_request_counted", "prison_request", list(COUNTED))
