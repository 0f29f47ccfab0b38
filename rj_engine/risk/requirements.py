"""What has to be on record before each effect that reaches across, or reaches somebody new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from rj_engine.risk.assessment import MAIN_GATE


@dataclass(frozen=True, slots=True)
class Requirement:
    """All that one effect waits for; the source of each line is the domain's invariants and its table of clocks."""

    consents: tuple[tuple[str, str], ...] = ()
    """Who has to have agreed, and to what: (party, scope)."""
    gate: str | None = MAIN_GATE
    """Whose assessment has to stand; None where the effect comes before any."""
    highest: int = 3
    """The highest level of that gate at which it may happen."""
    signed: bool = True
    """Whether somebody other than the assessor has to have signed it."""
    on_the_day: bool = False
    """Whether everybody has to have been asked again in this week, and looked at within `checked_within`."""
    checked_within: timedelta = timedelta(hours=24)
    """Between the check on the day and what it was made for (domain B.7)."""
    safety_plan: bool = False
    present: str | None = None
    """Who must not have withdrawn."""


def _across(scope: str, highest: int) -> Requirement:
    both = (("victim", scope), ("harmer", scope))
    return Requirement(both, highest=highest, on_the_day=True)


TO_HARMER: Final = Requirement((("victim", "contact_harmer"),), present="harmer")
REQUIREMENTS: Final[Mapping[str, Requirement]] = {
    "contact_harmer": TO_HARMER,
    "disclose_to_harmer": TO_HARMER,
    "deliver_direct": _across("participate_direct", 1),
    "deliver_live_video": _across("participate_live_video", 2),
    "deliver_recorded_video": _across("participate_recorded_video", 3),
    # Messages are carried over days, and whoever gets one is asked before each: one check serves a week of them.
    "deliver_shuttle": replace(_across("participate_shuttle", 3), checked_within=timedelta(days=7)),
    "deliver_letter": _across("participate_letter", 3),
    "deliver_proxy": Requirement((("victim", "participate_proxy"),), highest=5),
    "deliver_informal": Requirement(
        (("victim", "participate_informal"), ("harmer", "participate_informal")),
        gate="informal_gate",
        highest=1,
        signed=False,
    ),
    "contact_young_person": Requirement((("parent_carer", "contact_young_person"),), gate=None, present="young_person"),
    "contact_sibling": Requirement((("parent_carer", "contact_sibling"),), gate=None),
    "deliver_apvc_parent": Requirement((("parent_carer", "take_part"),), gate="apvc_gate", highest=3),
    "deliver_apvc_parallel": Requirement(
        (("parent_carer", "take_part"), ("young_person", "take_part")), gate="apvc_gate", highest=2
    ),
    "deliver_apvc_joint": Requirement(
        (("parent_carer", "participate_apvc_joint"), ("young_person", "participate_apvc_joint")),
        gate="apvc_gate",
        highest=1,
        on_the_day=True,
        safety_plan=True,
    ),
    "contact_party_2": Requirement(
        (("party_1", "contact_party_2"),), gate="mediation_gate", highest=2, present="party_2"
    ),
    "deliver_mediation_joint": Requirement(
        (("party_1", "participate_mediation_joint"), ("party_2", "participate_mediation_joint")),
        gate="mediation_gate",
        highest=1,
        on_the_day=True,
    ),
    "deliver_mediation_shuttle": Requirement(
        (("party_1", "participate_mediation_shuttle"), ("party_2", "participate_mediation_shuttle")),
        gate="mediation_gate",
        highest=2,
    ),
}
"""Every effect that passes the gate. One neither here nor in `HARMLESS` is not published."""
REACH_SOMEBODY: Final = frozenset(
    {
        "aftercare",
        "capture_consent",
        "contact_parent",
        "contact_party_1",
        "contact_victim",
        "disclose_to_victim",
        "reconfirm_consent",
        "survey",
    }
)
"""Effects that pass the gate but for one thing: after something grave nobody is contacted until a lead has decided."""
ALSO_ASKED: Final = frozenset({"prison_permission"})
"""What rooms above the gate have to add to it: while one of them is not loaded, nothing passes."""
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
        "contact_parent",
        "contact_party_1",
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
"""Effects that bring nothing of one side to the other."""
