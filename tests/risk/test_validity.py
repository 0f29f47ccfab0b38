"""The validity table and the clocks that carry it say the same days."""

from __future__ import annotations

import pytest

from rj_engine import bpmn, dmn

CARRIED = [
    ("assessment", "victim_initiated_rj", "standard", "risk_expiry_standard"),
    ("assessment", "informal_rj", "sensitive", "risk_expiry_sensitive"),
    ("assessment", "victim_initiated_rj", "complex", "risk_expiry_sensitive"),
    ("assessment", "apvc", "standard", "risk_expiry_apvc"),
    ("assessment", "mediation", "standard", "risk_expiry_mediation"),
    ("assessment", "mediation", "sensitive", "risk_expiry_sensitive"),
    ("panel_decision", "victim_initiated_rj", "standard", "panel_expiry"),
    ("consent", "victim_initiated_rj", "standard", "consent_expiry"),
]


@pytest.mark.parametrize(("record", "pathway", "complexity", "clock"), CARRIED)
def test_a_clock_holds_for_as_long_as_the_table_says(record: str, pathway: str, complexity: str, clock: str) -> None:
    table = dmn.load(bpmn.decisions()["validity"])
    known = {"record": record, "pathway": pathway, "complexity": complexity}
    answer = table.decide("validity", known).value
    assert isinstance(answer, dict)
    carried = bpmn.clocks()[clock]
    assert (int(answer["amount"]), answer["unit"]) == (carried["amount"], carried["unit"])
