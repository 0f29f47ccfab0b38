"""When several conditions hold, over every combination of what their names can hold: exact, as bits of a number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import product
from typing import Final

from rj_engine.feel.checking.possible import UNKNOWN, Possible
from rj_engine.feel.checking.samples import samples
from rj_engine.feel.expression import Expression, leaf_of, leaves, read, unjoined
from rj_engine.feel.syntax import tree

MOST_COMBINATIONS: Final = 1 << 17
MOST_TRIED: Final = 1_000
"""Combinations of the names that one part of a condition reads."""


@dataclass(frozen=True, slots=True)
class Truth:
    """In which combinations a condition holds, and in which it does not; in others it has no answer."""

    holds: int
    fails: int
    is_sure: bool = True
    """Without parts that may come to anything: then it may hold where it may not, and both are said."""


@dataclass(frozen=True, slots=True)
class Truths:
    """Every combination of the values that conditions tell apart, and each condition's answers over them."""

    names: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    """By name."""
    conditions: tuple[Truth, ...]

    @property
    def all(self) -> int:
        """Every combination."""
        return (1 << math.prod(map(len, self.values))) - 1

    def example(self, combinations: int) -> dict[str, object]:
        """The first of some combinations."""
        place = (combinations & -combinations).bit_length() - 1
        found = {}
        for name, values in zip(self.names, self.values, strict=True):
            place, at = divmod(place, len(values))
            found[name] = values[at]
        return found

    def of(self, name: str) -> tuple[object, ...]:
        """The values of a name that conditions tell apart."""
        return self.values[self.names.index(name)]

    def where(self, name: str, value: object) -> int:
        """The combinations in which a name holds a value; of all names only those that could be tried."""
        index = self.names.index(name)
        return _mask(tuple(map(len, self.values)), {index: self.values[index].index(value)})


def truths(conditions: Sequence[str], possible: Mapping[str, Possible]) -> Truths | None:
    """When each condition holds; a name without an entry may hold anything. None where they are too many to try.

    Refuses what is not FEEL.
    """
    names = {name for text in conditions for leaf in leaves(text) for name in leaf.names}
    return _truths(tuple(conditions), tuple((name, possible.get(name, UNKNOWN)) for name in sorted(names)))


@lru_cache(maxsize=1024)
def _truths(conditions: tuple[str, ...], possible: tuple[tuple[str, Possible], ...]) -> Truths | None:
    nodes = [read(text) for text in conditions]
    parts = [(leaf_of(leaf, ""), leaf) for node in nodes for leaf in unjoined(node)]
    expressions = {one.text: one for one, _ in parts}.values()
    values: dict[str, tuple[object, ...]] = {}
    for name, held in possible:
        found = samples(name, held, [leaf for one, leaf in parts if name in one.names])
        if found is not None:
            values[name] = _apart(name, found, [one for one in expressions if name in one.names])
    if math.prod(map(len, values.values())) > MOST_COMBINATIONS:
        return None
    table = _Table(tuple(values), tuple(values.values()))
    return Truths(table.names, table.values, tuple(table.of(node) for node in nodes))


def _apart(name: str, values: tuple[object, ...], reading: Sequence[Expression]) -> tuple[object, ...]:
    """One of each group of values that no part of any condition tells apart."""
    if any(len(one.names) > 1 for one in reading):
        return values
    groups: dict[tuple[object, ...], object] = {}
    for value in values:
        answers = (_answer(one.evaluate({name: value})) for one in reading)
        groups.setdefault((value is None, *answers), value)
    return tuple(groups.values())


def _answer(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


class _Table:
    """Works conditions out over all combinations, each part of them once."""

    def __init__(self, names: tuple[str, ...], values: tuple[tuple[object, ...], ...]) -> None:
        self.names, self.values = names, values
        self.sizes = tuple(map(len, values))
        self.whole = (1 << math.prod(self.sizes)) - 1
        self._leaves: dict[str, Truth] = {}

    def of(self, node: tree.Node) -> Truth:
        """When one condition holds."""
        if isinstance(node, tree.Junction):
            return self._joined([self.of(one) for one in node.operands], all_of=node.word == "and")
        if isinstance(node, tree.Call) and node.function == tree.Name(node.function.at, "not"):
            inner = self.of(node.arguments[0])
            return Truth(inner.fails, inner.holds, inner.is_sure)
        leaf = leaf_of(node, "")
        if leaf.text not in self._leaves:
            self._leaves[leaf.text] = self._leaf(leaf)
        return self._leaves[leaf.text]

    def _joined(self, parts: list[Truth], *, all_of: bool) -> Truth:
        every, some = (lambda one, other: one & other), (lambda one, other: one | other)
        holds = reduce(every if all_of else some, (one.holds for one in parts))
        fails = reduce(some if all_of else every, (one.fails for one in parts))
        return Truth(holds, fails, all(one.is_sure for one in parts))

    def _leaf(self, leaf: Expression) -> Truth:
        places = [self.names.index(name) for name in sorted(leaf.names) if name in self.names]
        if len(places) < len(leaf.names) or math.prod(self.sizes[one] for one in places) > MOST_TRIED:
            return Truth(self.whole, self.whole, is_sure=False)
        found = {True: 0, False: 0, None: 0}
        for chosen in product(*(range(self.sizes[one]) for one in places)):
            fixed = dict(zip(places, chosen, strict=True))
            named = {self.names[place]: self.values[place][at] for place, at in fixed.items()}
            found[_answer(leaf.evaluate(named))] |= _mask(self.sizes, fixed)
        return Truth(found[True], found[False])


def _mask(sizes: Sequence[int], fixed: Mapping[int, int]) -> int:
    """The combinations in which some places hold one of their values; the first place changes fastest."""
    mask, width = 1, 1
    for place, size in enumerate(sizes):
        at = [fixed[place]] if place in fixed else range(size)
        mask = sum(mask << width * one for one in at)
        width *= size
    return mask
