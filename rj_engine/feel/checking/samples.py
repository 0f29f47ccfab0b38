"""A few values of a name that stand for all it can hold, as far as some parts of conditions can tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final

from rj_engine.feel.checking.possible import Possible
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.numbers import TWO

MOST_ITEMS: Final = 8
"""Items of which every list is tried; the lists of more are told apart only by what a condition names."""


def samples(name: str, possible: Possible, leaves: Sequence[tree.Node]) -> tuple[object, ...] | None:
    """Values of `name`, one of each that the leaves tell apart; None where they look at it in another way."""
    found = _of_list(name, possible, leaves) if possible.kind.name == "list" else _of_one(name, possible, leaves)
    nothing = [None] if possible.nullable else []
    return None if found is None else (*nothing, *found)


def _of_one(name: str, possible: Possible, leaves: Sequence[tree.Node]) -> list[object] | None:
    if possible.values is not None:
        return sorted(possible.values, key=repr)
    if possible.kind.name == "boolean":
        return [True, False]
    named = [_literals(name, leaf) for leaf in leaves]
    constants = [one for found in named if found is not None for one in found]
    if None in named or any(isinstance(one, bool) for one in constants):
        return None
    numbers = sorted({one for one in constants if isinstance(one, Decimal)})
    texts = sorted({one for one in constants if isinstance(one, str)})
    if texts and any(isinstance(leaf, tree.Comparison) and leaf.operator not in {"=", "!="} for leaf in leaves):
        return None
    spread = [] if possible.kind.name == "string" else [one for one in _spread(numbers) if _within(one, possible)]
    words = [] if possible.kind.name == "number" else [*texts, _other_than(texts)]
    return [*spread, *words]


def _within(number: Decimal, possible: Possible) -> bool:
    low, high = possible.least, possible.most
    return (low is None or number >= low) and (high is None or number <= high)


def _spread(numbers: list[Decimal]) -> list[Decimal]:
    """Each number, one between each two, and one beyond either end."""
    if not numbers:
        return [Decimal(0)]
    between = [(low + high) / TWO for low, high in pairwise(numbers)]
    return sorted({numbers[0] - 1, *numbers, *between, numbers[-1] + 1})


def _other_than(texts: Iterable[str]) -> str:
    other = "anything else"
    while other in texts:
        other += "."
    return other


def _literals(name: str, leaf: tree.Node) -> list[object] | None:
    """The constants a leaf compares a name with; None where it does something else with it."""
    if isinstance(leaf, tree.Name) and leaf.name == name:
        return [True]
    if isinstance(leaf, tree.Comparison):
        sides = [one for one in (leaf.left, leaf.right) if not _is(one, name)]
        return _values(sides) if len(sides) == 1 else None
    if isinstance(leaf, tree.Call) and _called(leaf) == "list contains" and _is(leaf.arguments[-1], name):
        held = leaf.arguments[0]
        return _values(held.items) if isinstance(held, tree.ListOf) else None
    if isinstance(leaf, tree.In) and _is(leaf.value, name):
        return _values(leaf.tests)
    return None


def _values(nodes: Sequence[tree.Node]) -> list[object] | None:
    if not all(isinstance(one, tree.Literal) and isinstance(one.value, str | Decimal | None) for one in nodes):
        return None
    return [one.value for one in nodes if isinstance(one, tree.Literal) and one.value is not None]


def _of_list(name: str, possible: Possible, leaves: Sequence[tree.Node]) -> list[object] | None:
    """Every list without repetition of the items that matter."""
    held = possible.values
    if held is not None and len(held) <= MOST_ITEMS:
        items = sorted(held, key=repr)
    elif all(_asks_for_item(name, leaf) for leaf in leaves):
        named = {one for leaf in leaves if isinstance(leaf, tree.Call) for one in _values(leaf.arguments[1:]) or ()}
        items = sorted(named if held is None else named & held, key=repr)
    else:
        return None
    if len(items) > MOST_ITEMS:
        return None
    return [list(chosen) for size in range(len(items) + 1) for chosen in combinations(items, size)]


def _asks_for_item(name: str, leaf: tree.Node) -> bool:
    if not isinstance(leaf, tree.Call) or _called(leaf) != "list contains":
        return False
    return _is(leaf.arguments[0], name) and _values(leaf.arguments[1:]) is not None


def _is(node: tree.Node, name: str) -> bool:
    return isinstance(node, tree.Name) and node.name == name


def _called(node: tree.Call) -> str:
    return node.function.name if isinstance(node.function, tree.Name) else ""
