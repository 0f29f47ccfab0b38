"""Calendar dates from year -999,999,999 to 999,999,999; within 1 to 9999 they are `datetime.date`."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, date
from functools import total_ordering

from rj_engine.feel.refusal import Fault

YEAR_LIMIT = 999_999_999
_DAYS_BEFORE_EPOCH = 719_468
_ORDINAL_OF_EPOCH = 719_163
_DAYS_IN_400_YEARS = 146_097
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DATE_TEXT = r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d{2})-(\d{2})"
_DATE = re.compile(DATE_TEXT, re.ASCII)


@total_ordering
class FarDate:
    """A date in a year that `datetime.date` cannot hold."""

    __slots__ = ("day", "month", "year")

    def __init__(self, year: int, month: int, day: int) -> None:
        self.year = year
        self.month = month
        self.day = day

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FarDate) and day_number(self) == day_number(other)

    def __lt__(self, other: AnyDate) -> bool:
        return day_number(self) < day_number(other)

    def __hash__(self) -> int:
        return hash(day_number(self))

    def __repr__(self) -> str:
        return f"FarDate({self.year}, {self.month}, {self.day})"

    def isoformat(self) -> str:
        """Return the date as the standard writes it."""
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


AnyDate = date | FarDate


def a_date(year: int, month: int, day: int) -> AnyDate:
    """Return a date, refusing as a fault one that no calendar has."""
    if not (abs(year) <= YEAR_LIMIT and 1 <= month <= len(_LENGTHS) and 1 <= day <= month_length(year, month)):
        raise Fault("There is no such date.", "no_such_date")
    return date(year, month, day) if MINYEAR <= year <= MAXYEAR else FarDate(year, month, day)


def parse_date(text: str) -> AnyDate:
    """Read `2026-05-01`; longer years and a minus sign are allowed, white space is not."""
    found = _DATE.fullmatch(text)
    if not found:
        raise Fault("A date is written as year-month-day, such as 2026-05-01.", "bad_date")
    year, month, day = (int(part) for part in found.groups())
    return a_date(year, month, day)


def month_length(year: int, month: int) -> int:
    """Return how many days a month has."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _LENGTHS[month - 1]  # noqa: PLR2004 - February


def day_number(day: AnyDate) -> int:
    """Return the days since 1970-01-01 in the proleptic Gregorian calendar."""
    if isinstance(day, date):
        return day.toordinal() - _ORDINAL_OF_EPOCH
    year = day.year - (day.month <= 2)  # noqa: PLR2004 - the computation's year begins in March
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((day.month + 9) % 12) + 2) // 5 + day.day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _DAYS_IN_400_YEARS + day_of_era - _DAYS_BEFORE_EPOCH


def date_of(number: int) -> AnyDate:
    """Return the date that lies `number` days after 1970-01-01."""
    era, day_of_era = divmod(number + _DAYS_BEFORE_EPOCH, _DAYS_IN_400_YEARS)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = (shifted + 2) % 12 + 1
    year = year_of_era + era * 400 + (month <= 2)  # noqa: PLR2004 - as above
    return a_date(year, month, day_of_year - (153 * shifted + 2) // 5 + 1)


def add_months(day: AnyDate, months: int) -> AnyDate:
    """Move a date by months; the day falls back to the month's last where it must."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return a_date(year, month + 1, min(day.day, month_length(year, month + 1)))


def months_between(start: AnyDate, end: AnyDate) -> int:
    """Return the whole months from one date to another, towards zero."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months


def weekday(day: AnyDate) -> int:
    """Return 1 for Monday to 7 for Sunday."""
    return (day_number(day) + 3) % 7 + 1
