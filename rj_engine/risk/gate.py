"""The one function that says whether contact between the people of a case may happen now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases import consent, holds, orders, safety_plan
from rj_engine.cases.case import Party, Strand
from rj_engine.cases.consent import Consent
from rj_engine.errors import Broken, Refused
from rj_engine.risk import assessment
from rj_engine.risk.requirements import ALSO_ASKED, REACH_SOMEBODY, REQUIREMENTS, Requirement

RECONFIRMED_WITHIN: Final = 5
"""Working days between everybody's last word and any delivery (invariant I-07)."""
PLAN_HOLDS: Final = timedelta(weeks=4)
"""How long a family safety plan counts as current (invariant I-27)."""

Asked = Callable[[Session, Strand, str, date], list[str]]
_also: dict[str, Asked] = {}


class ContactBlocked(Refused):
    """Contact cannot go ahead yet."""

    code = "contact_blocked"

    def __init__(self, missing: list[str]) -> None:
        """`missing` are the facts that are not there, in plain words."""
        super().__init__("Contact cannot go ahead yet: " + "; ".join(missing) + ".")
        self.missing = missing


class GateNotWhole(Broken):
    """Part of the gate is not in place, so nothing passes it."""

    code = "gate_not_whole"


def also_asks(name: str) -> Callable[[Asked], Asked]:
    """Let a room above say what it misses: `(session, strand, effect, today)` to facts in plain words.

    Whoever is named in `requirements.ALSO_ASKED` has to be there: without them nothing passes.
    """

    def register(asked: Asked) -> Asked:
        _also[name] = asked
        return asked

    return register


def guarded(effect: str | None) -> bool:
    """Whether this effect passes the gate at all."""
    return effect in REQUIREMENTS


def check(session: Session, strand: Strand, effect: str | None, now: datetime) -> None:
    """Let the effect pass, or raise `ContactBlocked` with every missing fact."""
    if effect is not None and (absent := missing(session, strand, effect, now)):
        raise ContactBlocked(absent)


def missing(session: Session, strand: Strand, effect: str, now: datetime) -> list[str]:
    """What stands between this strand and `effect`, in plain words; empty when it may happen."""
    needs = REQUIREMENTS.get(effect)
    if needs is None:
        return _still(session, strand) if effect in REACH_SOMEBODY else []
    today, assessed = now.astimezone(clock.LONDON).date(), assessment.standing(session, strand)
    return [
        *_held(session, strand),
        *_forbidden(session, strand, today),
        *_missing_consents(consent.current(session, strand, today), needs, today),
        *_missing_assessment(assessed, needs, today),
        *_missing_check(assessed, needs, now),
        *_missing_plan(session, strand, needs, today),
        *_withdrawn(session, strand, needs),
        *_missing_elsewhere(session, strand, effect, today),
    ]


def _missing_elsewhere(session: Session, strand: Strand, effect: str, today: date) -> list[str]:
    if absent := ALSO_ASKED - _also.keys():
        raise GateNotWhole(parts=sorted(absent))
    return [fact for asked in _also.values() for fact in asked(session, strand, effect, today)]


def _held(session: Session, strand: Strand) -> list[str]:
    open_now = holds.standing(session, strand)
    return ["the word of a lead that it is safe to go on: a worry about safety is open"] if open_now else []


def _still(session: Session, strand: Strand) -> list[str]:
    grave = any(hold.is_still for hold in holds.standing(session, strand))
    return ["the lead's decision how it goes on: something grave has happened"] if grave else []


def _forbidden(session: Session, strand: Strand, today: date) -> list[str]:
    """Each order in force that forbids contact: nobody's consent waives it (domain C.1)."""
    return [
        f"an order that forbids contact is in force until {row.ends_on.day} {row.ends_on:%B %Y}"
        if row.ends_on
        else "an order that forbids contact is in force, and no day is known on which it ends"
        for row in orders.forbidding(session, strand, today)
    ]


def _missing_consents(standing: Mapping[tuple[str, str], Consent], needs: Requirement, today: date) -> list[str]:
    absent: list[str] = []
    for party, scope in needs.consents:
        given = standing.get((party, scope))
        who = bpmn.parties()[party]["label"]
        if given is None:
            absent.append(f"current consent of the {who} to {bpmn.consent_scopes()[scope]}")
        elif needs.on_the_day and clock.add_working_days(given.given_on, RECONFIRMED_WITHIN) < today:
            absent.append(f"consent of the {who} confirmed again in the last {RECONFIRMED_WITHIN} working days")
    return absent


def _missing_assessment(row: assessment.RiskAssessment | None, needs: Requirement, today: date) -> list[str]:
    if needs.gate is None:
        return []
    if row is None or row.gate != needs.gate:
        return ["signed risk assessment" if needs.signed else "risk assessment"]
    if needs.signed and (unsigned := _missing_signature(row, today)):
        return unsigned
    if row.level > needs.highest:
        return [f"risk level that allows this (it is {row.level}, and must be {needs.highest} or lower)"]
    return []


def _missing_signature(row: assessment.RiskAssessment, today: date) -> list[str]:
    if row.signed_at is None:
        return ["signed risk assessment"]
    if row.signer_id is None or row.signer_id == row.assessor_id:
        return ["signature by somebody other than the assessor"]
    if row.assessor_level is None or row.needed_level is None or row.assessor_level < row.needed_level:
        return ["risk assessment made by somebody trained for a case like this"]
    if row.valid_until is None or row.valid_until < today:
        return ["current risk assessment"]
    return []


def _missing_check(row: assessment.RiskAssessment | None, needs: Requirement, now: datetime) -> list[str]:
    """The check on the day is the assessment made for it."""
    if not needs.on_the_day:
        return []
    of_the_day = row is not None and row.stage == assessment.DAY_STAGE
    recent = of_the_day and row is not None and now - row.assessed_at <= needs.checked_within
    within = "day" if needs.checked_within <= timedelta(hours=24) else f"{needs.checked_within.days} days"
    return [] if recent else [f"check made within the last {within}"]


def _missing_plan(session: Session, strand: Strand, needs: Requirement, today: date) -> list[str]:
    if not needs.safety_plan:
        return []
    agreed_on = safety_plan.newest(session, strand)
    current = agreed_on is not None and today - agreed_on <= PLAN_HOLDS
    return [] if current else ["family safety plan made or looked at again in the last 4 weeks"]


def _withdrawn(session: Session, strand: Strand, needs: Requirement) -> list[str]:
    if needs.present is None:
        return []
    who = bpmn.parties()[needs.present]
    where = Party.case_id == strand.case_id, Party.role.in_(who["roles"]), Party.withdrawn_at.is_not(None)
    gone = session.scalar(select(Party.id).where(*where).limit(1)) is not None
    return [f"agreement of the {who['label']} to be contacted: they have withdrawn"] if gone else []
