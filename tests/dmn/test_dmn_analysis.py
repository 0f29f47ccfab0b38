"""What analysis finds in a table, with the rows and an input that shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from small_models import a_decision, a_fact, a_literal, a_model, a_table, a_type
from table_findings import AGE, COLOUR, FLAGS, OPEN_FLAGS, analysed, found

from rj_engine import dmn
from rj_engine.dmn import analysis, regions


def test_a_table_that_is_complete_and_unambiguous_is_clean() -> None:
    assert found([AGE], [["< 18", "1"], [">= 18", "2"]]) == []


def test_a_gap_between_two_rows_is_shown_by_the_value_in_it() -> None:
    assert found([AGE], [["< 18", "1"], ["> 18", "2"]]) == [("gap", (), {"age": Decimal(18)})]


def test_a_gap_between_whole_numbers_is_seen_since_numbers_are_not_whole() -> None:
    assert found([AGE], [["<= 17", "1"], [">= 18", "2"]]) == [("gap", (), {"age": Decimal("17.5")})]


def test_a_gap_outside_the_declared_values_is_none() -> None:
    rows = [["[0..17]", "1"], ["(17..120]", "2"]]

    assert found([("age", "number", "[0..120]")], rows) == []
    assert found([AGE], rows) == [("gap", (), {"age": Decimal(-1)})]


def test_a_gap_is_no_fault_where_a_default_stands_in() -> None:
    assert found([AGE], [["< 18", "1"]], outputs=[{"name": "said", "default": "0"}]) == []


def test_a_gap_is_told_in_words_with_its_example() -> None:
    [one] = analysed([COLOUR], [['"red"', "1"], ['"green"', "2"]])

    assert one.finding.message == 'No row matches every input. Example: c: "blue".'
    assert one.as_json() == {
        "code": "gap",
        "message": 'No row matches every input. Example: c: "blue".',
        "element": "table",
        "line": 1,
        "severity": "error",
        "rows": [],
        "example": {"c": "blue"},
    }


def test_two_rows_of_a_unique_table_that_overlap_are_named() -> None:
    assert found([AGE], [["< 20", "1"], [">= 18", "1"]]) == [("overlap", ("r1", "r2"), {"age": Decimal(18)})]


def test_rows_that_overlap_in_one_column_only_do_not_overlap() -> None:
    rows = [["< 20", '"red"', "1"], [">= 18", 'not("red")', "2"], [">= 20", '"red"', "3"], ["< 18", 'not("red")', "4"]]

    assert found([AGE, COLOUR], rows) == []


def test_rows_of_an_any_table_may_overlap_when_they_agree() -> None:
    assert found([AGE], [["< 20", "1"], [">= 18", "1"]], hit="ANY") == []
    assert found([AGE], [["< 20", "1"], [">= 18", "2"]], hit="ANY") == [
        ("contradiction", ("r1", "r2"), {"age": Decimal(18)})
    ]


def test_a_row_whose_cells_let_nothing_through_is_unreachable() -> None:
    assert ("unreachable", ("r2",), {}) in found([COLOUR], [["-", "1"], ['"pink"', "2"]], hit="FIRST")


def test_a_row_behind_others_that_always_come_first_is_masked() -> None:
    rows = [["< 10", "1"], [">= 10", "2"], ["5", "3"]]

    assert found([AGE], rows, hit="FIRST") == [("masked", ("r3", "r1"), {"age": Decimal(5)})]


def test_a_row_hidden_by_two_rows_together_names_both() -> None:
    rows = [["< 10", "1"], [">= 10", "2"], ["[5..15]", "3"], ["-", "4"]]

    assert found([AGE], rows, hit="FIRST")[0][:2] == ("masked", ("r3", "r1", "r2"))


def test_a_row_of_lower_priority_may_be_masked_wherever_it_stands() -> None:
    outputs = [{"name": "said", "values": '"high", "low"'}]
    rows = [["5", '"low"'], ["-", '"high"'], ["5", '"other"']]

    assert [one[:2] for one in found([AGE], rows, outputs=outputs, hit="PRIORITY")] == [
        ("masked", ("r1", "r2")),
        ("masked", ("r3", "r1")),
    ]


def test_priority_without_output_values_goes_by_the_order_of_rows() -> None:
    assert [one[:2] for one in found([AGE], [["-", '"a"'], ["5", '"b"']], hit="PRIORITY")] == [("masked", ("r2", "r1"))]


def test_a_row_that_never_is_the_greatest_is_redundant_and_only_a_warning() -> None:
    [one] = analysed([AGE], [["-", "1"], ["> 5", "1"], ["> 9", "2"]], hit="COLLECT", aggregation="MAX")

    assert one.finding.code == "redundant"
    assert one.rows == ("r2", "r1")
    assert one.finding.severity == "warning"


def test_a_row_that_never_is_the_least_is_redundant() -> None:
    assert [one[:2] for one in found([AGE], [["-", "1"], ["> 5", "2"]], hit="COLLECT", aggregation="MIN")] == [
        ("redundant", ("r2", "r1"))
    ]


def test_a_row_that_counts_for_the_floor_is_not_redundant() -> None:
    rows = [["-", "0"], ["> 5", "3"], ["> 5", "4"]]

    assert [one[:2] for one in found([AGE], rows, hit="COLLECT", aggregation="MAX")] == [("redundant", ("r2", "r3"))]
    assert found([AGE], rows, hit="COLLECT", aggregation="MAX", floor=3) == []


@pytest.mark.parametrize(
    "options",
    [
        {"hit": "RULE ORDER"},
        {"hit": "OUTPUT ORDER"},
        {"hit": "COLLECT"},
        {"hit": "COLLECT", "aggregation": "SUM"},
        {"hit": "COLLECT", "aggregation": "COUNT"},
    ],
)
def test_every_row_of_a_table_that_lists_or_adds_has_its_say(options: dict[str, Any]) -> None:
    assert found([AGE], [["-", "1"], ["> 5", "1"]], **options) == []


# Domains


def test_booleans_have_two_values_and_null_where_a_cell_speaks_of_it() -> None:
    assert found([("b", "boolean")], [["true", "1"], ["false", "2"]]) == []
    assert found([("b", "boolean")], [["true", "1"], ["not(true)", "2"]]) == []
    assert found([("b", "boolean")], [["true", "1"], ["null", "2"]]) == [("gap", (), {"b": False})]


def test_allowed_values_of_the_type_are_the_domain() -> None:
    types = a_type("colour", "string", allowed='"red", "green"')

    assert found([("c", "colour")], [['"red"', "1"], ['"green"', "2"]], types=types) == []


def test_strings_without_declared_values_always_have_another() -> None:
    [(code, _, example)] = found([("c", "string")], [['"red"', "1"], ['"anything else"', "2"]])

    assert code == "gap"
    assert example["c"] not in {"red", "anything else"}
    assert found([("c", "string")], [['"red"', "1"], ['not("red")', "2"]]) == []


def test_null_is_looked_at_where_it_is_declared() -> None:
    declared = ("age", "number", "null, > 0")

    assert found([declared], [["> 0", "1"]]) == [("gap", (), {"age": None})]
    assert found([declared], [["> 0", "1"], ["null", "2"]]) == []


def test_dates_times_and_durations_have_an_order() -> None:
    gap = [['< date("2026-03-01")', "1"], ['> date("2026-03-02")', "2"]]
    [(code, _, example)] = found([("on", "date")], gap)
    assert (code, str(example["on"])) == ("gap", "2026-03-01")

    complete = [['<= @"2026-03-01"', "1"], ['> @"2026-03-01"', "2"]]
    assert found([("on", "date")], complete) == []
    for low, high in (("PT1H", "PT3H"), ("P1M", "P3M")):
        rows = [[f'<= duration("{low}")', "1"], [f'>= duration("{high}")', "2"]]
        assert found([("span", None)], rows)[0][0] == "gap"
    times = [['<= time("10:00:00")', "1"], ['> time("10:00:00")', "2"]]
    assert found([("t", "time")], times) == []
    moments = [['< date and time("2026-03-01T10:00:00")', "1"], ['> date and time("2026-03-01T12:00:00")', "2"]]
    assert found([("t", "date and time")], moments)[0][0] == "gap"


def test_dates_that_follow_each_other_leave_no_day_between() -> None:
    rows = [['<= date("2026-03-01")', "1"], ['>= date("2026-03-02")', "2"]]

    assert found([("on", "date")], rows) == []


def test_a_list_of_declared_flags_is_tried_in_every_combination() -> None:
    rows = [['some f in ? satisfies f in ("A", "B")', "1"], ['every f in ? satisfies f = "C"', "2"]]

    assert found([("f", "flags")], rows, types=FLAGS) == []
    assert found([("f", "flags")], [["count(?) < 3", "1"]], types=FLAGS) == [("gap", (), {"f": ["A", "B", "C"]})]


def test_a_list_of_undeclared_items_is_understood_where_its_cells_speak_of_items() -> None:
    rows = [['some f in ? satisfies f in ("A", "B")', "1"], ['every f in ? satisfies not(f in ("A", "B"))', "2"]]

    assert found([("f", "flags")], rows, types=OPEN_FLAGS) == []
    assert found([("f", "flags")], [['list contains(?, "A")', "1"]], types=OPEN_FLAGS) == [("gap", (), {"f": []})]


@pytest.mark.parametrize(
    ("column", "cell", "types"),
    [
        (AGE, "even(?)", ""),
        (("c", "string", '"a", "b"'), "the other", ""),
        (AGE, "> other", ""),
        (("c", "string"), 'starts with(?, "a")', ""),
        (("c", "string"), '> "m"', ""),
        (("c", "string", '"a", "b"'), "other", ""),
        (("x", None), '1, "a"', ""),
        (("f", "flags"), "count(?) > 1", OPEN_FLAGS),
        (
            ("f", "flags"),
            "count(?) > 1",
            a_type("flags", "string", many=True, allowed=", ".join(f'"{n}"' for n in range(13))),
        ),
    ],
)
def test_a_cell_that_cannot_be_understood_exactly_is_named_and_nothing_is_claimed_about_it(
    column: Any, cell: str, types: str
) -> None:
    [one] = analysed([column], [[cell, "1"]], types=types)

    assert one.finding.code == "not_analysed"
    assert one.finding.severity == "warning"
    assert one.rows == ("r1",)


def test_outputs_that_need_facts_are_no_reason_to_stop() -> None:
    table = a_table([AGE], [{"name": "said", "values": "-"}], [["< 5", "the fee * 2"], [">= 5", "1"]], hit="PRIORITY")
    model = a_model(a_fact("age"), a_fact("the fee"), a_decision("d", table, ["age", "the fee"]))

    assert analysis.analyse(model, "d") == []


def test_what_is_not_feel_is_not_analysed() -> None:
    table = a_table([("age", "number", "1 1"), COLOUR], ["said"], [["< 5", '"red" "', "1 1"]])
    model = a_model(a_fact("age"), a_fact("c"), a_decision("d", table, ["age", "c"]), lenient=True)

    assert [one.finding.code for one in analysis.analyse(model, "d")] == ["not_analysed"]


def test_the_rest_of_a_table_is_analysed_around_a_cell_that_is_not_understood() -> None:
    assert [one[0] for one in found([AGE], [["even(?)", "1"], ["< 5", "2"], ["< 3", "3"]])] == [
        "not_analysed",
        "overlap",
    ]


def test_a_table_without_rows_or_conditions_is_a_gap_or_complete() -> None:
    assert [one[0] for one in found([AGE], [])] == ["gap"]
    assert found([AGE], [["-", "1"]]) == []


def test_rows_without_an_id_go_by_their_number() -> None:
    xml = a_table([AGE], ["said"], [["< 20", "1"], ["> 10", "2"]]).replace("id='r1'", "").replace("id='r2'", "")
    model = a_model(a_fact("age"), a_decision("d", xml, ["age"]))

    assert analysis.analyse(model, "d")[0].rows == ("row 1", "row 2")


def test_a_decision_without_a_table_and_names_that_are_not_there_are_refused() -> None:
    model = a_model(
        a_fact("age"), a_decision("l", a_literal("1")), a_decision("d", a_table([AGE], ["x"], [["-", "1"]]), ["age"])
    )

    with pytest.raises(dmn.UnknownDecision):
        analysis.analyse(model, "l")
    with pytest.raises(dmn.UnknownDecision):
        analysis.analyse(model, "d", {"nobody": ["a", "b"]})


def test_a_table_too_large_to_compare_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "MOST_STEPS", 0)
    rows = [["1", "1", "1"], ["2", "-", "1"], ["-", "2", "1"]]

    assert [one[0] for one in found([("a", "number"), ("b", "number")], rows, hit="FIRST")] == ["too_large"]
