"""Partners and closure reasons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of lists, and keep with a closed case the words and the category it was closed with."""
    _versions()
    _standing()
    _drafts()
    op.add_column("case", sa.Column("closure_words", sa.String(length=200), nullable=True))
    op.add_column("case", sa.Column("closure_category", sa.String(length=60), nullable=True))
    op.add_column("closure", sa.Column("words", sa.String(length=200), nullable=True))
    op.add_column("closure", sa.Column("category", sa.String(length=60), nullable=True))


def _versions() -> None:
    op.create_table(
        "list_version",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_sealed", Sealed(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_list_version_approved_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_list_version_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_version")),
        sa.UniqueConstraint("service_id", "kind", "number", name=op.f("uq_list_version_service_id_kind_number")),
    )


def _standing() -> None:
    op.create_table(
        "standing_list",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("withdraws_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_standing_list_decided_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_standing_list_service_id")),
        sa.ForeignKeyConstraint(["version_id"], ["list_version.id"], name=op.f("fk_standing_list_version_id")),
        sa.ForeignKeyConstraint(["withdraws_id"], ["list_version.id"], name=op.f("fk_standing_list_withdraws_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_list")),
    )
    op.create_index("ix_standing_list_service", "standing_list", ["service_id", "kind", "number"], unique=True)


def _drafts() -> None:
    op.create_table(
        "list_draft",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("content_sealed", Sealed(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("stands_from", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_list_draft_changed_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_list_draft_service_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["staff.id"], name=op.f("fk_list_draft_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_draft")),
    )
    op.create_index("ix_list_draft_service", "list_draft", ["service_id", "kind", "status"], unique=False)
