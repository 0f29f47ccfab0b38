"""What would become of a running case in another version: computed with the engine on its stored state, kept nowhere.

It migrates as it is, or it migrates and will not see some of the changes, or it cannot, because.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.workflows.engine import migrate
from rj_engine.workflows.engine.migrate import Moved, MoveRefused
from rj_engine.workflows.migration import apart
from rj_engine.workflows.migration.apart import Apart
from rj_engine.workflows.published.finished_in import FinishedIn
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Answers, Run, Task
from rj_engine.workflows.studio.changes import Change
from rj_engine.workflows.task import amending

WHOLE: Final = "whole"
PARTLY: Final = "partly"
CANNOT: Final = "cannot"
GROUPS: Final = (WHOLE, PARTLY, CANNOT)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One run in the new version."""

    misses: tuple[Change, ...] = ()
    """Changes that it will not see."""
    why: tuple[str, ...] = ()
    """Why it cannot be moved; empty where it can."""
    moved: Moved | None = None

    @property
    def group(self) -> str:
        """One of the three."""
        return CANNOT if self.why else PARTLY if self.misses else WHOLE


def mark(misses: Sequence[Change]) -> str:
    """A short mark of what will not be seen: another one says that the case has gone on since somebody looked."""
    told = "\n".join(sorted(f"{one.element} {one.words}" for one in misses))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def foresee(session: Session, run: Run, old: Published, new: Published) -> Foreseen:
    """`run`, which is on `old`, in `new`; nothing is changed."""
    between = apart.between(session, old, new)
    given = _answered(session, run, between)
    try:
        moved = migrate.move(run.state, old.definition, new.definition, given)
    except MoveRefused as refused:
        return Foreseen(why=tuple(dict.fromkeys(finding.message for finding in refused.findings)))
    if unknown := _undecided(between, moved, {**run.variables, **given}):
        return Foreseen(why=tuple(_never_asked(name, new) for name in unknown))
    return Foreseen(misses=tuple(_missed(between, moved)), moved=moved)


def _missed(between: Apart, moved: Moved) -> Iterator[Change]:
    """Changes that lie behind it or on another way, and dates that were given before."""
    open_now = {one[-1] for one in moved.stands}
    for key, told in between.by_element.items():
        if key not in moved.ahead:
            yield from told
    for key, change in between.dated.items():
        if key in moved.running or (key in moved.ahead and key.rpartition("/")[2] in open_now):
            yield change


def _answered(session: Session, run: Run, between: Apart) -> dict[str, Any]:
    """What was answered in the run to questions that only the new version steers by, the last answer each."""
    wanted = between.kept_anew - run.variables.keys()
    if not wanted:
        return {}
    joined = select(Answers, Task).join(Task, Task.id == Answers.task_id).where(Task.run_id == run.id)
    rows = list(session.execute(joined.order_by(Answers.at)))
    changed = amending.history(session, {row.Task.id for row in rows})
    finished, found = FinishedIn(session, [run.id]), dict[str, Any]()
    for answers, task in rows:
        fields = finished.of(run, task).forms[task.form].fields
        values = amending.amended(answers.values, changed.get(task.id, ()))
        for name in wanted & fields.keys():
            found[name] = values.get(name, fields[name].properties.get("unasked", fields[name].empty))
    return found


def _undecided(between: Apart, moved: Moved, known: Mapping[str, Any]) -> list[str]:
    """Facts that something ahead is decided by, that nobody has given and that nothing ahead asks first."""
    unknown = between.kept_anew - known.keys()
    if not unknown or between.reads is None:
        return []
    live = between.reads.live
    needed = {part.variable for where in moved.stands for part in live.get(where, ())}
    return sorted(needed & unknown)


def _never_asked(name: str, new: Published) -> str:
    asks = [
        element.name or element.id
        for element in new.definition.elements.values()
        if element.form and element.form in new.forms and name in new.forms[element.form].fields
    ]
    at = f"“{asks[0]}”" if asks else "a step"
    return f"What comes next is decided by an answer of {at}, which lies behind it and did not ask this then."
