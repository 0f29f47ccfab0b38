"""Functions on dates, and the two that ask the caller's clock."""

from __future__ import annotations

from decimal import Decimal

from rj_engine.feel.library.registry import built_in
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.dates import AnyDate, a_date, date_of, day_number, weekday
from rj_engine.feel.values.times import DateTime, from_datetime

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_THURSDAY = 4


@built_in("day of year(date: date and time) -> number")
def day_of_year(moment: DateTime) -> Decimal:
    """Return 1 for the first of January to 366."""
    return Decimal(_day_of_year(moment.date))


def _day_of_year(day: AnyDate) -> int:
    return day_number(day) - day_number(a_date(day.year, 1, 1)) + 1


@built_in("day of week(date: date and time) -> string")
def day_of_week(moment: DateTime) -> str:
    """Return the English name of the day."""
    return _WEEKDAYS[weekday(moment.date) - 1]


@built_in("month of year(date: date and time) -> string")
def month_of_year(moment: DateTime) -> str:
    """Return the English name of the month."""
    return _MONTHS[moment.date.month - 1]


@built_in("week of year(date: date and time) -> number")
def week_of_year(moment: DateTime) -> Decimal:
    """Return the number of the week after ISO 8601: the week of the year that its Thursday is in."""
    thursday = date_of(day_number(moment.date) - weekday(moment.date) + _THURSDAY)
    return Decimal((_day_of_year(thursday) - 1) // 7 + 1)


@built_in("now() -> date and time")
def now(run: Run) -> DateTime:
    """Return the date and time of the caller's clock; without one, null."""
    if run.clock is None:
        raise Fault("now() has no value here: no clock was given.", "no_clock")
    return from_datetime(run.clock())


@built_in("today() -> date")
def today(run: Run) -> AnyDate:
    """Return the date of the caller's clock; without one, null."""
    if run.clock is None:
        raise Fault("today() has no value here: no clock was given.", "no_clock")
    return run.clock().date()
