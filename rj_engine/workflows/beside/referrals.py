"""A referral comes in: the case is made, its people are noted, and the intake pathway starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import linked
from rj_engine.cases.case import Case, Party, Referral, new_reference, parties
from rj_engine.cases.linked import Considered
from rj_engine.cases.records import Finished, records
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
PEOPLE: Final[Mapping[str, tuple[str, int]]] = {
    "victim": ("victim", 1),
    "victim_2": ("victim", 2),
    "victim_3": ("victim", 3),
    "victim_4": ("victim", 4),
    "harmer": ("harmer", 1),
    "parent_carer": ("parent_carer", 1),
    "sibling": ("sibling", 1),
    "young_person": ("young_person", 1),
    "party_1": ("party_1", 1),
    "party_2": ("party_2", 1),
}
"""Whose name stands in `<key>_name`: who they are, by a word of `parties.json`, and which of several."""
CALLED: Final[Mapping[str, Mapping[str, str]]] = {
    "start_rj": {"parent_carer": "victim", "sibling": "victim", "young_person": "harmer"},
    "start_informal": {"parent_carer": "victim", "sibling": "victim", "young_person": "harmer"},
    "start_apvc": {"victim": "parent_carer", "harmer": "young_person"},
    "start_mediation": {
        "victim": "party_1",
        "harmer": "party_2",
        "parent_carer": "party_1",
        "sibling": "party_1",
        "young_person": "party_2",
    },
}
"""Where a case is placed by hand: what those it names in the words of another pathway are called from then on."""
TWO_SIDES: Final = ("party_1", "party_2")
HARMED: Final[Mapping[str, tuple[str, str]]] = {
    "start_rj": ("victim", "harmer"),
    "start_informal": ("victim", "harmer"),
    "start_apvc": ("parent_carer", "young_person"),
}
"""What two sides of a quarrel are called once one of them was harmed: first the one harmed, then the other."""


@dataclass(frozen=True, kw_only=True)
class MakeReferral(Command):
    """Refer a case to the actor's own team; `considered` says what was decided about people who may be known."""

    answers: Mapping[str, Any]
    considered: Considered | None = None


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
    decided = linked.consider(session, command, case, command.considered, now)
    moved = Move(session, case, by, now).start(FRONT_DOOR, answers)
    received = Entry("case:referral:received", {"source": source, "initiated_by": initiated_by})
    entries = [received, *decided, *moved.entries]
    answer = {"reference": case.reference, "case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, entries)


def named(answers: Mapping[str, Any]) -> dict[str, str]:
    """Everyone whom a referral names, and their side of the wall."""
    found = ((answers.get(f"{person}_name"), _place(word)[1]) for person, (word, _) in PEOPLE.items())
    return {str(name): wall for name, wall in found if name}


def _note_people(session: Session, case: Case, answers: Mapping[str, Any]) -> None:
    """Make a party of everyone who was named, each with what was told of themselves and of nobody else."""
    told = {key: value for key, value in answers.items() if value not in (None, "")}
    for person, (word, number) in PEOPLE.items():
        if name := told.get(f"{person}_name"):
            role, wall = _place(word)
            contact = {key: value for key, value in told.items() if _whose(key) == person}
            session.add(Party(case_id=case.id, role=role, wall=wall, number=number, name=str(name), contact=contact))


def _place(word: str) -> tuple[str, str]:
    """The role of somebody in a case, and their side of the wall."""
    known = bpmn.parties()[word]
    return str(known["roles"][0]), str(known["wall"])


def _whose(key: str) -> str | None:
    """The person an answer is about: of two names that fit, the longer, so that a second victim's stays their own."""
    if key.startswith(SAFE_CONTACT):
        return "victim"
    return max((person for person in PEOPLE if key.startswith(f"{person}_")), key=len, default=None)


@records("people")
def keep_people(finished: Finished) -> list[Entry]:
    """Call the people of a case as the pathway calls them that takes it, and stand them on its sides of the wall.

    `hand_decision` says which pathway, restorative justice where nothing does; `harmed_person` which of two sides
    was harmed. Where neither says anything new, nobody changes.
    """
    pathway = str(finished.answers.get("hand_decision") or "start_rj")
    called = dict(CALLED.get(pathway, {}))
    if (harmed := finished.answers.get("harmed_person")) in TWO_SIDES and pathway in HARMED:
        first, other = HARMED[pathway]
        called |= {side: first if side == harmed else other for side in TWO_SIDES}
    renamed = [party for party in parties(finished.session, finished.case) if _word(party) in called]
    counted: Counter[str] = Counter()
    for party in renamed:
        word = called[_word(party)]
        counted[word] += 1
        (party.role, party.wall), party.number = _place(word), counted[word]
    if not renamed:
        return []
    return [Entry("case:people:named", {"roles": sorted(party.role for party in renamed)})]


def _word(party: Party) -> str:
    return next((word for word, known in bpmn.parties().items() if party.role in known["roles"]), party.role)


def without_others(answers: Mapping[str, Any], about: Party) -> dict[str, Any]:
    """A referral's answers without what was told of any victim but one."""
    others = {person for person, (word, number) in PEOPLE.items() if word == "victim" and number != about.number}
    return {key: value for key, value in answers.items() if _whose(key) not in others}
