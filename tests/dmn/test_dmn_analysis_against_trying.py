"""What analysis says of a table by set arithmetic is what trying every input says, table after random table."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_findings import AGE, COLOUR, found

from rj_engine import feel

COLOURS = ["red", "green", "blue"]
AGES = [Decimal(one) / 2 for one in range(-4, 17)]
EVERY = [{"c": colour, "age": age} for colour, age in product(COLOURS, AGES)]
OF_COLOUR = st.sampled_from(["-", '"red"', '"green", "blue"', 'not("blue")', 'not("red", "green")'])
OF_AGE = st.sampled_from(["-", "< 2", "<= 2", "> 2", ">= 4", "[2..4]", "(2..4)", "3", "not(3)", "[0..2), > 4"])
TABLES = st.lists(st.tuples(OF_COLOUR, OF_AGE, st.sampled_from(["1", "2"])).map(list), min_size=1, max_size=5)


def tried(rows: list[list[str]]) -> list[frozenset[int]]:
    """For each row the inputs it matches, by trying them all."""
    cells = [[feel.compile_unary_tests(cell) for cell in row[:2]] for row in rows]
    return [
        frozenset(at for at, one in enumerate(EVERY) if colour.matches(one["c"], {}) and age.matches(one["age"], {}))
        for colour, age in cells
    ]


def names(*rows: int) -> tuple[str, ...]:
    """The ids of rows."""
    return tuple(f"r{row + 1}" for row in rows)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_gaps_overlaps_and_rows_of_no_use_are_those_that_trying_finds(rows: list[list[str]]) -> None:
    matched = tried(rows)
    told = found([COLOUR, AGE], rows, hit="UNIQUE")

    pairs = {names(one, other) for one, other in combinations(range(len(rows)), 2) if matched[one] & matched[other]}
    assert {which for code, which, _ in told if code == "overlap"} == pairs
    uncovered = set(range(len(EVERY))) - frozenset().union(*matched)
    assert [code for code, _, _ in told if code == "gap"] == (["gap"] if uncovered else [])
    assert {which for code, which, _ in told if code == "unreachable"} == {
        names(row) for row, inputs in enumerate(matched) if not inputs
    }


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_a_row_is_masked_where_trying_finds_it_never_first(rows: list[list[str]]) -> None:
    matched = tried(rows)
    told = found([COLOUR, AGE], rows, hit="FIRST")

    before = [frozenset().union(*matched[:row]) for row in range(len(rows))]
    masked = {names(row)[0] for row, inputs in enumerate(matched) if inputs and inputs <= before[row]}
    assert {which[0] for code, which, _ in told if code == "masked"} == masked


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_an_example_is_an_input_of_the_rows_it_is_shown_for(rows: list[list[str]]) -> None:
    for code, which, example in found([COLOUR, AGE], rows, hit="UNIQUE"):
        if code in {"overlap", "gap"}:
            hit = {f"r{at + 1}" for at, row in enumerate(rows) if _passes(row, example)}
            assert hit >= set(which)
            assert bool(hit) == (code == "overlap")


def _passes(row: list[str], example: dict[str, object]) -> bool:
    tests = zip(row[:2], ("c", "age"), strict=True)
    return all(feel.compile_unary_tests(cell).matches(example[name], {}) for cell, name in tests)


@pytest.mark.parametrize("cell", ["< 3", "4"])
def test_a_column_that_was_read_once_is_read_anew_when_one_cell_changes(cell: str) -> None:
    rows = [["-", "< 2", "1"], ["-", ">= 2", "2"]]

    assert found([COLOUR, AGE], rows) == []
    assert [code for code, _, _ in found([COLOUR, AGE], [["-", cell, "1"], rows[1]])] != []
    assert found([COLOUR, AGE], rows) == []
