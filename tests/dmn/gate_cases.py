"""Builds the facts of a case for the risk gate."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from rj_engine import dmn

DECISIONS = Path(dmn.__file__).parents[1] / "bpmn" / "decisions"

FAVOURABLE: dict[str, Any] = {
    "stage": "pre_event",
    "immediate_danger": "no",
    "victim_consent": "informed_current",
    "capacity": "has",
    "child_party": "none",
    "personally_connected": "no",
    "da_risk": "not_applicable",
    "coercion": "none",
    "stalking_screen": "clear",
    "ongoing_link": "none",
    "legal_bar": "none",
    "proceedings": "none_or_concluded",
    "family_proceedings": "none",
    "responsibility": "full",
    "presentation": "open",
    "self_harm": "none",
    "child_safeguarding": "none",
    "mappa": "none",
    "specialist": "in_place",
    "victim_readiness": "ready",
    "victim_preference": "direct",
    "fit_today": "yes",
    "harm_flags": [],
}
FLAGS = ["DA", "SA", "STALKING", "HBA", "EXPLOITATION", "DEATH", "HATE", "VIOLENCE"]
ALWAYS_READ_OTHERWISE = [
    {"da_risk_as_read": '"not_applicable"', "harm_flags": 'list contains(?, "DA")'},
    {"stalking_screen_as_read": '"not_needed"', "harm_flags": 'some f in ? satisfies f in ("DA", "STALKING")'},
    {
        "specialist_as_read": '"not_needed"',
        "harm_flags": 'some f in ? satisfies f in ("DA", "SA", "STALKING", "HBA", "EXPLOITATION")',
    },
]
"""What the fail-safe reading leaves no input for."""


def source(name: str) -> bytes:
    return (DECISIONS / f"{name}.dmn").read_bytes()


@cache
def model(name: str) -> dmn.Model:
    return dmn.load(source(name))


def a_case(**changes: Any) -> dict[str, Any]:
    return {**FAVOURABLE, **changes}


def the_gate(**changes: Any) -> dmn.Decided:
    return model("rj_gate").decide("rj_gate_result", a_case(**changes))
