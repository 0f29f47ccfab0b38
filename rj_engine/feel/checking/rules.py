"""Which operators fit which types, found by trying the operators themselves on one value of each type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product

from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.arithmetic import calculate
from rj_engine.feel.values.comparing import order
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.durations import DaysDuration, YearsDuration
from rj_engine.feel.values.times import DateTime, Time
from rj_engine.feel.values.types import SIMPLE, Type

_DAY = date(2026, 1, 1)
_ONE_OF_EACH: tuple[object, ...] = (
    Decimal(2), "a", True, _DAY, Time(0), DateTime(_DAY, 0), DaysDuration(1), YearsDuration(1),
)  # fmt: skip


def _result(sign: str, left: object, right: object) -> Type | None:
    try:
        return SIMPLE[kind_name(calculate(sign, left, right))]
    except Fault:
        # A local date-time and a date have no difference, but one in a zone does.
        return SIMPLE["days and time duration"] if {type(left), type(right)} == {date, DateTime} else None


ARITHMETIC: Mapping[tuple[str, str, str], Type] = {
    (sign, kind_name(left), kind_name(right)): found
    for sign, left, right in product(("+", "-", "*", "/", "**"), _ONE_OF_EACH, _ONE_OF_EACH)
    if (found := _result(sign, left, right)) is not None
}
ORDERED = frozenset(kind_name(value) for value in _ONE_OF_EACH if order(value, value) is not None)
NEGATIVE = frozenset({"number", "days and time duration", "years and months duration"})
