"""A referral comes in: the case is made, its people are noted, and the intake pathway starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases.case import Case, Party, Referral, new_reference
from rj_engine.commands import Command, Outcome, handles
from rj_engine.forms import Form, validate
from rj_engine.forms import parse as parse_form
from rj_engine.ledger import Entry
from rj_engine.people.staff import Service
from rj_engine.workflows.moves import Move, told

FRONT_DOOR: Final = "intake"
FORM: Final = "referral"
SAFE_CONTACT: Final = "safe_contact"
"""Prefix of the answers that say how a victim may be reached."""
PEOPLE: Final[Mapping[str, tuple[str, str]]] = {"victim": ("direct_victim", "V"), "harmer": ("harmer", "H")}
"""Whose name stands in `<key>_name`, their role, and their side of the wall."""


@dataclass(frozen=True, kw_only=True)
class MakeReferral(Command):
    """Refer a case to the actor's own team."""

    answers: Mapping[str, Any]


def form() -> Form:
    """The referral form in use."""
    return parse_form(bpmn.forms()[FORM])


@handles(MakeReferral, verb="make_referral")
def make_referral(command: MakeReferral, session: Session, now: datetime) -> Outcome:
    """Make the case with its people and start `intake`."""
    by = command.by
    answers = validate(form(), command.answers, {})
    service = session.get_one(Service, by.service_id)
    case = Case(
        service_id=by.service_id,
        team_id=by.team_id,
        reference=new_reference(service.code),
        title=str(answers.get("case_title") or "Referral"),
        pathway=FRONT_DOOR,
        opened_at=now,
    )
    session.add(case)
    session.flush()
    _note_people(session, case, answers)
    source, initiated_by = str(answers.get("source_type") or ""), str(answers.get("initiated_by") or "")
    session.add(
        Referral(
            case_id=case.id,
            received_at=now,
            made_by=by.id,
            source=source[:60],
            initiated_by=initiated_by[:40],
            answers=answers,
        )
    )
    session.flush()
    moved = Move(session, case, by, now).start(FRONT_DOOR, answers)
    entries = [Entry("case:referral:received", {"source": source, "initiated_by": initiated_by}), *moved.entries]
    answer = {"reference": case.reference, "case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, entries)


def _note_people(session: Session, case: Case, answers: Mapping[str, Any]) -> None:
    for person, (role, wall) in PEOPLE.items():
        if not (name := answers.get(f"{person}_name")):
            continue
        prefixes = (SAFE_CONTACT, f"{person}_") if person == "victim" else (f"{person}_",)
        contact = {key: value for key, value in answers.items() if key.startswith(prefixes) and value not in (None, "")}
        session.add(Party(case_id=case.id, role=role, wall=wall, name=str(name), contact=contact))
