"""The frozen witnesses: tightening a gate is free, loosening it shows itself as a case in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from gates import GATES, Gate, cases_of

from rj_engine import bpmn

EACH_GATE = pytest.mark.parametrize("gate", list(GATES.values()), ids=list(GATES))


def pack(key: str) -> Mapping[str, Any]:
    return bpmn.witnesses(key)


def case(key: str, witness: dict[str, Any]) -> dict[str, Any]:
    return {**pack(key)["otherwise"], **witness["facts"]}


def told(witness: dict[str, Any]) -> str:
    return f"{witness['row']}: {witness['because']} {witness['facts']}"


@EACH_GATE
def test_a_pack_fits_its_schema_and_its_gate(gate: Gate) -> None:
    assert bpmn.misfits("witnesses", pack(gate.key)) == []
    assert pack(gate.key)["decision"] == f"{gate.key}_result"
    assert pack(gate.key)["otherwise"] == dict(gate.favourable)


@EACH_GATE
def test_no_witness_drops_unless_a_safeguarding_lead_has_seen_it_in_words(gate: Gate) -> None:
    dropped = []
    for witness in pack(gate.key)["witnesses"]:
        level, floor = gate.answer(**case(gate.key, witness))
        if level < witness["level"] or floor < witness["floor"]:
            dropped.append(f"{told(witness)} was {witness['level']}/{witness['floor']}, is {level}/{floor}")

    assert dropped == []


@EACH_GATE
def test_each_row_has_a_witness_that_it_decides_alone(gate: Gate) -> None:
    held = {
        witness["row"]
        for witness in pack(gate.key)["witnesses"]
        if gate.decisive(witness["row"], case(gate.key, witness))
    }

    assert {row.element for row in gate.rows()} - held == gate.redundant


@EACH_GATE
def test_each_answer_a_row_speaks_of_has_a_witness_in_which_the_row_fires(gate: Gate) -> None:
    cases: dict[str, list[dict[str, Any]]] = {}
    for witness in pack(gate.key)["witnesses"]:
        facts = case(gate.key, witness)
        assert witness["row"] in gate.fired(**facts), told(witness)
        cases.setdefault(witness["row"], []).append(facts)
    for row in gate.rows():
        for wanted in cases_of(gate, row.element):
            assert any(_holds(one, wanted) for one in cases[row.element]), (row.element, wanted)


def _holds(facts: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(
        set(value) <= set(facts[fact]) if isinstance(value, list) else facts[fact] == value
        for fact, value in wanted.items()
    )
