"""The service's calendar: working days, months and the London day, on every day of the years to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rj_engine import clock
from rj_engine.clock import LONDON, Period

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.sampled_from([UTC, LONDON]))  # noqa: DTZ001 - Hypothesis adds the zone
CHANGE_DAYS = [
    date(2024, 3, 31), date(2024, 10, 27), date(2025, 3, 30), date(2025, 10, 26), date(2026, 3, 29), date(2026, 10, 25),
    date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29), date(2029, 3, 25), date(2029, 10, 28),
    date(2030, 3, 31), date(2030, 10, 27),
]  # fmt: skip
BANK_HOLIDAYS = {
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
}
"""England and Wales, from gov.uk/bank-holidays."""
UNITS = ("working_days", "days", "weeks", "months")


@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_the_bank_holidays_are_those_of_england_and_wales(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365 + (year % 4 == 0))]
    found = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not clock.is_working_day(day)]
    assert found == BANK_HOLIDAYS[year]


@given(start=DAYS, count=st.integers(0, 60))
def test_a_deadline_in_working_days_never_falls_on_a_day_nobody_works(start: date, count: int) -> None:
    end = clock.add_working_days(start, count)
    assert clock.is_working_day(end)
    between = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    worked = sum(clock.is_working_day(day) for day in between)
    assert worked == count or (count == 0 and worked == (not clock.is_working_day(start)))


@given(start=DAYS, count=st.integers(0, 24))
def test_a_month_on_is_the_same_day_or_the_month_s_last(start: date, count: int) -> None:
    end = clock.add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def test_the_last_of_january_and_one_month_is_the_last_of_february() -> None:
    assert clock.add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert clock.add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)


@given(start=MOMENTS, unit=st.sampled_from(UNITS), amount=st.integers(0, 30))
def test_what_is_promised_by_the_day_runs_to_the_last_second_of_a_london_day(
    start: datetime, unit: str, amount: int
) -> None:
    due = clock.due_at(start, Period(amount, unit))
    assert due.tzinfo == UTC
    assert due >= start.replace(microsecond=0)
    local = due.astimezone(LONDON)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert local.date() == clock.due_on(start.astimezone(LONDON).date(), Period(amount, unit))


@given(start=MOMENTS, amount=st.integers(0, 200))
def test_hours_are_hours_also_over_the_change_of_the_clocks(start: datetime, amount: int) -> None:
    due = clock.due_at(start, Period(amount, "hours"))
    assert due.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=amount)


@pytest.mark.parametrize("day", CHANGE_DAYS)
def test_a_day_on_which_the_clocks_change_has_one_beginning_and_one_end(day: date) -> None:
    begin, end = clock.start_of(day), clock.end_of(day)
    assert end - begin in {timedelta(hours=23) - timedelta(seconds=1), timedelta(hours=25) - timedelta(seconds=1)}
    assert clock.start_of(day + timedelta(days=1)) - end == timedelta(seconds=1)
    for hour in range(24):
        start = datetime(day.year, day.month, day.day, hour, 30, tzinfo=LONDON)
        assert clock.due_at(start, Period(0, "days")) == end
        assert clock.due_at(start, Period(24, "hours")) - start.astimezone(UTC) == timedelta(hours=24)


@given(day=DAYS)
def test_days_follow_one_another_without_gap_or_overlap(day: date) -> None:
    assert clock.start_of(day).astimezone(LONDON).date() == day == clock.end_of(day).astimezone(LONDON).date()
    assert clock.start_of(day + timedelta(days=1)) - clock.end_of(day) == timedelta(seconds=1)


@given(moment=MOMENTS)
def test_a_stopped_clock_stands_for_those_inside_only(moment: datetime) -> None:
    with clock.at(moment):
        assert clock.now() == moment.astimezone(UTC)
        assert clock.today() == moment.astimezone(LONDON).date()
    assert clock.now() > datetime(2026, 1, 1, tzinfo=UTC)


def test_a_unit_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="fortnights"):
        clock.due_on(date(2026, 1, 1), Period(1, "fortnights"))
