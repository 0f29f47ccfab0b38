"""Working days are counted alike however they are counted, over bank holidays, clock changes and told exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from rj_engine import bpmn, clock
from tests.browsing import signed_in
from tests.places import Product

YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(366)]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bank holiday proclaimed late, and a Saturday on which the service works."""
    days = {date(2026, 9, 14): False, date(2026, 9, 19): True}
    clock._counted.cache_clear()
    monkeypatch.setattr(clock, "_overrides", lambda: days)
    yield
    clock._counted.cache_clear()


def test_the_calendar_that_ships_fits_its_schema() -> None:
    assert bpmn.misfits("calendar", clock._calendar()) == []
    assert bpmn.misfits("calendar", {"status": "x", "confirmed_until": "soon", "overrides": []}) != []


def test_a_year_of_waiting_is_counted_day_by_day() -> None:
    for start in YEAR[::7]:
        for wait in (0, 1, 5, 20, 60, 100):
            end = start + timedelta(days=wait)
            days = [start + timedelta(days=number) for number in range(1, wait + 1)]
            assert clock.working_days_between(start, end) == sum(map(clock.is_working_day, days)), (start, end)
    assert clock.working_days_between(date(2026, 5, 2), date(2026, 5, 1)) == 0


def test_the_count_and_the_deadline_agree_over_bank_holidays_and_both_clock_changes() -> None:
    for start in YEAR:
        for rung in (5, 10, 15, 20, 30, 40, 60):
            due = clock.due_at(
                datetime(start.year, start.month, start.day, 12, tzinfo=UTC), clock.Period(rung, "working_days")
            )
            assert clock.working_days_between(start, due.astimezone(clock.LONDON).date()) == rung


@pytest.mark.usefixtures("told")
def test_a_day_told_as_data_is_no_working_day_or_is_one() -> None:
    assert not clock.is_working_day(date(2026, 9, 14))
    assert clock.is_working_day(date(2026, 9, 19))
    assert clock.working_days_between(date(2026, 9, 11), date(2026, 9, 19)) == 5
    assert clock.add_working_days(date(2026, 9, 11), 1) == date(2026, 9, 15)


@pytest.mark.parametrize(("on", "shown"), [("2026-06-01", False), ("2027-01-02", True)])
def test_a_calendar_that_ends_within_a_year_shows_where_the_operator_looks(
    sqlite_product: Product, on: str, shown: bool
) -> None:
    client = signed_in(sqlite_product, "lead")
    with clock.at(datetime.fromisoformat(f"{on}T12:00+00:00")):
        told = client.get("/health/ready").json

    assert ("calendar" in told) == shown
