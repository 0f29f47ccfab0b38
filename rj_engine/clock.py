"""The one place that reads the time, and the arithmetic of deadlines in the service's calendar."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
END_OF_DAY = time(23, 59, 59)
FIRST_YEAR = 2000
"""Working days are counted from here."""
_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present instant, UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The present date in London."""
    return now().astimezone(LONDON).date()


def rfc3339(instant: datetime) -> str:
    """An aware instant as programs exchange it: UTC, ending in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Everything inside happens at `instant` (aware); for demonstrations, trial runs and tests."""
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in one unit: working_days, days, weeks, hours or months."""

    amount: int
    unit: str


@cache
def _calendar() -> Mapping[str, Any]:
    """What the service knows of its calendar besides the library: `bpmn/calendar.json`."""
    told: Mapping[str, Any] = json.loads((files("rj_engine") / "bpmn" / "calendar.json").read_bytes())
    return told


@cache
def _overrides() -> Mapping[date, bool]:
    """Days that are told to be working days, or not, whatever the library says."""
    return {date.fromisoformat(each["on"]): bool(each["working"]) for each in _calendar()["overrides"]}


def calendar_confirmed_until() -> date:
    """The last day for which somebody has held the calendar against the published bank holidays."""
    return date.fromisoformat(_calendar()["confirmed_until"])


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    """England and Wales, from the `holidays` library."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday in England and Wales, unless the service's calendar says otherwise."""
    told = _overrides().get(day)
    if told is not None:
        return told
    return day.weekday() < 5 and day not in _bank_holidays(day.year)  # noqa: PLR2004 - Saturday is 5


@cache
def _counted(year: int) -> tuple[int, ...]:
    """How many working days have come by each day of a year, counted from the first of `FIRST_YEAR`."""
    before = _counted(year - 1)[-1] if year > FIRST_YEAR else 0
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        before += is_working_day(day)
        found.append(before)
        day += timedelta(days=1)
    return tuple(found)


def working_days_between(start: date, end: date) -> int:
    """How many working days after `start` have come by `end`; none where `end` is earlier. Not before 2000."""
    if end <= start:
        return 0
    return _by(end) - _by(start)


def _by(day: date) -> int:
    return _counted(day.year)[day.toordinal() - date(day.year, 1, 1).toordinal()]


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`; 0 gives `day` itself or the next working day."""
    while count > 0 or not is_working_day(day):
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def add_months(day: date, count: int) -> date:
    """The same day `count` months on, or that month's last day: 31 January and one month is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def due_on(start: date, period: Period) -> date:
    """The last day on which something promised on `start` is still in time."""
    match period.unit:
        case "working_days":
            return add_working_days(start, period.amount)
        case "days":
            return start + timedelta(days=period.amount)
        case "weeks":
            return start + timedelta(weeks=period.amount)
        case "months":
            return add_months(start, period.amount)
        case _:
            raise ValueError(period.unit)


def due_at(start: datetime, period: Period) -> datetime:
    """The instant a clock started at `start` runs out: hours run through, all else ends with the London day."""
    if period.unit == "hours":
        return start.astimezone(UTC) + timedelta(hours=period.amount)
    return end_of(due_on(start.astimezone(LONDON).date(), period))


def end_of(day: date) -> datetime:
    """The last second of a London day, UTC."""
    return datetime.combine(day, END_OF_DAY, LONDON).astimezone(UTC)


def start_of(day: date) -> datetime:
    """The first second of a London day, UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)
