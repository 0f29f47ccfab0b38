"""Plain JSON and Python into values of the language, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from rj_engine.feel.limits import NESTED_VALUES, Run, fits_list
from rj_engine.feel.refusal import Fault, refuse
from rj_engine.feel.values.dates import FarDate
from rj_engine.feel.values.durations import DaysDuration, YearsDuration
from rj_engine.feel.values.functions import Function
from rj_engine.feel.values.numbers import number
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import DateTime, Time, from_datetime, from_time
from rj_engine.feel.values.writing import text_of

READY = frozenset(
    {type(None), bool, str, date, FarDate, Time, DateTime, DaysDuration, YearsDuration, Range, Function},
)
"""Classes whose values need no conversion; numbers are looked at once more, lists and contexts inside."""
_LARGEST_EXACT = 10**15


def to_feel(value: object, level: int = 0) -> object:
    """Return a plain Python or JSON value as one of the language; what it does not know becomes null.

    Sets become lists in order of their text, other mappings contexts; a number that is not finite becomes null.
    """
    kind = type(value)
    if kind in READY:
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _number(value)
    if level > NESTED_VALUES:
        refuse("too_deep", "This value is nested too deep.")
    if isinstance(value, Mapping):
        return {str(key): to_feel(item, level + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        fits_list(len(value))
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [to_feel(item, level + 1) for item in items]
    return _calendar(value)


def _number(value: float | Decimal) -> Decimal | None:
    try:
        return number(value)
    except Fault:
        return None


def _calendar(value: object) -> object:
    if isinstance(value, datetime):
        return from_datetime(value)
    if isinstance(value, time):
        return from_time(value)
    if isinstance(value, timedelta):
        return DaysDuration((value.days * 86_400 + value.seconds) * 10**9 + value.microseconds * 1000)
    if isinstance(value, str):
        return str(value)
    return value if isinstance(value, date | Function) else None


def to_json(value: object, level: int = 0) -> object:
    """Return a value as JSON can hold it: numbers as int or float, dates and durations as ISO text.

    Ranges and functions become the text that `string()` gives.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        exact = value == value.to_integral_value() and abs(value) < _LARGEST_EXACT
        return int(value) if exact else float(value)
    if level > NESTED_VALUES:
        refuse("too_deep", "This value is nested too deep.")
    if isinstance(value, list):
        return [to_json(item, level + 1) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item, level + 1) for key, item in value.items()}
    return text_of(value, Run())
