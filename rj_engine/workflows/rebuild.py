"""The inbox made again from what the engine has ready: the proof that the projection is only a projection."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case
from rj_engine.commands import Command, Outcome, dispatch, handles
from rj_engine.database import db
from rj_engine.ledger import Entry
from rj_engine.people.staff import Service, the_clock
from rj_engine.workflows.engine import runner
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Run, Task, Timer


@dataclass(slots=True)
class Difference:
    """Where the inbox and the engine disagree, as `run:key`; both empty when all is well."""

    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus)


def _open_keys(session: Session, run: Run) -> Iterable[str]:
    return session.scalars(select(Task.key).where(Task.run_id == run.id, Task.closed_at.is_(None)))


@dataclass(frozen=True, kw_only=True)
class RebuildInbox(Command):
    """Make inbox and timer rows agree with the engine."""


def _running(service: UUID | None) -> Select[Run]:
    wanted = select(Run).join(Case, Case.id == Run.case_id).where(Run.status == "running")
    return wanted if service is None else wanted.where(Case.service_id == service)


def compare(session: Session, service: UUID | None = None) -> Difference:
    """Every running run's ready tasks and waits beside the rows that stand for them; of one service, or all."""
    found = Difference()
    for run in session.scalars(_running(service)):
        published = versions.load(session, run.version_id)
        step = runner.look(published.definition, run.state)
        ready = {task.key for task in step.open_tasks} | {f"timer {wait.key}" for wait in step.waits}
        rows = set(_open_keys(session, run))
        rows |= {f"timer {key}" for key in session.scalars(select(Timer.key).where(Timer.run_id == run.id))}
        found.missing += [f"{run.id}:{key}" for key in sorted(ready - rows)]
        found.surplus += [f"{run.id}:{key}" for key in sorted(rows - ready)]
    ended = select(Task).join(Run, Run.id == Task.run_id).where(Run.status == "ended", Task.closed_at.is_(None))
    found.surplus += [f"{task.run_id}:{task.key}" for task in session.scalars(ended)]
    return found


def rebuild_all() -> list[dict[str, Any]]:
    """Rebuild the inbox of every service; what was missing and surplus in each."""
    found = []
    for service in list(db.session.scalars(select(Service))):
        command = RebuildInbox(command_id=uuid.uuid4(), by=the_clock(service.id, "rebuild_inbox"))
        found.append({"service": service.name, **dispatch(command)})
    return found


@handles(RebuildInbox, verb="rebuild_inbox")
def rebuild(command: RebuildInbox, session: Session, now: datetime) -> Outcome:
    """Close rows the engine does not have, open those it has; rows that agree keep their assignee and dates."""
    service = command.by.service_id
    before = compare(session, service)
    for run in list(session.scalars(_running(service).order_by(Run.started_at))):
        case = session.get_one(Case, run.case_id, with_for_update=True)
        published = versions.load(session, run.version_id)
        run.standing_tasks = list(_open_keys(session, run))
        run.standing_timers = list(session.scalars(select(Timer.key).where(Timer.run_id == run.id)))
        Move(session, case, command.by, now).apply(run, published, runner.look(published.definition, run.state))
    told = {"missing": len(before.missing), "surplus": len(before.surplus)}
    return Outcome(told, entries=[Entry("inbox:rebuilt", told)])
