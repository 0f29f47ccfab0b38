"""Repairs by a lead, with a reason: a step entered again, a wait ended, a task skipped. None gets past the gate.

Whatever a repair opens that would put people in contact is asked of `risk.gate` at once: where it says no, the repair
is refused and nothing has moved. Finishing such a task asks again, as always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases import conflicts
from rj_engine.cases.case import Case
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Broken, Refused
from rj_engine.ledger import Entry
from rj_engine.risk.requirements import REACH_SOMEBODY, REQUIREMENTS
from rj_engine.workflows.engine import lint, reentry, runner
from rj_engine.workflows.engine.step import Step
from rj_engine.workflows.keepers import GATE_READS
from rj_engine.workflows.moves import Move, Moved, told
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Incident, Passage, Run, Task, Timer
from rj_engine.workflows.task import tasks

LONGEST_REASON: Final = 500
SIGNED: Final = frozenset({"assess_risk", "capture_consent", "panel_decision", "reconfirm_consent", "sign_risk"})
ACTS_ON: Final = frozenset({"safeguarding", "withdraw"})
OF_SAFETY: Final = GATE_READS | {"safeguarding_action", "agreement", "closure", "people", "allocation", "handover"}
"""Records without which a case does not know who it is about, or whether anybody is safe."""


class ReasonNeeded(Refused):
    """Say why, in up to 500 characters: it stays in the record of the case."""

    code = "reason_needed"


class NoLongerOpen(Refused):
    """What you wanted to repair is no longer open. Look at the case as it stands now."""

    code = "no_longer_open"


class NotSkipped(Refused):
    """This task cannot be skipped."""

    code = "not_skipped"


class NotEnded(Refused):
    """This wait cannot be ended early."""

    code = "not_ended"


class GateSaysNo(Refused):
    """The gate says no to what this repair would open. Nothing has moved."""

    code = "gate_says_no"


class RepairBreaks(Refused):
    """The pathway cannot go on from there. Nothing has moved."""

    code = "repair_breaks"


@dataclass(frozen=True, kw_only=True)
class Repair(Command):
    """A repair of one case; `reason` stays in its record."""

    reference: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReenterElement(Repair):
    """Put a run back at a step it has passed (`element`, `process/id`), in the place of the task or wait `leaving`."""

    run_id: UUID
    leaving: str
    element: str


@dataclass(frozen=True, kw_only=True)
class EndWait(Repair):
    """Let a timer ring now."""

    timer_id: UUID


@dataclass(frozen=True, kw_only=True)
class SkipTask(Repair):
    """Go on without a task whose answers nothing later reads."""

    task_id: UUID


@handles(ReenterElement, verb="reenter_element")
def reenter(command: ReenterElement, session: Session, now: datetime) -> Outcome:
    """Only back: the step must stand in what the run has passed."""
    case, run = held(session, command, command.run_id)
    if command.element not in _passed(session, run):
        raise reentry.CannotReenter
    published = versions.load(session, run.version_id)
    around = published.surroundings(now)
    step = stepped(lambda: reentry.reenter(published.definition, run.state, command.leaving, command.element, around))
    entry = {"step": published.definition.elements[command.element].name, "reason": command.reason.strip()}
    return settled(Move(session, case, command.by, now), run, published, step, Entry("case:repair:reentered", entry))


@handles(EndWait, verb="end_wait")
def end_wait(command: EndWait, session: Session, now: datetime) -> Outcome:
    """Refused where the wait is one of safety."""
    timer = session.get(Timer, command.timer_id)
    case, run = held(session, command, timer.run_id if timer else None)
    assert timer is not None  # noqa: S101 - `held` found its run
    published = versions.load(session, run.version_id)
    if words := kept_waiting(published, timer.element):
        raise NotEnded(f"This wait keeps people safe ({words}). It cannot be ended early.")
    step = stepped(lambda: runner.ring(published.definition, run.state, timer.key, published.surroundings(now)))
    entry = {"name": timer.name or timer.element, "reason": command.reason.strip()}
    return settled(Move(session, case, command.by, now), run, published, step, Entry("case:repair:wait_ended", entry))


@handles(SkipTask, verb="skip_task")
def skip(command: SkipTask, session: Session, now: datetime) -> Outcome:
    """Close it unanswered; refused where consent, risk, contact or the way of the case hangs on it."""
    task = session.get(Task, command.task_id)
    case, run = held(session, command, task.run_id if task else None)
    assert task is not None  # noqa: S101 - `held` found its run
    session.refresh(task)
    tasks.require_open(task)
    published = versions.load(session, run.version_id)
    if why := not_skipped(published, task):
        raise NotSkipped(why)
    task.closed_at, task.closed_by, task.closed_name, task.how_closed = now, command.by.id, command.by.name, "skipped"
    values = tasks.routing_values(published, task.form, {})
    around = published.surroundings(now)
    step = stepped(lambda: runner.complete(published.definition, run.state, task.key, values, around))
    session.flush()
    entry = Entry("case:repair:task_skipped", {"task": task.name, "reason": command.reason.strip()})
    return settled(Move(session, case, command.by, now), run, published, step, entry, done=task)


def not_skipped(published: Published, task: Task) -> str:
    """Why a task may not be skipped, in plain words; empty where it may."""
    element = published.definition.elements[task.element]
    effect, record = element.properties.get("effect", ""), element.properties.get("record", "")
    if effect in SIGNED or record in {"consent", "risk_assessment", "sign_off"}:
        return "Consent, risk and sign-off cannot be skipped: nobody else may say it for them."
    if effect in ACTS_ON or record in OF_SAFETY:
        return "Whether somebody is safe, who takes part, or how the case ends is recorded here. It cannot be skipped."
    if effect in REQUIREMENTS:
        return "This is the contact itself. Where it is not to be, finish the task and say so, or go a step back."
    form = published.forms.get(task.form)
    if form is not None and not published.definition.reads.isdisjoint(form.fields):
        return "Its answers decide which way the case goes. Finish it, or go a step back."
    return ""


def kept_waiting(published: Published, element: str) -> str:
    """The words of the safety clock that a wait stands on; empty where it stands on none."""
    process, _, name = element.partition("/")
    diagrams = lint.read_sources(dict(published.definition.sources))[0]
    nodes = (node for diagram in diagrams if diagram.process == process for node in diagram.nodes.values())
    clocks = {(event.text or "").strip('"') for node in nodes if node.id == name for event in node.events}
    known = (bpmn.clocks()[clock] for clock in clocks & bpmn.clocks().keys())
    return next((str(one["label"]).lower() for one in known if one["safety_bearing"]), "")


def held(session: Session, command: Repair, run_id: UUID | None) -> tuple[Case, Run]:
    """The case and its running run, both held; nobody repairs a case they are too close to."""
    case = cases.lock(session, command.by, command.reference)
    if not 0 < len(command.reason.strip()) <= LONGEST_REASON:
        raise ReasonNeeded
    conflicts.require(session, command.by.id, case.id)
    where = Run.id == run_id, Run.case_id == case.id, Run.status == "running"
    locked = select(Run).where(*where).with_for_update().execution_options(populate_existing=True)
    run = session.scalars(locked).one_or_none()
    if run is None or case.status == "closed":
        raise NoLongerOpen
    return case, run


def _passed(session: Session, run: Run) -> set[str]:
    return set(session.scalars(select(Passage.element).where(Passage.run_id == run.id)))


def stepped(move: Callable[[], Step]) -> Step:
    """A repair that breaks has not moved anything: its lead chooses another."""
    try:
        return move()
    except Broken as broken:
        raise RepairBreaks(f"The pathway cannot go on from there: {broken.sentence} Nothing has moved.") from broken


def settled(move: Move, run: Run, published: Published, step: Step, entry: Entry, done: Task | None = None) -> Outcome:
    """Store it, ask the gate for what it opened, and let the case go on where nothing else holds it up."""
    moved = move.apply(run, published, step, done)
    move.session.flush()
    _ask_gate(moved)
    freed = _freed(move)
    answer = {"case": move.case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, move.case.id, [entry, *moved.entries, *freed])


def _ask_gate(moved: Moved) -> None:
    """No repair leads to contact that could not happen now."""
    guarded = REQUIREMENTS.keys() | REACH_SOMEBODY
    for row in moved.opened:
        if row["effect"] in guarded and row["blocked"]:
            words = "; ".join(row["blocked"])
            raise GateSaysNo(f"This would lead to “{row['name']}”, and the gate says no: {words}. Nothing has moved.")


def _freed(move: Move) -> Iterable[Entry]:
    """Close incidents whose own step is no longer there to be tried again; the case goes on if none is left."""
    session, case = move.session, move.case
    where = Incident.case_id == case.id, Incident.closed_at.is_(None)
    waiting = list(session.scalars(select(Incident).where(*where)))
    gone = [one for one in waiting if _is_moot(session, one.command)]
    for one in gone:
        session.execute(update(Incident).where(Incident.id == one.id).values(closed_at=move.now, closed_by=move.by.id))
    if case.status == "frozen" and len(gone) == len(waiting):
        case.status = "open"
    return [Entry("case:incident:repaired", {"incident": str(one.id)}) for one in gone]


def _is_moot(session: Session, stored: dict[str, Any]) -> bool:
    """Whether what broke is gone: a task that is closed, a timer that has rung. A withdrawal or event never is."""
    if stored.get("kind") == "complete":
        task = session.get(Task, UUID(stored["task"]), populate_existing=True)
        return task is None or task.closed_at is not None
    if stored.get("kind") == "fire":
        return session.get(Timer, UUID(stored["timer"]), populate_existing=True) is None
    return False
