"""Changes to answers, documents, what was done with a letter, notices and the daily e-mail."""

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
    op.create_table(
        "written_letter",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("letter", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_how", sa.String(length=20), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=True),
        sa.Column("note_sealed", Sealed(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_written_letter_case_id")),
        sa.ForeignKeyConstraint(["read_by"], ["staff.id"], name=op.f("fk_written_letter_read_by")),
        sa.ForeignKeyConstraint(["sent_by"], ["staff.id"], name=op.f("fk_written_letter_sent_by")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_written_letter_task_id")),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_written_letter_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_letter")),
        sa.UniqueConstraint("task_id", "letter", "number", name=op.f("uq_written_letter_task_id_letter_number")),
    )
    op.create_index(op.f("ix_written_letter_case_id"), "written_letter", ["case_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notice_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notice_staff_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_notice_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("staff_id", "kind", "about_id", name=op.f("uq_notice_staff_id_kind_about_id")),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_notice_unread", "notice", ["staff_id", "at"], unique=False, sqlite_where=unread, postgresql_where=unread
    )
    op.create_table(
        "digest_choice",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_digest_choice_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_digest_choice")),
    )
    op.create_table(
        "digest",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("parked_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_digest_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("staff_id", "on", name=op.f("uq_digest_staff_id_on")),
    )
    op.create_index("ix_digest_waiting", "digest", ["sent_at", "next_try_at"], unique=False)
