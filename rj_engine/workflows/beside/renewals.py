"""Renewal: contact is held back because a consent or the assessment has run out, and somebody renews it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases import case as cases
from rj_engine.cases import holds
from rj_engine.cases.case import Case, CaseFrozen, Strand
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.risk import assessment, gate
from rj_engine.workflows.beside.withdrawals import CaseClosed
from rj_engine.workflows.engine import runner
from rj_engine.workflows.moves import Move, Moved, told
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import INNER, Run, Task

PATHWAY: Final = "renewal"
DAY_HAS_PASSED: Final = "day_has_passed"
"""What a delivery hears that came too long after both parties were asked; it goes back to the check on the day."""
ASKED_ANEW: Final = ("consent", "may_", "sign_off", "gate", "renewal")
"""Beginnings of the variables that a renewal does not take over, because it finds them out itself."""


class NothingToRenew(Refused):
    """Nothing that this case needs has run out."""

    code = "nothing_to_renew"


class RenewalRuns(Refused):
    """What has run out is being renewed already. Look at this case's open tasks."""

    code = "renewal_runs"


@dataclass(frozen=True, kw_only=True)
class RenewWhatRanOut(Command):
    """Set about renewing whatever holds back the open tasks of a case."""

    reference: str


@handles(RenewWhatRanOut, verb="complete_task")
def renew(command: RenewWhatRanOut, session: Session, now: datetime) -> Outcome:
    """Send a delivery back to the check on the day; beside any other contact ask the victim and assess again."""
    case = cases.lock(session, command.by, command.reference)
    if case.status == "closed":
        raise CaseClosed
    if case.status == "frozen":
        raise CaseFrozen
    held_back = _held_back(session, case, now)
    if not held_back:
        raise NothingToRenew
    move, moved, begun = Move(session, case, command.by, now), Moved(), []
    for run, tasks in held_back.items():
        moved_on = _renewed(session, move, run)
        if moved_on is not None:
            moved.add(moved_on)
            begun += tasks
    if not begun:
        raise RenewalRuns
    names = sorted({task.name for task in begun})
    answer = {"case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, [Entry("case:renewal:begun", {"for": names}), *moved.entries])


def _renewed(session: Session, move: Move, run: Run) -> Moved | None:
    """A run that can go back by itself does, as a delivery to the check on the day; any other contact is renewed.

    None where that runs already.
    """
    definition = versions.load(session, run.version_id).definition
    if DAY_HAS_PASSED in runner.look(definition, run.state).messages:
        return move.tell(DAY_HAS_PASSED, run.strand)
    if _renews(session, run.strand):
        return None
    return move.start(PATHWAY, _carried(session, run), about_id=run.about_id, beside=True)


def _held_back(session: Session, case: Case, now: datetime) -> dict[Run, list[Task]]:
    """The open tasks of a case that the gate does not let pass, by run."""
    where = Task.case_id == case.id, Task.closed_at.is_(None), Task.effect.is_not(None)
    joined = select(Task, Run).join(Run, Run.id == Task.run_id).where(*where).order_by(Task.opened_at)
    found: dict[Run, list[Task]] = {}
    for task, run in session.execute(joined):
        if gate.guarded(task.effect) and _can_be_renewed(session, run, task, now):
            found.setdefault(run, []).append(task)
    return found


def _can_be_renewed(session: Session, run: Run, task: Task, now: datetime) -> bool:
    """Whether something holds it back that asking and assessing again can mend; a hold is its lead's to end."""
    held = bool(holds.standing(session, run.strand))
    return not held and bool(gate.missing(session, run.strand, task.effect or "", now))


def _renews(session: Session, strand: Strand) -> bool:
    where = *strand.of(Run), Run.pathway == PATHWAY, Run.status == "running"
    return session.scalar(select(Run.id).where(*where).limit(1)) is not None


def _carried(session: Session, run: Run) -> dict[str, Any]:
    """The facts known so far, and at which stage the standing assessment was made."""
    variables: Mapping[str, Any] = run.variables
    standing = assessment.standing(session, run.strand)
    known = {name: value for name, value in variables.items() if name != INNER and not name.startswith(ASKED_ANEW)}
    return {**known, "renewal_stage": standing.stage if standing else "initial"}
