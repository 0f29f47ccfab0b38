"""Times of day and date-times, local or in a zone, exact to the nanosecond."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC as PYTHON_UTC
from datetime import date, datetime, timedelta, timezone
from datetime import time as python_time
from zoneinfo import ZoneInfo

from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.dates import DATE_TEXT, AnyDate, a_date, date_of, day_number
from rj_engine.feel.values.durations import DAY, HOUR, MINUTE, SECOND, nanoseconds, seconds_text
from rj_engine.feel.values.zones import UTC, ZONE_TEXT, Offset, Region, Zone, parse_zone

_TIME_TEXT = r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,40}))?" + ZONE_TEXT
_TIME = re.compile(_TIME_TEXT, re.ASCII)
_DATE_TIME = re.compile(f"{DATE_TEXT}(?:T{_TIME_TEXT})?", re.ASCII)


def _clock(value: int) -> str:
    hours, rest = divmod(value, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    text = seconds_text(rest)
    return f"{hours:02d}:{minutes:02d}:{text.zfill(2) if '.' not in text else text.zfill(len(text.split('.')[1]) + 3)}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, with or without a zone."""

    nanoseconds: int
    """Since midnight."""
    zone: Zone | None = None

    def offset(self) -> int | None:
        """Return the seconds ahead of UTC, None for a local time."""
        if self.zone is None:
            return None
        return self.zone.standard() if isinstance(self.zone, Region) else self.zone.seconds

    def on_its_clock(self) -> int:
        """Return the nanoseconds since midnight, whatever the zone."""
        return self.nanoseconds

    def instant(self) -> int:
        """Return the nanoseconds since midnight UTC, or on its own clock for a local time."""
        return self.nanoseconds - (self.offset() or 0) * SECOND

    def moved(self, nanoseconds: int) -> Time:
        """Return the time so much later on the same clock, around midnight if need be."""
        return Time((self.nanoseconds + nanoseconds) % DAY, self.zone)

    def as_time(self) -> python_time:
        """Return it for Python's calendar, to the microsecond."""
        seconds = self.offset()
        zone = None if seconds is None else timezone(timedelta(seconds=seconds))
        microseconds = self.nanoseconds // 1000
        seconds, microseconds = divmod(microseconds, 1_000_000)
        return python_time(seconds // 3600, seconds // 60 % 60, seconds % 60, microseconds, zone)

    def __str__(self) -> str:
        return _clock(self.nanoseconds) + str(self.zone or "")


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and time, with or without a zone."""

    date: AnyDate
    nanoseconds: int
    """Since midnight."""
    zone: Zone | None = None

    def offset(self) -> int | None:
        """Return the seconds ahead of UTC, None for a local date-time."""
        if isinstance(self.zone, Region):
            return self.zone.at_local(day_number(self.date), self.nanoseconds // SECOND)
        return None if self.zone is None else self.zone.seconds

    def on_its_clock(self) -> int:
        """Return the nanoseconds since 1970 as its own clock shows them, whatever the zone."""
        return day_number(self.date) * DAY + self.nanoseconds

    def instant(self) -> int:
        """Return the nanoseconds since 1970 in UTC, or on its own clock for a local date-time."""
        return self.on_its_clock() - (self.offset() or 0) * SECOND

    def moved(self, nanoseconds: int) -> DateTime:
        """Return the date-time so much later in the same zone."""
        instant = self.instant() + nanoseconds
        seconds = self.offset() or 0
        if isinstance(self.zone, Region):
            days, rest = divmod(instant, DAY)
            seconds = self.zone.at_instant(days, rest // SECOND)
        days, rest = divmod(instant + seconds * SECOND, DAY)
        return DateTime(date_of(days), rest, self.zone)

    def as_datetime(self) -> datetime:
        """Return it for Python's calendar, to the microsecond; refuses years outside 1 to 9999 as a fault."""
        if not isinstance(self.date, date):
            raise Fault("Python's calendar has no such year.", "out_of_range")
        moment = datetime(self.date.year, self.date.month, self.date.day)  # noqa: DTZ001 - the zone follows
        moment += timedelta(microseconds=self.nanoseconds // 1000)
        if isinstance(self.zone, Region):
            return moment.replace(tzinfo=ZoneInfo(self.zone.key))
        if self.zone is None:
            return moment
        return moment.replace(
            tzinfo=timezone(timedelta(seconds=self.zone.seconds)) if self.zone.seconds else PYTHON_UTC
        )

    def __str__(self) -> str:
        return f"{self.date.isoformat()}T{_clock(self.nanoseconds)}{self.zone or ''}"


def time_of(hours: int, minutes: int, nanos: int, zone: Zone | None) -> Time:
    """Return a time from its parts, refusing as a fault one that no clock shows."""
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= nanos < MINUTE):  # noqa: PLR2004 - a clock's face
        raise Fault("There is no such time.", "no_such_time")
    return Time(hours * HOUR + minutes * MINUTE + nanos, zone)


def parse_time(text: str) -> Time:
    """Read `14:30:00`, with a fraction of a second and a zone where wanted; 24:00:00 is midnight."""
    found = _TIME.fullmatch(text)
    if not found:
        raise Fault("A time is written as hours:minutes:seconds, such as 14:30:00.", "bad_time")
    return _parsed(*found.groups())[0]


def parse_date_time(text: str) -> DateTime:
    """Read `2026-05-01T14:30:00`; a date alone is its midnight, 24:00:00 the next day's."""
    found = _DATE_TIME.fullmatch(text)
    if not found:
        raise Fault("A date and time is written like 2026-05-01T14:30:00.", "bad_date_time")
    year, month, day, hours, *rest = found.groups()
    on = a_date(int(year), int(month), int(day))
    if hours is None:
        return DateTime(on, 0)
    time, next_day = _parsed(hours, *rest)
    return DateTime(date_of(day_number(on) + 1) if next_day else on, time.nanoseconds, time.zone)


def _parsed(hours: str, minutes: str, seconds: str, fraction: str | None, zone: str | None) -> tuple[Time, bool]:
    nanos = int(seconds) * SECOND + nanoseconds(fraction)
    if hours == "24" and minutes == "00" and not nanos:
        return Time(0, parse_zone(zone)), True
    return time_of(int(hours), int(minutes), nanos, parse_zone(zone)), False


def at_midnight(day: AnyDate, zone: Zone | None = UTC) -> DateTime:
    """Return the first moment of a date."""
    return DateTime(day, 0, zone)


def from_datetime(moment: datetime) -> DateTime:
    """Return Python's date-time as one of ours; a named zone keeps its name."""
    nanos = (moment.hour * 3600 + moment.minute * 60 + moment.second) * SECOND + moment.microsecond * 1000
    return DateTime(moment.date(), nanos, _zone_of(moment))


def from_time(moment: python_time) -> Time:
    """Return Python's time of day as one of ours."""
    nanos = (moment.hour * 3600 + moment.minute * 60 + moment.second) * SECOND + moment.microsecond * 1000
    return Time(nanos, _zone_of(moment))


def _zone_of(moment: datetime | python_time) -> Zone | None:
    if isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key != "UTC":
        return Region(moment.tzinfo.key)
    offset = moment.utcoffset()
    return None if offset is None else Offset(int(offset.total_seconds()))
