"""What can be asked of a value after a dot (DMN 1.5, 10.3.2.5 and table 57)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rj_engine.feel.limits import NESTED_VALUES, Run
from rj_engine.feel.refusal import Fault, refuse
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.dates import FarDate, weekday
from rj_engine.feel.values.durations import HOUR, MINUTE, SECOND, DaysDuration, YearsDuration, in_seconds
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import DateTime, Time
from rj_engine.feel.values.zones import Region

Reader = Callable[[Any], object]


def _offset(value: Time | DateTime) -> DaysDuration | None:
    seconds = value.offset()
    return None if seconds is None else DaysDuration(seconds * SECOND)


_DATE: Mapping[str, Reader] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(weekday(day)),
}
_TIME: Mapping[str, Reader] = {
    "hour": lambda clock: Decimal(clock.nanoseconds // HOUR),
    "minute": lambda clock: Decimal(clock.nanoseconds % HOUR // MINUTE),
    "second": lambda clock: in_seconds(clock.nanoseconds % MINUTE),
    "time offset": _offset,
    "timezone": lambda clock: clock.zone.key if isinstance(clock.zone, Region) else None,
}
_DATE_TIME: Mapping[str, Reader] = {
    **_TIME,
    "year": lambda moment: Decimal(moment.date.year),
    "month": lambda moment: Decimal(moment.date.month),
    "day": lambda moment: Decimal(moment.date.day),
    "weekday": lambda moment: Decimal(weekday(moment.date)),
}
_DAYS: Mapping[str, Reader] = {
    "days": lambda length: Decimal(length.parts()[0]),
    "hours": lambda length: Decimal(length.parts()[1]),
    "minutes": lambda length: Decimal(length.parts()[2]),
    "seconds": lambda length: in_seconds(length.parts()[3]),
}
_YEARS: Mapping[str, Reader] = {
    "years": lambda length: Decimal(length.parts()[0]),
    "months": lambda length: Decimal(length.parts()[1]),
}
_RANGE: Mapping[str, Reader] = {
    "start": lambda interval: interval.start,
    "end": lambda interval: interval.end,
    "start included": lambda interval: interval.start_included,
    "end included": lambda interval: interval.end_included,
}
_NONE: Mapping[str, Reader] = {}
_BY_CLASS: Mapping[type, Mapping[str, Reader]] = {
    date: _DATE,
    FarDate: _DATE,
    Time: _TIME,
    DateTime: _DATE_TIME,
    DaysDuration: _DAYS,
    YearsDuration: _YEARS,
    Range: _RANGE,
}
MEMBERS_BY_TYPE: Mapping[str, frozenset[str]] = {
    "date": frozenset(_DATE),
    "time": frozenset(_TIME),
    "date and time": frozenset(_DATE_TIME),
    "days and time duration": frozenset(_DAYS),
    "years and months duration": frozenset(_YEARS),
    "range": frozenset(_RANGE),
}


def member(value: object, name: str, run: Run, level: int = 0) -> object:
    """Return what `value.name` is; of a list, the list of what it is for each item."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise Fault(f"The context has no entry {name}.", "no_such_entry")
    if isinstance(value, list):
        return _of_each(value, name, run, level)
    reader = _BY_CLASS.get(type(value), _NONE).get(name)
    if reader is None:
        raise Fault(f"A {kind_name(value)} has no {name}.", "no_such_property")
    return reader(value)


def _of_each(items: list[object], name: str, run: Run, level: int) -> list[object]:
    if level > NESTED_VALUES:
        refuse("too_deep", "This list is nested too deep.")
    run.spend(2 * len(items))
    results: list[object] = []
    for item in items:
        try:
            results.append(member(item, name, run, level + 1))
        except Fault:
            results.append(None)
    return results
