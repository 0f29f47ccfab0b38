"""By which letter a victim was told how their request stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "prison_request", sa.Column("victim_told_by", sa.String(length=100), nullable=False, server_default="")
    )
