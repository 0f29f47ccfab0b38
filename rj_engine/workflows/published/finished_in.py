"""The version in which a task was finished: its questions stay as they were asked when its run moves on to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.workflows.published import versions
from rj_engine.workflows.published.rows import MovedRun
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Run, Task


class FinishedIn:
    """The versions that some runs were on, one after the other."""

    def __init__(self, session: Session, runs: Iterable[UUID]) -> None:
        """Reads once what was moved of these runs; what was moved back was never left."""
        self.session = session
        self.left: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
        known = select(MovedRun.run_id, MovedRun.moved_at, MovedRun.from_id)
        where = MovedRun.run_id.in_(list(runs)), MovedRun.undone_at.is_(None)
        for row in session.execute(known.where(*where).order_by(MovedRun.moved_at)):
            self.left[row.run_id].append((row.moved_at, row.from_id))

    def of(self, run: Run, task: Task) -> Published:
        """The version that a task of the run stands in, or was finished in."""
        at = task.closed_at
        left = self.left.get(run.id, ()) if at is not None else ()
        was = next((version for moved_at, version in left if at is not None and moved_at >= at), run.version_id)
        return versions.load(self.session, was)


def version_of(session: Session, run: Run, task: Task) -> Published:
    """The version that one task stands in, or was finished in."""
    if task.closed_at is None:
        return versions.load(session, run.version_id)
    return FinishedIn(session, [run.id]).of(run, task)
