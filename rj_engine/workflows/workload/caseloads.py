"""A whole caseload changes hands: every case of one facilitator, and every task they have, one command each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, CaseFrozen, NotFound
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff, actor_of
from rj_engine.workflows import qualified
from rj_engine.workflows.published import versions
from rj_engine.workflows.qualified import Work
from rj_engine.workflows.rows import Run, Task

LANE: Final = "facilitator"
LONGEST: Final = 500


class ReasonNeeded(Refused):
    """Say why the caseload changes hands, in at most 500 letters."""

    code = "reason_needed"


class NotTheirs(Refused):
    """This case has another facilitator by now."""

    code = "not_theirs"


class CannotTakeIt(Refused):
    """This colleague cannot take the case."""

    code = "cannot_take_it"


@dataclass(frozen=True, kw_only=True)
class HandOverCase(Command):
    """Give a case of one facilitator to another, with the open tasks that wait for the first."""

    reference: str
    before: UUID
    to: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Caseload:
    """What one member of staff has: references of cases they lead, and their open tasks in other cases."""

    cases: list[str]
    tasks: list[tuple[UUID, str]]
    """Id, and name with case."""


@handles(HandOverCase, verb="hand_over_caseload")
def hand_over(command: HandOverCase, session: Session, now: datetime) -> Outcome:
    """Refuses a colleague of another team, one not trained for such a case, and one with a conflict of interest.

    A task of the case that the new facilitator may not do goes back to the team, so that it waits for nobody who left.
    """
    reason = command.reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise ReasonNeeded
    case = cases.lock(session, command.by, command.reference)
    if case.status == "frozen":
        raise CaseFrozen
    if case.facilitator_id != command.before:
        raise NotTheirs
    colleague = _colleague(session, case, command.to)
    if told := _held_from(session, colleague, case, now):
        raise CannotTakeIt(told)
    case.facilitator_id = colleague.id
    given, returned = _move_tasks(session, case, command.before, colleague, now)
    told_of = {"facilitator": colleague.name, "why": reason, "tasks": given, "returned": returned}
    return Outcome({"given": given, "returned": returned}, case.id, [Entry("case:handed_over", told_of)])


def _colleague(session: Session, case: Case, to: UUID) -> Staff:
    where = Staff.id == to, Staff.team_id == case.team_id, Staff.active
    found = session.scalars(select(Staff).where(*where)).one_or_none()
    if found is None or LANE not in actor_of(found).lanes:
        raise CannotTakeIt("Choose a colleague of the case's own team who works as a facilitator.")
    if found.id == case.facilitator_id:
        raise CannotTakeIt("This colleague has the case already.")
    return found


def _held_from(session: Session, person: Staff, case: Case, now: datetime) -> str:
    """Why they may not lead it: asked of every run that goes on, since each may know something else."""
    running = select(Run).where(Run.case_id == case.id, Run.status == "running").order_by(Run.started_at)
    for run in session.scalars(running):
        published = versions.load(session, run.version_id)
        open_now = select(Task).where(Task.run_id == run.id, Task.closed_at.is_(None)).order_by(Task.opened_at).limit(1)
        task = session.scalars(open_now).one_or_none()
        elements = published.definition.elements
        element = elements[task.element] if task else next(iter(elements.values()))
        work = Work(run, case, published, element, task.key if task else "", {})
        if told := qualified.held_from_case(session, person, work, now):
            return told
    return ""


def _move_tasks(session: Session, case: Case, before: UUID, to: Staff, now: datetime) -> tuple[int, int]:
    """How many of the tasks went along, and how many went back to the team."""
    theirs = Task.case_id == case.id, Task.assignee_id == before, Task.closed_at.is_(None)
    joined = select(Task, Run).join(Run, Run.id == Task.run_id).where(*theirs)
    moved = [0, 0]
    for task, run in list(session.execute(joined)):
        published = versions.load(session, run.version_id)
        work = Work(run, case, published, published.definition.elements[task.element], task.key, {})
        fits = task.lane in actor_of(to).lanes and not qualified.held_back(session, to.id, work, now, to.name)
        task.assignee_id = to.id if fits else None
        moved[0 if fits else 1] += 1
    return moved[0], moved[1]


def of(session: Session, by: Actor, person: UUID) -> Caseload:
    """The open cases and tasks of one colleague that `by` may see; `NotFound` of anybody else's."""
    colleague = session.get(Staff, person)
    if colleague is None or colleague.service_id != by.service_id:
        raise NotFound
    open_cases = cases.visible(by), Case.facilitator_id == person, Case.status != "closed"
    led = select(Case.id, Case.reference).where(*open_cases).order_by(Case.opened_at, Case.reference)
    known = {row.id: row.reference for row in session.execute(led)}
    theirs = Task.assignee_id == person, Task.closed_at.is_(None), cases.visible(by)
    joined = select(Task.id, Task.name, Task.reference, Task.case_id).join(Case, Case.id == Task.case_id).where(*theirs)
    tasks = [
        (row.id, f"{row.name}, {row.reference}")
        for row in session.execute(joined.order_by(Task.due_at, Task.id))
        if row.case_id not in known
    ]
    return Caseload(list(known.values()), tasks)


def sizes(session: Session, people: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many open cases each of these leads, and how many open tasks each has."""
    led = select(Case.facilitator_id, func.count()).where(Case.facilitator_id.in_(people), Case.status != "closed")
    has = select(Task.assignee_id, func.count()).where(Task.assignee_id.in_(people), Task.closed_at.is_(None))
    of_cases = {row[0]: row[1] for row in session.execute(led.group_by(Case.facilitator_id))}
    of_tasks = {row[0]: row[1] for row in session.execute(has.group_by(Task.assignee_id))}
    return {person: (of_cases.get(person, 0), of_tasks.get(person, 0)) for person in people}
