"""How long the conditions of the pathways take, once read; the figures are printed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from rj_engine import feel

pytestmark = pytest.mark.skipif(
    sys.gettrace() is not None, reason="a tracer, such as that of coverage, slows each line"
)
LIMIT = 5.0
"""Microseconds for a condition of average length."""
CONTEXT = {
    "victim_decision": "explore",
    "level": 3,
    "consent_given": "yes",
    "consent_scopes": ["contact_harmer", "participate_letter"],
    "sign_off_decision": "agree",
    "gate_level": 2,
}


def _microseconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for _ in range(4000):
            work()
        best = min(best, (time.process_time() - start) / 4000 * 1e6)
    return best


def test_an_average_condition_takes_less_than_five_microseconds() -> None:
    condition = feel.compile_expression('victim_decision = "explore" and level <= 3')
    spent = _microseconds(lambda: condition.evaluate(CONTEXT))
    print(f"\nFEEL: an average condition takes {spent:.2f} µs (at most {LIMIT})")

    assert spent <= LIMIT


def test_a_cell_of_a_table_takes_less_than_five_microseconds() -> None:
    context, run = feel.to_feel(CONTEXT), feel.Run(steps=10**9)
    assert isinstance(context, dict)
    for text, value in (('"agree", "explore"', "explore"), ("[1..5]", context["level"]), (">= 3", context["level"])):
        cell = feel.compile_unary_tests(text)
        spent = _microseconds(lambda cell=cell, value=value: cell.matches(value, context, run))  # type: ignore[misc] # bound
        print(f"\nFEEL: the cell {text} takes {spent:.2f} µs")
        assert spent <= LIMIT


def test_a_long_condition_stays_in_proportion() -> None:
    text = (
        'consent_given = "yes" and list contains(consent_scopes, "contact_harmer") and '
        '((sign_off_decision = "agree" and gate_level <= 3) or sign_off_decision != "agree")'
    )
    condition = feel.compile_expression(text)
    spent = _microseconds(lambda: condition.evaluate(CONTEXT))
    print(f"\nFEEL: a condition of five comparisons and a list takes {spent:.2f} µs")

    assert spent <= 6 * LIMIT
