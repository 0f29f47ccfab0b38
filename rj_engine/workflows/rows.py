"""The tables behind a moving case: versions, runs, tasks, answers, drafts, timers, incidents, the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine import sealing
from rj_engine.cases.case import Strand
from rj_engine.database import Base, Opened, Row, Sealed

INNER: Final = "_inner"
"""Beside a run's variables, of which none begins so: task key to what that task sees besides."""


class PathwayVersion(Row):
    """One published pathway with everything it calls; never changed afterwards."""

    __tablename__ = "pathway_version"
    __table_args__ = (UniqueConstraint("pathway", "number"),)

    pathway: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    checksum: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[bytes]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class Run(Row):
    """One process instance of a case; `status` is running or ended."""

    __tablename__ = "run"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    """The victim this run is about; none where it is about everybody in the case."""
    version_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_version.id"))
    pathway: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(10), default="running")
    state_sealed: Mapped[bytes] = mapped_column(Sealed)
    variables_sealed: Mapped[bytes] = mapped_column(Sealed)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_event: Mapped[str | None] = mapped_column(String(160))
    passed_count: Mapped[int] = mapped_column(default=0)
    standing_tasks: Mapped[list[Any]] = mapped_column(default=list)
    """Engine keys of the inbox rows that stand for this run; `rebuild` takes them from the rows themselves."""
    standing_timers: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain dictionary

    variables = Opened[dict[str, Any]]("variables_sealed")

    @property
    def strand(self) -> Strand:
        """What of the case this run is about."""
        return Strand(self.case_id, self.about_id)

    def inner(self, key: str) -> dict[str, Any]:
        """What the open task `key` sees besides the run's variables: those of the called part or turn it is in."""
        found: dict[str, Any] = self.variables.get(INNER, {}).get(key, {})
        return found

    def seen_by(self, key: str) -> dict[str, Any]:
        """Every variable the open task `key` sees."""
        own = {name: value for name, value in self.variables.items() if name != INNER}
        return {**own, **self.inner(key)}

    @property
    def state(self) -> bytes:
        """The engine's compact state."""
        return sealing.unseal(self.state_sealed, "run", "state_sealed", self.id)

    @state.setter
    def state(self, value: bytes) -> None:
        self.state_sealed = sealing.seal(value, "run", "state_sealed", self.id)


_OPEN = text("closed_at IS NULL")
_PRISONS = text(r"element LIKE 'prison\_%' ESCAPE '\'")
_OPEN_PRISONS = text(r"closed_at IS NULL AND element LIKE 'prison\_%' ESCAPE '\'")
_UNCLAIMED = text("closed_at IS NULL AND assignee_id IS NULL")
_TAKEN = text("closed_at IS NULL AND assignee_id IS NOT NULL")


class Task(Row):
    """One task somebody has, had, or may take: the inbox is the rows that are not closed."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_team", "team_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_task_service", "service_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_task_mine", "assignee_id", "due_at", "id", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
        Index(
            "ix_task_offered",
            "service_id",
            "lane",
            "due_at",
            "id",
            sqlite_where=_UNCLAIMED,
            postgresql_where=_UNCLAIMED,
        ),
        Index(
            "ix_task_prison",
            "service_id",
            "run_id",
            "element",
            "due_at",
            "closed_at",
            sqlite_where=_OPEN_PRISONS,
            postgresql_where=_OPEN_PRISONS,
        ),
    )

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"), index=True)
    reference: Mapped[str] = mapped_column(String(16))
    pathway: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(64))
    element: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(200))
    lane: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(80))
    stage: Mapped[str] = mapped_column(String(80), default="")
    effect: Mapped[str | None] = mapped_column(String(40))
    blocked: Mapped[list[Any]] = mapped_column(default=list)
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    closed_name: Mapped[str | None] = mapped_column(String(200))
    how_closed: Mapped[str | None] = mapped_column(String(10))


class Answers(Row):
    """What was answered in one finished task: the history, never rewritten."""

    __tablename__ = "answers"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), unique=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    values_sealed: Mapped[bytes] = mapped_column(Sealed)

    values = Opened[dict[str, Any]]("values_sealed")


class Draft(Row):
    """What one person has typed into one form so far."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("task_id", "staff_id"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    saved_at: Mapped[datetime]
    values_sealed: Mapped[bytes] = mapped_column(Sealed)

    values = Opened[dict[str, Any]]("values_sealed")


class Timer(Row):
    """One moment at which a run wants to be woken."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("run_id", "key"),
        Index("ix_timer_due_at", "due_at", "id"),
        Index("ix_timer_prison", "run_id", "due_at", "element", sqlite_where=_PRISONS, postgresql_where=_PRISONS),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"))
    key: Mapped[str] = mapped_column(String(64))
    element: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime]


class Passage(Base):
    """One element that a run has passed."""

    __tablename__ = "passage"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime]


class Incident(Row):
    """One step that broke: its case is frozen, its answers are kept, a lead can retry it."""

    __tablename__ = "incident"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    reference: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(String(400))
    element: Mapped[str | None] = mapped_column(String(160))
    command_sealed: Mapped[bytes] = mapped_column(Sealed)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    command = Opened[dict[str, Any]]("command_sealed")
    """What to replay: {kind, …}."""


class RaisedEvent(Row):
    """Something that happened beside the pathway, as it was told; `event` is a key of `events.json`."""

    __tablename__ = "raised_event"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    """The victim it is about; none where it is about everybody, or nobody could say."""
    event: Mapped[str] = mapped_column(String(40))
    raised_at: Mapped[datetime]
    raised_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    answers_sealed: Mapped[bytes] = mapped_column(Sealed)

    answers = Opened[dict[str, Any]]("answers_sealed")


class Outbox(Row):
    """One effect that leaves only if its transaction commits; `reference` lets a receiver drop a repeat."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "sent_at", "next_try_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"))
    kind: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    """When it was called back before it had left."""
    payload_sealed: Mapped[bytes] = mapped_column(Sealed)

    payload = Opened[dict[str, Any]]("payload_sealed")
