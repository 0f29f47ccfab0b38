"""Trial runs: a draft tried form by form in a world of its own, with a clock to wind on and steps to take back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.database import db, translated
from rj_engine.errors import Broken, Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import the_clock
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Outbox, Task, Timer
from rj_engine.workflows.studio import drafting, trial_begins, trial_world
from rj_engine.workflows.studio.trial_begins import START
from rj_engine.workflows.studio.trial_rows import TrialRun, TrialStep
from rj_engine.workflows.task import tasks
from rj_engine.workflows.task.tasks import CompleteTask, SecondPersonNeeded
from rj_engine.workflows.timed import timers
from rj_engine.workflows.timed.timers import FireTimer, TimerHeld

KEPT: Final = "trial_kept"
"""The clock that says how long a trial is kept."""
A_TASK_TAKES: Final = timedelta(minutes=10)
FURTHEST: Final = timedelta(days=366 * 3)
MOST_STEPS: Final = 400
Taken = tuple[dict[str, Any], Outcome]
"""What was done in a step, for the page, and what came of it."""


class TrialMoved(Refused):
    """This trial has gone on since that page was opened, perhaps in another window. Nothing was done twice."""

    code = "trial_moved"


class NothingDue(Refused):
    """No timer runs in this trial. It goes on when somebody finishes a task."""

    code = "nothing_due"


class TrialBroke(Refused):
    """The draft breaks here. In a real case this step would stop it and call a lead."""

    code = "trial_broke"


class TrialTooLong(Refused):
    """This trial has gone as far as a trial goes. Go back a step, or begin again."""

    code = "trial_too_long"


@dataclass(frozen=True, kw_only=True)
class BeginTrial(Command):
    """Try a draft as it now stands; `offered` is what its forms hold before anybody types."""

    draft_id: UUID
    offered: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TrialCommand(Command):
    """A command on one's own trial, as it stood after step `number`."""

    trial_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class AnswerInTrial(TrialCommand):
    """Answer one form: that of an open task, or the one with which the case begins (no task)."""

    task_id: UUID | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WindTrial(TrialCommand):
    """Wind the trial's clock on to the next timer; or by so many days, every timer on the way ringing at its hour."""

    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class StepBack(TrialCommand):
    """Take the last step back."""


@dataclass(frozen=True, kw_only=True)
class RestartTrial(TrialCommand):
    """Go back to the first form."""


@dataclass(frozen=True, kw_only=True)
class DropTrial(Command):
    """Throw a trial away now."""

    trial_id: UUID


@dataclass(frozen=True, kw_only=True)
class SweepTrials(Command):
    """Throw away what was kept long enough."""


def find(session: Session, by: Actor, trial_id: UUID, *, hold: bool = False) -> TrialRun:
    """One's own trial, or `NotFound`."""
    wanted = select(TrialRun).where(TrialRun.id == trial_id, TrialRun.staff_id == by.id)
    row = session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def of_draft(session: Session, by: Actor, draft_id: UUID) -> TrialRun | None:
    """The actor's last trial of a draft."""
    wanted = select(TrialRun).where(TrialRun.draft_id == draft_id, TrialRun.staff_id == by.id)
    return session.scalars(wanted.order_by(TrialRun.begun_at.desc()).limit(1)).one_or_none()


def steps(session: Session, trial: TrialRun) -> list[TrialStep]:
    """What was done so far, the first step first."""
    wanted = select(TrialStep).where(TrialStep.trial_id == trial.id).order_by(TrialStep.number)
    return list(session.scalars(wanted))


def newest(session: Session, trial: TrialRun) -> TrialStep:
    """How the trial stands."""
    wanted = select(TrialStep).where(TrialStep.trial_id == trial.id).order_by(TrialStep.number.desc())
    return session.scalars(wanted.limit(1)).one()


@contextmanager
def entered(session: Session, trial: TrialRun, step: TrialStep) -> Iterator[Session]:
    """The trial's world as that step left it, its clock running."""
    tried = trial_world.ready(trial.id, versions.unpacked(trial.bundle))
    with trial_world.opened(step.image, step.at) as world:
        trial_world.hold_versions(world, session, tried)
        yield world


@handles(BeginTrial, verb="try_pathway")
def begin(command: BeginTrial, session: Session, now: datetime) -> Outcome:
    """Furnish its world; refused with what keeps the draft from running. An earlier trial of the same draft goes."""
    by = command.by
    draft = drafting.find(session, by, command.draft_id)
    drafting.require_mended(session, draft)
    earlier = of_draft(session, by, draft.id)
    if earlier is not None:
        _throw_away(session, TrialRun.id == earlier.id)
    kept = bpmn.clocks()[KEPT]
    trial = TrialRun(
        service_id=draft.service_id,
        draft_id=draft.id,
        staff_id=by.id,
        pathway=draft.pathway,
        checksum=draft.checksum,
        bundle=draft.bundle,
        begun_at=now,
        kept_until=clock.due_at(now, versions.periods_of({KEPT: kept})[KEPT]),
        offered=dict(command.offered),
    )
    tried = trial_world.ready(trial.id, drafting.content(draft))
    with trial_world.opened(None, now) as world:
        trial_world.furnish(world, session, draft.service_id, tried, now)
        session.add(trial)
        session.flush()
        _store(session, trial, 0, world, {"did": {"begun": True}, "words": "The trial begins"})
    told = {"pathway": draft.pathway, "checksum": draft.checksum, "copied_from": command.offered.get("copied", "")}
    return Outcome({"trial": str(trial.id)}, entries=[Entry("pathway:draft:tried", told)])


def _store(session: Session, trial: TrialRun, number: int, world: Session, told: dict[str, Any]) -> None:
    image = trial_world.packed(world)
    session.add(TrialStep(trial_id=trial.id, number=number, at=clock.now(), image=image, told=told))


def _held(session: Session, command: TrialCommand) -> tuple[TrialRun, TrialStep]:
    trial = find(session, command.by, command.trial_id, hold=True)
    step = newest(session, trial)
    if step.number != command.number:
        raise TrialMoved
    if step.number >= MOST_STEPS:
        raise TrialTooLong
    return trial, step


def _moved(trial: TrialRun) -> Outcome:
    """Nothing for the record: a trial happens to nobody."""
    return Outcome({"trial": str(trial.id)})


@contextmanager
def _breaking_softly() -> Iterator[None]:
    """What would stop a real case is an answer here: it is what a trial is for."""
    try:
        yield
    except PathwayRefused:
        raise
    except Broken as broken:
        where = f" It stood at “{broken.context['element']}”." if broken.context.get("element") else ""
        raise TrialBroke(f"The draft breaks here: {broken.sentence}{where}") from broken


@handles(AnswerInTrial, verb="try_pathway")
def answer(command: AnswerInTrial, session: Session, now: datetime) -> Outcome:
    """Finish one form as the one it is for would; `InvalidAnswers` where it could not be taken, as in life."""
    del now
    return stepped(session, command, lambda world, trial: _answered(world, trial, command))


def stepped(session: Session, command: TrialCommand, take: Callable[[Session, TrialRun], Taken]) -> Outcome:
    """One step of a trial: `take` does it in the trial's world, and what came of it is kept beside it."""
    trial, step = _held(session, command)
    with entered(session, trial, step) as world, clock.at(step.at + A_TASK_TAKES), _breaking_softly():
        before = _counts(world)
        done, outcome = take(world, trial)
        _store(session, trial, step.number + 1, world, {**done, **_came_of_it(world, outcome, before)})
    return _moved(trial)


def _answered(world: Session, trial: TrialRun, command: AnswerInTrial) -> Taken:
    if trial_world.case_of(world) is None:
        who = trial_world.people(world)[0]
        outcome = trial_begins.begin(world, who, trial.pathway, command.answers, trial.offered, clock.now())
        form = trial_begins.form_of(trial.pathway, trial.offered)
        did = {"task": START, "who": "coordinator", "answers": dict(command.answers), "form": form.id}
        return {"did": did, "words": "The case begins"}, outcome
    task = world.get(Task, command.task_id) if command.task_id else None
    if task is None:
        raise NotFound
    who, outcome = _finished(world, task, command.answers)
    did = {"task": task.element, "who": min(who.roles), "answers": dict(command.answers), "form": task.form}
    return {"did": did, "words": task.name}, outcome


def _finished(world: Session, task: Task, answers: Mapping[str, Any]) -> tuple[Actor, Outcome]:
    """The first who may: whoever has it, else somebody of its lane; never the one whose step it checks."""
    refusal: Refused = NotFound()
    for who in hands(world, task):
        try:
            command = CompleteTask(command_id=uuid4(), by=who, task_id=task.id, answers=answers)
            return who, tasks.complete(command, world, clock.now())
        except SecondPersonNeeded as second:
            refusal = second
    raise refusal


def hands(world: Session, task: Task) -> list[Actor]:
    """Who may work this task, whoever has it first."""
    fitting = [one for one in trial_world.people(world) if task.lane in one.lanes]
    return sorted(fitting, key=lambda one: (one.id != task.assignee_id, "lead" in one.roles and task.lane != "lead"))


@handles(WindTrial, verb="try_pathway")
def wind(command: WindTrial, session: Session, now: datetime) -> Outcome:
    """Let time pass; `NothingDue` where no timer runs and no days are given."""
    del now
    trial, step = _held(session, command)
    if command.days is not None and not 0 < command.days <= FURTHEST.days:
        raise NothingDue(f"Wind by 1 to {FURTHEST.days} days.")
    with entered(session, trial, step) as world, _breaking_softly():
        before, outcome = _counts(world), Outcome({})
        until = step.at + timedelta(days=command.days) if command.days else _next_due(world)
        if until is None:
            raise NothingDue
        rang = list(_rung(world, max(until, step.at), outcome))
        with clock.at(max(until, step.at)):
            told = {"did": {"wound": [step.at.isoformat(), until.isoformat()]}, "words": ", ".join(rang)}
            _store(session, trial, step.number + 1, world, {**told, **_came_of_it(world, outcome, before)})
    return _moved(trial)


def _next_due(world: Session) -> datetime | None:
    found: datetime | None = world.scalar(select(func.min(Timer.due_at)))
    return found


def _rung(world: Session, until: datetime, outcome: Outcome) -> Iterator[str]:
    """Fire every timer up to `until`, each at its own hour; their names."""
    for _ in range(MOST_STEPS):
        timer = world.scalars(select(Timer).order_by(Timer.due_at, Timer.id).limit(1)).one_or_none()
        if timer is None or timer.due_at > until:
            return
        name, by = timer.name, the_clock(UUID(int=0), "fire")
        at = max(timer.due_at, clock.now())
        with clock.at(at):
            try:
                rang = timers.fire(FireTimer(command_id=uuid4(), by=by, timer_id=timer.id), world, at)
            except TimerHeld:
                return
        outcome.entries += rang.entries
        yield name
    raise TrialTooLong


def _counts(world: Session) -> set[UUID]:
    return set(world.scalars(select(Outbox.id)))


def _came_of_it(world: Session, outcome: Outcome, before: set[UUID]) -> dict[str, Any]:
    """What a step decided and what would have left, for the page."""
    world.flush()
    left = [row.payload for row in world.scalars(select(Outbox).order_by(Outbox.at)) if row.id not in before]
    decided = [dict(one.detail) for one in outcome.entries if one.tag == "case:decision:taken"]
    tags = [one.tag for one in outcome.entries]
    still_open = list(world.scalars(select(Task.element).where(Task.closed_at.is_(None)).order_by(Task.opened_at)))
    return {"decided": decided, "left": left, "tags": tags, "open": still_open}


@handles(StepBack, verb="try_pathway")
def step_back(command: StepBack, session: Session, now: datetime) -> Outcome:
    """Drop the last step; the first form stays."""
    del now
    trial = find(session, command.by, command.trial_id, hold=True)
    step = newest(session, trial)
    if step.number != command.number:
        raise TrialMoved
    if step.number > 0:
        session.delete(step)
    return _moved(trial)


@handles(RestartTrial, verb="try_pathway")
def restart(command: RestartTrial, session: Session, now: datetime) -> Outcome:
    """Drop every step but the first."""
    del now
    trial = find(session, command.by, command.trial_id, hold=True)
    session.execute(delete(TrialStep).where(TrialStep.trial_id == trial.id, TrialStep.number > 0))
    return _moved(trial)


@handles(DropTrial, verb="try_pathway")
def drop(command: DropTrial, session: Session, now: datetime) -> Outcome:
    """Nothing of it is left."""
    del now
    trial = find(session, command.by, command.trial_id, hold=True)
    draft_id = trial.draft_id
    _throw_away(session, TrialRun.id == trial.id)
    return Outcome({"draft": str(draft_id)})


@handles(SweepTrials, verb="sweep_trials")
def sweep(command: SweepTrials, session: Session, now: datetime) -> Outcome:
    """Throw away the service's trials whose day has come."""
    _throw_away(session, TrialRun.service_id == command.by.service_id, TrialRun.kept_until <= now)
    return Outcome({})


def _throw_away(session: Session, *which: Any) -> None:
    old = select(TrialRun.id).where(*which).scalar_subquery()
    session.execute(delete(TrialStep).where(TrialStep.trial_id.in_(old)))
    session.execute(delete(TrialRun).where(*which))


def sweep_due() -> int:
    """Have every service with an old trial throw it away; the count of services."""
    with translated():
        wanted = select(TrialRun.service_id).where(TrialRun.kept_until <= clock.now()).distinct()
        services = list(db.session.scalars(wanted))
    db.session.rollback()
    for service_id in services:
        dispatch(SweepTrials(command_id=uuid4(), by=the_clock(service_id, "sweep_trials")))
    return len(services)
