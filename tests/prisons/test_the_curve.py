"""The curve of waiting, held against one worked out by hand: whoever still waits counts for as long as they waited."""

from __future__ import annotations

import pytest

from rj_engine.reports import survival


def test_a_request_that_still_waits_counts_until_today_and_no_longer() -> None:
    found = survival.curve({5: 2, 10: 1}, {7: 1})

    assert found is not None
    assert (found.decided, found.still_open, found.median) == (3, 1, 5)
    assert [found.after(day) for day in (0, 5, 9, 10)] == pytest.approx([1, 1 / 2, 1 / 2, 0])


def test_there_is_no_curve_where_nothing_is_decided() -> None:
    assert survival.curve({}, {7: 1}) is None
    assert survival.curve({5: 1}, {}) == survival.Curve((5,), (0.0,), 1, 0)


def test_a_server_has_what_a_curve_needs_before_it_is_asked() -> None:
    survival.make_ready()
