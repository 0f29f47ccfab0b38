"""The guide for service managers says what the language does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rj_engine import feel
from rj_engine.feel import limits
from rj_engine.feel.library import LIBRARY

GUIDE = (Path(__file__).parents[2] / "docs" / "feel.md").read_text(encoding="utf-8")
NAMES = [
    "victim_decision", "gate_level", "consent_given", "may_contact_harmer", "consent_scopes", "contact_result",
    "contact_attempts", "consent_given_on", "assessed_on", "sign_off_on", "last_contact_on", "conference_on",
    "sessions", "parties", "level",
]  # fmt: skip


def _examples() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    return [re.split(r"\s{3,}", line)[0] for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("text", _examples())
def test_every_example_of_the_guide_is_right(text: str) -> None:
    assert feel.check_expression(text, NAMES) == []


def test_every_function_of_the_language_is_in_the_guide_and_no_other() -> None:
    told = re.search(r"All functions of DMN 1\.5\*\*(.*)", GUIDE)
    assert told is not None

    assert set(re.findall(r"`([^`]+)`", told[1])) == set(LIBRARY)


def test_the_budgets_of_the_guide_are_those_in_force() -> None:
    for figure in (limits.TEXT_LENGTH, limits.HEIGHT, limits.STEPS, limits.LIST_LENGTH, limits.STRING_LENGTH):
        assert f"{figure:,}" in GUIDE


@pytest.mark.parametrize(
    ("cell", "matched"),
    [("-", True), ("null", True), ('not("none", "unknown")', True), ('not("none", null)', False), ("<= 3", False)],
)
def test_a_missing_value_is_matched_as_the_guide_says(cell: str, matched: bool) -> None:
    assert feel.compile_unary_tests(cell).matches(None, {}) is matched
