"""What the walk of a pathway cannot prove is held by a test that its line names, and an exemption by a table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rj_engine import bpmn, dmn
from rj_engine.risk.assessment import SENSITIVE
from rj_engine.workflows.proof.invariants import Invariant, listed

ROOT = Path(__file__).parents[2]
ELSEWHERE = [one for one in listed() if one.kind == "elsewhere"]
LOOSEST_ON_THE_STREET = 1


@pytest.mark.parametrize("invariant", ELSEWHERE, ids=[one.id for one in ELSEWHERE])
def test_an_invariant_that_no_walk_can_prove_names_the_test_that_holds_it(invariant: Invariant) -> None:
    named = re.search(r"tests/\w+/test_\w+\.py", invariant.told["elsewhere"])
    assert named is not None
    assert (ROOT / named[0]).is_file()


@pytest.mark.parametrize("flag", sorted(SENSITIVE))
def test_nothing_sensitive_is_settled_on_the_street_so_one_officer_may_hold_the_talk(flag: str) -> None:
    table = dmn.load(bpmn.decisions()["informal_gate"])
    mildest = json.loads((ROOT / "rj_engine/bpmn/witnesses/informal_gate.json").read_text(encoding="utf-8"))[
        "otherwise"
    ]
    answer = table.decide("informal_gate_result", {**mildest, "harm_flags": [flag]}).value
    assert isinstance(answer, dict)
    assert answer["level"] > LOOSEST_ON_THE_STREET
