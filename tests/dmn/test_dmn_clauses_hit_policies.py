"""DMN 1.5, 8.2.8 and 8.2.10: what a table answers when one, several or no rows match."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from small_models import a_decision, a_fact, a_model, a_table

AGES = [[">= 18", '"adult"'], ["< 18", '"child"'], [">= 65", '"senior"']]
TIERS = {"name": "tier", "values": '"senior", "adult", "child"'}
PAIR_OUTPUTS = [{"name": "tier", "values": '"high", "low"'}, {"name": "fee", "values": "3, 2, 1"}]
PAIRS = [["> 0", '"low"', "3"], ["> 0", '"high"', "1"], ["> 0", '"high"', "2"], ["> 100", '"low"', "1"]]


def decided(
    rows: Any,
    age: Any,
    *,
    outputs: Any = ("tier",),
    inputs: Any = (("age", "number"),),
    hit: Any = None,
    aggregation: Any = None,
):
    table = a_table(list(inputs), list(outputs), rows, hit=hit, aggregation=aggregation)
    return a_model(a_fact("age"), a_decision("d", table, ["age"])).decide("d", {"age": age})


CASES = [
    ("unique is the policy where none is named", AGES, 30, {}, "adult"),
    ("unique answers from its only matching row", AGES, 10, {"hit": "UNIQUE"}, "child"),
    ("unique gives null when rows overlap", AGES, 70, {"hit": "UNIQUE"}, None),
    ("unique gives null even when overlapping rows agree", [["> 1", "1"], ["> 2", "1"]], 5, {"hit": "UNIQUE"}, None),
    ("any answers what all matching rows answer", [["> 1", '"a"'], ["> 2", '"a"']], 5, {"hit": "ANY"}, "a"),
    ("any gives null when matching rows disagree", [["> 1", '"a"'], ["> 2", '"b"']], 5, {"hit": "ANY"}, None),
    ("any holds equal numbers equal however written", [["> 1", "1"], ["> 2", "1.0"]], 5, {"hit": "ANY"}, 1),
    ("any compares all outputs together", PAIRS, 5, {"hit": "ANY", "outputs": PAIR_OUTPUTS}, None),
    ("any holds null equal to null", [["> 1", "null"], ["> 2", "null"]], 5, {"hit": "ANY"}, None),
    ("first answers from the first matching row", AGES, 70, {"hit": "FIRST"}, "adult"),
    ("first passes over rows that do not match", AGES, 3, {"hit": "FIRST"}, "child"),
    (
        "priority answers the output that stands first among the values",
        AGES,
        70,
        {"hit": "PRIORITY", "outputs": [TIERS]},
        "senior",
    ),
    ("priority does not look at the order of rows", AGES[::-1], 70, {"hit": "PRIORITY", "outputs": [TIERS]}, "senior"),
    (
        "priority looks at outputs from the left",
        PAIRS,
        5,
        {"hit": "PRIORITY", "outputs": PAIR_OUTPUTS},
        {"tier": "high", "fee": 2},
    ),
    ("priority without output values keeps the order of rows", AGES, 70, {"hit": "PRIORITY"}, "adult"),
    ("rule order lists all outputs as the rows stand", AGES, 70, {"hit": "RULE ORDER"}, ["adult", "senior"]),
    ("rule order lists a single output too", AGES, 20, {"hit": "RULE ORDER"}, ["adult"]),
    (
        "output order lists all outputs as the values stand",
        AGES,
        70,
        {"hit": "OUTPUT ORDER", "outputs": [TIERS]},
        ["senior", "adult"],
    ),
    (
        "output order compares several outputs from the left",
        PAIRS,
        5,
        {"hit": "OUTPUT ORDER", "outputs": PAIR_OUTPUTS},
        [{"tier": "high", "fee": 2}, {"tier": "high", "fee": 1}, {"tier": "low", "fee": 3}],
    ),
    ("collect lists all outputs", AGES, 70, {"hit": "COLLECT"}, ["adult", "senior"]),
    ("collect keeps what occurs twice", [["> 1", "7"], ["> 2", "7"]], 5, {"hit": "COLLECT"}, [7, 7]),
    (
        "collect lists contexts where there are several outputs",
        PAIRS[:2],
        5,
        {"hit": "COLLECT", "outputs": PAIR_OUTPUTS},
        [{"tier": "low", "fee": 3}, {"tier": "high", "fee": 1}],
    ),
    (
        "collect sum adds the outputs",
        [["> 1", "7"], ["> 2", "0.5"]],
        5,
        {"hit": "COLLECT", "aggregation": "SUM"},
        Decimal("7.5"),
    ),
    (
        "collect sum of one row is its output",
        [["> 1", "7"], ["> 9", "1"]],
        5,
        {"hit": "COLLECT", "aggregation": "SUM"},
        7,
    ),
    (
        "collect sum of what is no number is null",
        [["> 1", "7"], ["> 2", '"x"']],
        5,
        {"hit": "COLLECT", "aggregation": "SUM"},
        None,
    ),
    ("collect min takes the least", [["> 1", "7"], ["> 2", "-3"]], 5, {"hit": "COLLECT", "aggregation": "MIN"}, -3),
    ("collect max takes the greatest", [["> 1", "7"], ["> 2", "-3"]], 5, {"hit": "COLLECT", "aggregation": "MAX"}, 7),
    (
        "collect max of strings goes by their order",
        [["> 1", '"b"'], ["> 2", '"a"']],
        5,
        {"hit": "COLLECT", "aggregation": "MAX"},
        "b",
    ),
    (
        "collect count counts the rows",
        [["> 1", "7"], ["> 2", "7"], ["> 9", "7"]],
        5,
        {"hit": "COLLECT", "aggregation": "COUNT"},
        2,
    ),
    (
        "several outputs stand together as a context",
        [["-", '"low"', "2"]],
        5,
        {"outputs": PAIR_OUTPUTS},
        {"tier": "low", "fee": 2},
    ),
    ("a table without a matching row gives null", [["> 10", "1"]], 5, {}, None),
    ("a default stands in when no row matches", [["> 10", "1"]], 5, {"outputs": [{"name": "x", "default": "9"}]}, 9),
    ("a default is an expression", [["> 10", "1"]], 5, {"outputs": [{"name": "x", "default": "age * 2"}]}, 10),
    (
        "a default does not stand in for a matching row",
        [["> 1", "1"]],
        5,
        {"outputs": [{"name": "x", "default": "9"}]},
        1,
    ),
    (
        "several defaults stand together as a context",
        [["> 10", '"low"', "1"]],
        5,
        {"outputs": [{"name": "a", "default": "1"}, {"name": "b", "default": "2"}]},
        {"a": 1, "b": 2},
    ),
    (
        "an output without a default is null among those that have one",
        [["> 10", "1", "1"]],
        5,
        {"outputs": [{"name": "a", "default": "1"}, {"name": "b"}]},
        {"a": 1, "b": None},
    ),
    (
        "a list policy takes the default as it stands",
        [["> 10", "1"]],
        5,
        {"hit": "COLLECT", "outputs": [{"name": "x", "default": "[0]"}]},
        [0],
    ),
    ("a table without inputs matches always", [["42"]], 5, {"inputs": ()}, 42),
    ("a table without rows has no answer", [], 5, {}, None),
]


@pytest.mark.parametrize(
    ("rows", "age", "options", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_hit_policy(rows: Any, age: Any, options: Any, expected: Any):
    assert decided(rows, age, **options).value == expected


def test_overlapping_unique_rows_are_named_in_a_warning_and_leave_no_answer():
    answer = decided(AGES, 70)

    [warning] = answer.warnings
    assert warning.code == "overlapping_rows"
    assert warning.severity == "warning"
    assert "r1 and r3" in warning.message
    assert answer.matched is False
    assert [row.row_id for row in answer.fired] == ["r1", "r3"]


def test_rows_of_any_that_disagree_are_named_in_a_warning():
    answer = decided([["> 1", '"a"'], ["> 2", '"b"']], 5, hit="ANY")

    assert [warning.code for warning in answer.warnings] == ["contradicting_rows"]
    assert answer.matched is False


def test_no_matching_row_leaves_the_answer_unmatched_so_that_a_gate_fails_closed():
    answer = decided([["> 10", "1"]], 5)

    assert answer.value is None
    assert answer.matched is False
    assert [warning.code for warning in answer.warnings] == ["no_row"]


def test_a_default_counts_as_an_answer():
    answer = decided([["> 10", "1"]], 5, outputs=[{"name": "x", "default": "9"}])

    assert answer.matched is True
    assert answer.fired == []


def test_only_the_rows_an_answer_rests_on_have_fired():
    assert [row.row_id for row in decided(AGES, 70, hit="FIRST").fired] == ["r1"]
    assert [row.row_id for row in decided(AGES, 70, hit="PRIORITY", outputs=[TIERS]).fired] == ["r3"]
    assert [row.row_number for row in decided(AGES, 70, hit="COLLECT").fired] == [1, 3]


def test_an_aggregate_of_nothing_comparable_leaves_no_answer():
    answer = decided([["> 1", "7"], ["> 2", '"x"']], 5, hit="COLLECT", aggregation="SUM")

    assert answer.matched is False
    assert "no_aggregate" in [warning.code for warning in answer.warnings]
