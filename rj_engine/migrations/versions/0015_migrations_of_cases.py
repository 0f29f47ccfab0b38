"""Running cases moved to another version: the jobs, their cases, and each run as it was before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_migration",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("pathway", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_case_migration_asked_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_case_migration_service_id")),
        sa.ForeignKeyConstraint(["version_id"], ["pathway_version.id"], name=op.f("fk_case_migration_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_migration")),
    )
    op.create_index("ix_case_migration_service", "case_migration", ["service_id", "pathway", "status"], unique=False)
    op.create_table(
        "migrated_case",
        sa.Column("migration_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("looked_at", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_migrated_case_case_id")),
        sa.ForeignKeyConstraint(["migration_id"], ["case_migration.id"], name=op.f("fk_migrated_case_migration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migrated_case")),
        sa.UniqueConstraint("migration_id", "case_id", name=op.f("uq_migrated_case_migration_id_case_id")),
    )
    op.create_index("ix_migrated_case_status", "migrated_case", ["migration_id", "status"], unique=False)
    op.create_table(
        "moved_run",
        sa.Column("migrated_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("run_version", sa.Integer(), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["pathway_version.id"], name=op.f("fk_moved_run_from_id")),
        sa.ForeignKeyConstraint(["migrated_id"], ["migrated_case.id"], name=op.f("fk_moved_run_migrated_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_moved_run_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_run")),
    )
    op.create_index("ix_moved_run_migrated_id", "moved_run", ["migrated_id"], unique=False)
    op.create_index("ix_moved_run_run_id", "moved_run", ["run_id", "moved_at"], unique=False)
