"""Equality and order (DMN 1.5, tables 53 and 54): None where two values cannot be compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rj_engine.feel.limits import NESTED_VALUES, Run
from rj_engine.feel.refusal import refuse
from rj_engine.feel.values.dates import FarDate, day_number
from rj_engine.feel.values.durations import DaysDuration, YearsDuration
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import DateTime, Time

_COST = 4
"""Of comparing two items or entries."""
_ORDERED = (Decimal, str, date, DaysDuration, YearsDuration)


def equal(left: object, right: object, run: Run, level: int = 0) -> bool | None:
    """Compare two values; null equals null only, and different kinds have no answer."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return False if isinstance(left, date | FarDate) and isinstance(right, date | FarDate) else None
    if kind is list or kind is dict or kind is Range:
        return _equal_inside(left, right, run, level)
    if kind is Time or kind is DateTime:
        return _same_moment(left, right)
    return bool(left == right)


def _equal_inside(left: object, right: object, run: Run, level: int) -> bool:
    if level > NESTED_VALUES:
        refuse("too_deep", "These values are nested too deep to compare.")
    if isinstance(left, list) and isinstance(right, list):
        run.spend(_COST * min(len(left), len(right)) + _COST)
        return len(left) == len(right) and all(
            equal(one, other, run, level + 1) is True for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        run.spend(_COST * min(len(left), len(right)) + _COST)
        return left.keys() == right.keys() and all(equal(left[key], right[key], run, level + 1) is True for key in left)
    return isinstance(left, Range) and isinstance(right, Range) and _equal_ranges(left, right, run, level)


def _equal_ranges(left: Range, right: Range, run: Run, level: int) -> bool:
    return (
        (left.start_included, left.end_included) == (right.start_included, right.end_included)
        and equal(left.start, right.start, run, level + 1) is True
        and equal(left.end, right.end, run, level + 1) is True
    )


def _same_moment(left: Any, right: Any) -> bool:
    """Compare two times or two date-times; a local one never equals one in a zone."""
    return (left.zone is None) == (right.zone is None) and _clock_order(left, right) == 0


def _clock_order(left: Any, right: Any) -> int:
    """Order two times or two date-times; a local one is taken to be in the zone of the other."""
    if left.zone is None or right.zone is None:
        return _sign(left.on_its_clock(), right.on_its_clock())
    return _sign(left.instant(), right.instant())


def _sign(left: int, right: int) -> int:
    return (left > right) - (left < right)


def order(left: object, right: object) -> int | None:
    """Return -1, 0 or 1 as left is before, level with or after right; None when they have no order."""
    kind = type(left)
    if kind is type(right):
        if kind in _ORDERED:
            return (left > right) - (left < right)  # type: ignore[operator,no-any-return] # _ORDERED says what they are
        if kind is Time or kind is DateTime:
            return _clock_order(left, right)
    if isinstance(left, date | FarDate) and isinstance(right, date | FarDate):
        return _sign(day_number(left), day_number(right))
    return None


def within(value: object, interval: Range) -> bool | None:
    """Tell whether a value lies in a range; None when it cannot be compared with an end."""
    low = _on_side(value, interval.start, interval.start_included, 1)
    if low is False:
        return False
    high = _on_side(value, interval.end, interval.end_included, -1)
    return False if high is False else low and high


def _on_side(value: object, end: object, included: bool, side: int) -> bool | None:
    if end is None:
        return True
    found = order(value, end)
    if found is None:
        return None
    return found == side or (included and found == 0)
