"""Texts made by a grammar, whole and broken: whatever they are, they end soon, and in a value or a refusal.

`FEEL_FUZZ=50000 pytest tests/feel/test_fuzz.py -s` tries fifty thousand and prints the slowest.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rj_engine import feel
from tests.feel.grammar import NAMES, any_text

TEXTS = int(os.environ.get("FEEL_FUZZ", "500"))
LIMIT = 0.05
"""Seconds of work for reading and evaluating, for checking, and for trying as a cell."""
CONTEXT = {
    "level": 3,
    "risk level": 2,
    "a-b": 1,
    "name": "Sam",
    "xs": [1, 2, 3],
    "people": [{"age": 17, "name": "Ann"}, {"age": 40, "tags": ["x"]}],
    "on": "2026-05-01",
    "nothing": None,
    "is_safe": True,
}
TYPES = dict.fromkeys(NAMES, "Any") | {"level": "number", "name": "string", "xs": "list<number>"}
_slowest = (0.0, "")
_figures = {"values": 0, "refusals": 0}


def _evaluate(text: str) -> None:
    feel.to_json(feel.compile_expression(text, NAMES).evaluate(CONTEXT))


def _check(text: str) -> None:
    feel.check_expression(text, TYPES)


def _match(text: str) -> None:
    feel.compile_unary_tests(text, NAMES).matches(3, CONTEXT)


def _spent(use: Callable[[str], None], text: str) -> float:
    gc.disable()  # the collector would search through all that the test keeps
    start = time.process_time()
    try:
        use(text)
        _figures["values"] += 1
    except feel.ExpressionRefused as refusal:
        _figures["refusals"] += 1
        if not all(finding.message for finding in refusal.findings):
            raise
    finally:
        gc.enable()
    return time.process_time() - start


@settings(max_examples=TEXTS, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**63).map(any_text))
def test_any_text_ends_soon_in_a_value_or_a_refusal(text: str) -> None:
    global _slowest  # noqa: PLW0603 - one figure of the whole run
    for use in (_evaluate, _check, _match):
        spent = _spent(use, text)
        if spent > LIMIT:
            spent = min(_spent(use, f"{text}{' ' * n}") for n in range(1, 6))  # others may have been in the way
        _slowest = max(_slowest, (spent, text))
        assert spent <= LIMIT, text


def test_the_slowest_text_is_told() -> None:
    """Only prints; the figure is held to its limit above."""
    spent, text = _slowest
    print(
        f"\nFEEL fuzz: {TEXTS:,} texts, {_figures['values']:,} values, {_figures['refusals']:,} refusals, "
        f"no other exception, slowest {spent * 1000:.1f} ms: {text[:100]!r}"
    )
