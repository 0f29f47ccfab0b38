"""Whether anybody has worked a moved case since, and what they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.workflows.published.rows import MovedRun
from rj_engine.workflows.rows import Draft, Run, Task

CLOSED: Final = "The case has been closed since."
STOPPED: Final = "The case is stopped while a lead looks into something that went wrong."
WENT_ON: Final = "The case has gone on since: a waiting time ended, or something was told beside the pathway."
AGAIN: Final = "The case has been moved to another version since."


def facts(row: Task) -> dict[str, Any]:
    """What a move may change of a task's row, and what says that somebody has worked it since."""
    return {
        "name": row.name,
        "lane": row.lane,
        "form": row.form,
        "stage": row.stage,
        "effect": row.effect,
        "blocked": row.blocked,
        "assignee_id": str(row.assignee_id) if row.assignee_id else None,
        "due_at": row.due_at.isoformat(),
    }


def put_back(row: Task, was: Mapping[str, Any]) -> None:
    """Write the facts into the row again."""
    for name in ("name", "lane", "form", "stage", "effect", "blocked"):
        setattr(row, name, was[name])
    row.assignee_id = UUID(was["assignee_id"]) if was["assignee_id"] else None
    row.due_at = datetime.fromisoformat(was["due_at"])


def since(session: Session, case: Case, moved: Sequence[tuple[MovedRun, Run]]) -> str:
    """What has happened since the move, in words; empty where nothing has."""
    if case.status != "open":
        return CLOSED if case.status == "closed" else STOPPED
    return next((told for each, run in moved for told in _of_run(session, each, run)), "")


def _of_run(session: Session, moved: MovedRun, run: Run) -> Iterator[str]:
    later = MovedRun.run_id == run.id, MovedRun.moved_at > moved.moved_at, MovedRun.undone_at.is_(None)
    if session.scalar(select(MovedRun.id).where(*later).limit(1)) is not None:
        yield AGAIN
    after = {UUID(key): pair[1] for key, pair in moved.before["tasks"].items()}
    rows = select(Task).where(Task.id.in_(after)).execution_options(populate_existing=True)
    for row in session.scalars(rows):
        yield from _of_task(row, after[row.id])
    begun = select(Task.name).join(Draft, Draft.task_id == Task.id)
    where = Task.id.in_(after), Draft.saved_at > moved.moved_at
    for name in session.scalars(begun.where(*where)):
        yield f"Somebody has begun to fill in “{name}” since."
    if run.version != moved.run_version:
        yield WENT_ON


def _of_task(row: Task, after: Mapping[str, Any]) -> Iterator[str]:
    if row.closed_at is not None:
        how = "was finished" if row.how_closed == "done" else "has ended"
        yield f"“{row.name}” {how} on {row.closed_at.astimezone(clock.LONDON):%-d %B at %H:%M}."
    now = facts(row)
    if now["assignee_id"] != after["assignee_id"]:
        yield f"“{row.name}” has been given to somebody, or given back, since."
    if now["due_at"] != after["due_at"]:
        yield f"The day on which “{row.name}” is due has been changed since."
