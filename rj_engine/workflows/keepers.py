"""The rooms whose records a task can ask for: importing them is what makes `records.keep` and the gate know them."""

from __future__ import annotations

from typing import Final

from rj_engine.cases import (
    agreement,
    allocation,
    closure,
    consent,
    contact,
    holds,
    message_leg,
    orders,
    referral_out,
    safeguarding,
    safety_plan,
    survey,
)
from rj_engine.prisons import answers, custody, permission, requests
from rj_engine.risk import assessment
from rj_engine.workflows import handovers

KEEPERS: Final = (
    agreement,
    allocation,
    answers,
    assessment,
    closure,
    consent,
    contact,
    custody,
    handovers,
    holds,
    message_leg,
    orders,
    permission,
    referral_out,
    requests,
    safeguarding,
    safety_plan,
    survey,
)
GATE_READS: Final = frozenset(
    {
        "consent",
        "custody",
        "hold_cleared",
        "order",
        "prison_answer",
        "prison_booking",
        "prison_conditions",
        "prison_request",
        "risk_assessment",
        "safety_plan",
        "sign_off",
    }
)
"""The records that the gate reads: each may let an open task pass, or hold it back."""
