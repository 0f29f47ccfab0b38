"""What a facilitator's day keeps besides, and the index by which one person's cases are found first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import UtcDateTime

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
    op.create_table(
        "note_mention",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_note_mention_case_id")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_mention_note_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_note_mention_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_mention")),
        sa.UniqueConstraint("note_id", "staff_id", name=op.f("uq_note_mention_note_id_staff_id")),
    )
    op.create_table(
        "relationship",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_relationship_case_id")),
        sa.ForeignKeyConstraint(["one_id"], ["party.id"], name=op.f("fk_relationship_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["party.id"], name=op.f("fk_relationship_other_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_relationship_recorded_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_relationship_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
    )
    op.create_index(op.f("ix_relationship_case_id"), "relationship", ["case_id"], unique=False)
