"""Who signed which version of a decision off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "signed_decision",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=60), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_signed_decision_service_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["staff.id"], name=op.f("fk_signed_decision_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_decision")),
        sa.UniqueConstraint(
            "service_id", "decision", "checksum", name=op.f("uq_signed_decision_service_id_decision_checksum")
        ),
    )
