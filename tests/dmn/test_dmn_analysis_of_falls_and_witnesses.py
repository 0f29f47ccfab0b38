"""Whether an answer may fall when a fact gets worse, and the inputs where one row decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from small_models import a_decision, a_fact, a_model, a_table
from table_findings import AGE, COLOUR, FLAGS, analysed, found

from rj_engine.dmn import analysis, regions
from rj_engine.dmn.monotony import ADDING

# Falls


@pytest.mark.parametrize("options", [{"hit": "COLLECT", "aggregation": "MAX"}, {"hit": "FIRST"}, {"hit": "UNIQUE"}])
def test_an_answer_that_falls_when_a_fact_gets_worse_is_shown(options: dict[str, Any]) -> None:
    rows = [['"red"', "1"], ['"green"', "3"], ['"blue"', "2"]]
    [one] = analysed([COLOUR], rows, orders={"c": ["red", "green", "blue"]}, **options)

    assert one.finding.code == "not_monotone"
    assert one.finding.message == 'c "blue" answers less than "green", where r2 gives 3. Example: c: "green".'
    assert one.rows == ("r2",)


def test_an_answer_that_only_rises_is_clean() -> None:
    rows = [['"red"', "1"], ['"green"', "2"], ['"blue"', "2"]]

    assert found([COLOUR], rows, orders={"c": ["red", "green", "blue"]}) == []


def test_a_fall_within_one_other_value_only_is_found() -> None:
    rows = [["-", '"green"', "2"], ["> 5", '"blue"', "3"], ["-", "-", "0"]]
    [one] = found([AGE, COLOUR], rows, orders={"c": ["green", "blue"]}, hit="FIRST")

    assert one[:2] == ("not_monotone", ("r1",))
    assert one[2]["age"] <= 5  # type: ignore[operator] # a number


def test_rows_that_come_first_hide_a_fall_behind_them() -> None:
    rows = [['"blue"', "9"], ['"green"', "3"], ['"blue"', "2"], ["-", "0"]]

    codes = [one[0] for one in found([COLOUR], rows, orders={"c": ["green", "blue"]}, hit="FIRST")]
    assert codes == ["masked"]


def test_adding_an_item_must_not_loosen() -> None:
    tightens = [['list contains(?, "A")', "1"], ["-", "0"]]
    loosens = [['list contains(?, "A")', "0"], ["-", "1"]]

    assert found([("f", "flags")], tightens, types=FLAGS, orders={"f": ADDING}, hit="FIRST") == []
    fall = found([("f", "flags")], loosens, types=FLAGS, orders={"f": ADDING}, hit="FIRST")
    assert {one[:2] for one in fall} == {("not_monotone", ("r2",))}


def test_outputs_that_are_no_numbers_count_as_nought() -> None:
    assert (
        found([COLOUR], [['"red"', '"a"'], ['"green"', '"b"'], ['"blue"', '"c"']], orders={"c": ["red", "blue"]}) == []
    )


def test_a_table_that_lists_has_no_one_answer_to_fall() -> None:
    [one] = analysed([COLOUR], [["-", "1"]], orders={"c": ["red", "blue"]}, hit="COLLECT")

    assert one.finding.code == "not_monotone"
    assert "cannot be checked" in one.finding.message


# Regions


def test_regions_are_cut_exactly() -> None:
    whole, corner = (0b11, 0b111), (0b01, 0b011)

    rest = list(regions.without(whole, corner))
    assert rest == [(0b10, 0b111), (0b01, 0b100)]
    assert regions.Cover([corner, *rest]).gap(whole) is None
    assert regions.Cover([corner, rest[0]]).gap(whole) == (0, 2)
    assert list(regions.without(corner, (0b10, 0b111))) == [corner]
    assert regions.Cover([]).gap((0, 1)) is None


# Witnesses


def test_a_witness_is_an_input_where_the_row_alone_decides() -> None:
    table = a_table([AGE], ["level"], [["-", "0"], ["> 5", "1"], ["> 9", "2"]], hit="COLLECT", aggregation="MAX")
    model = a_model(a_fact("age"), a_decision("d", table, ["age"]))

    assert analysis.witnesses(model, "d")["r2"] == {"age": Decimal(7)}
    assert analysis.witnesses(model, "d", [{"age": "[6..8]"}])["r2"] == {"age": Decimal(9)}
    assert analysis.witnesses(model, "d", [{"age": "[6..9]"}])["r2"] is None


def test_a_row_without_a_witness_changes_nothing() -> None:
    table = a_table([AGE], ["level"], [["-", "1"], ["> 5", "1"]], hit="COLLECT", aggregation="MAX")

    assert analysis.witnesses(a_model(a_fact("age"), a_decision("d", table, ["age"])), "d") == {
        "r1": {"age": Decimal(4)},
        "r2": None,
    }
