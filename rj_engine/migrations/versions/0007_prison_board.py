"""Establishments' contacts, and what leads see and move on the prison board."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ASKED_IN = """
UPDATE prison_request SET
  service_id = (SELECT service_id FROM "case" WHERE "case".id = prison_request.case_id),
  run_id = (
    SELECT run.id FROM run JOIN task ON task.run_id = run.id
    WHERE run.case_id = prison_request.case_id AND task.element LIKE 'prison\\_%' ESCAPE '\\'
      AND (run.about_id = prison_request.about_id OR (run.about_id IS NULL AND prison_request.about_id IS NULL))
    ORDER BY task.opened_at DESC LIMIT 1
  ),
  superseded_at = (
    SELECT min(newer.recorded_at) FROM prison_request AS newer
    WHERE newer.case_id = prison_request.case_id AND newer.kind = prison_request.kind
      AND (newer.about_id = prison_request.about_id OR (newer.about_id IS NULL AND prison_request.about_id IS NULL))
      AND newer.recorded_at > prison_request.recorded_at
  )
"""


def upgrade() -> None:
    """Make the tables."""
    _complete_requests()
    _make_establishments()
    _make_releases()
    _make_views()


def _complete_requests() -> None:
    with op.batch_alter_table("prison_request") as request:
        request.add_column(sa.Column("service_id", sa.Uuid(), nullable=True))
        request.add_column(sa.Column("run_id", sa.Uuid(), nullable=True))
        request.add_column(sa.Column("last_chased_on", sa.Date(), nullable=True))
        request.add_column(sa.Column("last_rung", sa.Integer(), nullable=False, server_default="0"))
        request.add_column(sa.Column("held_until", sa.Date(), nullable=True))
        request.add_column(sa.Column("held_for", sa.String(length=20), nullable=False, server_default=""))
        request.add_column(sa.Column("superseded_at", UtcDateTime(), nullable=True))
        request.add_column(sa.Column("answered_at", UtcDateTime(), nullable=True))
        request.add_column(sa.Column("answered_by", sa.Uuid(), nullable=True))
        request.add_column(sa.Column("days_taken", sa.Integer(), nullable=True))
        request.add_column(sa.Column("days_ours", sa.Integer(), nullable=True))
        request.add_column(sa.Column("days_victims", sa.Integer(), nullable=True))
        for column, other in (("service_id", "service"), ("answered_by", "staff")):
            request.create_foreign_key(op.f(f"fk_prison_request_{column}"), other, [column], ["id"])
    op.create_index("ix_prison_request_open", "prison_request", ["service_id", "superseded_at", "decision"])
    op.create_index("ix_prison_request_taken", "prison_request", ["service_id", "establishment", "days_taken"])
    op.execute(ASKED_IN)


def _make_establishments() -> None:
    op.create_table(
        "establishment",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_establishment_recorded_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_establishment_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment")),
    )
    op.create_index("ix_establishment_code", "establishment", ["service_id", "code", "valid_from"])
    op.create_table(
        "prison_contact",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("bounced_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("reached_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_prison_contact_recorded_by")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_prison_contact_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prison_contact")),
    )
    op.create_index("ix_prison_contact_code", "prison_contact", ["service_id", "code"])


def _make_releases() -> None:
    op.create_table(
        "place_release",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_place_release_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_place_release_case_id")),
        sa.ForeignKeyConstraint(["released_by"], ["staff.id"], name=op.f("fk_place_release_released_by")),
        sa.ForeignKeyConstraint(["stay_id"], ["custody.id"], name=op.f("fk_place_release_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_release")),
    )
    op.create_index("ix_place_release_case", "place_release", ["case_id", "about_id"])


def _make_views() -> None:
    op.create_table(
        "board_view",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_board_view_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_view")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_board_view_staff_id_name")),
    )
