"""What a facilitator's day keeps besides, and the index by which one person's cases are found first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.drop_index("ix_case_facilitator", "case")
    op.create_index("ix_case_facilitator", "case", ["facilitator_id", "service_id", "team_id", "status"])
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.add_column(sa.Column("skipped", sa.Boolean(), nullable=False, server_default=sa.false()))
        follow_up.add_column(sa.Column("words_sealed", sa.LargeBinary(), nullable=True))
