"""Trial runs of a draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "trial_run",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("pathway", sa.String(length=60), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("kept_until", UtcDateTime(), nullable=False),
        sa.Column("offered_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["pathway_draft.id"], name=op.f("fk_trial_run_draft_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_trial_run_service_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_trial_run_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_run")),
    )
    op.create_index("ix_trial_run_kept_until", "trial_run", ["kept_until"], unique=False)
    op.create_index("ix_trial_run_staff_id", "trial_run", ["staff_id"], unique=False)
    op.create_table(
        "trial_step",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("image_sealed", Sealed(), nullable=False),
        sa.Column("told_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["trial_run.id"], name=op.f("fk_trial_step_trial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_step")),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_trial_step_trial_id_number")),
    )
