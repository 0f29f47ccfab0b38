"""DMN 1.5, 7.3.2, 7.3.3 and 10.3.2.9: types, allowed values and what is converted on the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from small_models import a_decision, a_fact, a_function, a_knowledge_model, a_literal, a_model, a_part, a_type

from rj_engine import dmn, feel

TYPES = "".join(
    [
        a_type("colour", "string", allowed='"red", "green"'),
        a_type("colours", "colour", many=True),
        a_type("palette", "string", many=True, allowed='"red", "green"'),
        a_type("few reds", "string", many=True, allowed='"red"', constraint="count(?) < 3"),
        a_type("few colours", "string", many=True, constraint="count(?) < 3"),
        a_type("grade", "number", allowed="[1..5]"),
        a_type("number list", "number", many=True),
        a_type("chosen", "number list", allowed="> 0"),
        a_type("person", parts=a_part("name", "string") + a_part("age", "number", allowed=">= 0")),
        a_type("people", "person", many=True),
        a_type("family", parts=a_part("head", "person") + a_part("children", "string", many=True)),
        a_type("inline people", many=True, parts=a_part("name", "string")),
        a_type("later", "defined below"),
        a_type("defined below", "number"),
        a_type(
            "sum", parts="<functionItem outputTypeRef='number'><parameters name='a' typeRef='number'/></functionItem>"
        ),
    ]
)


def timedelta_of(days: Any):
    return feel.to_feel(timedelta(days=days))


CONVERSIONS = [
    ("a value of the type stays", "number", "1", 1),
    ("a value of another type becomes null", "number", '"a"', None),
    ("null stays null", "number", "null", None),
    ("Any takes everything", "Any", '"a"', "a"),
    ("no type takes everything", None, '"a"', "a"),
    ("undefined takes everything", "undefined", '"a"', "a"),
    ("a boolean is no number", "number", "true", None),
    ("a list of one stands for its item", "number", "[1]", 1),
    ("a list of one of another type becomes null", "number", '["a"]', None),
    ("a list of two does not stand for an item", "number", "[1, 2]", None),
    ("an empty list does not stand for an item", "number", "[]", None),
    ("an item stands for a list of one", "number list", "1", [1]),
    ("an item of another type does not stand for a list", "number list", '"a"', None),
    ("a list of the type stays", "number list", "[1, 2]", [1, 2]),
    ("a list with one wrong item becomes null", "number list", '[1, "a"]', None),
    ("a list may hold null", "number list", "[1, null]", [1, None]),
    ("an empty list is a list of any type", "number list", "[]", []),
    ("a type defined further down", "later", "1", 1),
    ("a type defined further down is checked", "later", '"a"', None),
    ("an allowed value", "colour", '"red"', "red"),
    ("a value that is not allowed becomes null", "colour", '"blue"', None),
    ("a number within the allowed range", "grade", "5", 5),
    ("a number beyond the allowed range becomes null", "grade", "6", None),
    ("the allowed values of a collection hold for each item", "palette", '["red", "green"]', ["red", "green"]),
    ("one item that is not allowed spoils the collection", "palette", '["red", "blue"]', None),
    ("allowed values of the item type hold in its collection", "colours", '["red", "blue"]', None),
    ("null in a collection needs not be allowed", "colours", '["red", null]', ["red", None]),
    ("a type constraint holds for the collection as a whole", "few colours", '["a", "b"]', ["a", "b"]),
    ("a collection that breaks its constraint becomes null", "few colours", '["a", "b", "c"]', None),
    ("items may be allowed and the collection too long", "few reds", '["red", "red", "red"]', None),
    ("the collection may be short and an item not allowed", "few reds", '["blue"]', None),
    ("allowed items in a short collection", "few reds", '["red", "red"]', ["red", "red"]),
    ("allowed values added to a list type hold for each item", "chosen", "[1, 2]", [1, 2]),
    ("allowed values added to a list type refuse an item", "chosen", "[1, -2]", None),
    ("a context with all parts", "person", '{name: "A", age: 3}', {"name": "A", "age": 3}),
    ("a context may hold more", "person", '{name: "A", age: 3, more: 1}', {"name": "A", "age": 3, "more": 1}),
    ("a context that lacks a part becomes null", "person", '{name: "A"}', None),
    ("a part of another type spoils the context", "person", "{name: 1, age: 3}", None),
    ("a part that is null conforms", "person", "{name: null, age: 3}", {"name": None, "age": 3}),
    ("a part that is not allowed spoils the context", "person", '{name: "A", age: -1}', None),
    ("a part that is null needs not be allowed", "person", '{name: "A", age: null}', {"name": "A", "age": None}),
    ("contexts in a list", "people", '[{name: "A", age: 3}]', [{"name": "A", "age": 3}]),
    ("one wrong context in a list", "people", '[{name: "A", age: 3}, {name: "B", age: -3}]', None),
    (
        "a part that has parts",
        "family",
        '{head: {name: "A", age: 3}, children: ["B"]}',
        {"head": {"name": "A", "age": 3}, "children": ["B"]},
    ),
    ("a deep part that is not allowed", "family", '{head: {name: "A", age: -3}, children: []}', None),
    ("a list of contexts defined in place", "inline people", '[{name: "A"}]', [{"name": "A"}]),
    ("a wrong context in a list defined in place", "inline people", '[{nome: "A"}]', None),
    ("a string is no date", "date", '"2026-03-01"', None),
    ("the older name of date and time", "dateTime", '"a"', None),
    ("the older name of a duration", "dayTimeDuration", 'duration("P1D")', timedelta_of(1)),
    ("a duration of the other kind becomes null", "yearMonthDuration", 'duration("P1D")', None),
    ("a type written with the prefix of FEEL", "feel:number", "1", 1),
    ("a type written with the prefix of FEEL is checked", "feel:number", '"a"', None),
    ("a type written with the prefix of its own model", "own:grade", "6", None),
]


def typed(type_ref: Any, text: Any):
    prefixes = (
        b"<definitions xmlns:feel='http://www.omg.org/spec/FEEL/20140401' xmlns:own='urn:small' ",
        b"<definitions ",
    )
    from small_models import a_file

    xml = a_file(TYPES, a_decision("d", a_literal(text), type_ref=type_ref)).replace(prefixes[1], prefixes[0])
    return dmn.load(xml).decide("d", {})


@pytest.mark.parametrize(
    ("type_ref", "text", "expected"), [case[1:] for case in CONVERSIONS], ids=[case[0] for case in CONVERSIONS]
)
def test_conversion(type_ref: Any, text: Any, expected: Any):
    assert typed(type_ref, text).value == expected


def test_a_date_becomes_a_date_and_time_at_midnight_utc():
    assert feel.to_json(typed("date and time", 'date("2026-03-01")').value) == "2026-03-01T00:00:00Z"


def test_a_conversion_to_null_is_a_warning_that_names_both_types():
    [warning] = typed("number", '"a"').warnings

    assert warning.code == "wrong_type"
    assert "string" in warning.message
    assert "number" in warning.message


@pytest.mark.parametrize(
    ("given", "value", "warned"),
    [("red", "red", []), ("blue", None, ["wrong_type"]), (5, None, ["wrong_type"]), (None, None, [])],
)
def test_a_fact_is_checked_against_its_type(given: Any, value: Any, warned: Any):
    model = a_model(TYPES, a_fact("x", "colour"), a_decision("d", a_literal("x"), ["x"]))
    answer = model.decide("d", {"x": given})

    assert answer.value == value
    assert [warning.code for warning in answer.warnings] == warned


def test_a_fact_that_is_missing_is_null():
    assert a_model(a_fact("x", "number"), a_decision("d", a_literal("x"), ["x"])).decide("d", {}).value is None


def test_facts_come_as_plain_python():
    model = a_model(TYPES, a_fact("x", "number"), a_decision("d", a_literal("x"), ["x"]))

    assert model.decide("d", {"x": 0.1}).value == Decimal("0.1")


def test_an_expression_may_ask_for_a_type_of_the_model():
    model = a_model(TYPES, a_fact("x"), a_decision("d", a_literal("x instance of person"), ["x"]))

    assert model.decide("d", {"x": {"name": "A", "age": 3}}).value is True
    assert model.decide("d", {"x": {"name": 3}}).value is False


def test_a_function_type_accepts_a_function_that_fits():
    logic = a_function(a_literal("a + 1"), {"a": "number"})
    fitting = a_model(TYPES, a_decision("d", logic, type_ref="sum"), a_decision("e", a_literal("d(1)"), ["!d"]))
    other = a_model(TYPES, a_decision("d", a_function(a_literal("1"), {"a": "number", "b": None}), type_ref="sum"))

    assert fitting.decide("e", {}).value == 2
    assert other.decide("d", {}).value is None
    assert a_model(TYPES, a_decision("d", a_literal("1"), type_ref="sum")).decide("d", {}).value is None


def test_a_knowledge_model_may_have_the_type_of_its_result_or_of_a_function():
    for type_ref in ("number", "sum"):
        known = a_knowledge_model("f", a_literal('if a = 1 then "x" else a'), {"a": None}, type_ref=type_ref)
        model = a_model(TYPES, known, a_decision("d", a_literal("[f(1), f(2)]"), ["?f"]))
        assert model.decide("d", {}).value == [None, 2]


def test_an_unknown_type_is_refused_with_its_place():
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(a_decision("d", a_literal("1"), type_ref="nonsense"))
    [finding] = refusal.value.findings

    assert finding.code == "unknown_type"
    assert finding.element == "_d"
    assert finding.line == 1


def test_an_unknown_type_allows_anything_where_the_kit_asks_for_leniency():
    model = a_model(a_decision("d", a_literal("1"), type_ref="nonsense"), lenient=True)

    assert model.decide("d", {}).value == 1
    assert [finding.code for finding in model.findings] == ["unknown_type"]


@pytest.mark.parametrize("reference", ["other:thing", "feel:nonsense", "nobody.thing"])
def test_a_type_behind_an_unknown_prefix_is_unknown(reference: Any):
    with pytest.raises(dmn.DecisionRefused):
        typed(reference, "1")


def test_a_type_made_of_itself_is_refused():
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(a_type("a", "b"), a_type("b", "a"), a_decision("d", a_literal("1"), type_ref="a"))
    assert "endless_type" in [finding.code for finding in refusal.value.findings]


def refused_types(*types: str, type_ref: str = "t0") -> set[str]:
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(*types, a_decision("d", a_literal("1"), type_ref=type_ref))
    return {finding.code for finding in refusal.value.findings}


def test_types_that_lead_from_one_to_the_next_without_end_are_refused() -> None:
    chain = [a_type(f"t{number}", f"t{number + 1}", many=True) for number in range(500)]

    assert refused_types(*chain, a_type("t500", "number")) == {"type_too_large"}


def test_types_that_double_at_every_step_are_refused() -> None:
    doubling = [
        a_type(f"t{number}", parts=a_part("a", f"t{number + 1}") + a_part("b", f"t{number + 1}"))
        for number in range(15)
    ]

    assert refused_types(*doubling, a_type("t15", "number")) == {"type_too_large"}


def test_parts_within_parts_beyond_all_reading_are_refused() -> None:
    parts = ""
    for number in range(100):
        parts = a_part(f"p{number}", parts=parts) if parts else a_part("p", "number")

    assert refused_types(a_type("t0", parts=parts)) == {"type_too_large"}


def test_a_type_with_many_prefixes_is_unknown() -> None:
    assert refused_types(type_ref="feel:" * 2000 + "number") == {"unknown_type"}


def test_allowed_values_that_are_not_feel_are_refused_with_their_place():
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model("\n", a_type("a", "string", allowed='"x" oops "y"'), a_decision("d", a_literal("1"), type_ref="a"))
    assert refusal.value.findings[0].line == 2


def test_two_types_of_one_name_are_refused():
    with pytest.raises(dmn.DecisionRefused, match="Two types"):
        a_model(a_type("a", "string"), a_type("a", "number"))
