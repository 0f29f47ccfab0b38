"""Plus, minus, times, divided by, to the power of, for every pair of kinds (DMN 1.5, tables 58 to 62)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from rj_engine.feel.limits import fits_string
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values import numbers
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.dates import AnyDate, FarDate, add_months, date_of, day_number
from rj_engine.feel.values.durations import DAY, DaysDuration, YearsDuration
from rj_engine.feel.values.times import DateTime, Time, at_midnight

Operation = Callable[[Any, Any], object]
_NUMBERS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "**": numbers.power,
}
_WORDS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "raise to a power"}


def _join(left: str, right: str) -> str:
    fits_string(len(left) + len(right))
    return left + right


def _date_plus_days(day: AnyDate, length: DaysDuration) -> AnyDate:
    return date_of((day_number(day) * DAY + length.nanoseconds) // DAY)


def _date_plus_years(day: AnyDate, length: YearsDuration) -> AnyDate:
    return add_months(day, length.months)


def _moment_plus_years(moment: DateTime, length: YearsDuration) -> DateTime:
    return DateTime(add_months(moment.date, length.months), moment.nanoseconds, moment.zone)


def _between_moments(left: DateTime, right: DateTime) -> DaysDuration:
    if (left.zone is None) != (right.zone is None):
        raise Fault("A local time and one in a zone cannot be subtracted.", "no_zone")
    return DaysDuration(left.instant() - right.instant())


def _between_times(left: Time, right: Time) -> DaysDuration:
    if (left.zone is None) != (right.zone is None):
        raise Fault("A local time and one in a zone cannot be subtracted.", "no_zone")
    return DaysDuration(left.instant() - right.instant())


def _between_dates(left: AnyDate, right: AnyDate) -> DaysDuration:
    return DaysDuration((day_number(left) - day_number(right)) * DAY)


def _date_minus_moment(left: AnyDate, right: DateTime) -> DaysDuration:
    return _between_moments(at_midnight(left), right)


def _moment_minus_date(left: DateTime, right: AnyDate) -> DaysDuration:
    return _between_moments(left, at_midnight(right))


def _times_days(length: DaysDuration, factor: Decimal) -> DaysDuration:
    return DaysDuration(_scaled(length.nanoseconds, factor, numbers.multiply))


def _times_years(length: YearsDuration, factor: Decimal) -> YearsDuration:
    return YearsDuration(_scaled(length.months, factor, numbers.multiply))


def _scaled(amount: int, factor: Decimal, operation: Callable[[Decimal, Decimal], Decimal]) -> int:
    return numbers.whole(operation(Decimal(amount), factor), "duration")


def _ratio(left: int, right: int) -> Decimal:
    return numbers.divide(Decimal(left), Decimal(right))


_DATES = (date, FarDate)
_RULES: dict[tuple[str, type, type], Operation] = {
    ("+", str, str): _join,
    ("+", DateTime, DaysDuration): lambda left, right: left.moved(right.nanoseconds),
    ("-", DateTime, DaysDuration): lambda left, right: left.moved(-right.nanoseconds),
    ("+", DateTime, YearsDuration): _moment_plus_years,
    ("-", DateTime, YearsDuration): lambda left, right: _moment_plus_years(left, YearsDuration(-right.months)),
    ("-", DateTime, DateTime): _between_moments,
    ("+", Time, DaysDuration): lambda left, right: left.moved(right.nanoseconds),
    ("-", Time, DaysDuration): lambda left, right: left.moved(-right.nanoseconds),
    ("-", Time, Time): _between_times,
    ("+", DaysDuration, DaysDuration): lambda left, right: DaysDuration(left.nanoseconds + right.nanoseconds),
    ("-", DaysDuration, DaysDuration): lambda left, right: DaysDuration(left.nanoseconds - right.nanoseconds),
    ("/", DaysDuration, DaysDuration): lambda left, right: _ratio(left.nanoseconds, right.nanoseconds),
    ("*", DaysDuration, Decimal): _times_days,
    ("/", DaysDuration, Decimal): lambda left, by: DaysDuration(_scaled(left.nanoseconds, by, numbers.divide)),
    ("+", YearsDuration, YearsDuration): lambda left, right: YearsDuration(left.months + right.months),
    ("-", YearsDuration, YearsDuration): lambda left, right: YearsDuration(left.months - right.months),
    ("/", YearsDuration, YearsDuration): lambda left, right: _ratio(left.months, right.months),
    ("*", YearsDuration, Decimal): _times_years,
    ("/", YearsDuration, Decimal): lambda left, by: YearsDuration(_scaled(left.months, by, numbers.divide)),
}
for _kind in _DATES:
    _RULES["+", _kind, DaysDuration] = _date_plus_days
    _RULES["-", _kind, DaysDuration] = lambda left, right: _date_plus_days(left, DaysDuration(-right.nanoseconds))
    _RULES["+", _kind, YearsDuration] = _date_plus_years
    _RULES["-", _kind, YearsDuration] = lambda left, right: _date_plus_years(left, YearsDuration(-right.months))
    _RULES["-", _kind, DateTime] = _date_minus_moment
    _RULES["-", DateTime, _kind] = _moment_minus_date
    for _other in _DATES:
        _RULES["-", _kind, _other] = _between_dates
for (_sign, _left, _right), _rule in list(_RULES.items()):
    # A duration may stand before what it is added to, a number before what it multiplies.
    if _sign in {"+", "*"} and (_sign, _right, _left) not in _RULES:
        _RULES[_sign, _right, _left] = lambda left, right, rule=_rule: rule(right, left)  # type: ignore[misc] # bound


def calculate(sign: str, left: object, right: object) -> object:
    """Work out `left sign right`; refuses, as a fault, what has no value."""
    try:
        if type(left) is Decimal and type(right) is Decimal:
            return _NUMBERS[sign](left, right)
        rule = _RULES.get((sign, type(left), type(right)))
        if rule is not None:
            return rule(left, right)
    except DivisionByZero as error:
        raise Fault("Division by zero.", "division_by_zero") from error
    except (InvalidOperation, Overflow) as error:
        raise Fault("This has no number as its result.", "not_a_number") from error
    if left is None or right is None:
        raise Fault(f"Cannot {_WORDS[sign]}: a value is null.", "null_operand")
    raise Fault(f"Cannot {_WORDS[sign]} a {kind_name(left)} and a {kind_name(right)}.", "wrong_type")


def negated(value: object) -> object:
    """Return minus a number or duration."""
    if isinstance(value, Decimal):
        return numbers.negate(value)
    if isinstance(value, DaysDuration):
        return DaysDuration(-value.nanoseconds)
    if isinstance(value, YearsDuration):
        return YearsDuration(-value.months)
    raise Fault(f"A {kind_name(value)} has no negative.", "wrong_type")
