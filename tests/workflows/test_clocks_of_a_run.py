"""A clock counts from now, or from a day that the run knows, as many days as the run says."""

from __future__ import annotations

from datetime import UTC, datetime

from rj_engine.clock import Period
from rj_engine.workflows.published.versions import Counted, counted_of

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
FIVE = Period(5, "working_days")
LADDER = Counted("ladder_from", "ladder_days")


def test_the_next_rung_is_due_by_working_days_from_the_day_the_request_arrived() -> None:
    """10 June 2026 is a Wednesday; ten working days from Monday 1 June end on Monday 15 June, in London summer time."""
    due = LADDER.due(FIVE, {"ladder_from": "2026-06-01", "ladder_days": 10}, NOW)

    assert due == datetime(2026, 6, 15, 22, 59, 59, tzinfo=UTC)


def test_a_rung_whose_day_is_past_is_due_at_once() -> None:
    assert LADDER.due(FIVE, {"ladder_from": "2026-05-01", "ladder_days": 5}, NOW) < NOW


def test_without_those_facts_it_counts_from_now() -> None:
    counted_from_now = datetime(2026, 6, 17, 22, 59, 59, tzinfo=UTC)

    assert LADDER.due(FIVE, {}, NOW) == counted_from_now
    assert LADDER.due(FIVE, {"ladder_from": None, "ladder_days": None}, NOW) == counted_from_now


def test_only_clocks_that_name_facts_count_by_them() -> None:
    assert counted_of({"plain": {"amount": 1}, "rung": {"from": "a", "amount_from": "b"}}) == {
        "rung": Counted("a", "b")
    }
