"""The stall board counts working days, says whose they were, and what is next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.prisons import board, custody
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from tests.builders import a_case, kept
from tests.places import Product

ARRIVED = date(2024, 1, 8)
TODAY = date(2024, 2, 9)
"""Twenty-four working days later."""
NOW = datetime(2024, 2, 9, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """A Friday in February."""
    with clock.at(NOW):
        yield


def a_stay(case: Case) -> Custody:
    """Somebody is held in Maidstone."""
    row = Custody(case_id=case.id, status="custody", establishment="MSI", began_at=NOW - timedelta(days=60), detail={})
    kept(row)
    return row


def a_request(case: Case, stay: Custody, **changed: Any) -> PrisonRequest:
    """A request that arrived on the eighth of January."""
    known: dict[str, Any] = {
        "kind": "access", "route": "direct_omu", "establishment": "MSI", "sent_to": "pom", "method": "email",
        "is_review": False, "sent_on": ARRIVED, "delivered_on": ARRIVED, "recorded_at": NOW, "detail": {},
    }  # fmt: skip
    row = PrisonRequest(case_id=case.id, stay_id=stay.id, **{**known, **changed})
    kept(row)
    return row


def a_chase(
    rung: int, on: date, result: str = "no_news", until: date | None = None, reason: str = ""
) -> dict[str, Any]:
    """One rung climbed."""
    hold = until.isoformat() if until else None
    return {"rung": rung, "to": "pom", "channel": "phone", "on": on.isoformat(), "result": result,
            "hold_until": hold, "reason": reason}  # fmt: skip


def test_the_board_shows_what_waits_with_its_age_and_its_next_rung(product: Product) -> None:
    case = a_case(product)
    chases = [a_chase(5, date(2024, 1, 15), reason="no_reply"), a_chase(10, date(2024, 1, 22), reason="rehub_queue")]
    a_request(case, a_stay(case), chases=chases, victim_told_on=date(2024, 1, 22))

    [row] = board.waiting(product.session, product.actor("lead"), TODAY)

    assert (row.reference, row.kind, row.band) == (case.reference, "access", "20 to 39")
    assert (row.days.total, row.days.theirs) == (24, 24)
    assert row.next_rung is not None
    assert row.next_rung.day == 15
    assert (row.held_up_by, row.victim_told_on, row.stopped_until) == ("rehub", date(2024, 1, 22), None)


def test_days_that_were_ours_or_the_victims_are_not_theirs(product: Product) -> None:
    case = a_case(product)
    chases = [
        a_chase(5, date(2024, 1, 15), "our_side", date(2024, 1, 22)),
        a_chase(10, date(2024, 1, 29), "victim_side", date(2024, 1, 31)),
        a_chase(15, date(2024, 2, 7), "promised", date(2024, 2, 21)),
    ]
    a_request(case, a_stay(case), chases=chases)

    [row] = board.waiting(product.session, product.actor("lead"), TODAY)

    assert (row.days.total, row.days.ours, row.days.victims, row.days.theirs) == (24, 5, 2, 17)
    assert row.stopped_until == date(2024, 2, 21)


def test_what_is_decided_closed_or_left_behind_by_a_move_is_not_on_the_board(product: Product) -> None:
    decided, closed, moved = a_case(product), a_case(product), a_case(product)
    a_request(decided, a_stay(decided), decision="refused", decided_on=TODAY)
    a_request(closed, a_stay(closed))
    closed.status = "closed"
    a_request(moved, a_stay(moved))
    custody.leave(db.session(), moved.id, NOW)
    db.session.commit()

    assert board.waiting(product.session, product.actor("lead"), TODAY) == []


def test_the_last_request_of_a_kind_counts_and_the_longest_wait_stands_first(product: Product) -> None:
    first, second = a_case(product), a_case(product)
    stay = a_stay(first)
    a_request(first, stay, recorded_at=NOW - timedelta(days=30))
    a_request(first, stay, delivered_on=date(2024, 2, 6))
    a_request(second, a_stay(second), delivered_on=date(2024, 1, 29))

    rows = board.waiting(product.session, product.actor("lead"), TODAY)

    assert [(row.reference, row.days.total) for row in rows] == [(second.reference, 9), (first.reference, 3)]


def test_another_team_sees_nothing_of_it(product: Product) -> None:
    case = a_case(product)
    a_request(case, a_stay(case))

    assert board.waiting(product.session, product.actor("referrer"), TODAY) == []


def test_a_request_that_has_not_arrived_has_taken_none_of_their_days(product: Product) -> None:
    case = a_case(product)
    row = a_request(case, a_stay(case), delivered_on=None)

    assert board.days_of(row, TODAY) == board.Days(0, 0, 0)


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "0 to 4"),
        (4, "0 to 4"),
        (5, "5 to 9"),
        (10, "10 to 19"),
        (20, "20 to 39"),
        (39, "20 to 39"),
        (40, "40 and more"),
    ],
)
def test_every_age_has_its_band(days: int, name: str) -> None:
    assert board.band(days) == name


def test_working_days_are_counted_after_the_first_and_over_bank_holidays() -> None:
    assert board.working_days(date(2024, 3, 28), date(2024, 4, 2)) == 1
    assert board.working_days(date(2024, 4, 2), date(2024, 3, 28)) == 0
