"""What stands on the desk for one task: its form, draft, guidance, and what has been said so far; reading only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, or_, select, tuple_
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, NotFound, Party, visible
from rj_engine.commands import Actor
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.people import staff
from rj_engine.risk import gate
from rj_engine.workflows import qualified
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.finished_in import FinishedIn, version_of
from rj_engine.workflows.qualified import Work
from rj_engine.workflows.rows import Answers, Draft, Passage, RaisedEvent, Run, Task, Timer
from rj_engine.workflows.task import amending
from rj_engine.workflows.task.amending import Amendment


@dataclass(frozen=True, slots=True)
class Desk:
    """One task, ready to be worked."""

    task: Task
    case: Case
    form: Form
    element: Element
    variables: Mapping[str, Any]
    draft: Mapping[str, Any] | None
    draft_saved_at: datetime | None
    assignee: str | None
    blocked: list[str]
    """What the gate misses at this moment."""
    untrained: str
    """Why this person's training does not allow the task; empty where it does."""
    may_work: bool
    mine: bool
    about: Party | None
    """The victim the task's run is about."""
    one_of_several: bool
    """Whether the case has other victims besides."""
    reaches: Sequence[Party]
    """Who the task is about: whose safe contact has to be seen before it."""


@dataclass(frozen=True, slots=True)
class Said:
    """The answers of one finished task of the case."""

    task: str
    who: str | None
    at: datetime
    form: Form
    values: Mapping[str, Any]
    """As they stand after every change."""
    task_id: UUID | None = None
    changes: Sequence[Amendment] = ()
    """Why, by whom and from what they were changed afterwards, the oldest first."""


@dataclass(frozen=True, slots=True)
class WhereItStands:
    """One run of a case on its diagram."""

    pathway: str
    number: int
    status: str
    about_id: UUID | None
    """The victim it is about."""
    diagrams: Mapping[str, str]
    open: list[str]
    """`process/element` of open tasks."""
    passed: list[str]


@dataclass(frozen=True, slots=True)
class Clock:
    """A day that a run waits for."""

    name: str
    since: datetime
    until: datetime
    about_id: UUID | None
    """The victim its run is about."""


def desk(session: Session, by: Actor, task_id: UUID, now: datetime) -> Desk:
    """The task with all its page needs; the same `NotFound` for an unknown one and another team's."""
    joined = select(Task, Case, Run).join(Case, Case.id == Task.case_id).join(Run, Run.id == Task.run_id)
    row = session.execute(joined.where(Task.id == task_id, visible(by))).one_or_none()
    if row is None:
        raise NotFound
    task, case, run = row
    published = version_of(session, run, task)
    element = published.definition.elements[task.element]
    about = session.get(Party, run.about_id) if run.about_id else None
    where = Draft.task_id == task.id, Draft.staff_id == by.id
    draft = session.scalars(select(Draft).where(*where)).one_or_none()
    names = staff.names(session, {task.assignee_id}) if task.assignee_id else {}
    return Desk(
        task=task,
        case=case,
        form=published.forms[task.form],
        element=element,
        variables=run.seen_by(task.key),
        draft=draft.values if draft else None,
        draft_saved_at=draft.saved_at if draft else None,
        assignee=names.get(task.assignee_id) if task.assignee_id else None,
        blocked=gate.missing(session, run.strand, task.effect or "", now) if task.closed_at is None else [],
        untrained=_untrained(session, by, Work(run, case, published, element, task.key, {}), now),
        may_work=task.lane in by.lanes,
        mine=task.assignee_id == by.id,
        about=about,
        one_of_several=about is not None and len(cases.of_role(session, case.id, about.role)) > 1,
        reaches=_reached(session, case, about, element.properties.get("party", "")),
    )


def _untrained(session: Session, by: Actor, work: Work, now: datetime) -> str:
    return qualified.held_back(session, by.id, work, now) if work.element.lane in by.lanes else ""


def _reached(session: Session, case: Case, about: Party | None, party: str) -> Sequence[Party]:
    known = bpmn.parties().get(party)
    if known is None:
        return []
    return [about] if about is not None and known.get("strand") else cases.of_role(session, case.id, *known["roles"])


def said_so_far(session: Session, case: Case, about_id: UUID | None = None) -> list[Said]:
    """Everything answered in the case so far, newest first; about one victim, nothing that another has said."""
    joined = select(Answers, Task, Run).join(Task, Task.id == Answers.task_id).join(Run, Run.id == Task.run_id)
    where = [Answers.case_id == case.id]
    if about_id is not None:
        where.append(or_(Run.about_id.is_(None), Run.about_id == about_id))
    rows = list(session.execute(joined.where(*where).order_by(Answers.at.desc())))
    return _told(session, rows)


def said_at(session: Session, by: Actor, task_id: UUID) -> Said:
    """The answers of one finished task; `NotFound` where it is another team's, `NotFinished` where it is open."""
    joined = select(Answers, Task, Run).join(Task, Task.id == Answers.task_id).join(Run, Run.id == Task.run_id)
    mine = joined.join(Case, Case.id == Answers.case_id).where(Task.id == task_id, visible(by))
    rows = list(session.execute(mine))
    if rows:
        return _told(session, rows)[0]
    here = select(Task.id).join(Case, Case.id == Task.case_id).where(Task.id == task_id, visible(by))
    raise NotFound if session.scalar(here) is None else amending.NotFinished


def _told(session: Session, rows: Sequence[Any]) -> list[Said]:
    names = staff.names(session, {row.Answers.staff_id for row in rows if row.Answers.staff_id})
    changes = amending.history(session, {row.Task.id for row in rows})
    finished = FinishedIn(session, {row.Run.id for row in rows})
    return [
        Said(
            task=task.name,
            who=names.get(answers.staff_id) if answers.staff_id else None,
            at=answers.at,
            form=finished.of(run, task).forms[task.form],
            values=amending.amended(answers.values, changes.get(task.id, ())),
            task_id=task.id,
            changes=changes.get(task.id, ()),
        )
        for answers, task, run in rows
    ]


def next_of_mine(session: Session, by: Actor, task_id: UUID) -> UUID | None:
    """The task of mine that is due after this one; past the last the first again, and none but this is none."""
    here = session.get_one(Task, task_id)
    mine = select(Task.id, Task.due_at).where(Task.assignee_id == by.id, Task.closed_at.is_(None), Task.id != task_id)
    first = mine.order_by(Task.due_at, Task.id).limit(1)
    later = first.where(tuple_(Task.due_at, Task.id) > tuple_(literal(here.due_at, Task.due_at.type), here.id))
    found: UUID | None = session.scalar(later) or session.scalar(first)
    return found


def told_beside(session: Session, case: Case, about_id: UUID | None = None) -> list[Said]:
    """What was told beside the steps, newest first; about one victim, nothing that is about another."""
    where = [RaisedEvent.case_id == case.id]
    if about_id is not None:
        where.append(or_(RaisedEvent.about_id.is_(None), RaisedEvent.about_id == about_id))
    rows = list(session.scalars(select(RaisedEvent).where(*where).order_by(RaisedEvent.raised_at.desc())))
    names = staff.names(session, {row.raised_by for row in rows if row.raised_by})
    known = bpmn.events()
    return [
        Said(
            task=known[row.event]["label"],
            who=names.get(row.raised_by) if row.raised_by else None,
            at=row.raised_at,
            form=parse_form(bpmn.forms()[known[row.event]["form"]]),
            values=row.answers,
        )
        for row in rows
        if row.event in known
    ]


def where_it_stands(session: Session, case: Case) -> list[WhereItStands]:
    """Each run of the case, the newest first, with what is open and what was passed."""
    found = []
    for run in session.scalars(select(Run).where(Run.case_id == case.id).order_by(Run.started_at.desc())):
        published = versions.load(session, run.version_id)
        open_now = select(Task.element).where(Task.run_id == run.id, Task.closed_at.is_(None))
        passed = select(Passage.element).where(Passage.run_id == run.id).order_by(Passage.number)
        found.append(
            WhereItStands(
                pathway=run.pathway,
                number=published.number,
                status=run.status,
                about_id=run.about_id,
                diagrams=published.diagrams,
                open=list(session.scalars(open_now)),
                passed=list(session.scalars(passed)),
            )
        )
    return found


def about_whom(session: Session, case: Case) -> dict[UUID, UUID | None]:
    """Run to the victim it is about."""
    rows = session.execute(select(Run.id, Run.about_id).where(Run.case_id == case.id))
    return {row.id: row.about_id for row in rows}


def open_tasks(session: Session, case: Case) -> list[Task]:
    """The open tasks of a case, due first."""
    where = Task.case_id == case.id, Task.closed_at.is_(None)
    return list(session.scalars(select(Task).where(*where).order_by(Task.due_at)))


def clocks(session: Session, case: Case) -> list[Clock]:
    """The days that the runs of a case wait for, soonest first."""
    columns = Timer.name, Run.started_at, Timer.due_at, Run.about_id
    wanted = select(*columns).join(Run, Run.id == Timer.run_id).where(Timer.case_id == case.id)
    rows = session.execute(wanted.order_by(Timer.due_at))
    return [Clock(row.name, row.started_at, row.due_at, row.about_id) for row in rows]
