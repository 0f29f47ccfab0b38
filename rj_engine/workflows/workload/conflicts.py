"""The commands on conflicts of interest: declare one, and say that it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from rj_engine import sealing
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, NotFound
from rj_engine.cases.conflicts import Conflict, touches
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff
from rj_engine.workflows.rows import Task

FOR_OTHERS: Final = "assign_task"
LONGEST: Final = 1000


class AboutWhat(Refused):
    """Give either the reference of a case or the name of a person."""

    code = "about_what"


class WhyNeeded(Refused):
    """Say in a few words what the conflict is, in at most 1,000 letters."""

    code = "why_needed"


@dataclass(frozen=True, kw_only=True)
class DeclareConflict(Command):
    """Say that `of` is too close to a case (by its reference) or to a person (by name, wherever they come up)."""

    of: UUID
    reference: str = ""
    person: str = ""
    words: str


@dataclass(frozen=True, kw_only=True)
class EndConflict(Command):
    """Say that a conflict is over; for leads, so that nobody takes back what they have declared unseen."""

    conflict_id: UUID


@dataclass(frozen=True, slots=True)
class Declared:
    """A conflict that stands, as pages show it."""

    id: UUID
    staff_id: UUID
    who: str
    about: str
    words: str
    at: datetime


@handles(DeclareConflict, verb="declare_conflict")
def declare(command: DeclareConflict, session: Session, now: datetime) -> Outcome:
    """Keep it, and give their open tasks of the cases it touches back to the team.

    The case keeps its facilitator until a lead hands it over: the answer tells which cases wait for that.
    """
    person = _colleague(session, command.by, command.of)
    row = _row(command, session, now)
    session.add(row)
    session.flush()
    touched = list(session.scalars(select(Case).where(Case.status != "closed", Case.id.in_(_touched(row)))))
    freed = update(Task).where(Task.assignee_id == person.id, Task.closed_at.is_(None), Task.case_id.in_(_touched(row)))
    session.execute(freed.values(assignee_id=None).execution_options(synchronize_session=False))
    led = sorted(case.reference for case in touched if case.facilitator_id == person.id)
    told = {"name": person.name, "about": "a case" if row.case_id else "a person", "cases": len(touched)}
    entry = Entry("staff:conflict:declared", told)
    return Outcome({"conflict": str(row.id), "led": led}, person.service_id, [entry])


@handles(EndConflict, verb="assign_task")
def end(command: EndConflict, session: Session, now: datetime) -> Outcome:
    """End it; nobody ends their own."""
    row = session.get(Conflict, command.conflict_id)
    if row is None or row.ended_at is not None or row.staff_id == command.by.id:
        raise NotFound
    person = _colleague(session, command.by, row.staff_id)
    row.ended_at, row.ended_by = now, command.by.id
    return Outcome({}, person.service_id, [Entry("staff:conflict:ended", {"name": person.name})])


def _row(command: DeclareConflict, session: Session, now: datetime) -> Conflict:
    reference, name, words = command.reference.strip(), command.person.strip(), command.words.strip()
    if bool(reference) == bool(name):
        raise AboutWhat
    if not 0 < len(words) <= LONGEST:
        raise WhyNeeded
    case = cases.find(session, command.by, reference) if reference else None
    return Conflict(
        staff_id=command.of,
        case_id=case.id if case else None,
        name_mark=sealing.mark(name) if name else None,
        person=name or None,
        words=words,
        declared_at=now,
        declared_by=command.by.id,
    )


def _touched(row: Conflict) -> Select[UUID]:
    """Ids of the cases that a conflict is about."""
    return select(Case.id).join(Conflict, touches(Case.id)).where(Conflict.id == row.id)


def _colleague(session: Session, by: Actor, of: UUID) -> Staff:
    """Oneself, or a colleague to whom `by` may give tasks."""
    person = session.get(Staff, of)
    if person is None or person.service_id != by.service_id:
        raise NotFound
    if person.id != by.id:
        by.require(FOR_OTHERS)
        if person.team_id != by.team_id and not cases.sees_whole_service(by):
            raise NotFound
    return person


def standing(session: Session, by: Actor) -> list[Declared]:
    """The conflicts that stand: one's own; for whoever gives tasks, also those of the colleagues they see."""
    wanted = select(Conflict, Staff.name, Case.reference).join(Staff, Staff.id == Conflict.staff_id)
    wanted = wanted.outerjoin(Case, Case.id == Conflict.case_id).where(Conflict.ended_at.is_(None))
    if FOR_OTHERS not in by.verbs:
        wanted = wanted.where(Conflict.staff_id == by.id)
    else:
        wanted = wanted.where(Staff.service_id == by.service_id)
        wanted = wanted if cases.sees_whole_service(by) else wanted.where(Staff.team_id == by.team_id)
    rows = session.execute(wanted.order_by(Conflict.declared_at.desc()))
    return [
        Declared(row.id, row.staff_id, name, reference or row.person or "", row.words, row.declared_at)
        for row, name, reference in rows
    ]
