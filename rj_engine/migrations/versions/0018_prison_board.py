"""What the prison board reads quickly: every request that counts, and the open tasks and timers of its steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STANDS = (
    "case_id", "kind", "decision", "conditions_fit", "victim_choice", "id", "run_id", "establishment", "sent_on",
    "delivered_on", "decided_on", "held_until", "held_for", "last_chased_on", "victim_told_on", "promised_on",
    "superseded_at",
)  # fmt: skip
OF_PRISONS = r"element LIKE 'prison\_%' ESCAPE '\'"


def upgrade() -> None:
    """Make the indexes; those of open cases and of requests that count take the place of narrower ones."""
    op.drop_index("ix_prison_request_stands", "prison_request")
    _make("ix_prison_request_stands", "prison_request", STANDS, "superseded_at IS NULL")
    op.drop_index("ix_case_open", "case")
    _make("ix_case_open", "case", ("service_id", "team_id", "id", "status", "facilitator_id"), "status <> 'closed'")
    _make("ix_timer_prison", "timer", ("run_id", "due_at", "element"), OF_PRISONS)
    columns = ("service_id", "run_id", "element", "due_at", "closed_at")
    _make("ix_task_prison", "task", columns, f"closed_at IS NULL AND {OF_PRISONS}")


def _make(name: str, table: str, columns: tuple[str, ...], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, list(columns), sqlite_where=only, postgresql_where=only)
