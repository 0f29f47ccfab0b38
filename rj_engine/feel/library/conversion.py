"""Functions that make one kind of value from another: `string`, `number`, `date`, `time`, `duration`, `range`."""

from __future__ import annotations

import re
from decimal import Decimal

from rj_engine.feel.library.registry import built_in
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.syntax.tokens import NUMBER, STRING, Token, tokenise, unquote
from rj_engine.feel.values import dates, durations
from rj_engine.feel.values.comparing import order
from rj_engine.feel.values.dates import AnyDate
from rj_engine.feel.values.durations import SECOND, DaysDuration, Duration, YearsDuration
from rj_engine.feel.values.numbers import multiply, negate, whole
from rj_engine.feel.values.numbers import number as to_number
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import DateTime, Time, parse_date_time, parse_time, time_of
from rj_engine.feel.values.writing import parse_temporal, text_of
from rj_engine.feel.values.zones import Offset

_DIGITS = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 7_000
"""Characters; the largest number of 34 digits has 6,145."""
_ZONE = 170
"""What looking for a time zone costs of the budget."""
_GROUPINGS, _POINTS = {" ", ",", "."}, {",", "."}


@built_in("string(from: any) -> string")
def string(run: Run, value: object) -> str:
    """Return a value as text."""
    return text_of(value, run)


@built_in("number(from: string, [grouping separator: string?], [decimal separator: string?]) -> number", weight=15)
def number(text: str, grouping: str | None, point: str | None) -> Decimal:
    """Read a number from text."""
    if grouping not in {None, *_GROUPINGS} or point not in {None, *_POINTS} or (point and grouping == point):
        raise Fault("These separators cannot be used.", "bad_separator")
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        text = text.replace(".", "x").replace(",", ".")
    if len(text) > _LONGEST_NUMBER or not _DIGITS.fullmatch(text):
        raise Fault("This text is not a number.", "not_a_number")
    return to_number(text)


@built_in("date(from: string) -> date", weight=15)
def date_from_text(text: str) -> AnyDate:
    """Read a date from text."""
    return dates.parse_date(text)


@built_in("date(from: date) -> date", weight=15)
def date_from_date(day: AnyDate) -> AnyDate:
    """Return the same date."""
    return day


@built_in("date(from: date and time) -> date", weight=15)
def date_from_moment(moment: DateTime) -> AnyDate:
    """Return the date of a date and time."""
    return moment.date


@built_in("date(year: number, month: number, day: number) -> date", weight=15)
def date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> AnyDate:
    """Return the date with these parts."""
    return dates.a_date(whole(year, "year"), whole(month, "month"), whole(day, "day"))


@built_in("time(from: string) -> time", weight=15)
def time_from_text(run: Run, text: str) -> Time:
    """Read a time from text."""
    run.spend(_ZONE if "@" in text else 0)
    return parse_time(text)


@built_in("time(from: time) -> time", weight=15)
def time_from_time(time: Time) -> Time:
    """Return the same time."""
    return time


@built_in("time(from: date and time) -> time", weight=15)
def time_from_moment(moment: DateTime) -> Time:
    """Return the time of a date and time, of a date its midnight UTC."""
    return Time(moment.nanoseconds, moment.zone)


@built_in("time(hour: number, minute: number, second: number, [offset: days and time duration?]) -> time", weight=15)
def time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysDuration | None) -> Time:
    """Return the time with these parts."""
    zone = None if offset is None else Offset(offset.nanoseconds // SECOND)
    nanos = whole(multiply(second, Decimal(SECOND)), "second") if second.adjusted() < 2 else -1  # noqa: PLR2004 - two digits
    return time_of(whole(hour, "hour"), whole(minute, "minute"), nanos, zone)


@built_in("date and time(from: string) -> date and time", weight=15)
def moment_from_text(run: Run, text: str) -> DateTime:
    """Read a date and time from text."""
    run.spend(_ZONE if "@" in text else 0)
    return parse_date_time(text)


@built_in("date and time(from: date and time) -> date and time", weight=15)
def moment_from_moment(moment: DateTime) -> DateTime:
    """Return the same date and time, of a date its midnight UTC."""
    return moment


@built_in("date and time(date: date, time: time) -> date and time", weight=15)
def moment_from_parts(day: AnyDate, time: Time) -> DateTime:
    """Return a date and time from both."""
    return DateTime(day, time.nanoseconds, time.zone)


@built_in("date and time(date: date and time, time: time) -> date and time", weight=15)
def moment_at_time(moment: DateTime, time: Time) -> DateTime:
    """Return the date of a date and time with another time."""
    return DateTime(moment.date, time.nanoseconds, time.zone)


@built_in("duration(from: string)")
def duration_from_text(text: str) -> Duration:
    """Read a duration from text."""
    return durations.parse_duration(text)


@built_in("duration(from: days and time duration)")
@built_in("duration(from: years and months duration)")
def duration_from_duration(length: Duration) -> Duration:
    """Return the same duration."""
    return length


@built_in("years and months duration(from: date and time, to: date and time) -> years and months duration")
def whole_months(start: DateTime, end: DateTime) -> YearsDuration:
    """Return the whole months between two dates, or dates and times."""
    return YearsDuration(dates.months_between(start.date, end.date))


@built_in("range(from: string) -> range", weight=60)
def range_from_text(run: Run, text: str) -> Range:
    """Read a range with plain values as its ends, such as `[1..10)`."""
    run.spend(len(text) + _ZONE * text.count("@"))
    tokens = tokenise(text)[:-1]
    dots = [place for place, token in enumerate(tokens) if token.text == ".."]
    if len(dots) != 1 or tokens[0].text not in {"[", "(", "]"} or tokens[-1].text not in {"]", ")", "["}:
        raise Fault("This text is not a range.", "bad_range")
    low, high = _end(tokens[1 : dots[0]], text), _end(tokens[dots[0] + 1 : -1], text)
    low_included, high_included = tokens[0].text == "[", tokens[-1].text == "]"
    if (low is None and (high is None or low_included)) or (high is None and high_included):
        raise Fault("An end that is included must be given.", "bad_range")
    if low is not None and high is not None and order(low, high) not in {-1, 0}:
        raise Fault("A range goes from its lower end to its higher.", "bad_range")
    return Range(low, high, low_included, high_included)


def _end(tokens: list[Token], text: str) -> object:
    if not tokens:
        return None
    sign = -1 if tokens[0].text == "-" and len(tokens) == 2 else 1  # noqa: PLR2004 - the sign and the number
    last = tokens[-1] if sign < 0 else tokens[0]
    if last.kind == NUMBER and len(tokens) == (2 if sign < 0 else 1):
        return to_number(last.text) if sign > 0 else negate(to_number(last.text))
    if last.kind == STRING and len(tokens) == 1:
        return unquote(last, text)
    return _temporal_end(tokens, text)


def _temporal_end(tokens: list[Token], text: str) -> object:
    quoted = [token for token in tokens if token.kind == STRING]
    others = " ".join(token.text for token in tokens if token.kind != STRING)
    if len(quoted) != 1 or others not in _WRITTEN:
        raise Fault("The ends of a range must be plain values.", "bad_range")
    return _WRITTEN[others](unquote(quoted[0], text))


_WRITTEN = {
    "@": parse_temporal,
    "date ( )": dates.parse_date,
    "time ( )": parse_time,
    "date and time ( )": parse_date_time,
    "duration ( )": durations.parse_duration,
}
