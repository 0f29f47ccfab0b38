"""The one function that says whether contact between victim and harmer may happen now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import consent
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
    return [*_missing_consents(consents, effect, today), *_missing_assessment(session, case_id, effect, today)]


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
