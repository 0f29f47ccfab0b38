"""The weekly e-mail to leads, and indexes that the prison board is read by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    stands = sa.text("superseded_at IS NULL")
    op.create_index(
        "ix_prison_request_stands",
        "prison_request",
        ["case_id", "kind", "decision", "conditions_fit", "victim_choice"],
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.drop_index("ix_custody_case", "custody")
    op.create_index("ix_custody_case", "custody", ["case_id", "ended_at", "status"])
