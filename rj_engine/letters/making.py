"""Gathers what one addressee may be told: from their own rows alone, never by leaving the others' out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases import agreement
from rj_engine.cases.case import Case, Party, Referral, Strand
from rj_engine.cases.contact import Contact
from rj_engine.commands import Actor
from rj_engine.letters import asked
from rj_engine.letters.document import Cover
from rj_engine.letters.views import (
    Ours,
    ToAgency,
    ToHarmer,
    ToParentCarer,
    ToParty1,
    ToParty2,
    ToPrison,
    ToReferrer,
    ToSibling,
    ToSomebody,
    ToSupporter,
    ToVictim,
    ToYoungPerson,
)
from rj_engine.people import staff
from rj_engine.people.staff import Service, Staff, actor_of

LEAD: Final = "lead"
OTHERS: Final = "The other person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """One letter in the making: who makes it, at which task, for whom."""

    session: Session
    case: Case
    strand: Strand
    """Whom the task is about: nothing of another victim's is looked at."""
    by: Actor
    now: datetime
    party: Party | None = None
    """The person it is to; none where it is to an office."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What stands typed in the task's own form, in words."""
    released: Mapping[str, str] = field(default_factory=dict)
    """Answers of this run that were asked for as words that may pass to the other side."""
    request_kind: str = "access"
    """Which of the two permissions the task is about."""

    @property
    def today(self) -> date:
        """The day in London."""
        return self.now.astimezone(clock.LONDON).date()


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of an agreement; `owner` is a word for a person of the case, `both` or `service`."""

    text: str
    owner: str
    due_on: str | None


def view(making: Making, kind: str) -> Ours:
    """What this kind of addressee may be told."""
    return BUILDERS[kind](making)


def cover(making: Making) -> Cover | None:
    """The sheet for an envelope; none where post is not safe for them, or nobody knows where they live.

    No name of ours stands on it where they gave one to use instead, or where somebody else sees their post.
    """
    if making.party is None or "post" not in _told(making.party, "safe_contact_channels", []):
        return None
    address = tuple(line.strip() for line in _told(making.party, "address", "").splitlines() if line.strip())
    if not address:
        return None
    neutral = str(_told(making.party, "safe_contact_neutral_name", ""))
    seen = _told(making.party, "safe_contact_device_shared", "no") != "no"
    ours = "" if seen else making.session.get_one(Service, making.case.service_id).name
    return Cover(making.party.name, address, neutral or ours)


def day(value: date | datetime | None) -> str | None:
    """22 November 2026."""
    if value is None:
        return None
    on = value.astimezone(clock.LONDON).date() if isinstance(value, datetime) else value
    return f"{on.day} {on:%B %Y}"


def _told(party: Party, ending: str, otherwise: Any) -> Any:
    """What somebody told of themselves, whatever they were called when they told it."""
    found = (value for key, value in party.contact.items() if key == ending or key.endswith(f"_{ending}"))
    return next(found, None) or otherwise


def _ours(making: Making) -> dict[str, Any]:
    service = making.session.get_one(Service, making.case.service_id)
    names = staff.names(making.session, {making.case.facilitator_id}) if making.case.facilitator_id else {}
    return {
        "service_name": service.name,
        "service_contact": service.contact,
        "facilitator_name": names.get(making.case.facilitator_id, making.by.name),  # type: ignore[arg-type]  # no id, no name
        "written_on": day(making.now),
    }


def _person(kind: str, wanted: type[ToSomebody]) -> Callable[[Making], Ours]:
    """The view of somebody in the case: themselves, what they promised, and when they hear from us."""

    def build(making: Making) -> Ours:
        party = making.party
        if party is None or party.role not in bpmn.parties()[kind]["roles"]:
            raise LookupError(kind)
        told: dict[str, Any] = {**_ours(making), f"{kind}_name": party.name}
        told["agreed_items"], told["agreement_fallback"] = _agreed(making, kind)
        told["next_contact_on"] = _next_contact(making, kind)
        return wanted(**told, **MORE.get(kind, _nothing)(making, party))

    return build


def _nothing(making: Making, party: Party) -> dict[str, Any]:
    """No more than anybody else who takes part."""
    del making, party
    return {}


def _of_harmer(making: Making, party: Party) -> dict[str, Any]:
    """The worker who knows them, as they or the referrer told us."""
    del making
    return {"worker_name": _told(party, "harmer_worker", None)}


def _of_party(number: int) -> Callable[[Making, Party], dict[str, Any]]:
    """What was arranged for both, and this party's own time."""

    def told(making: Making, party: Party) -> dict[str, Any]:
        del party
        typed = making.typed
        both = {name: typed.get(name) or None for name in ("meeting_on", "meeting_place", "meeting_agenda")}
        return {
            **both,
            "meeting_rules": typed.get("meeting_rules") or None,
            "arrives_at": typed.get(f"meeting_arrives_{number}") or None,
            "where_next_words": making.released.get("where_next_words"),
        }

    return told


def _agreed(making: Making, kind: str) -> tuple[tuple[str, ...], str | None]:
    """What stands in the task's form, so that it can be read before it is kept; else the newest agreement."""
    typed = making.typed
    if items := tuple(_promise(item, kind) for item in _typed_promises(typed)):
        return items, typed.get("agreement_fallback") or None
    found = agreement.newest(making.session, making.strand)
    kept = agreement.items_of(making.session, found)
    promises = (Promise(item.text, item.owner, day(item.due_on)) for item in kept)
    return tuple(_promise(item, kind) for item in promises), found.words.get("if_it_slips") if found else None


def _typed_promises(typed: Mapping[str, str]) -> Iterator[Promise]:
    for number in agreement.NUMBERS:
        if text := typed.get(f"item_{number}_text"):
            owner = typed.get(f"item_{number}_owner", "")
            yield Promise(text, _party_labelled(owner), typed.get(f"item_{number}_due_on") or None)


def _party_labelled(label: str) -> str:
    """The word for whoever a form calls so: `party_1` for Party 1."""
    word = label.strip().lower()
    return next((key for key, known in bpmn.parties().items() if known["label"].lower() == word), word)


def _promise(item: Promise, kind: str) -> str:
    others = f"{OTHERS}: " if item.owner in bpmn.parties() else ""
    who = {kind: "You: ", "both": "Both: ", "service": "We: "}.get(item.owner, others)
    by = f" (by {item.due_on})" if item.due_on else ""
    return f"{who}{item.text}{by}"


def _next_contact(making: Making, kind: str) -> str | None:
    where = Contact.case_id == making.case.id, Contact.party == kind, Contact.promised_on >= making.today
    own = Contact.about_id == making.strand.about_id if making.strand.about_id else Contact.about_id.is_(None)
    found = select(Contact.promised_on).where(*where, own).order_by(Contact.at.desc()).limit(1)
    return day(making.session.scalar(found))


def _referrer(making: Making) -> Ours:
    wanted = select(Referral).where(Referral.case_id == making.case.id)
    referral = making.session.scalars(wanted).one()
    return ToReferrer(
        **_ours(making),
        reference=making.case.reference,
        referrer_name=str(referral.answers.get("referrer_name") or "colleague"),
        received_on=day(referral.received_at) or "",
    )


def _agency(making: Making) -> Ours:
    told = asked.so_far(making.session, making.strand, making.request_kind, making.today)
    return ToAgency(**_ours(making), reference=making.case.reference, lead_name=_lead(making), **told)


def _prison(making: Making) -> Ours:
    told = asked.so_far(making.session, making.strand, making.request_kind, making.today)
    told |= asked.of_the_prison(making.session, making.strand, making.request_kind)
    told |= asked.of_the_event(making.typed)
    return ToPrison(**_ours(making), reference=making.case.reference, lead_name=_lead(making), **told)


def _lead(making: Making) -> str | None:
    """Whoever makes the letter where they lead, or a lead of the case's team, or of the service."""
    if LEAD in making.by.roles:
        return making.by.name
    where = Staff.service_id == making.case.service_id, Staff.active
    leads = [each for each in making.session.scalars(select(Staff).where(*where)) if LEAD in actor_of(each).roles]
    near = sorted(leads, key=lambda each: (each.team_id != making.case.team_id, each.name))
    return near[0].name if near else None


MORE: Final[Mapping[str, Callable[[Making, Party], dict[str, Any]]]] = {
    "harmer": _of_harmer,
    "party_1": _of_party(1),
    "party_2": _of_party(2),
}
BUILDERS: Final[Mapping[str, Callable[[Making], Ours]]] = {
    "victim": _person("victim", ToVictim),
    "harmer": _person("harmer", ToHarmer),
    "parent_carer": _person("parent_carer", ToParentCarer),
    "sibling": _person("sibling", ToSibling),
    "young_person": _person("young_person", ToYoungPerson),
    "party_1": _person("party_1", ToParty1),
    "party_2": _person("party_2", ToParty2),
    "supporter": _person("supporter", ToSupporter),
    "referrer": _referrer,
    "prison": _prison,
    "agency": _agency,
}
