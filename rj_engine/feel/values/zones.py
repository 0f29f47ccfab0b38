"""Where a clock stands: at a fixed offset from UTC, or in a region of the time zone database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rj_engine.feel.refusal import Fault

ZONE_TEXT = r"([Zz]|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][A-Za-z0-9_+\-/]*)?"
_WIDEST = 18 * 3600


@dataclass(frozen=True, slots=True)
class Offset:
    """So many seconds ahead of UTC."""

    seconds: int

    def __post_init__(self) -> None:
        if abs(self.seconds) > _WIDEST:
            raise Fault("An offset from UTC is at most 18 hours.", "out_of_range")

    def __str__(self) -> str:
        if not self.seconds:
            return "Z"
        hours, rest = divmod(abs(self.seconds), 3600)
        minutes, seconds = divmod(rest, 60)
        tail = f":{seconds:02d}" if seconds else ""
        return f"{'-' if self.seconds < 0 else '+'}{hours:02d}:{minutes:02d}{tail}"


@dataclass(frozen=True, slots=True)
class Region:
    """A region such as Europe/London, whose offset changes with the date."""

    key: str

    def __str__(self) -> str:
        return f"@{self.key}"

    def at_local(self, days: int, seconds: int) -> int:
        """Return the offset in seconds when the region's own clock shows this time, days counted from 1970."""
        return _seconds(self.key, days, seconds, of_utc=False)

    def at_instant(self, days: int, seconds: int) -> int:
        """Return the offset in seconds at this time of UTC."""
        return _seconds(self.key, days, seconds, of_utc=True)

    def standard(self) -> int:
        """Return the offset outside summer time, for a time of day that has no date."""
        moment = datetime(2024, 1, 1, tzinfo=_info(self.key))
        offset, summer = moment.utcoffset(), moment.dst()
        return int(((offset or timedelta()) - (summer or timedelta())).total_seconds())


Zone = Offset | Region
UTC = Offset(0)


def parse_zone(text: str | None) -> Zone | None:
    """Read `Z`, `+01:00` or `@Europe/London`; nothing is local time."""
    if not text:
        return None
    if text in {"Z", "z"}:
        return UTC
    if text[0] == "@":
        _info(text[1:])
        return Region(text[1:])
    parts = [int(part) for part in text[1:].split(":")]
    if any(part >= 60 for part in parts[1:]):  # noqa: PLR2004 - minutes and seconds
        raise Fault("There is no such offset from UTC.", "bad_offset")
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    return Offset(-seconds if text[0] == "-" else seconds)


def _info(key: str) -> ZoneInfo:
    found = _found(key)
    if found is None:
        raise Fault(f"There is no time zone {key}.", "no_such_zone")
    return found


@lru_cache(maxsize=1024)
def _found(key: str) -> ZoneInfo | None:
    """A zone that is not there is remembered, too: looking for one reads the disk."""
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


_CYCLE = 146_097
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock without a zone is meant
_FIRST_DAY, _LAST_DAY = -719_100, (datetime(MAXYEAR, 12, 30) - _EPOCH).days  # noqa: DTZ001 - as above


def _seconds(key: str, days: int, seconds: int, *, of_utc: bool) -> int:
    """Offsets repeat every 400 years outside the years Python knows: the rules only name days of a year."""
    if not _FIRST_DAY <= days <= _LAST_DAY:
        days = days % _CYCLE + (0 if days < 0 else _CYCLE)
    moment = _EPOCH + timedelta(days=days, seconds=seconds)
    info = _info(key)
    moment = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(info) if of_utc else moment.replace(tzinfo=info)
    return int((moment.utcoffset() or timedelta()).total_seconds())
