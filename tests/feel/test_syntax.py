"""What is not FEEL is refused with its place, and what merely looks odd is not."""

from __future__ import annotations

import pytest

from rj_engine import feel


def _refusal(text, names=()):
    with pytest.raises(feel.ExpressionRefused) as refused:
        feel.compile_expression(text, names)
    return refused.value.findings[0]


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "a value"),
        ("1 +", 4, "a value"),
        ("1 2", 3, "operator or the end"),
        ("(1", 3, '")"'),
        ("[1, 2", 6, '"]"'),
        ("[1..2", 6, '"]" or ")"'),
        ("[1..2}", 6, '"]" or ")"'),
        ("{a 1}", 5, "a name"),
        ("{: 1}", 2, "a name"),
        ("{a: 1 b: 2}", 7, '","'),
        ("{a: 1, a: 2}", 8, "two entries a"),
        ('{a: 1, "a": 2}', 8, "two entries a"),
        ("if 1 then 2", 12, '"else"'),
        ("for x in [1] x", 14, '"return"'),
        ("for in [1] return 1", 5, "a name"),
        ("some x in [1] return x", 15, '"satisfies"'),
        ("function(a", 11, '")"'),
        ("function(1 + {) 1", 14, "a name"),
        ("a.", 3, "a name"),
        ("a.1", 2, "operator or the end"),
        ("a(b: 1, 2)", 10, "a name"),
        ("a(1, b: 2)", 7, '")"'),
        ("1 instance number", 12, '"of"'),
        ("1 instance of", 14, "a type"),
        ("1 instance of list<number", 26, '">"'),
        ("1 instance of function<number> number", 32, '"->"'),
        ("1 instance of context<a>", 24, "a name"),
        ("1 between 2", 12, '"and"'),
        ('"abc', 1, "never closed"),
        ("1 /* abc", 3, "never closed"),
        ("@5", 2, "in quotes"),
        ("# 1", 1, "a value"),
        ('"\\U110000"', 2, "not a character"),
        ('1 + "\\uD83D"', 5, "half a character"),
        ("1e99999", 1, "too large"),
        ("-1e99999", 2, "too large"),
        ("1 in (1, 2", 11, '")"'),
        ("then", 1, "a value"),
    ],
)
def test_what_is_not_feel_is_refused_with_its_place(text, column, says) -> None:
    finding = _refusal(text)

    assert says in finding.message
    assert (finding.line, finding.column) == (1, column)


def test_a_refusal_is_for_the_caller_to_mend() -> None:
    with pytest.raises(feel.ExpressionRefused) as refused:
        feel.compile_expression("1 +\n)")

    assert refused.value.code == "expression_refused"
    assert refused.value.sentence == 'Expected a value but found ")".'
    assert (refused.value.findings[0].line, refused.value.findings[0].column) == (2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "[1..x[",
        "[1..x[1]]",
        "[1..x[1][",
        "1 in [1..x[ and true",
        "[1..f(x[1])[",
        "[[1..2[, [3..4[]",
        "(function(a, b: list<number>, c: function<number, string> -> Any) a)(1, 2, 3)",
        "{function: 1, if: 2, and: 3}",
        "a . b . c",
        "if a then b else if c then d else e",
        "for x in 1..2 return for y in x..3 return {x: x, y: y}",
        "not(a) and not (b)",
        "a[b][c](d).e",
        "1 instance of days and time duration or false",
    ],
)
def test_what_only_looks_odd_is_read(text) -> None:
    feel.compile_expression(text)


def test_a_name_known_in_one_part_is_not_known_in_the_next() -> None:
    text = "[for a-b in [1] return a-b, (function(c-d) c-d)(2), some e-f in [3] satisfies e-f = 3, a-b]"

    assert feel.to_json(feel.compile_expression(text).evaluate({"a": 5, "b": 1})) == [[1], 2, True, 4]


def test_a_name_introduced_twice_stays_known_outside() -> None:
    assert feel.compile_expression("(for a-b in [1] return a-b)[1] + a-b", ["a-b"]).evaluate({"a-b": 4}) == 5
