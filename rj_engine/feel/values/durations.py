"""The two durations: days and time, exact to the nanosecond, and years and months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.numbers import ARITHMETIC

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_LIMIT = 10**29
_MONTH_LIMIT = 12 * 10**12
_DAYS = re.compile(
    r"(-)?P(?=.)(?:(\d{1,25})D)?(?:T(?=.)(?:(\d{1,25})H)?(?:(\d{1,25})M)?(?:(\d{1,25})(?:\.(\d{1,40}))?S)?)?",
    re.ASCII,
)
_YEARS = re.compile(r"(-)?P(?=.)(?:(\d{1,18})Y)?(?:(\d{1,18})M)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A days and time duration."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if abs(self.nanoseconds) > _LIMIT:
            raise Fault("This duration is too long.", "out_of_range")

    def parts(self) -> tuple[int, int, int, int]:
        """Return days, hours, minutes and the nanoseconds left, all with the duration's sign."""
        sign = -1 if self.nanoseconds < 0 else 1
        minutes, rest = divmod(abs(self.nanoseconds), MINUTE)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        return sign * days, sign * hours, sign * minutes, sign * rest

    def as_timedelta(self) -> timedelta:
        """Return it for Python's calendar, to the microsecond."""
        return timedelta(microseconds=self.nanoseconds // 1000)

    def __str__(self) -> str:
        days, hours, minutes, rest = (abs(part) for part in self.parts())
        date_part = f"{days}D" if days else ""
        time_part = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        time_part += f"{seconds_text(rest)}S" if rest else ""
        sign = "-" if self.nanoseconds < 0 else ""
        if not date_part and not time_part:
            return "PT0S"
        return f"{sign}P{date_part}" + (f"T{time_part}" if time_part else "")


@dataclass(frozen=True, slots=True, order=True)
class YearsDuration:
    """A years and months duration, counted in months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > _MONTH_LIMIT:
            raise Fault("This duration is too long.", "out_of_range")

    def parts(self) -> tuple[int, int]:
        """Return years and months, both with the duration's sign."""
        sign = -1 if self.months < 0 else 1
        years, months = divmod(abs(self.months), 12)
        return sign * years, sign * months

    def __str__(self) -> str:
        years, months = (abs(part) for part in self.parts())
        if not self.months:
            return "P0M"
        return (
            ("-" if self.months < 0 else "") + "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        )


Duration = DaysDuration | YearsDuration


def parse_duration(text: str) -> Duration:
    """Read `P3D`, `PT4H30M` or `P1Y6M`; the two kinds do not mix."""
    found = _YEARS.fullmatch(text)
    if found:
        sign, years, months = found.groups()
        return YearsDuration((-1 if sign else 1) * (int(years or 0) * 12 + int(months or 0)))
    found = _DAYS.fullmatch(text)
    if not found:
        raise Fault("A duration is written like P3D, PT4H30M or P1Y6M.", "bad_duration")
    sign, days, hours, minutes, seconds, fraction = found.groups()
    total = int(days or 0) * DAY + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE + int(seconds or 0) * SECOND
    return DaysDuration((-1 if sign else 1) * (total + nanoseconds(fraction)))


def nanoseconds(fraction: str | None) -> int:
    """Return a written fraction of a second in nanoseconds, cut after the ninth digit."""
    return int((fraction or "")[:9].ljust(9, "0"))


def seconds_text(value: int) -> str:
    """Write nanoseconds as seconds, with a fraction only where there is one."""
    whole, rest = divmod(value, SECOND)
    return f"{whole}.{rest:09d}".rstrip("0") if rest else str(whole)


def in_seconds(value: int) -> Decimal:
    """Return nanoseconds as a number of seconds."""
    return ARITHMETIC.divide(Decimal(value), Decimal(SECOND))
