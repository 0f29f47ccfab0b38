"""Functions on lists: what they hold, and lists made from them. A list is never changed, only made anew."""

from __future__ import annotations

from decimal import Decimal

from rj_engine.feel.library.registry import Rest, built_in
from rj_engine.feel.limits import NESTED_VALUES, Run, fits_list
from rj_engine.feel.refusal import Fault, refuse
from rj_engine.feel.values.comparing import equal
from rj_engine.feel.values.functions import Function
from rj_engine.feel.values.numbers import whole

_HASHED = (str, Decimal, bool)


@built_in("list contains(list: list, element: any?) -> boolean")
def contains(run: Run, items: Rest, element: object) -> bool:
    """Tell whether a list holds a value."""
    run.spend(len(items))
    if type(element) is str:
        return element in items  # no other kind of value equals a text
    return any(equal(item, element, run) is True for item in items)


@built_in("sublist(list: list, start position: number, [length: number]) -> list")
def sublist(items: Rest, start: Decimal, length: Decimal | None) -> Rest:
    """Return part of a list; positions count from 1, or from -1 at the end."""
    first = _index(items, start)
    last = len(items) if length is None else first + whole(length, "length")
    if not first < last <= len(items):
        raise Fault("length must be from 1 to what is left of the list.", "out_of_range")
    return items[first:last]


@built_in("append(list: list, item: any?...) -> list")
def append(items: Rest, more: Rest) -> Rest:
    """Return a list with items added at its end."""
    return _fitting([*items, *more])


@built_in("concatenate(list: list...) -> list")
def concatenate(lists: list[Rest]) -> Rest:
    """Return the items of several lists as one list."""
    if not lists:
        raise Fault("list is missing.", "wrong_arguments")
    return _fitting([item for items in lists for item in items])


@built_in("insert before(list: list, position: number, newItem: any?) -> list")
def insert_before(items: Rest, position: Decimal, new_item: object) -> Rest:
    """Return a list with an item put in before a position."""
    place = _index(items, position)
    return _fitting([*items[:place], new_item, *items[place:]])


@built_in("remove(list: list, position: number) -> list")
def remove(items: Rest, position: Decimal) -> Rest:
    """Return a list without the item at a position."""
    place = _index(items, position)
    return [*items[:place], *items[place + 1 :]]


@built_in("list replace(list: list, position: number, newItem: any?) -> list")
def replace_at(items: Rest, position: Decimal, new_item: object) -> Rest:
    """Return a list with another item at a position."""
    place = _index(items, position)
    return [*items[:place], new_item, *items[place + 1 :]]


@built_in("list replace(list: list, match: function, newItem: any?) -> list")
def replace_matching(run: Run, items: Rest, match: Function, new_item: object) -> Rest:
    """Return a list with another item wherever `match(item, newItem)` is true."""
    results: Rest = []
    for item in items:
        found = match.invoke([item, new_item], run)
        if not isinstance(found, bool):
            raise Fault("match must give true or false.", "wrong_type")
        results.append(new_item if found else item)
    return results


@built_in("reverse(list: list) -> list")
def reverse(items: Rest) -> Rest:
    """Return a list from its end to its start."""
    return items[::-1]


@built_in("index of(list: list, match: any?) -> list")
def index_of(run: Run, items: Rest, match: object) -> Rest:
    """Return the positions at which a value stands."""
    run.spend(len(items))
    return [Decimal(place) for place, item in enumerate(items, start=1) if equal(item, match, run) is True]


@built_in("union(list: list...) -> list")
def union(run: Run, lists: list[Rest]) -> Rest:
    """Return the items of several lists, each value once."""
    return distinct_values(run, concatenate(lists))


@built_in("distinct values(list: list) -> list")
def distinct_values(run: Run, items: Rest) -> Rest:
    """Return each value of a list once, where it first stands."""
    return _distinct(items, run)


def _distinct(items: Rest, run: Run) -> Rest:
    """Find each value where it first stands; simple ones by hash, the others by comparing."""
    found: Rest = []
    hashed: set[object] = set()
    compared: Rest = []
    for item in items:
        simple = item is None or isinstance(item, _HASHED)
        run.spend(2 if simple else 2 + 2 * len(compared))
        if simple:
            new = (type(item), item) not in hashed
            hashed.add((type(item), item))
        else:
            new = not any(equal(known, item, run) is True for known in compared)
            compared += [item] if new else []
        if new:
            found.append(item)
    return found


@built_in("flatten(list: list) -> list")
def flatten(run: Run, items: Rest) -> Rest:
    """Return the items of a list and of the lists inside it, as one list."""
    results: Rest = []
    _flatten_into(results, items, run, 0)
    return _fitting(results)


def _flatten_into(results: Rest, items: Rest, run: Run, level: int) -> None:
    if level > NESTED_VALUES:
        refuse("too_deep", "This list is nested too deep.")
    run.spend(len(items))
    for item in items:
        if isinstance(item, list):
            _flatten_into(results, item, run, level + 1)
        else:
            results.append(item)


class _InOrder:
    """An item that asks the author's function whether it comes before another."""

    __slots__ = ("item", "precedes", "run")

    def __init__(self, item: object, precedes: Function, run: Run) -> None:
        self.item = item
        self.precedes = precedes
        self.run = run

    def __lt__(self, other: _InOrder) -> bool:
        found = self.precedes.invoke([self.item, other.item], self.run)
        if not isinstance(found, bool):
            raise Fault("precedes must give true or false.", "wrong_type")
        return found


@built_in("sort(list: list, precedes: function) -> list")
def sort(run: Run, items: Rest, precedes: Function) -> Rest:
    """Return a list in the order of a function of two items; level items stay as they stood."""
    return sorted(items, key=lambda item: _InOrder(item, precedes, run))


def _index(items: Rest, position: Decimal) -> int:
    place = whole(position, "position")
    if not place or abs(place) > len(items):
        raise Fault(f"There is no position {place} in this list.", "out_of_range")
    return place - 1 if place > 0 else len(items) + place


def _fitting(items: Rest) -> Rest:
    fits_list(len(items))
    return items
