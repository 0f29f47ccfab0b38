"""The weekly e-mail to leads, and indexes that the prison board is read by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the indexes."""
    _digests()
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


def _digests() -> None:
    op.create_table(
        "weekly_choice",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_weekly_choice_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_weekly_choice")),
    )
    op.create_table(
        "weekly_digest",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("broken_promises", sa.Integer(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.Column("stalled", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("parked_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_weekly_digest_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_digest")),
        sa.UniqueConstraint("staff_id", "week_of", name=op.f("uq_weekly_digest_staff_id_week_of")),
    )
    op.create_index("ix_weekly_digest_waiting", "weekly_digest", ["sent_at", "next_try_at"])
