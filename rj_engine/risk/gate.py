"""The one function that says whether contact between victim and harmer may happen now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import consent
from rj_engine.cases.case import Party
from rj_engine.cases.consent import Consent
from rj_engine.errors import Refused
from rj_engine.risk import assessment

LOOSEST: Final[Mapping[str, int]] = {
    "contact_harmer": 3,
    "disclose_to_harmer": 3,
    "deliver_direct": 1,
    "deliver_live_video": 2,
    "deliver_recorded_video": 3,
    "deliver_shuttle": 3,
    "deliver_letter": 3,
}
"""The highest risk level at which each effect may happen (domain: invariants I-02 to I-05)."""
TOWARDS_HARMER: Final = frozenset({"contact_harmer", "disclose_to_harmer"})
HARMER_SIDE: Final = "H"
HARMLESS: Final = frozenset(
    {
        "aftercare",
        "agreement_made",
        "agreement_review",
        "assess_risk",
        "capture_consent",
        "check_orders",
        "close",
        "contact_harmer_professional",
        "contact_victim",
        "contact_victim_professional",
        "disclose_to_agency",
        "disclose_to_victim",
        "panel_decision",
        "prison_decision",
        "prison_request",
        "reconfirm_consent",
        "safeguarding",
        "sign_risk",
        "survey",
        "withdraw",
    }
)
"""Effects that bring nothing of one side to the other; any effect neither here nor in `LOOSEST` is not published."""
PARTIES: Final = ("victim", "harmer")
RECONFIRMED_WITHIN: Final = 5
"""Working days between both parties' last word and any delivery (invariant I-07)."""


class ContactBlocked(Refused):
    """Contact cannot go ahead yet."""

    code = "contact_blocked"

    def __init__(self, missing: list[str]) -> None:
        """`missing` are the facts that are not there, in plain words."""
        super().__init__("Contact cannot go ahead yet: " + "; ".join(missing) + ".")
        self.missing = missing


def guarded(effect: str | None) -> bool:
    """Whether this effect passes the gate at all."""
    return effect in LOOSEST


def check(session: Session, case_id: UUID, effect: str | None, now: datetime) -> None:
    """Let the effect pass, or raise `ContactBlocked` with every missing fact."""
    if effect is not None and (absent := missing(session, case_id, effect, now)):
        raise ContactBlocked(absent)


def missing(session: Session, case_id: UUID, effect: str, now: datetime) -> list[str]:
    """What stands between this case and `effect`, in plain words; empty when it may happen."""
    if not guarded(effect):
        return []
    today = now.astimezone(clock.LONDON).date()
    consents = consent.current(session, case_id, today)
    absent = [*_missing_consents(consents, effect, today), *_missing_assessment(session, case_id, effect, today)]
    if effect in TOWARDS_HARMER and _has_withdrawn(session, case_id, HARMER_SIDE):
        absent.append("the harmer's agreement to be contacted: they have withdrawn")
    return absent


def _has_withdrawn(session: Session, case_id: UUID, wall: str) -> bool:
    where = Party.case_id == case_id, Party.wall == wall, Party.withdrawn_at.is_not(None)
    return session.scalar(select(Party.id).where(*where).limit(1)) is not None


def _missing_consents(consents: Mapping[tuple[str, str], Consent], effect: str, today: date) -> list[str]:
    if not effect.startswith("deliver_"):
        return (
            [] if ("victim", "contact_harmer") in consents else ["current consent of the victim to contact the harmer"]
        )
    scope = "participate_" + effect.removeprefix("deliver_")
    words = scope.removeprefix("participate_").replace("_", " ")
    absent: list[str] = []
    for party in PARTIES:
        given = consents.get((party, scope))
        if given is None:
            absent.append(f"current consent of the {party} to take part by {words}")
        elif clock.add_working_days(given.given_on, RECONFIRMED_WITHIN) < today:
            absent.append(f"consent of the {party} confirmed again in the last {RECONFIRMED_WITHIN} working days")
    return absent


def _missing_assessment(session: Session, case_id: UUID, effect: str, today: date) -> list[str]:
    row = assessment.standing(session, case_id)
    if row is None or row.signed_at is None:
        return ["signed risk assessment"]
    if row.signer_id is None or row.signer_id == row.assessor_id:
        return ["signature by somebody other than the assessor"]
    if row.valid_until is None or row.valid_until < today:
        return ["current risk assessment"]
    if row.level > LOOSEST[effect]:
        return [f"risk level that allows this (it is {row.level}, and must be {LOOSEST[effect]} or lower)"]
    return []
