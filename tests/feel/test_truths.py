"""When conditions hold over all that their facts can be: the bits say the same as trying every combination."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rj_engine import feel
from rj_engine.feel.values.types import BOOLEAN, NUMBER, STRING, list_of

ANSWER = feel.Possible(STRING, frozenset({"yes", "no", "later"}))
SURE = feel.Possible(STRING, frozenset({"yes", "no"}), nullable=False)
LEVEL = feel.Possible(NUMBER, frozenset(map(Decimal, range(4))), nullable=False)
TICK = feel.Possible(BOOLEAN, nullable=False)
SCOPES = feel.Possible(list_of(STRING), frozenset({"call", "visit"}), nullable=False)
KNOWN = {"a": ANSWER, "b": SURE, "c": LEVEL, "d": TICK, "e": SCOPES}
LEAVES = [
    'a = "yes"', 'a != "no"', "a = null", '"later" = a', 'b = "yes"', 'b in ("no", "later")', "c <= 2", "c > 1",
    "c in [1..2]", "d", "d = false", 'list contains(e, "call")', 'list contains(["yes", "later"], a)',
    'list contains([a, b], "yes")', "e = []", "c between 1 and 2",
]  # fmt: skip


def _every() -> list[dict[str, Any]]:
    lists: list[Any] = [[], ["call"], ["visit"], ["call", "visit"]]
    values: list[list[Any]] = [
        ["yes", "no", "later", None],
        ["yes", "no"],
        [Decimal(one) for one in range(4)],
        [True, False],
        lists,
    ]
    return [dict(zip(KNOWN, one, strict=True)) for one in product(*values)]


EVERY = _every()


def conditions() -> st.SearchStrategy[str]:
    """Conditions made of a few parts."""
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not({})".format, inner),
        ),
        max_leaves=6,
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(conditions(), min_size=1, max_size=3))
def test_what_the_bits_say_is_what_trying_every_combination_says(texts: list[str]) -> None:
    table = feel.truths(texts, KNOWN)

    assert table is not None
    compiled = [feel.compile_expression(text) for text in texts]
    tried = {tuple(_bool(one.evaluate(facts)) for one in compiled) for facts in EVERY}
    told = {
        tuple(
            True if truth.holds >> place & 1 else False if truth.fails >> place & 1 else None
            for truth in table.conditions
        )
        for place in range(table.all.bit_length())
    }
    assert tried == told
    assert all(truth.is_sure and not truth.holds & truth.fails for truth in table.conditions)


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def test_an_example_is_one_of_its_combinations() -> None:
    table = feel.truths(['a = "later" and c > 2'], KNOWN)

    assert table is not None
    (truth,) = table.conditions
    assert table.example(truth.holds) == {"a": "later", "c": Decimal(3)}
    assert table.where("a", "later") & truth.holds
    assert table.of("a") != table.of("c")


def test_values_that_no_condition_tells_apart_stand_for_each_other() -> None:
    table = feel.truths(['a = "yes"'], {"a": feel.Possible(STRING, frozenset(map(str, range(1000))) | {"yes"})})

    assert table is not None
    assert len(table.of("a")) == 3


@pytest.mark.parametrize(
    "text",
    ["x", 'starts with(x, "a")', "x > y", "x + 1 > 2", 'x < "b"', "x = true and x > y", "count(x) > 2", "x in [1..2]",
     "list contains(y, x)", 'x in ("a", y)', 'f.g(x) = "a"', 'list contains(["a", y], x)', "(x)[1] = 2"],
)  # fmt: skip
def test_a_part_that_looks_at_a_fact_in_another_way_may_come_to_anything(text: str) -> None:
    table = feel.truths([text], {})

    assert table is not None
    assert not table.conditions[0].is_sure
    assert table.conditions[0].holds == table.conditions[0].fails == table.all


def test_a_number_is_tried_at_between_and_beyond_what_it_is_compared_with_within_its_limits() -> None:
    table = feel.truths(["x > 2", "x < 4"], {"x": feel.Possible(NUMBER, None, Decimal(2), Decimal(9), nullable=False)})

    assert table is not None
    assert table.of("x") == (Decimal(2), Decimal(3), Decimal(4))


def test_a_number_or_a_text_that_is_compared_with_nothing_still_holds_something() -> None:
    number, text = feel.Possible(NUMBER), feel.Possible(STRING)

    table = feel.truths(["x = null", 'y = "anything else"'], {"x": number, "y": text})

    assert table is not None
    assert (table.of("x"), table.of("y")) == ((None, Decimal(0)), (None, "anything else", "anything else."))


def test_a_list_of_many_items_is_told_apart_by_what_conditions_ask_for() -> None:
    many = feel.Possible(list_of(STRING), frozenset(f"item {number}" for number in range(40)))
    asked = feel.truths(['list contains(x, "item 1")', 'list contains(x, "nothing of the kind")'], {"x": many})
    counted = feel.truths(["count(x) > 1"], {"x": many})

    assert asked is not None
    assert counted is not None
    assert [one.holds != 0 for one in asked.conditions] == [True, False]
    assert not counted.conditions[0].is_sure


def test_a_list_asked_for_too_many_items_may_hold_anything() -> None:
    text = " or ".join(f'list contains(x, "{number}")' for number in range(12))
    table = feel.truths([text], {"x": feel.Possible(list_of(STRING))})

    assert table is not None
    assert not table.conditions[0].is_sure


def test_more_combinations_than_can_be_tried_are_given_up() -> None:
    text = " or ".join(f"x{number} = {number}" for number in range(12))

    assert feel.truths([text], {}) is None


def test_a_part_of_too_many_names_at_once_may_come_to_anything() -> None:
    names = [f"x{number}" for number in range(6)]
    facts = {name: feel.Possible(STRING, frozenset({"a", "b", "c"})) for name in names}
    table = feel.truths([f'list contains([{", ".join(names)}], "a")'], facts)

    assert table is not None
    assert not table.conditions[0].is_sure


def test_what_holds_one_of_several_holds_all_their_values() -> None:
    found = feel.either([SURE, feel.constant("later"), feel.constant(None)])
    limits = feel.either([feel.Possible(NUMBER, None, Decimal(1), Decimal(4)), feel.Possible(NUMBER, None, Decimal(0))])

    assert found == ANSWER
    assert (limits.least, limits.most) == (Decimal(0), None)
    assert feel.either([]) == feel.Possible()
    assert feel.either([SURE, LEVEL]).kind.name == "Any"
    assert feel.constant([]) == feel.Possible(nullable=False)
    assert SURE.with_null().nullable


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('a = "yess"', [("a", "yess", "yes", False)]),
        ('a = "xylophone"', [("a", "xylophone", None, False)]),
        ('a = "yes" or null = a', []),
        ("a = 3", [("a", Decimal(3), None, True)]),
        ("c = 7", []),
        ('list contains(e, "cal") and list contains(["yes"], a)', [("e", "cal", "call", False)]),
        ('a in ("no", "never")', [("a", "never", None, False)]),
        ('z = "anything" and d', []),
        ("string length(a) > 3", []),
    ],
)
def test_a_constant_that_its_name_never_holds_is_found(text: str, told: list[tuple[object, ...]]) -> None:
    found = feel.unlisted(text, KNOWN)

    assert [(one.name, one.value, one.near, one.is_of_another_type) for one in found] == told
