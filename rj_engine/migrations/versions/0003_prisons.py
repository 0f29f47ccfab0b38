"""Where somebody is held, and what has been asked there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "custody",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("establishment", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("release_expected_on", sa.Date(), nullable=True),
        sa.Column("licence_no_contact", sa.String(length=20), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("detail_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_custody_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_custody_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
    )
    op.create_index("ix_custody_case", "custody", ["case_id", "ended_at"], unique=False)
    op.create_table(
        "prison_request",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("stay_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("route", sa.String(length=30), nullable=False),
        sa.Column("establishment", sa.String(length=60), nullable=False),
        sa.Column("sent_to", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=30), nullable=False),
        sa.Column("is_review", sa.Boolean(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("failed", sa.String(length=20), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("chases", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=20), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("in_writing", sa.String(length=20), nullable=False),
        sa.Column("consulted", sa.String(length=20), nullable=False),
        sa.Column("conditions_fit", sa.String(length=5), nullable=False),
        sa.Column("review_next", sa.String(length=20), nullable=False),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.Column("victim_told_on", sa.Date(), nullable=True),
        sa.Column("victim_choice", sa.String(length=30), nullable=False),
        sa.Column("victim_asked_on", sa.Date(), nullable=True),
        sa.Column("clearance", sa.String(length=20), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=True),
        sa.Column("event_fell_through", sa.String(length=40), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("detail_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_prison_request_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_prison_request_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_prison_request_recorded_by")),
        sa.ForeignKeyConstraint(["stay_id"], ["custody.id"], name=op.f("fk_prison_request_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prison_request")),
    )
    op.create_index("ix_prison_request_case", "prison_request", ["case_id", "about_id", "kind"], unique=False)
