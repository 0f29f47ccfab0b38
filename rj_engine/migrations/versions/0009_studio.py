"""Drafts of diagrams, their proofs, who wrote and approved a version, and which version stands when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pathway_draft",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("pathway", sa.String(length=60), nullable=False),
        sa.Column("based_on_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("stands_from", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["based_on_id"], ["pathway_version.id"], name=op.f("fk_pathway_draft_based_on_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_pathway_draft_changed_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_pathway_draft_service_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["staff.id"], name=op.f("fk_pathway_draft_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway_draft")),
    )
    op.create_index("ix_pathway_draft_service", "pathway_draft", ["service_id", "status"], unique=False)
    op.create_table(
        "pathway_proof",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("states", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_pathway_proof_asked_by")),
        sa.ForeignKeyConstraint(["draft_id"], ["pathway_draft.id"], name=op.f("fk_pathway_proof_draft_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_pathway_proof_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway_proof")),
    )
    op.create_index("ix_pathway_proof_draft_id", "pathway_proof", ["draft_id"], unique=False)
    op.create_index("ix_pathway_proof_status", "pathway_proof", ["status", "asked_at"], unique=False)
    _published()


def _published() -> None:
    op.create_table(
        "authored_version",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("of_safety", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_authored_version_approved_by")),
        sa.ForeignKeyConstraint(["draft_id"], ["pathway_draft.id"], name=op.f("fk_authored_version_draft_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["pathway_proof.id"], name=op.f("fk_authored_version_proof_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_authored_version_service_id")),
        sa.ForeignKeyConstraint(["version_id"], ["pathway_version.id"], name=op.f("fk_authored_version_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_authored_version")),
    )
    op.create_table(
        "standing_version",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("pathway", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("withdraws_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_standing_version_decided_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_standing_version_service_id")),
        sa.ForeignKeyConstraint(["version_id"], ["pathway_version.id"], name=op.f("fk_standing_version_version_id")),
        sa.ForeignKeyConstraint(
            ["withdraws_id"], ["pathway_version.id"], name=op.f("fk_standing_version_withdraws_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_version")),
    )
    op.create_index("ix_standing_version_service", "standing_version", ["service_id", "pathway", "number"], unique=True)
