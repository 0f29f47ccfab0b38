"""Saved filters, notes, substitutes and the words by which people are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "substitute",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["named_by"], ["staff.id"], name=op.f("fk_substitute_named_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_substitute_staff_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["staff.id"], name=op.f("fk_substitute_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
    )
    op.create_index("ix_substitute_stands_in", "substitute", ["substitute_id", "until_on"], unique=False)
    op.create_index("ix_substitute_away", "substitute", ["staff_id", "until_on"], unique=False)
    op.create_table(
        "keyboard",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_keyboard_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_keyboard")),
    )
    op.create_table(
        "conflict",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("name_mark", sa.String(length=32), nullable=True),
        sa.Column("person_sealed", Sealed(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_conflict_case_id")),
        sa.ForeignKeyConstraint(["declared_by"], ["staff.id"], name=op.f("fk_conflict_declared_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_conflict_ended_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conflict_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index("ix_conflict_staff", "conflict", ["staff_id", "ended_at"], unique=False)
    op.create_index(op.f("ix_conflict_case_id"), "conflict", ["case_id"], unique=False)
    op.create_index(op.f("ix_conflict_name_mark"), "conflict", ["name_mark"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("name_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_filter_staff_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_saved_filter_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index("ix_saved_filter_team", "saved_filter", ["team_id", "shared"], unique=False)
    op.create_index(op.f("ix_saved_filter_staff_id"), "saved_filter", ["staff_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("follow_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_follow_up_staff_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_follow_up_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("staff_id", "task_id", name=op.f("uq_follow_up_staff_id_task_id")),
    )
    op.create_index("ix_follow_up_day", "follow_up", ["staff_id", "follow_on"], unique=False)
    op.create_index("ix_case_facilitator", "case", ["facilitator_id", "status"], unique=False)
    op.drop_index("ix_task_mine", "task")
    taken = sa.text("closed_at IS NULL AND assignee_id IS NOT NULL")
    mine = ["assignee_id", "due_at", "id"]
    op.create_index("ix_task_mine", "task", mine, unique=False, sqlite_where=taken, postgresql_where=taken)
    op.drop_index("ix_task_unclaimed", "task")
    unclaimed = sa.text("closed_at IS NULL AND assignee_id IS NULL")
    op.create_index(
        "ix_task_offered",
        "task",
        ["service_id", "lane", "due_at", "id"],
        unique=False,
        sqlite_where=unclaimed,
        postgresql_where=unclaimed,
    )
    op.create_index("ix_contact_promised", "contact", ["staff_id", "promised_on"], unique=False)
    _people_found()
    _notes_and_links()
    _contacts()


def _people_found() -> None:
    op.create_table(
        "found_by",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_found_by_case_id")),
        sa.PrimaryKeyConstraint("mark", "holder_id", name=op.f("pk_found_by")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_found_by_holder_id", "found_by", ["holder_id"], unique=False)


def _notes_and_links() -> None:
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", Sealed(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_link_case_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["staff.id"], name=op.f("fk_case_link_linked_by")),
        sa.ForeignKeyConstraint(["other_id"], ["case.id"], name=op.f("fk_case_link_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_case_link_case_id_other_id")),
    )
    op.create_index(op.f("ix_case_link_other_id"), "case_link", ["other_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("filed_with", sa.Uuid(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_note_case_id")),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_note_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_case", "note", ["case_id", "written_at"], unique=False)
    op.create_table(
        "note_comment",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_comment_note_id")),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_note_comment_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_comment")),
    )
    op.create_index(op.f("ix_note_comment_note_id"), "note_comment", ["note_id"], unique=False)


def _contacts() -> None:
    with op.batch_alter_table("contact") as contact:
        contact.add_column(sa.Column("person_id", sa.Uuid(), nullable=True))
        contact.add_column(sa.Column("task_id", sa.Uuid(), nullable=True))
        contact.add_column(sa.Column("safe_to_talk", sa.String(length=20), nullable=True))
        contact.add_column(sa.Column("filed_with", sa.Uuid(), nullable=True))
        contact.create_foreign_key(op.f("fk_contact_person_id"), "party", ["person_id"], ["id"])
        contact.create_foreign_key(op.f("fk_contact_task_id"), "task", ["task_id"], ["id"])
        contact.create_index(op.f("ix_contact_task_id"), ["task_id"], unique=False)
