"""No text, however written, holds up a case: it is refused with a finding by a budget that counts work."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from rj_engine import feel
from rj_engine.feel import limits


def _refused(text, context=None):
    with pytest.raises(feel.ExpressionRefused) as refused:
        feel.compile_expression(text).evaluate(context or {})
    return refused.value.findings[0].code


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 5000 + "]" * 5000,
        "{a:" * 2000 + "1" + "}" * 2000,
        "-" * 5000 + "a",
        "a" + ".b" * 5000,
        "a" + "[1]" * 3000,
        "a" + "()" * 5000,
        "a" + " = a" * 3000,
        "a" + " between 1 and 2" * 500,
        "1" + " instance of number" * 500,
        "if a then 1 else " * 900 + "2",
        "< " * 5000 + "1",
        "f(" * 5000 + ")" * 5000,
        "function() " * 1000 + "1",
        "1 instance of " + "list<" * 3000 + "number" + ">" * 3000,
        "for a in " * 1000 + "1" + " return 1" * 1000,
    ],
)
def test_deep_nesting_is_refused_when_it_is_read(text) -> None:
    assert _refused(text) == "too_deep"


@pytest.mark.parametrize("sign", ["+", "*", "and", "or"])
def test_a_long_row_of_one_operator_is_not_deep(sign) -> None:
    part = "true" if sign in {"and", "or"} else "1"

    assert feel.compile_expression(f" {sign} ".join([part] * 2000)).evaluate({}) is not None


def test_a_text_may_be_twenty_thousand_characters() -> None:
    assert _refused("1" + " " * limits.TEXT_LENGTH) == "text_too_long"


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000 return i",
        "for i in -1e30..1e30 return i",
        "some i in 1..1000000000 satisfies i < 0",
        "for a in 1..100, b in 1..100, c in 1..100, d in 1..100 return 1",
        "count(for a in 1..1000, b in 1..1000 return a)",
        "for i in [1..1e9] return i",
        "(for i in 1..3000 return partial)[1]",
        "{f: function(n) f(n - 1) + f(n - 1), r: f(10000000)}.r",
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a)(a+)+\\\\1$")',
        "string(for i in 1..40 return partial)",
        "count(flatten(for i in 1..40 return partial))",
        "(for i in 1..40 return partial) = (for i in 1..40 return partial)",
        "(for i in 1..40 return partial).x",
        "distinct values(for i in 1..2000 return [i])",
        "sort(for i in 1..5000 return modulo(i * 7919, 5003), function(x, y) x < y)",
        "{l: for i in 1..5000 return i, r: for i in 1..1000 return reverse(l)}",
        "{l: for i in 1..5000 return true, r: for i in 1..1000 return all(list: l)}",
        'for i in 1..100000 return time("10:00:00@X" + string(i))',
        'for d in @"-999999999-01-01"..@"999999999-01-01" return d',
    ],
)
def test_endless_work_is_stopped(text) -> None:
    assert _refused(text) in {"too_much_work", "too_deep", "list_too_long"}


@pytest.mark.parametrize(
    "text",
    [
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "(function(f) f(f))(function(f) f(f))",
        "{f: function(n) sort([2, 1], function(x, y) f(n)), r: f(1)}.r",
        "{f: function(n) [1, 2][f(n)], r: f(1)}.r",
        "{f: function(n) some x in [1] satisfies f(x), r: f(1)}.r",
        "{f: function(n) {a: {b: if f(n) then 1 else 2}}, r: f(1)}.r",
    ],
)
def test_endless_recursion_is_stopped(text) -> None:
    assert _refused(text) == "too_deep"


def test_a_recursion_of_reasonable_depth_is_not_stopped() -> None:
    text = "{f: function(n) if n = 0 then 1 else n * f(n - 1), r: f(30)}.r"

    assert feel.compile_expression(text).evaluate({}) > 10**32


def test_texts_and_lists_that_grow_are_stopped() -> None:
    doubling = '(for i in 1..30 return if i = 1 then "aaaaaaaa" else partial[-1] + partial[-1])[-1]'
    growing = "(for i in 1..30 return if i = 1 then [1, 2, 3, 4] else concatenate(partial[-1], partial[-1]))[-1]"

    assert _refused(doubling) == "string_too_long"
    assert _refused(growing) in {"list_too_long", "too_much_work"}
    assert _refused("string join(for i in 1..2000 return x)", {"x": "a" * 1000}) == "string_too_long"
    assert _refused("concatenate(x, x)", {"x": [1] * 30_000}) == "list_too_long"
    assert _refused('replace(x, "a", x)', {"x": "a" * 2000}) == "string_too_long"
    assert _refused("string(for i in 1..250 return x)", {"x": "a" * 1000}) == "string_too_long"
    assert _refused("x", {"x": list(range(limits.LIST_LENGTH + 1))}) == "list_too_long"


def test_values_nested_too_deep_are_refused() -> None:
    nested: list[object] = []
    for _ in range(200):
        nested = [nested]

    assert _refused("x", {"x": nested}) == "too_deep"
    with pytest.raises(feel.ExpressionRefused):
        feel.to_json(nested)


@pytest.mark.parametrize("use", ["string(a)", "a = b", "flatten(a)", "a.x"])
def test_values_that_grow_too_deep_are_refused_when_they_are_used(use: str) -> None:
    nested = "(for i in 1..70 return if i = 1 then [] else [partial[-1]])[-1]"

    assert _refused(f"{{a: {nested}, b: {nested}, c: {use}}}") == "too_deep"


def _refusals_near_the_end_of_the_stack(use: Callable[[], object]) -> int:
    def deep(levels: int) -> object:
        return deep(levels - 1) if levels else use()

    refusals = 0
    for levels in range(sys.getrecursionlimit() - 300, sys.getrecursionlimit()):
        try:
            deep(levels)
        except feel.ExpressionRefused:
            refusals += 1
        except RecursionError:
            break
    return refusals


def test_a_caller_deep_in_its_own_calls_gets_a_refusal_too() -> None:
    expression = feel.compile_expression("{f: function(n) if n = 0 then 1 else f(n - 1), r: f(20)}.r")
    cell = feel.compile_unary_tests("[1..2][[1..2][[1..2][[1..2][[1..2][[1..2][[1..2][? = 1]]]]]]]")

    assert _refusals_near_the_end_of_the_stack(lambda: expression.evaluate({})) > 0
    assert _refusals_near_the_end_of_the_stack(lambda: cell.matches(1, {})) > 0


def test_a_caller_may_give_a_smaller_budget() -> None:
    with pytest.raises(feel.ExpressionRefused):
        feel.compile_expression("for i in 1..100 return i").evaluate({}, feel.Run(steps=50))


def test_the_budget_is_shared_by_all_that_share_a_run() -> None:
    run = feel.Run()
    loop = feel.compile_expression("count(for i in 1..5500 return i)")

    loop.evaluate({}, run)
    loop.evaluate({}, run)
    with pytest.raises(feel.ExpressionRefused):
        loop.evaluate({}, run)
