"""What was agreed, asked, ordered, referred on, done for safety and carried across; what staff are trained for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rj_engine.database import Sealed, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "competence",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("supervision_on", sa.Date(), nullable=True),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("cpd_hours", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_competence_recorded_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_competence_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_competence_staff_id")),
    )
    op.create_table(
        "competence_module",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_competence_module_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_module")),
        sa.UniqueConstraint("staff_id", "module", name=op.f("uq_competence_module_staff_id_module")),
    )
    op.create_table(
        "agreement",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("share", sa.String(length=40), nullable=False),
        sa.Column("updates", sa.String(length=40), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_agreement_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_agreement_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_agreement_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index("ix_agreement_case", "agreement", ["case_id", "recorded_at"], unique=False)
    op.create_table(
        "message_leg",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=30), nullable=False),
        sa.Column("recipient", sa.String(length=30), nullable=False),
        sa.Column("author_agrees", sa.String(length=20), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("first_vet", sa.String(length=20), nullable=False),
        sa.Column("first_vet_by", sa.Uuid(), nullable=True),
        sa.Column("second_vet", sa.String(length=20), nullable=False),
        sa.Column("second_vet_by", sa.Uuid(), nullable=True),
        sa.Column("wanted", sa.String(length=20), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("passed_how", sa.String(length=40), nullable=False),
        sa.Column("passed_by", sa.Uuid(), nullable=True),
        sa.Column("kept_by", sa.String(length=40), nullable=False),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_message_leg_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_message_leg_case_id")),
        sa.ForeignKeyConstraint(["first_vet_by"], ["staff.id"], name=op.f("fk_message_leg_first_vet_by")),
        sa.ForeignKeyConstraint(["passed_by"], ["staff.id"], name=op.f("fk_message_leg_passed_by")),
        sa.ForeignKeyConstraint(["second_vet_by"], ["staff.id"], name=op.f("fk_message_leg_second_vet_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_message_leg_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_leg")),
    )
    op.create_index("ix_message_leg_case", "message_leg", ["case_id", "taken_at"], unique=False)
    op.create_table(
        "order_or_condition",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("forbids", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_order_or_condition_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_order_or_condition_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_order_or_condition_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_or_condition")),
    )
    op.create_index("ix_order_or_condition_case", "order_or_condition", ["case_id", "ends_on"], unique=False)
    op.create_table(
        "referral_out",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_referral_out_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_referral_out_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_referral_out_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_out")),
    )
    op.create_index(op.f("ix_referral_out_case_id"), "referral_out", ["case_id"], unique=False)
    op.create_table(
        "safeguarding_action",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("consent_sought", sa.String(length=40), nullable=False),
        sa.Column("acted_at", UtcDateTime(), nullable=False),
        sa.Column("acted_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_safeguarding_action_about_id")),
        sa.ForeignKeyConstraint(["acted_by"], ["staff.id"], name=op.f("fk_safeguarding_action_acted_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_safeguarding_action_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarding_action")),
    )
    op.create_index(op.f("ix_safeguarding_action_case_id"), "safeguarding_action", ["case_id"], unique=False)
    op.create_table(
        "survey",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("party", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("dt_cope", sa.Integer(), nullable=True),
        sa.Column("dt_cjs", sa.Integer(), nullable=True),
        sa.Column("dt_informed", sa.Integer(), nullable=True),
        sa.Column("dt_safety", sa.Integer(), nullable=True),
        sa.Column("dt_reintegration", sa.Integer(), nullable=True),
        sa.Column("dt_wellbeing", sa.Integer(), nullable=True),
        sa.Column("satisfied", sa.String(length=20), nullable=False),
        sa.Column("recommend", sa.String(length=20), nullable=False),
        sa.Column("cope", sa.String(length=20), nullable=False),
        sa.Column("safer", sa.String(length=20), nullable=False),
        sa.Column("conflict", sa.String(length=20), nullable=False),
        sa.Column("listened", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", Sealed(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_survey_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_survey_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_survey_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_index("ix_survey_case", "survey", ["case_id", "party", "kind"], unique=False)
    op.create_table(
        "agreement_item",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("looked_by", sa.Uuid(), nullable=True),
        sa.Column("text_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_item_agreement_id")),
        sa.ForeignKeyConstraint(["looked_by"], ["staff.id"], name=op.f("fk_agreement_item_looked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_item")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_item_agreement_id_number")),
    )
    op.add_column("risk_assessment", sa.Column("assessor_level", sa.Integer(), nullable=True))
    op.add_column("risk_assessment", sa.Column("needed_level", sa.Integer(), nullable=True))
    op.create_table(
        "raised_event",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("answers_sealed", Sealed(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["party.id"], name=op.f("fk_raised_event_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_raised_event_case_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["staff.id"], name=op.f("fk_raised_event_raised_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised_event")),
    )
    op.create_index(op.f("ix_raised_event_case_id"), "raised_event", ["case_id"], unique=False)
