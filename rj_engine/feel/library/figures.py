"""Functions that make one figure of a list: count, least, greatest, sums and averages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal, DecimalException

from rj_engine.feel.library.registry import Rest, as_one_list, built_in
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.comparing import order
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.numbers import ARITHMETIC, ONE, TWO, ZERO, add, divide, multiply, subtract


@built_in("count(list: list) -> number")
def count(items: Rest) -> Decimal:
    """Return how many items a list has."""
    return Decimal(len(items))


@built_in("min(list: any?...)")
def least(run: Run, items: Rest) -> object:
    """Return the least item; null for an empty list."""
    return _extreme(as_one_list(items), -1, run)


@built_in("max(list: any?...)")
def greatest(run: Run, items: Rest) -> object:
    """Return the greatest item; null for an empty list."""
    return _extreme(as_one_list(items), 1, run)


def _extreme(items: Rest, side: int, run: Run) -> object:
    if not items:
        return None
    run.spend(len(items))
    best = items[0]
    for item in items:
        found = order(item, best)
        if found is None:
            raise Fault(f"Cannot compare a {kind_name(item)} and a {kind_name(best)}.", "not_comparable")
        if found == side:
            best = item
    return best


def _numbers(items: Rest, run: Run) -> list[Decimal]:
    found = as_one_list(items)
    run.spend(len(found))
    if not all(type(item) is Decimal for item in found):
        raise Fault("list must hold only numbers.", "wrong_type")
    return found


def _some_numbers(items: Rest, run: Run) -> list[Decimal]:
    found = _numbers(items, run)
    if not found:
        raise Fault("list is empty.", "empty_list")
    return found


def _finite(work: Callable[[], Decimal]) -> Decimal:
    try:
        return work()
    except DecimalException as error:
        raise Fault("The result is too large for a number.", "not_a_number") from error


def _total(items: list[Decimal]) -> Decimal:
    total = ZERO
    for item in items:
        total = add(total, item)
    return total


@built_in("sum(list: any?...) -> number")
def total(run: Run, items: Rest) -> Decimal:
    """Return the sum of numbers."""
    return _finite(lambda: _total(_some_numbers(items, run)))


@built_in("product(list: any?...) -> number")
def product(run: Run, items: Rest) -> Decimal:
    """Return all numbers multiplied."""

    def multiplied() -> Decimal:
        result = ONE
        for item in _some_numbers(items, run):
            result = multiply(result, item)
        return result

    return _finite(multiplied)


@built_in("mean(list: any?...) -> number")
def mean(run: Run, items: Rest) -> Decimal:
    """Return the average of numbers."""
    found = _some_numbers(items, run)
    return _finite(lambda: divide(_total(found), Decimal(len(found))))


@built_in("median(list: any?...) -> number")
def median(run: Run, items: Rest) -> Decimal | None:
    """Return the number in the middle, or the average of the two there; null for an empty list."""
    found = sorted(_numbers(items, run))
    middle = len(found) // 2
    if not found:
        return None
    return found[middle] if len(found) % 2 else divide(add(found[middle - 1], found[middle]), TWO)


@built_in("stddev(list: any?...) -> number")
def standard_deviation(run: Run, items: Rest) -> Decimal:
    """Return the sample standard deviation of two numbers or more."""
    found = _numbers(items, run)
    if len(found) < 2:  # noqa: PLR2004 - a deviation needs two
        raise Fault("list must hold two numbers or more.", "empty_list")

    def deviation() -> Decimal:
        middle = divide(_total(found), Decimal(len(found)))
        squares = [multiply(gap, gap) for gap in (subtract(item, middle) for item in found)]
        return ARITHMETIC.sqrt(divide(_total(squares), Decimal(len(found) - 1)))

    return _finite(deviation)


@built_in("mode(list: any?...) -> list")
def mode(run: Run, items: Rest) -> list[Decimal]:
    """Return the numbers that come most often, in ascending order."""
    times = Counter(_numbers(items, run))
    most = max(times.values(), default=0)
    return sorted(item for item, found in times.items() if found == most)
