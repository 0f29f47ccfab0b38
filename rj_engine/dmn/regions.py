"""Exact arithmetic on regions: products of sets, one set a column, each set the bits of a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

Region = tuple[int, ...]
"""For each column the values it holds, as bits; a region with an empty column is empty."""

MOST_STEPS: Final = 200_000


class TooLarge(Exception):
    """The regions are too many to compare exactly within the budget."""


def is_empty(region: Region) -> bool:
    """Whether nothing lies in it."""
    return not all(region)


def meet(left: Region, right: Region) -> Region:
    """What lies in both."""
    return tuple(one & other for one, other in zip(left, right, strict=True))


def point_in(region: Region) -> tuple[int, ...]:
    """The first point of a region that is not empty, as the index of its value in each column."""
    return tuple((values & -values).bit_length() - 1 for values in region)


def without(region: Region, other: Region) -> Iterator[Region]:
    """What lies in the first and not in the second, as regions that do not touch."""
    common = list(region)
    for column, (mine, theirs) in enumerate(zip(region, other, strict=True)):
        rest = mine & ~theirs
        if rest:
            yield (*common[:column], rest, *region[column + 1 :])
        common[column] = mine & theirs
        if not common[column]:
            return


class Cover:
    """Looks for a point of a region that none of some others holds."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self._regions = regions
        self._steps = 0
        self._covered: set[tuple[int, tuple[int, ...]]] = set()

    def gap(self, region: Region) -> tuple[int, ...] | None:
        """A point of the region outside all others, or None; refuses, as `TooLarge`, more work than its budget."""
        if is_empty(region):
            return None
        self._covered.clear()
        alive = tuple(index for index, one in enumerate(self._regions) if not is_empty(meet(one, region)))
        return self._search(region, 0, alive)

    def _search(self, region: Region, column: int, alive: tuple[int, ...]) -> tuple[int, ...] | None:
        if not alive:
            return point_in(region)
        if column == len(region) or (column, alive) in self._covered or self._holds_all(region, column, alive):
            return None
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooLarge
        for values, inside in self._groups(region[column], column, alive):
            narrowed = (*region[:column], values, *region[column + 1 :])
            found = self._search(narrowed, column + 1, inside)
            if found is not None:
                return found
        self._covered.add((column, alive))
        return None

    def _holds_all(self, region: Region, column: int, alive: tuple[int, ...]) -> bool:
        return any(
            all(not mine & ~theirs for mine, theirs in zip(region[column:], self._regions[index][column:], strict=True))
            for index in alive
        )

    def _groups(self, values: int, column: int, alive: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
        """The column's values grouped by which regions hold them, those held least first."""
        groups: dict[tuple[int, ...], int] = {}
        rest = values
        while rest:
            bit = rest & -rest
            rest ^= bit
            inside = tuple(index for index in alive if self._regions[index][column] & bit)
            groups[inside] = groups.get(inside, 0) | bit
        return sorted(((bits, inside) for inside, bits in groups.items()), key=lambda group: len(group[1]))
