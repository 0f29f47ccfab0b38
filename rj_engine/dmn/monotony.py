"""Whether a table's answer may fall when one of its inputs gets worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from rj_engine.dmn.regions import Cover, Region, meet, without
from rj_engine.dmn.surveys import Survey

ADDING: Final = "adding"
"""For an input that is a list: it gets worse as items are added."""

Order = Sequence[object] | str
"""The values of an input from best to worst, or `ADDING`."""

Fall = tuple[str, list[int], Sequence[int]]
"""A sentence, the rows and the point from which the answer falls."""


def falls(table: Survey, question: str, order: Order) -> Iterator[Fall]:
    """Where a worse value of one input gives a lower answer: one example for each pair of values."""
    column = table.column(question)
    regions = _deciding(table)
    if regions is None:
        yield f"{question} cannot be checked for this hit policy.", [], None or [0] * len(table.domains)
        return
    levels = sorted({table.level(row) for row, _ in regions})
    for better, worse in _steps(table, column, order):
        for level in levels:
            fall = _fall(table, regions, column, (better, worse), level)
            if fall is not None:
                yield fall
                break


def _fall(
    table: Survey, regions: list[tuple[int, Region]], column: int, step: tuple[int, int], level: Decimal
) -> Fall | None:
    better, worse = step
    high = [(row, region) for row, region in regions if table.level(row) >= level]
    still = [_at(region, column, table) for _, region in high if region[column] >> worse & 1]
    cover = Cover(still)
    for row, region in high:
        if region[column] >> better & 1 and not region[column] >> worse & 1:
            point = cover.gap(_at(region, column, table))
            if point is not None:
                values = table.domains[column].values
                sentence = (
                    f"{table.domains[column].question} {table.shown(values[worse])} answers less than "
                    f"{table.shown(values[better])}, where {table.name(row)} gives {level}."
                )
                return sentence, [row], (*point[:column], better, *point[column + 1 :])
    return None


def _at(region: Region, column: int, table: Survey) -> Region:
    """The region with the column set free, since its value is fixed by the step."""
    return (*region[:column], table.domains[column].whole, *region[column + 1 :])


def _steps(table: Survey, column: int, order: Order) -> Iterator[tuple[int, int]]:
    values = table.domains[column].values
    if order != ADDING:
        places = [values.index(value) for value in order]
        yield from pairwise(places)
        return
    sets = {frozenset(map(str, value)): place for place, value in enumerate(values) if isinstance(value, list)}
    for smaller, place in sets.items():
        for larger, other in sets.items():
            if smaller < larger and len(larger) == len(smaller) + 1:
                yield place, other


def _deciding(table: Survey) -> list[tuple[int, Region]] | None:
    """Where each row's output is the answer, or at least reached by it."""
    regions = list(table.regions.items())
    if table.box.aggregation == "MAX" or table.box.hit_policy in {"UNIQUE", "ANY"}:
        return regions
    if table.box.hit_policy not in {"FIRST", "PRIORITY"}:
        return None
    decided: list[tuple[int, Region]] = []
    earlier: list[Region] = []
    for row in table.by_precedence():
        rest = [table.regions[row]]
        for other in earlier:
            rest = [part for region in rest for part in without(region, other) if all(meet(region, region))]
        decided += [(row, region) for region in rest]
        earlier.append(table.regions[row])
    return decided
