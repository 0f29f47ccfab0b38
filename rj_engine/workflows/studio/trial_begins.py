"""How the case of a trial begins: by a referral, or by saying that something happened, as the tried pathway begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case
from rj_engine.cases.records import Finished
from rj_engine.commands import Actor, Outcome
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.people.staff import Staff
from rj_engine.workflows.beside import events, referrals
from rj_engine.workflows.beside.events import RaiseEvent
from rj_engine.workflows.beside.referrals import CALLED, FRONT_DOOR, MakeReferral
from rj_engine.workflows.moves import Move, told
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Outbox, Passage, Run, Task, Timer

START: Final = "start"
"""What stands in a trial's words for the form with which it begins."""
HAND: Final[Mapping[str, str]] = {
    "victim_initiated_rj": "start_rj",
    "informal_rj": "start_informal",
    "apvc": "start_apvc",
    "mediation": "start_mediation",
}
"""Pathway to the word by which a lead places a case in it."""


def event_of(pathway: str) -> str:
    """The event that begins this pathway in every case; empty where none does."""
    for key, known in bpmn.events().items():
        if any(one["pathway"] == pathway and "where" not in one for one in known.get("starts", ())):
            return key
    return ""


def form_of(pathway: str, offered: Mapping[str, Any]) -> Form:
    """What is asked before the case begins."""
    event = "" if offered.get("from_the_door") else event_of(pathway)
    return parse_form(bpmn.forms()[bpmn.events()[event]["form"]]) if event else referrals.form()


def begin(
    world: Session, who: Actor, pathway: str, answers: Mapping[str, Any], offered: Mapping[str, Any], now: datetime
) -> Outcome:
    """Make the case with its people and let the tried pathway begin as it does in life."""
    if pathway == FRONT_DOOR or offered.get("from_the_door"):
        return _referred(world, who, answers, now)
    event = event_of(pathway)
    _referred(world, who, offered["referral"] if event else answers, now)
    case = world.scalars(select(Case)).one()
    _leave_front_door(world, case)
    _name_people(world, case, who, pathway, now)
    facts = {**offered.get("variables", {}), **answers}
    case.facilitator_id = world.scalar(select(Staff.id).where(Staff.name == "Facilitator (invented)"))
    world.flush()
    if event:
        raised = RaiseEvent(command_id=uuid4(), by=who, reference=case.reference, event=event, answers=answers)
        return events.raise_event(raised, world, now)
    moved = Move(world, case, who, now).start(pathway, facts, about_id=_about(world, case, pathway))
    return Outcome({"case": case.reference, "next_tasks": told(moved.opened)}, case.id, moved.entries)


def _referred(world: Session, who: Actor, answers: Mapping[str, Any], now: datetime) -> Outcome:
    return referrals.make_referral(MakeReferral(command_id=uuid4(), by=who, answers=answers), world, now)


def _leave_front_door(world: Session, case: Case) -> None:
    """What is tried stands behind the front door: nothing that began there is left."""
    runs = select(Run.id).where(Run.case_id == case.id).scalar_subquery()
    for rows in (Task, Timer, Passage, Outbox):
        world.execute(delete(rows).where(rows.run_id.in_(runs)))
    world.execute(delete(Run).where(Run.case_id == case.id))
    world.expire_all()


def _name_people(world: Session, case: Case, who: Actor, pathway: str, now: datetime) -> None:
    """Call the people as the pathway calls them, as placing a case does."""
    decided = HAND.get(pathway)
    if decided in CALLED:
        asked = Finished(
            session=world,
            case=case,
            strand=cases.Strand(case.id),
            run_id=UUID(int=0),
            by=who,
            now=now,
            task_id=UUID(int=0),
            name="",
            properties={},
            answers={"hand_decision": decided},
            variables={},
            decided=(),
            periods={},
            effects_done=frozenset,
        )
        referrals.keep_people(asked)
        world.flush()


def _about(world: Session, case: Case, pathway: str) -> UUID | None:
    if pathway not in versions.ONE_VICTIM_EACH:
        return None
    victims = cases.of_role(world, case.id, *bpmn.parties()["victim"]["roles"])
    return victims[0].id if victims else None
