"""The standard, clause by clause: expression, context and expected value as data in `cases/`."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from rj_engine import feel

CASES = Path(__file__).parent / "cases"


def _all_cases() -> list[object]:
    cases = []
    for file in sorted(CASES.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        for text, expected in told["cases"]:
            cases.append(pytest.param(text, told.get("context", {}), expected, id=f"{file.stem}: {text}"))
    return cases


def _alike(found: object, expected: object) -> bool:
    if isinstance(expected, float) and isinstance(found, int | float) and not isinstance(found, bool):
        return abs(found - expected) <= abs(expected) * 1e-12
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(_alike, found, expected))
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(("text", "context", "expected"), _all_cases())
def test_an_expression_has_the_value_the_standard_gives_it(text, context, expected) -> None:
    expression = feel.compile_expression(text, list(context))

    found = expression.evaluate(context)

    assert _alike(feel.to_json(found), expected), f"{text} gave {found!r}"


def test_at_least_three_hundred_cases_are_tried() -> None:
    assert len(_all_cases()) >= 300


def test_numbers_keep_thirty_four_digits() -> None:
    assert feel.compile_expression("2 / 3").evaluate({}) == Decimal("0." + "6" * 33 + "7")
