"""The commands on a task: claim, release, assign, save a draft, complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from rj_engine import clock, failpoints
from rj_engine.cases import reasons, records
from rj_engine.cases.case import Case, CaseFrozen, NotFound, Strand, among, sees_whole_service, visible, whose
from rj_engine.cases.records import Finished
from rj_engine.commands import Actor, Command, NotAllowed, Outcome, handles
from rj_engine.database import table
from rj_engine.errors import Refused
from rj_engine.forms import Form, validate
from rj_engine.ledger import Entry
from rj_engine.people import substitutes
from rj_engine.people.staff import Staff, actor_of
from rj_engine.risk import gate
from rj_engine.workflows import followed, qualified
from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.runner import Step
from rj_engine.workflows.keepers import GATE_READS
from rj_engine.workflows.moves import Move, told
from rj_engine.workflows.post import notices
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.qualified import Needed, Work
from rj_engine.workflows.rows import Answers, Draft, Run, Task
from rj_engine.workflows.task import written


class TaskGone(Refused):
    """Somebody finished this task first."""

    code = "task_gone"

    def __init__(self, who: str | None, when: datetime) -> None:
        """`who` finished it and `when`; nobody did where the case moved on without it."""
        at = when.astimezone(clock.LONDON)
        what = f"{who} finished this task" if who else "The case moved on and closed this task"
        super().__init__(f"{what} on {at.day} {at:%B %Y at %H:%M}. What you typed was kept.")
        self.who, self.when = who, when


class TaskTaken(Refused):
    """A colleague has this task."""

    code = "task_taken"


class NotYourLane(NotAllowed):
    """This task is for another role."""

    code = "not_your_lane"


class SecondPersonNeeded(Refused):
    """A second person has to do this: you did the step that it checks."""

    code = "second_person_needed"


@dataclass(frozen=True, kw_only=True)
class TaskCommand(Command):
    """A command on one task."""

    task_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClaimTask(TaskCommand):
    """Take an unclaimed task."""


@dataclass(frozen=True, kw_only=True)
class ReleaseTask(TaskCommand):
    """Give a task back to the team."""


@dataclass(frozen=True, kw_only=True)
class AssignTask(TaskCommand):
    """Give a task to a colleague of its team."""

    to: UUID


@dataclass(frozen=True, kw_only=True)
class SaveDraft(TaskCommand):
    """Keep what was typed so far; nothing is checked."""

    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CompleteTask(TaskCommand):
    """Finish a task with its answers."""

    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Locked:
    """A task with its case and run, the case's row held until the command ends."""

    task: Task
    case: Case
    run: Run
    draft_id: UUID | None
    """The actor's own draft of the task, if there is one."""


def lock(session: Session, by: Actor, task_id: UUID) -> Locked:
    """The task, its case held; the same `NotFound` for an unknown one and another team's."""
    known = {"task": task_id, "actor": by.id, **whose(by)}
    row = session.execute(_HELD[sees_whole_service(by)], known).one_or_none()
    if row is None:
        raise NotFound
    return Locked(*row)


def _held(*, whole_service: bool) -> Select[Task, Case, Run, UUID]:
    joined = select(Task, Case, Run, Draft.id).join(Case, Case.id == Task.case_id).join(Run, Run.id == Task.run_id)
    mine = Draft.staff_id == bindparam("actor", type_=Uuid())
    drafted = joined.outerjoin(Draft, and_(Draft.task_id == Task.id, mine))
    found = drafted.where(Task.id == bindparam("task"), among(whole_service=whole_service))
    # All three are named: a row that is only joined would be read as it stood before this command had its turn.
    return found.with_for_update(of=(Case, Task, Run)).execution_options(populate_existing=True)


_HELD = {whole: _held(whole_service=whole) for whole in (False, True)}


def require_open(task: Task) -> None:
    """Refuse a closed task, telling who closed it and when."""
    if task.closed_at is not None:
        raise TaskGone(task.closed_name, task.closed_at)


def require_lane(by: Actor, task: Task) -> None:
    """Refuse a task of a lane these roles may not work."""
    if task.lane not in by.lanes:
        raise NotYourLane(lane=task.lane)


def require_second_person(session: Session, by: Actor, task: Task, checked: str | None) -> None:
    """Refuse whoever did the last of the steps named in `checked`, of the same called part; no name, no refusal."""
    if checked is None:
        return
    part = task.element.rpartition("/")[0]
    steps = [f"{part}/{step}" for step in checked.split()]
    done = Task.run_id == task.run_id, Task.element.in_(steps), Task.how_closed == "done"
    if session.scalar(select(Task.closed_by).where(*done).order_by(Task.closed_at.desc()).limit(1)) == by.id:
        raise SecondPersonNeeded


@handles(ClaimTask, verb="claim_task")
def claim(command: ClaimTask, session: Session, now: datetime) -> Outcome:
    """The first to claim has it, if they are trained for it; claiming one's own again changes nothing."""
    locked = lock(session, command.by, command.task_id)
    task = locked.task
    require_open(task)
    require_lane(command.by, task)
    if task.assignee_id not in {None, command.by.id}:
        raise TaskTaken
    qualified.require(session, command.by.id, work_of(session, locked), now)
    task.assignee_id = command.by.id
    return Outcome({"task": str(task.id)}, locked.case.id, [Entry("case:task:claimed", {"task": task.name})])


@handles(ReleaseTask, verb="release_task")
def release(command: ReleaseTask, session: Session, now: datetime) -> Outcome:
    """Give it back; a lead may give back anybody's."""
    del now
    locked = lock(session, command.by, command.task_id)
    task = locked.task
    require_open(task)
    if task.assignee_id != command.by.id:
        command.by.require("assign_task")
    task.assignee_id = None
    return Outcome({"task": str(task.id)}, locked.case.id, [Entry("case:task:released", {"task": task.name})])


@handles(AssignTask, verb="assign_task")
def assign(command: AssignTask, session: Session, now: datetime) -> Outcome:
    """Give it to a colleague of the case's team whose roles allow its lane and who is trained for it."""
    locked = lock(session, command.by, command.task_id)
    task = locked.task
    require_open(task)
    where = (Staff.id == command.to, Staff.team_id == task.team_id, Staff.active)
    colleague = session.scalars(select(Staff).where(*where)).one_or_none()
    if colleague is None:
        raise NotFound
    require_lane(actor_of(colleague), task)
    qualified.require(session, colleague.id, work_of(session, locked), now, colleague.name)
    task.assignee_id = colleague.id
    notices.give(session, colleague.id, task, now)
    told_of = {"task": task.name, "to": colleague.name}
    return Outcome({"task": str(task.id)}, locked.case.id, [Entry("case:task:assigned", told_of)])


@handles(SaveDraft, verb="save_draft")
def save_draft(command: SaveDraft, session: Session, now: datetime) -> Outcome:
    """Keep the draft, also of a task that somebody else has finished meanwhile."""
    joined = select(Task.id).join(Case, Case.id == Task.case_id).where(Task.id == command.task_id, visible(command.by))
    if command.by.id is None or session.scalar(joined) is None:
        raise NotFound
    keep_draft(session, command.task_id, command.by.id, command.values, now)
    return Outcome({"saved_at": clock.rfc3339(now)})


def keep_draft(session: Session, task_id: UUID, staff_id: UUID, values: Mapping[str, Any], now: datetime) -> None:
    """Write one person's draft of one task."""
    where = Draft.task_id == task_id, Draft.staff_id == staff_id
    draft = session.scalars(select(Draft).where(*where)).one_or_none()
    if draft is None:
        session.add(Draft(task_id=task_id, staff_id=staff_id, saved_at=now, values=dict(values)))
    else:
        draft.values, draft.saved_at = dict(values), now


@handles(CompleteTask, verb="complete_task")
def complete(command: CompleteTask, session: Session, now: datetime) -> Outcome:
    """Finish one task with its answers and move the case as far as it can go by itself.

    The first caller wins; anyone later gets `TaskGone`. Nothing is sent from here: letters become outbox rows that
    leave only if this transaction commits. Before an effect that reaches across, `risk.gate` is asked again.
    """
    locked = lock(session, command.by, command.task_id)
    return finish(session, command.by, locked, command.answers, now)


def finish(session: Session, by: Actor, locked: Locked, raw: Mapping[str, Any], now: datetime) -> Outcome:
    """Complete a locked task in the name of `by`."""
    task, case, run = locked.task, locked.case, locked.run
    require_open(task)
    if case.status == "frozen":
        raise CaseFrozen
    require_lane(by, task)
    published = versions.load(session, run.version_id)
    element = published.definition.elements[task.element]
    require_second_person(session, by, task, element.properties.get("two_person"))
    inner = run.inner(task.key)
    answers = _checked(session, locked, published, raw, now)
    needed = _require_training(session, by, work_of(session, locked, answers), now)
    gate.check(session, run.strand, task.effect, now)
    failpoints.reach("gated")
    _claim_completion(session, by, task, now)
    failpoints.reach("claimed")
    state = run.state
    failpoints.reach("loaded")
    values = routing_values(published, task.form, answers)
    step = runner.complete(published.definition, state, task.key, values, published.surroundings(now))
    failpoints.reach("stepped")
    entries = [Entry("case:task:completed", {"task": task.name, "element": task.element, "task_id": str(task.id)})]
    entries += _on_behalf(session, by, task, now)
    session.add(Answers(case_id=case.id, task_id=task.id, staff_id=by.id, at=now, values=answers))
    if locked.draft_id is not None:
        session.execute(delete(Draft).where(Draft.id == locked.draft_id))
    seen = {**step.variables, **inner}
    finished = _finished(session, case, run, by, now, task, answers, seen, step, published, needed)
    entries += records.keep(finished)
    session.flush()
    move = Move(session, case, by, now)
    # Before the run goes on: a run that ends here must not close the case over what has just begun beside it.
    beside = followed.begin(move, run.strand, entries)
    moved = move.apply(run, published, step, done=task)
    moved.add(beside)
    if element.properties.get("record") in GATE_READS:
        move.ask_gate_again()
    return Outcome({"case": case.reference, "next_tasks": told(moved.opened)}, case.id, entries + moved.entries)


def _checked(
    session: Session, locked: Locked, published: Published, raw: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The answers as they can be kept; a reason to close steers the case, so it is one that this very form offers."""
    form, run = published.forms[locked.task.form], locked.run
    answers = validate(form, raw, run.seen_by(locked.task.key))
    drawn, reason = _drawn_reasons(form), answers.get(reasons.ASKED_FOR)
    if drawn and reason is not None:
        known = reasons.known(session, locked.case.service_id, now)
        reasons.chosen(known, str(reason), run.pathway, drawn)
    return answers


def _drawn_reasons(form: Form) -> dict[str, str]:
    """The reasons to close that a form draws, with their words."""
    question = form.fields.get(reasons.ASKED_FOR)
    drawn = question.options if question is not None and question.chooses else ()
    return {option.value: option.label for option in drawn}


def _on_behalf(session: Session, by: Actor, task: Task, now: datetime) -> list[Entry]:
    """For whom a substitute does the task; nothing where it is one's own, or nobody's."""
    if task.assignee_id in {None, by.id}:
        return []
    away = substitutes.stands_in_for(session, by.id, now.astimezone(clock.LONDON).date())
    told = away.get(task.assignee_id) if task.assignee_id else None
    return [Entry("case:task:done_on_behalf", {"task": task.name, "whom": told})] if told else []


def work_of(session: Session, locked: Locked, answers: Mapping[str, Any] | None = None) -> Work:
    """The task as those who look at training see it."""
    published = versions.load(session, locked.run.version_id)
    element = published.definition.elements[locked.task.element]
    return Work(locked.run, locked.case, published, element, locked.task.key, answers or {})


def _require_training(session: Session, by: Actor, work: Work, now: datetime) -> Needed:
    """Refuse whoever is not trained for what these answers tell, and an exchange that needs two held by one."""
    needed = qualified.require(session, by.id, work, now)
    qualified.require_second(session, by.id, work, needed, now)
    qualified.require_for_case(session, work, now)
    return needed


def routing_values(published: Published, form: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What steers the run: every answer it reads; one not given clears what an earlier turn left behind.

    A question may say what it stands for while nobody asks it (`unasked`), such as a check made on one day only.
    """
    fields = published.forms[form].fields
    return {
        name: answers.get(name, field.properties.get("unasked", field.empty))
        for name, field in fields.items()
        if name in published.definition.reads
    }


def _claim_completion(session: Session, by: Actor, task: Task, now: datetime) -> None:
    """One winner: the row closes once, whatever anybody read before."""
    values = {"closed_at": now, "closed_by": by.id, "closed_name": by.name, "how_closed": "done"}
    if session.connection().execute(_CLOSE_ONCE, {"task": task.id, **values}).one_or_none() is None:
        raise TaskGone("A colleague", now)


_CLOSE_ONCE = (
    update(table(Task))
    .where(table(Task).c.id == bindparam("task"), table(Task).c.closed_at.is_(None))
    .returning(table(Task).c.id)
)


def _finished(
    session: Session,
    case: Case,
    run: Run,
    by: Actor,
    now: datetime,
    task: Task,
    answers: Mapping[str, Any],
    seen: Mapping[str, Any],
    step: Step,
    published: Published,
    needed: Needed,
) -> Finished:
    element = published.definition.elements[task.element]
    return Finished(
        session=session,
        case=case,
        strand=run.strand,
        run_id=run.id,
        by=by,
        now=now,
        task_id=task.id,
        name=task.name,
        properties=element.properties,
        answers=answers,
        variables=seen,
        decided=[{"decision": decided.decision, "value": decided.value} for decided in step.decided],
        periods=published.periods,
        effects_done=lambda: _effects_done(session, run.strand),
        level=needed.had,
        needed_level=needed.level,
        pathway=run.pathway,
        letter_sent=lambda kind: written.sent_to(session, published.letters, task.id, kind),
        drawn=_drawn_reasons(published.forms[task.form]),
    )


def _effects_done(session: Session, strand: Strand) -> frozenset[str]:
    done = *strand.of(Run), Task.how_closed == "done", Task.effect.is_not(None)
    effects = select(Task.effect).join(Run, Run.id == Task.run_id).where(*done).distinct()
    return frozenset(effect for effect in session.scalars(effects) if effect)
