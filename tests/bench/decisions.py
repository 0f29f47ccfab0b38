"""How long conditions, table cells and the risk gate take once read; CPU, the best of several rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from rj_engine import bpmn, dmn, feel
from tests.bench.figures import Figure

CONDITION: Final = 'victim_decision = "explore" and level <= 3'
CELLS: Final = (('"agree", "explore"', "explore"), ("[1..5]", 3), (">= 3", 3))
FACTS: Final = {"victim_decision": "explore", "level": 3}
GATE: Final = {
    "stage": "combined",
    "immediate_danger": "no",
    "victim_consent": "informed_current",
    "capacity": "has",
    "child_party": "age_16_17",
    "personally_connected": "no",
    "da_risk": "not_applicable",
    "coercion": "none",
    "stalking_screen": "not_needed",
    "ongoing_link": "some_contact",
    "legal_bar": "none",
    "proceedings": "none_or_concluded",
    "family_proceedings": "none",
    "responsibility": "full",
    "presentation": "open",
    "self_harm": "none",
    "child_safeguarding": "none",
    "mappa": "none",
    "specialist": "not_needed",
    "victim_readiness": "ready",
    "victim_preference": "indirect",
    "fit_today": "not_checked",
    "harm_flags": ["VIOLENCE"],
}


def figures() -> Iterator[Figure]:
    """Conditions and cells in microseconds, the gate, and reading the gate's file."""
    condition = feel.compile_expression(CONDITION)
    yield Figure("an average gateway condition", _microseconds(partial(condition.evaluate, FACTS), 4000), "us CPU", 5)
    for text, value in CELLS:
        cell = feel.compile_unary_tests(text)
        spent = _microseconds(partial(cell.matches, feel.to_feel(value), {}), 4000)
        yield Figure(f"the table cell {text}", spent, "us CPU", 5)
    source = bpmn.decisions()["rj_gate"]
    model = dmn.load(source)
    for decision, target in (("rj_gate", 300), ("rj_gate_result", None)):
        spent = _microseconds(partial(model.decide, decision, GATE), 200)
        yield Figure(f"{decision}: 55 rows, 23 inputs", spent, "us CPU", target)
    yield Figure("reading rj_gate.dmn", _microseconds(partial(dmn.load, source), 3) / 1000, "ms CPU")


def _microseconds(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - start) / times * 1e6)
    return best
