"""DMN 1.5, 7.3 and 10.2.1: boxed expressions."""

from __future__ import annotations

from typing import Any

import pytest
from small_models import a_context, a_decision, a_fact, a_function, a_literal, a_model, an_invocation

NUMBERS = a_literal("[1, 2, 3]")


def boxed(tag: Any, **parts: Any):
    """A conditional, filter or iteration from its children."""
    names = {"test": "if", "otherwise": "else", "source": "in"}
    variable = parts.pop("variable", None)
    inner = "".join(f"<{names.get(name, name)}>{value}</{names.get(name, name)}>" for name, value in parts.items())
    return f"<{tag}{f' iteratorVariable={variable!r}' if variable else ''}>{inner}</{tag}>"


def some(source: Any, satisfies: Any, tag: Any = "some"):
    return boxed(tag, variable="n", source=a_literal(source), satisfies=a_literal(satisfies))


def every(source: Any, satisfies: Any):
    return some(source, satisfies, "every")


def loop(source: Any, returned: Any):
    return f"<for iteratorVariable='n'><in>{a_literal(source)}</in><return>{a_literal(returned)}</return></for>"


def relation(*rows: Any, columns: Any = ("a", "b")):
    heads = "".join(f"<column name='{name}'/>" for name in columns)
    lines = "".join(f"<row>{''.join(a_literal(cell) for cell in row)}</row>" for row in rows)
    return f"<relation>{heads}{lines}</relation>"


def listed(*items: Any):
    return f"<list>{''.join(items)}</list>"


CASES = [
    ("a literal expression", a_literal("1 + 2"), 3),
    ("a literal expression over several lines", a_literal("\n 1 +\n 2 // three\n"), 3),
    ("an empty literal expression is null", a_literal(""), None),
    ("an error is null", a_literal('1 + "a"'), None),
    ("a name that is not known is null", a_literal("nobody"), None),
    ("a context", a_context(("a", a_literal("1")), ("b", a_literal("2"))), {"a": 1, "b": 2}),
    (
        "a line of a context uses those above it",
        a_context(("a", a_literal("1")), ("b", a_literal("a + 1"))),
        {"a": 1, "b": 2},
    ),
    (
        "a line of a context does not see those below it",
        a_context(("b", a_literal("a")), ("a", a_literal("1"))),
        {"b": None, "a": 1},
    ),
    ("a line without a name is the result", a_context(("a", a_literal("1")), (None, a_literal("a + 1"))), 2),
    (
        "a context in a context",
        a_context(("a", a_context(("b", a_literal("1")))), ("c", a_literal("a.b"))),
        {"a": {"b": 1}, "c": 1},
    ),
    (
        "an inner line hides an outer one",
        a_context(("a", a_literal("1")), ("b", a_context(("a", a_literal("2")), (None, a_literal("a"))))),
        {"a": 1, "b": 2},
    ),
    ("a name of several words", a_context(("the fee", a_literal("5")), (None, a_literal("the fee * 2"))), 10),
    ("an empty context", a_context(), {}),
    ("a list", listed(a_literal("1"), a_literal('"a"')), [1, "a"]),
    ("an empty list", listed(), []),
    ("a list of lists", listed(listed(a_literal("1")), NUMBERS), [[1], [1, 2, 3]]),
    ("a relation is a list of contexts", relation(("1", "2"), ("3", "4")), [{"a": 1, "b": 2}, {"a": 3, "b": 4}]),
    ("a relation without rows", relation(), []),
    (
        "a condition that holds",
        boxed("conditional", test=a_literal("1 < 2"), then=a_literal('"yes"'), otherwise=a_literal('"no"')),
        "yes",
    ),
    (
        "a condition that does not hold",
        boxed("conditional", test=a_literal("1 > 2"), then=a_literal('"yes"'), otherwise=a_literal('"no"')),
        "no",
    ),
    (
        "a condition that is null does not hold",
        boxed("conditional", test=a_literal("null"), then=a_literal('"yes"'), otherwise=a_literal('"no"')),
        "no",
    ),
    (
        "a condition that is no boolean does not hold",
        boxed("conditional", test=a_literal("1"), then=a_literal('"yes"'), otherwise=a_literal('"no"')),
        "no",
    ),
    ("a filter keeps what passes", boxed("filter", source=NUMBERS, match=a_literal("item > 1")), [2, 3]),
    (
        "a filter sees the entries of its items",
        boxed("filter", source=a_literal("[{a: 1}, {a: 2}]"), match=a_literal("a = 2")),
        [{"a": 2}],
    ),
    ("a filter with a number takes that item", boxed("filter", source=NUMBERS, match=a_literal("-1")), 3),
    ("a filter with a number beyond the list is null", boxed("filter", source=NUMBERS, match=a_literal("4")), None),
    ("a filter with a broken number is null", boxed("filter", source=NUMBERS, match=a_literal("1.5")), None),
    ("a filter of null is null", boxed("filter", source=a_literal("null"), match=a_literal("true")), None),
    (
        "a filter of one value is a filter of a list of it",
        boxed("filter", source=a_literal("5"), match=a_literal("item = 5")),
        [5],
    ),
    (
        "a filter leaves out what is null",
        boxed("filter", source=a_literal("[1, null]"), match=a_literal("item > 0")),
        [1],
    ),
    ("a filter that is no boolean is null", boxed("filter", source=NUMBERS, match=a_literal('"x"')), None),
    ("an iteration", loop("[1, 2, 3]", "n * n"), [1, 4, 9]),
    ("an iteration over a range", loop("1..3", "n"), [1, 2, 3]),
    ("an iteration over a range that falls", loop("3..1", "n"), [3, 2, 1]),
    ("an iteration over a range that is a value", loop("[1..3]", "n"), [1, 2, 3]),
    ("an iteration over a range that has no steps is null", loop("[1.5..3]", "n"), None),
    ("an iteration over one value", loop("5", "n"), [5]),
    ("an iteration over null is null", loop("null", "n"), None),
    ("an iteration over nothing", loop("[]", "n"), []),
    ("an iteration sees what it has made so far", loop("[1, 2, 3, 4]", "n + sum(partial)"), [None, None, None, None]),
    ("an iteration counts what it has made so far", loop("[5, 5, 5]", "count(partial)"), [0, 1, 2]),
    ("some of the items satisfy", some("[1, 2]", "n > 1"), True),
    ("none of the items satisfies", some("[1, 2]", "n > 2"), False),
    ("some of nothing is false", some("[]", "true"), False),
    ("some is null when nothing is true and something unknown", some("[1, null]", "n > 2"), None),
    ("some is true even when something is unknown", some("[3, null]", "n > 2"), True),
    ("some of null is null", some("null", "true"), None),
    ("every item satisfies", every("[1, 2]", "n > 0"), True),
    ("not every item satisfies", every("[1, 2]", "n > 1"), False),
    ("every of nothing is true", every("[]", "false"), True),
    ("every is null when nothing is false and something unknown", every("[1, null]", "n > 0"), None),
    ("every is null for what is no boolean", every("[1]", '"x"'), None),
    ("every is false even when something is unknown", every("[0, null]", "n > 0"), False),
    (
        "a function is called by position",
        a_context(("f", a_function(a_literal("a - b"), {"a": None, "b": None})), (None, a_literal("f(5, 3)"))),
        2,
    ),
    (
        "a function is called by name",
        a_context(("f", a_function(a_literal("a - b"), {"a": None, "b": None})), (None, a_literal("f(b: 5, a: 3)"))),
        -2,
    ),
    (
        "a function with too few arguments is null",
        a_context(("f", a_function(a_literal("1"), {"a": None})), (None, a_literal("f()"))),
        None,
    ),
    (
        "a function closes over what is around it",
        a_context(
            ("k", a_literal("10")), ("f", a_function(a_literal("a * k"), {"a": None})), (None, a_literal("f(2)"))
        ),
        20,
    ),
    (
        "a parameter hides what is around it",
        a_context(("a", a_literal("10")), ("f", a_function(a_literal("a"), {"a": None})), (None, a_literal("f(2)"))),
        2,
    ),
    (
        "an argument of another type leaves the function uncalled",
        a_context(("f", a_function(a_literal("1"), {"a": "number"})), (None, a_literal('f("x")'))),
        None,
    ),
    (
        "a list of one is taken for its item",
        a_context(("f", a_function(a_literal("a + 1"), {"a": "number"})), (None, a_literal("f([4])"))),
        5,
    ),
    ("a function without a body is null", a_context(("f", a_function("")), (None, a_literal("f()"))), None),
    (
        "a function returns a function",
        a_context(
            ("f", a_function(a_function(a_literal("a + b"), {"b": None}), {"a": None})), (None, a_literal("f(1)(2)"))
        ),
        3,
    ),
    (
        "an invocation binds by name",
        a_context(
            ("f", a_function(a_literal("a - b"), {"a": None, "b": None})),
            (None, an_invocation("f", b=a_literal("1"), a=a_literal("9"))),
        ),
        8,
    ),
    (
        "an invocation of an unknown parameter is null",
        a_context(("f", a_function(a_literal("1"), {"a": None})), (None, an_invocation("f", b=a_literal("1")))),
        None,
    ),
    (
        "an invocation of what is no function is null",
        a_context(("f", a_literal("5")), (None, an_invocation("f", a=a_literal("1")))),
        None,
    ),
    ("an invocation of the language's own function", an_invocation("abs", n=a_literal("-3")), 3),
]


@pytest.mark.parametrize(("logic", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_box(logic: Any, expected: Any):
    answer = a_model(a_decision("d", logic)).decide("d", {})

    assert answer.value == expected
    assert type(answer.value) is type(expected) or isinstance(expected, int)


def test_boxes_are_typed_where_their_author_says_so():
    context = a_context(("a", a_literal("1")), ("b", a_literal('"x"')), types={"a": "string", "b": "string"})

    assert a_model(a_decision("d", context)).decide("d", {}).value == {"a": None, "b": "x"}


def test_a_column_of_a_relation_has_a_type():
    typed = relation(("1", "2")).replace("name='b'", "name='b' typeRef='string'")

    assert a_model(a_decision("d", typed)).decide("d", {}).value == [{"a": 1, "b": None}]


def test_a_warning_has_its_place_in_the_file():
    logic = "<literalExpression id='here'><text>1 +\n  &quot;a&quot;</text></literalExpression>"
    [warning] = a_model("\n\n", a_decision("d", logic)).decide("d", {}).warnings

    assert warning.element == "here"
    assert warning.line in {3, 4}
    assert warning.severity == "warning"


def test_the_clock_is_the_callers():
    from datetime import UTC, datetime

    model = a_model(a_fact("x"), a_decision("d", a_literal("date(now())")))

    assert str(model.decide("d", {}, clock=lambda: datetime(2026, 3, 1, 9, tzinfo=UTC)).value) == "2026-03-01"
    assert model.decide("d", {}).value is None
