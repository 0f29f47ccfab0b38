"""The command that moves the day on which a task is due; the clock that set it stays in the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import CaseFrozen
from rj_engine.commands import NotAllowed, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.workflows.task.tasks import TaskCommand, lock, require_open

FARTHEST: Final = timedelta(days=366)
LONGEST: Final = 500
OTHERS: Final = "assign_task"
"""The verb of those who may also move the date of a task that is not theirs."""


class DueDayDoesNotFit(Refused):
    """Choose a day from today on, within a year."""

    code = "due_day_does_not_fit"


class ReasonNeeded(Refused):
    """Say why, in at most 500 letters: it stands in the case's record."""

    code = "reason_needed"


class NotYours(NotAllowed):
    """This task is not yours. Take it first, or ask whoever gives out tasks."""

    code = "not_yours"


@dataclass(frozen=True, kw_only=True)
class ChangeDueDate(TaskCommand):
    """Make a task due at the end of another day, for a reason."""

    due_on: date
    reason: str


@handles(ChangeDueDate, verb="change_due_date")
def change(command: ChangeDueDate, session: Session, now: datetime) -> Outcome:
    """Move it; waiting times of the pathway run on as they were."""
    locked = lock(session, command.by, command.task_id)
    task, by = locked.task, command.by
    require_open(task)
    if locked.case.status == "frozen":
        raise CaseFrozen
    if task.assignee_id != by.id and OTHERS not in by.verbs:
        raise NotYours
    reason, today = command.reason.strip(), now.astimezone(clock.LONDON).date()
    if not 0 < len(reason) <= LONGEST:
        raise ReasonNeeded
    if not today <= command.due_on <= today + FARTHEST:
        raise DueDayDoesNotFit
    before = task.due_at.astimezone(clock.LONDON).date()
    task.due_at = clock.end_of(command.due_on)
    days = {"before_on": before.isoformat(), "due_on": command.due_on.isoformat()}
    entry = Entry("case:task:due_changed", {"task": task.name, **days, "why": reason})
    return Outcome({"task": str(task.id)}, locked.case.id, [entry])
