"""DMN 1.5, 8.2 and 8.3: what cells mean, and which values columns let in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from small_models import a_context, a_decision, a_fact, a_file, a_literal, a_model, a_table, a_type

from rj_engine import dmn
from rj_engine.dmn import columns, run

COLOURS = a_type("colours", "colour", many=True) + a_type("colour", "string", allowed='"red", "green"')


def match(cell: Any, given: Any, type_ref: Any = "number"):
    """Whether one cell lets a value through."""
    table = a_table([("x", type_ref)], ["hit"], [[cell, "true"], ["-", "false"]], hit="FIRST")
    return a_model(a_fact("x"), a_fact("y"), a_decision("d", table, ["x", "y"])).decide("d", given).value


CELLS = [
    ("a hyphen lets everything through", "-", {"x": 1}, True),
    ("a hyphen lets null through", "-", {"x": None}, True),
    ("an empty cell is a hyphen", "", {"x": 1}, True),
    ("white space is a hyphen", "  \n ", {"x": 1}, True),
    ("a value lets its equal through", "5", {"x": 5}, True),
    ("a value lets nothing else through", "5", {"x": 6}, False),
    ("a value does not let null through", "5", {"x": None}, False),
    ("null lets null through", "null", {"x": None}, True),
    ("null lets nothing else through", "null", {"x": 5}, False),
    ("a comparison", "< 5", {"x": 4}, True),
    ("a comparison is false for null", "< 5", {"x": None}, False),
    ("several tests are joined by or", "1, 2, > 10", {"x": 11}, True),
    ("none of several tests", "1, 2, > 10", {"x": 3}, False),
    ("a closed interval holds its ends", "[1..5]", {"x": 5}, True),
    ("an open interval does not hold its ends", "(1..5)", {"x": 5}, False),
    ("the other way to write an open interval", "]1..5[", {"x": 1}, False),
    ("a negation", "not(1, 2)", {"x": 3}, True),
    ("a negation of what matches", "not(1, 2)", {"x": 2}, False),
    ("a negation of an interval", "not([1..5])", {"x": 9}, True),
    ("a question mark stands for the value", "? * 2 = 10", {"x": 5}, True),
    ("a question mark within a function", "even(?)", {"x": 4}, True),
    ("a question mark among other tests", "1, even(?)", {"x": 4}, True),
    ("another fact as a value", "y", {"x": 5, "y": 5}, True),
    ("another fact as an end", "> y", {"x": 5, "y": 4}, True),
    ("another fact that is a list holds the value", "y", {"x": 5, "y": [4, 5]}, True),
    ("a list written out holds the value", "[4, 5]", {"x": 5}, True),
    ("numbers are equal however written", "5.0", {"x": 5}, True),
]
STRINGS = [
    ("a string", '"a"', "a", True),
    ("a string is not its capital", '"a"', "A", False),
    ("one of several strings", '"a", "b"', "b", True),
    ("several strings and a negation", 'not("a", "b")', "c", True),
    ("a string with an escape", r'"a\"b"', 'a"b', True),
    ("a string is no list", '"a"', None, False),
    ("a comma within a string", '"a,b", "c"', "a,b", True),
]


@pytest.mark.parametrize(("cell", "given", "expected"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_cell(cell: Any, given: Any, expected: Any):
    assert match(cell, given) is expected


@pytest.mark.parametrize(
    ("cell", "value", "expected"), [case[1:] for case in STRINGS], ids=[case[0] for case in STRINGS]
)
def test_cell_of_strings(cell: Any, value: Any, expected: Any):
    assert match(cell, {"x": value}, "string") is expected


def test_a_cell_of_strings_meets_a_value_that_is_no_string():
    assert match('"a", "b"', {"x": 5}, None) is False


def test_a_condition_on_a_list_reads_as_a_sentence():
    cell = 'some flag in ? satisfies flag in ("red", "blue")'

    assert match(cell, {"x": ["green", "red"]}, None) is True
    assert match(cell, {"x": ["green"]}, None) is False
    assert match(cell, {"x": []}, None) is False


def test_all_cells_of_a_row_must_let_their_value_through():
    rows = [["> 1", "> 1", '"both"'], ["> 1", "-", '"first"'], ["-", "-", '"none"']]
    table = a_table([("x", "number"), ("y", "number")], ["said"], rows, hit="FIRST")
    model = a_model(a_fact("x"), a_fact("y"), a_decision("d", table, ["x", "y"]))

    assert model.decide("d", {"x": 2, "y": 2}).value == "both"
    assert model.decide("d", {"x": 2, "y": 0}).value == "first"
    assert model.decide("d", {"x": 0, "y": 2}).value == "none"


def test_an_input_asks_an_expression_once_for_all_rows():
    table = a_table([("x + 1", "number")], ["said"], [["3", '"yes"'], ["-", '"no"']], hit="FIRST")
    model = a_model(a_fact("x"), a_decision("d", table, ["x"]))

    assert model.decide("d", {"x": 2}).value == "yes"


def test_an_output_is_an_expression_over_the_facts():
    table = a_table([("x", "number")], ["said"], [["-", "x * 2 + y"]])

    assert (
        a_model(a_fact("x"), a_fact("y"), a_decision("d", table, ["x", "y"])).decide("d", {"x": 2, "y": 3}).value == 7
    )


def test_an_empty_output_cell_is_null():
    table = a_table([("x", "number")], ["said"], [["-", ""]])

    assert a_model(a_fact("x"), a_decision("d", table, ["x"])).decide("d", {"x": 2}).value is None


def test_a_value_outside_the_input_values_leaves_no_answer():
    table = a_table([("x", "string", '"a", "b"')], ["said"], [["-", "1"]])
    model = a_model(a_fact("x"), a_decision("d", table, ["x"]))

    assert model.decide("d", {"x": "a"}).value == 1
    answer = model.decide("d", {"x": "c"})
    assert (answer.value, answer.matched) == (None, False)
    assert [warning.code for warning in answer.warnings] == ["value_not_allowed"]
    assert "x is c" in answer.warnings[0].message


def test_a_missing_value_is_not_among_the_input_values():
    table = a_table([("x", "string", '"a", "b"')], ["said"], [["-", "1"]])

    assert a_model(a_fact("x"), a_decision("d", table, ["x"])).decide("d", {}).matched is False


def test_null_may_be_among_the_input_values():
    table = a_table([("x", "number", "null, > 0")], ["said"], [["-", "1"]])

    assert a_model(a_fact("x"), a_decision("d", table, ["x"])).decide("d", {}).value == 1


def test_each_item_of_a_list_must_be_among_the_input_values():
    table = a_table([("x", "colours", '"red", "green"')], ["said"], [["-", "1"]])
    model = a_model(COLOURS, a_fact("x"), a_decision("d", table, ["x"]))

    assert model.decide("d", {"x": ["red", "green"]}).value == 1
    assert model.decide("d", {"x": []}).value == 1
    assert model.decide("d", {"x": ["red", "blue"]}).matched is False


def test_a_value_of_another_type_than_its_column_is_read_as_null():
    table = a_table([("x", "number")], ["said"], [["null", '"nothing"'], ["-", '"something"']], hit="FIRST")
    answer = a_model(a_fact("x"), a_decision("d", table, ["x"])).decide("d", {"x": "two"})

    assert answer.value == "nothing"
    assert [warning.code for warning in answer.warnings] == ["wrong_type"]


def test_an_output_outside_its_values_leaves_no_answer():
    table = a_table(
        [("x", "number")],
        [{"name": "said", "values": '"a", "b"'}],
        [["1", '"a"'], ["2", '"c"'], ["3", '["a"]'], ["4", "null"]],
    )
    model = a_model(a_fact("x"), a_decision("d", table, ["x"]))

    assert model.decide("d", {"x": 1}).matched is True
    assert model.decide("d", {"x": 2}).value is None
    assert model.decide("d", {"x": 2}).matched is False
    assert model.decide("d", {"x": 3}).value == ["a"]
    assert model.decide("d", {"x": 4}).matched is True


def test_output_values_may_be_tests():
    table = a_table([("x", "number")], [{"name": "said", "values": "> 0, <= 10"}], [["-", "x"]])
    model = a_model(a_fact("x"), a_decision("d", table, ["x"]))

    assert model.decide("d", {"x": 5}).value == 5


def test_an_output_of_another_type_leaves_no_answer():
    table = a_table([("x", "number")], [{"name": "said", "typeRef": "number"}], [["-", '"a"']])
    answer = a_model(a_fact("x"), a_decision("d", table, ["x"])).decide("d", {"x": 5})

    assert (answer.value, answer.matched) == (None, False)


def test_output_values_of_a_hyphen_allow_everything_and_give_no_order() -> None:
    table = a_table([], [{"name": "said", "values": "-"}], [['"a"'], ['"b"']], hit="PRIORITY")

    assert a_model(a_decision("d", table)).decide("d", {}).value == "a"


def test_a_column_does_not_remember_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_KNOWN", 2)
    table = a_table(["x"], ["said"], [["? > 2", "1"], ["-", "0"]], hit="FIRST")
    model = a_model(a_fact("x"), a_decision("d", table, ["x"]))

    assert [model.decide("d", {"x": number}).value for number in (1, 2, 3, 4, 1, 2, 3, 4)] == [0, 0, 1, 1] * 2


def test_a_column_asks_the_clock_every_time() -> None:
    table = a_table(["x"], ["said"], [["? < today()", '"past"'], ["-", '"to come"']], hit="FIRST")
    model = a_model(a_fact("x", "date"), a_decision("d", table, ["x"]))
    answers = [
        model.decide("d", {"x": date(2026, 3, 1)}, clock=lambda year=year: datetime(year, 1, 1, tzinfo=UTC)).value
        for year in (2026, 2027, 2026)
    ]

    assert answers == ["to come", "past", "to come"]


def test_rows_that_fired_are_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MOST_FIRED", 3)
    model = a_model(a_decision("d", a_table([], ["said"], [["1"]] * 5, hit="COLLECT")))

    assert len(model.decide("d", {}).fired) == 3


def test_the_order_of_outputs_may_come_from_their_type():
    types = a_type("tier", "string", allowed='"high", "low"')
    rows = [["> 0", '"low"'], ["> 1", '"high"']]
    typed = a_table([("x", "number")], [{"name": "said", "typeRef": "tier"}], rows, hit="PRIORITY")
    whole = a_table([("x", "number")], [{}], rows, hit="PRIORITY", type_ref="tier")

    for table in (typed, whole):
        assert a_model(types, a_fact("x"), a_decision("d", table, ["x"])).decide("d", {"x": 5}).value == "high"


def test_a_table_may_stand_inside_a_context():
    table = a_table([("x", "number")], ["said"], [["> 0", "x + 1"]])
    logic = a_context(("next", table), (None, a_literal("next * 10")))
    answer = a_model(a_fact("x"), a_decision("d", logic, ["x"])).decide("d", {"x": 5})

    assert answer.value == 60
    assert answer.fired[0].outputs == {"said": 6}


def test_a_row_shows_its_description_or_its_annotations_when_it_fires():
    xml = a_file(a_fact("x"), a_decision("d", a_table([("x", "number")], ["said"], [["-", "1"]]), ["x"])).decode()
    described = xml.replace("<rule id='r1'>", "<rule id='r1'><description>Because.</description>")
    noted = xml.replace(
        "</rule>",
        "<annotationEntry><text>One</text></annotationEntry><annotationEntry><text>Two</text></annotationEntry></rule>",
    )

    assert dmn.load(described.encode()).decide("d", {"x": 1}).fired[0].label == "Because."
    assert dmn.load(noted.encode()).decide("d", {"x": 1}).fired[0].label == "One · Two"
    assert dmn.load(xml.encode()).decide("d", {"x": 1}).fired[0].label is None


def test_an_answer_goes_into_the_ledger_as_plain_json():
    table = a_table([("x", "number")], ["said"], [["> 1", 'date("2026-03-01")']])
    answer = a_model(a_fact("x", "number"), a_decision("d", table, ["x"])).decide("d", {"x": 2.5})

    assert answer.as_json() == {
        "decision": "d",
        "value": "2026-03-01",
        "matched": True,
        "fired": [{"table": "d", "row": "r1", "number": 1, "label": None, "outputs": {"said": "2026-03-01"}}],
        "inputs": {"x": 2.5},
        "warnings": [],
    }


def test_a_list_in_an_answer_is_the_callers_own():
    model = a_model(a_decision("d", a_table([], ["said"], [['["a", "b"]']])))
    first = model.decide("d", {}).value
    first.append("c")

    assert model.decide("d", {}).value == ["a", "b"]
