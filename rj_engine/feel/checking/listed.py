"""Values that a condition compares a name with and that the name can never hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from rj_engine.feel.checking.guess import of_value
from rj_engine.feel.checking.possible import Possible
from rj_engine.feel.expression import read, unjoined
from rj_engine.feel.syntax import tree


@dataclass(frozen=True, slots=True)
class Unlisted:
    """One value that a name can never hold."""

    name: str
    value: object
    near: object | None
    """The nearest that it can."""
    is_of_another_type: bool


def unlisted(text: str, possible: Mapping[str, Possible]) -> list[Unlisted]:
    """Return the constants of a condition that the name they are compared with never holds. Refuses what is not FEEL.

    A fact that holds nothing at all is no matter of its values.
    """
    pairs = {(name, value): None for leaf in unjoined(read(text)) for name, value in _compared(leaf)}
    found = [_judged(name, value, possible[name]) for name, value in pairs if name in possible]
    return [one for one in found if one is not None]


def _compared(leaf: tree.Node) -> Iterator[tuple[str, object]]:
    """The names of a part of a condition with the constants they must equal for it."""
    if isinstance(leaf, tree.Comparison):
        yield from _pairs([leaf.left], [leaf.right])
        yield from _pairs([leaf.right], [leaf.left])
    elif isinstance(leaf, tree.In):
        yield from _pairs([leaf.value], leaf.tests)
    elif isinstance(leaf, tree.Call) and leaf.function == tree.Name(leaf.function.at, "list contains"):
        inside, item = leaf.arguments[0], leaf.arguments[1:]
        yield from _pairs(inside.items if isinstance(inside, tree.ListOf) else [inside], item)
        yield from _pairs(item, inside.items if isinstance(inside, tree.ListOf) else [])


def _pairs(names: Sequence[tree.Node], values: Sequence[tree.Node]) -> Iterator[tuple[str, object]]:
    for one in names:
        for other in values:
            if isinstance(one, tree.Name) and isinstance(other, tree.Literal) and other.value is not None:
                yield one.name, other.value


def _judged(name: str, value: object, held: Possible) -> Unlisted | None:
    kind = held.kind.item if held.kind.name == "list" else held.kind
    given = of_value(value).kind
    if kind is not None and kind.name not in {"Any", "Null"} and given != kind:
        return Unlisted(name, value, None, is_of_another_type=True)
    if not held.values or value in held.values or not isinstance(value, str):
        return None
    near = get_close_matches(value, [str(one) for one in held.values], n=1)
    return Unlisted(name, value, near[0] if near else None, is_of_another_type=False)
