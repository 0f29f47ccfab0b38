"""Changes to answers, and documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "amendment",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("staff_name", sa.String(length=200), nullable=False),
        sa.Column("told_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_amendment_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_amendment_staff_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_amendment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_case_id"), "amendment", ["case_id"], unique=False)
    op.create_index(op.f("ix_amendment_task_id"), "amendment", ["task_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("wall", sa.String(length=1), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("media", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_name", sa.String(length=200), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_name", sa.String(length=200), nullable=True),
        sa.Column("name_sealed", Sealed(), nullable=True),
        sa.Column("body_sealed", Sealed(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_document_about_id")),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name=op.f("fk_document_added_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_document_case_id_number")),
    )
