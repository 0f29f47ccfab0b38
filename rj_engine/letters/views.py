"""What each kind of addressee may be told: one view for each, and no fact that is not in it.

A letter is written from its addressee's view alone. Whatever stands on the other side of the wall has no name here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Final

Value = str | tuple[str, ...] | None


def fact(words: str, *, optional: bool = False, typed: bool = False) -> Any:
    """A fact by its words; one that is `optional` may be empty, one that is `typed` was written freely by somebody."""
    return field(default=None, metadata={"words": words, "optional": optional, "typed": typed})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What everybody may know: who writes, for which service, on which day."""

    service_name: str = fact("the name of the service")
    service_contact: str = fact("how people reach the service")
    facilitator_name: str = fact("the facilitator")
    written_on: str = fact("today's date")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSomebody(Ours):
    """What anybody taking part may know besides: what they agreed, and when they hear from us again."""

    next_contact_on: str | None = fact("the day we promised to be in touch", optional=True)
    agreed_items: tuple[str, ...] | None = fact("what was agreed", typed=True)
    agreement_fallback: str | None = fact("what happens if it slips", optional=True, typed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToVictim(ToSomebody):
    """Nothing of the harmer, and never where they are held."""

    victim_name: str = fact("the victim's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHarmer(ToSomebody):
    """Nothing of the victim."""

    harmer_name: str = fact("the harmer's name")
    worker_name: str | None = fact("the worker who passes the letter on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToParentCarer(ToSomebody):
    """Nothing that the young person told us."""

    parent_carer_name: str = fact("the parent's or carer's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSibling(ToSomebody):
    """Nothing of anybody else in the home."""

    sibling_name: str = fact("the brother's or sister's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToYoungPerson(ToSomebody):
    """Nothing that the parent told us."""

    young_person_name: str = fact("the young person's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToParty(ToSomebody):
    """What both parties arranged together, and when this one comes; nothing of when the other does."""

    meeting_on: str | None = fact("the day of the meeting")
    arrives_at: str | None = fact("when they arrive", typed=True)
    meeting_place: str | None = fact("where you meet", typed=True)
    meeting_agenda: str | None = fact("what they will talk about", typed=True)
    meeting_rules: str | None = fact("the ground rules", typed=True)
    where_next_words: str | None = fact("the words that each person may hear", typed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToParty1(ToParty):
    """Nothing of the other party."""

    party_1_name: str = fact("party 1's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToParty2(ToParty):
    """Nothing of the other party."""

    party_2_name: str = fact("party 2's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSupporter(ToSomebody):
    """Nothing of anybody but themselves."""

    supporter_name: str = fact("the supporter's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReferrer(Ours):
    """That the referral is here, and whether it is open."""

    reference: str = fact("our reference")
    referrer_name: str = fact("the referrer's name")
    received_on: str = fact("the day the referral came")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAgency(Ours):
    """How a request stands, with no name of anybody it is about."""

    reference: str = fact("our reference")
    lead_name: str | None = fact("a lead of the service")
    sent_on: str | None = fact("the day the request was sent")
    delivered_on: str | None = fact("the day the request arrived")
    days_waiting: str | None = fact("how many working days it has waited")
    chases: tuple[str, ...] | None = fact("what has been tried since", optional=True)
    request_kind: str | None = fact("what was asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPrison(ToAgency):
    """Of people, the harmer's name and number alone; nothing of the victim."""

    harmer_name: str | None = fact("the harmer's name")
    prisoner_number: str | None = fact("the prison number", optional=True)
    their_reference: str | None = fact("their reference", optional=True)
    decided_on: str | None = fact("the day they decided")
    event_mode: str | None = fact("what is asked for", typed=True)
    event_dates: tuple[str, ...] | None = fact("the dates you ask for")
    event_people: str | None = fact("who would come, and in what part", typed=True)
    event_room: str | None = fact("the room and how it is set out", typed=True)
    event_staff: str | None = fact("which prison staff are near", typed=True)
    event_breaks: str | None = fact("breaks and a way to stop", typed=True)
    event_entrances: str | None = fact("how people come and go without meeting", typed=True)


VIEWS: Final[Mapping[str, type[Ours]]] = {
    "victim": ToVictim,
    "harmer": ToHarmer,
    "parent_carer": ToParentCarer,
    "sibling": ToSibling,
    "young_person": ToYoungPerson,
    "party_1": ToParty1,
    "party_2": ToParty2,
    "supporter": ToSupporter,
    "referrer": ToReferrer,
    "prison": ToPrison,
    "agency": ToAgency,
}
"""Kind of addressee to their view; those that `parties.json` knows are people of the case."""


def known_to(kind: str) -> Mapping[str, Field[Any]]:
    """The facts that this kind of addressee may be told, by name."""
    return {each.name: each for each in fields(VIEWS[kind])}


def words_for(kind: str, name: str) -> str:
    """A fact in plain words."""
    return str(known_to(kind)[name].metadata["words"])
