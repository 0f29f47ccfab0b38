"""People whose every fact can be told from anybody else's: whatever of one shows in another's letter is a leak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from rj_engine import clock
from rj_engine.cases.agreement import Agreement, AgreementItem
from rj_engine.cases.case import Case, Party, Referral, Strand
from rj_engine.cases.contact import Contact
from rj_engine.database import db
from rj_engine.letters.making import Making
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from tests.builders import a_case, kept

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "victim": ("victim", "V"),
    "victim_2": ("victim", "V"),
    "harmer": ("harmer", "H"),
    "parent_carer": ("parent_carer", "V"),
    "sibling": ("sibling", "V"),
    "young_person": ("young_person", "H"),
    "party_1": ("party_1", "1"),
    "party_2": ("party_2", "2"),
    "supporter": ("supporter", "V"),
}
"""Whoever may be in a case, with role and side of the wall."""
SYLLABLES: Final = dict(zip(KINDS, ("ab", "ed", "ig", "ol", "um", "yr", "ak", "el", "ip"), strict=True))
NUMBERS: Final = {person: f"{4000 + 111 * place}" for place, person in enumerate(KINDS)}
HELD_AT: Final = "Zqprison Hold"
PRISON_NUMBER: Final = "Z9876QX"


def first(person: str) -> str:
    return f"Zq{SYLLABLES[person]}a"


def name(person: str) -> str:
    """A name nobody has."""
    return f"{first(person)} Xw{SYLLABLES[person]}berg"


def contact(person: str) -> dict[str, Any]:
    """How they are reached, and what else they told of themselves."""
    number, said = NUMBERS[person], f"zqsaid{SYLLABLES[person]}"
    address = (f"{number} Zqstreet{SYLLABLES[person]}", f"Zqtown{SYLLABLES[person]}", f"Z{number[0]} {number[1]}QX")
    return {
        f"{person}_name": name(person),
        f"{person}_phone": f"01632 96{number}",
        f"{person}_email": f"zqmail{SYLLABLES[person]}@example.org",
        f"{person}_address": "\n".join(address),
        f"{person}_safe_contact_channels": ["call", "post"],
        f"{person}_safe_contact_code_word": f"{said}codeword",
        f"{person}_safe_contact_words_if_unsafe": f"{said}unsafe",
        f"{person}_safe_contact_safe_place": f"{said}place",
        f"{person}_needs": f"{said}needs",
        f"{person}_language": f"{said}language",
        "harmer_worker" if person == "harmer" else f"{person}_worker": f"Worker {said}",
    }


def signs(person: str) -> list[str]:
    """What nobody else's letter may hold, as `found` looks for it."""
    told = (value for value in contact(person).values() if isinstance(value, str))
    lines = [line for value in told for line in value.splitlines()]
    return [close(line) for line in (*lines, first(person), name(person).split()[1])]


def close(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def found(text: str, whose: Iterable[str]) -> list[str]:
    """Everything of these people that stands in a text."""
    shown = close(text)
    return [sign for person in whose for sign in signs(person) if sign in shown]


@dataclass(frozen=True)
class Full:
    """A case with everybody in it, held in a prison, asked about, agreed on: all of it canaries."""

    case: Case
    people: Mapping[str, Party]

    def making(self, product: Any, person: str | None, about: str | None = "victim", **typed: str) -> Making:
        """A letter in the making for one of them, at a task about one victim."""
        strand = Strand(self.case.id, self.people[about].id if about else None)
        return Making(
            session=db.session(),
            case=self.case,
            strand=strand,
            by=product.actor("lead"),
            now=clock.now(),
            party=self.people[person] if person else None,
            typed=typed,
        )


def a_full_case(product: Any) -> Full:
    """Everybody a case can have, with canaries in every fact."""
    case = a_case(product)
    people = {
        person: Party(
            case_id=case.id,
            role=role,
            wall=wall,
            number=2 if person.endswith("victim_2") else 1,
            name=name(person),
            contact=contact(person),
        )
        for person, (role, wall) in KINDS.items()
    }
    kept(*people.values())
    answers = {key: value for person in KINDS for key, value in contact(person).items()}
    referral = {**answers, "referrer_name": "Robin Invented", "what_happened": "zqwhat happened"}
    kept(Referral(case_id=case.id, received_at=clock.now(), answers=referral))
    stay = Custody(case_id=case.id, status="custody", establishment="other", began_at=clock.now())
    stay.detail = {"other": HELD_AT, "number": PRISON_NUMBER}
    kept(stay)
    for person in ("victim", "victim_2"):
        _strand(case, people[person].id, SYLLABLES[person], stay.id)
    return Full(case, people)


def _strand(case: Case, about: UUID, syllable: str, stay: UUID) -> None:
    today = clock.today()
    asked = PrisonRequest(
        case_id=case.id,
        about_id=about,
        stay_id=stay,
        kind="access",
        route="pom_route",
        establishment="other",
        sent_to="pom",
        method="email",
        is_review=False,
        sent_on=today,
        delivered_on=date(2026, 1, 5),
        decided_on=today,
        decision="refused",
        chases=[{"rung": 5, "to": "pom", "channel": "phone", "on": "2026-01-12", "result": "no_news"}],
        recorded_at=clock.now(),
        detail={"contact": f"zqsaid{syllable}contact", "reference": "OMU 12", "conditions": [f"zqsaid{syllable}"]},
    )
    agreed = Agreement(case_id=case.id, about_id=about, made=True, recorded_at=clock.now())
    agreed.words = {"if_it_slips": "We talk again.", "monitor": f"zqsaid{syllable}monitor"}
    said = Contact(case_id=case.id, about_id=about, at=clock.now(), party="victim", channel="call", result="spoke")
    said.words, said.promise, said.promised_on = f"zqsaid{syllable}words", f"zqsaid{syllable}promise", today
    kept(asked, agreed, said)
    item = AgreementItem(agreement_id=agreed.id, number=1, owner="harmer", due_on=today)
    item.text = f"Mend the {'gate' if syllable == SYLLABLES['victim'] else 'window'}."
    kept(item)


def typed() -> dict[str, str]:
    """What somebody types into forms, naming nobody."""
    return {
        "event_mode": "A meeting by video",
        "event_date_1": "3 June 2026",
        "event_people": "Two facilitators and one supporter.",
        "event_room": "A room with two doors.",
        "event_staff": "One officer outside.",
        "event_breaks": "A break whenever anybody asks.",
        "event_entrances": "Ten minutes apart.",
        "meeting_on": "3 June 2026",
        "meeting_place": "The library, room 2",
        "meeting_agenda": "The music at night.",
        "meeting_rules": "One speaks at a time.",
        "meeting_arrives_1": "10am",
        "meeting_arrives_2": "10.15am",
    }
