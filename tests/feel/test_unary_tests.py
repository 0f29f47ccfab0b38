"""The cells of decision tables (DMN 1.5, 7.3.3 and 10.3.2.8)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rj_engine import feel

CASES = [
    ("-", 5, True),
    ("", None, True),
    ("  ", "x", True),
    ("5", 5, True),
    ("5", 6, False),
    ('"explore"', "explore", True),
    ('"explore"', 5, False),
    ('"explore", "agree"', "agree", True),
    ('"explore", "agree"', "decline", False),
    ('not("explore", "agree")', "decline", True),
    ('not("explore", "agree")', "agree", False),
    ("not(> 3)", 3, True),
    ("not(null)", None, False),
    ("not(null)", 1, True),
    ("< 3", 2, True),
    ("< 3", None, False),
    ("not(< 3)", None, False),
    ("[1..3]", 3, True),
    ("(1..3)", 3, False),
    ("]1..3]", 3, True),
    ("[1..3], > 10", 11, True),
    ("= 3", 3, True),
    ("!= 3", 3, False),
    ("true", True, True),
    ("true", False, False),
    ("true", None, False),
    ("false", False, True),
    ("null", None, True),
    ("null", 1, False),
    ("? > 3", 4, True),
    ("? > 3 and ? < 5", 5, False),
    ("not(? > 3)", 4, False),
    ('contains(?, "ab")', "cabs", True),
    ('starts with(?, "ab"), ends with(?, "z")', "fizz", True),
    ("limit", 3, True),
    ("> limit", 4, True),
    ("[limit..10]", 2, False),
    ("[missing..10]", 2, False),
    ("limit + 1", 4, True),
    ("allowed", "b", True),
    ("allowed", "z", False),
    ("not(allowed)", "z", True),
    ("[1, 2]", 2, True),
    ("[1, 2]", [1, 2], True),
    ("limit > 2", "anything", True),
    ("limit > 5", "anything", False),
    ("limit > 2", True, True),
    ("limit > 2", False, False),
    ("even(?)", 4, True),
    ("some x in allowed satisfies x = ?", "a", True),
    ("not(true) and ? = 1", 1, False),
    ("not(false) and (? = 1)", 1, True),
    ('date("2026-01-01")', "2026-01-01", False),
    ("?", True, True),
    ("? in [1..3]", 2, True),
    ("[1..3]", [2], False),
    ("-5", -5, True),
    ("- 5", -5, True),
    ("adult?", 18, True),
    ("not", 1, False),
]


@pytest.mark.parametrize(("text", "value", "expected"), CASES)
def test_a_cell_matches_the_values_it_speaks_of(text, value, expected) -> None:
    context = {"limit": 3, "allowed": ["a", "b"], "adult?": 18}

    assert feel.compile_unary_tests(text, context).matches(value, context) is expected


def test_a_cell_says_when_it_has_no_answer() -> None:
    assert feel.compile_unary_tests("< 3").evaluate(None, {}) is None


def test_a_cell_knows_the_names_it_reads() -> None:
    assert feel.compile_unary_tests("> risk level, < abs(lowest)", ["risk level"]).names == {"risk level", "lowest"}
    assert feel.compile_unary_tests("-").names == frozenset()


@pytest.mark.parametrize("text", ["1,", "not(1", "not(1) 2", ")", "1 2", "- 1 2", "not("])
def test_a_cell_that_is_not_feel_is_refused(text) -> None:
    with pytest.raises(feel.ExpressionRefused):
        feel.compile_unary_tests(text)


def test_cells_and_expressions_tell_their_text() -> None:
    assert repr(feel.compile_unary_tests("> 3")) == "UnaryTests('> 3')"
    assert repr(feel.compile_expression("1 + 1")) == "Expression('1 + 1')"


def test_a_value_is_made_ready_once_for_all_tests_of_a_cell() -> None:
    assert feel.compile_unary_tests("3, 4").matches(4, {}) is True
    assert feel.compile_unary_tests("3, 4").matches(Decimal(4), {}) is True
