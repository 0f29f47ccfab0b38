"""What callers rely on: names, warnings, clock, cache, shared runs, and functions from outside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rj_engine import feel


def _warned(text, context=None, names=()):
    return [(w.code, w.line, w.column) for w in feel.compile_expression(text, names).explain(context or {}).warnings]


def test_the_gateway_condition_of_the_pathways() -> None:
    condition = feel.compile_expression('victim_decision = "explore" and level <= 3')

    assert condition.evaluate({"victim_decision": "explore", "level": 3}) is True
    assert condition.evaluate({"victim_decision": "explore", "level": 4}) is False
    assert condition.evaluate({"victim_decision": "explore"}) is None
    assert condition.names == {"victim_decision", "level"}


def test_an_expression_knows_the_names_it_reads_but_not_those_it_makes() -> None:
    text = "{a: b, c: a + d}.c + sum(for x in xs return x * factor) + (function(y) y + z)(1)"

    assert feel.compile_expression(text).names == {"b", "d", "xs", "factor", "z"}


def test_a_name_of_the_language_counts_as_read_only_when_it_is_also_given() -> None:
    assert feel.compile_expression("count(xs)").names == {"xs"}
    assert feel.compile_expression("count(xs)", ["count", "xs"]).names == {"count", "xs"}


def test_the_same_text_and_names_give_the_same_expression() -> None:
    assert feel.compile_expression("a b + 1", ["a b"]) is feel.compile_expression("a b + 1", frozenset({"a b"}))
    assert feel.compile_expression("1 + 1") is not feel.compile_expression("1 + 1", ["x"])


def test_a_warning_has_its_place() -> None:
    assert _warned("1 +\n  levl") == [("unknown_name", 2, 3), ("null_operand", 1, 3)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 / 0", "division_by_zero"),
        ('1 + "a"', "wrong_type"),
        ('"a" - 1 - 2', "wrong_type"),
        ("9e6144 * 9", "not_a_number"),
        ("9e6144 / 0.1", "not_a_number"),
        ('-"a"', "wrong_type"),
        ("1 = true", "not_comparable"),
        ("1 < true", "not_comparable"),
        ("5 .size", "no_such_property"),
        ("{a: 1}.b", "no_such_entry"),
        ("null.b", "null_operand"),
        ("null[1]", "null_operand"),
        ('[1]["a"]', "wrong_type"),
        ("if 1 then 2 else 3", "wrong_type"),
        ("true and 1", "wrong_type"),
        ("true and true and 1", "wrong_type"),
        ("some x in null satisfies x", "null_operand"),
        ("every x in [1] satisfies x", "wrong_type"),
        ('for x in "a".."b" return x', "bad_range"),
        ("[1..true]", "bad_range"),
        ("< null", "bad_range"),
        ("!= 5", "bad_range"),
        ("abs()", "wrong_arguments"),
        ("abs(x: 1)", "wrong_arguments"),
        ('abs("a")', "wrong_type"),
        ("abs(null)", "null_argument"),
        ("5(1)", "not_a_function"),
        ("(function(a) a)()", "wrong_arguments"),
        ("(function(a) a)(a: 1, a: 2)", "wrong_arguments"),
        ('(function(a: number) a)("x")', "wrong_type"),
        ("function() external {a: 1}", "external"),
        ('@"x"', "bad_literal"),
        ('date("x")', "bad_date"),
        ("now()", "no_clock"),
        ('matches("a", "(")', "bad_pattern"),
    ],
)
def test_what_the_standard_makes_null_leaves_a_warning(text, code) -> None:
    result = feel.compile_expression(text).explain({})

    assert code in {warning.code for warning in result.warnings}
    assert {warning.severity for warning in result.warnings} == {"warning"}


def test_only_the_first_warnings_are_kept() -> None:
    assert len(_warned("for x in 1..1000 return x + null")) == 50


def test_now_and_today_come_from_the_callers_clock() -> None:
    run = feel.Run(clock=lambda: datetime(2026, 5, 1, 9, 30, tzinfo=UTC))

    assert feel.compile_expression("today()").evaluate({}, run) == date(2026, 5, 1)
    assert str(feel.compile_expression("now()").evaluate({}, run)) == "2026-05-01T09:30:00Z"
    assert feel.compile_expression("today()").evaluate({}) is None


def test_consent_runs_out_on_the_callers_clock() -> None:
    run = feel.Run(clock=lambda: datetime(2026, 5, 1, tzinfo=UTC))
    condition = feel.compile_expression('date(consent_on) + duration("P6M") > today()')

    assert condition.evaluate({"consent_on": "2026-01-01"}, run) is True
    assert condition.evaluate({"consent_on": "2025-10-01"}, run) is False


def test_expressions_may_share_one_run_and_its_warnings() -> None:
    run = feel.Run()
    first = feel.compile_expression("1 / 0").explain({}, run)
    second = feel.compile_expression("missing").explain({}, run)

    assert [w.code for w in first.warnings] == ["division_by_zero"]
    assert [w.code for w in second.warnings] == ["unknown_name"]
    assert len(run.warnings) == 2


def test_a_function_from_outside_is_called_like_one_of_the_language() -> None:
    double = feel.Function("double", [feel.Parameter("n", feel.Type("number"))], lambda arguments, _: arguments[0] * 2)
    context = {"double": double}

    assert feel.compile_expression("double(4) + double(n: 1)").evaluate(context) == 10
    assert feel.compile_expression('double("a")').evaluate(context) is None
    assert repr(double) == "<function double>"


def test_a_function_made_in_one_expression_may_be_called_in_another() -> None:
    made = feel.compile_expression("function(a) a + offset").evaluate({"offset": 10})

    assert feel.compile_expression("f(1)").evaluate({"f": made}) == 11


def test_a_large_list_from_outside_is_made_ready_once_in_a_run() -> None:
    people = [{"age": n} for n in range(100)]
    text = "count(people[age > 50]) + count(people[age < 50]) + count(people[age = 50])"

    assert feel.compile_expression(text).evaluate({"people": people}) == 100


def test_types_of_a_model_may_be_asked_for() -> None:
    types = {
        "tRisk": feel.Type("context", None, (("level", feel.Type("number")),)),
        "risk of harm": feel.Type("number"),
    }

    assert feel.compile_expression("{level: 3} instance of tRisk", (), types).evaluate({}) is True
    assert feel.compile_expression("[{level: 3}] instance of list<tRisk>", (), types).evaluate({}) is True
    assert feel.compile_expression("3 instance of risk of harm", (), types).evaluate({}) is True
    assert feel.compile_expression("{} instance of tRisk", (), types).evaluate({}) is False
    assert feel.compile_expression("1 instance of tRisk").explain({}).warnings[0].code == "unknown_type"


def test_numbers_of_python_become_numbers_of_the_language() -> None:
    assert feel.compile_expression("a + b + c").evaluate({"a": 1, "b": 0.1, "c": Decimal("0.2")}) == Decimal("1.3")
    assert feel.compile_expression("a").evaluate({"a": float("nan")}) is None
    assert feel.compile_expression("a").evaluate({"a": Decimal("Infinity")}) is None
    assert feel.compile_expression("a < 1").evaluate({"a": Decimal("NaN")}) is None


def test_the_leaves_of_a_condition_are_what_and_or_and_not_join() -> None:
    leaves = feel.leaves('a = 1 and (not(b > 2) or a = 1 and contains(c, "x")) and d')
    context = {"a": 1, "b": 3, "c": "box", "d": False}

    assert [leaf.evaluate(context) for leaf in leaves] == [True, True, True, True, False]
    assert [sorted(leaf.names) for leaf in leaves] == [["a"], ["b"], ["a"], ["c"], ["d"]]
    assert leaves[0].text == leaves[2].text != leaves[1].text
