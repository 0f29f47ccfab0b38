"""What leads and commissioners learn of refusals, reviews and losses; n of N, and no place for a commissioner."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from rj_engine import clock
from rj_engine.database import db
from rj_engine.prisons import custody, reference
from rj_engine.reports import deciders, exception_report, permission_figures, reviews
from tests.browsing import signed_in
from tests.builders import a_case
from tests.places import Product
from tests.prisons.asked import a_request, a_stay

NOW = datetime(2024, 2, 9, 9, 0, tzinfo=UTC)
SINCE, UNTIL = date(2024, 1, 1), date(2024, 3, 31)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(NOW):
        yield


def refused(product: Product, place: str, review_next: str = "", **changed: Any) -> None:
    case = a_case(product)
    told: dict[str, Any] = {"decision": "refused", "decided_by": "rehub", "decided_on": NOW.date(), "days_taken": 9}
    known = {"review_next": review_next, "reason_code": "no_room_or_staff", **told, **changed}
    a_request(case, a_stay(case, place), **known)


def test_refusals_are_counted_place_by_place_with_what_came_of_their_reviews(product: Product) -> None:
    refused(product, "MSI", "ask_again")
    refused(product, "MSI", "take_it")
    refused(product, "MSI")
    refused(product, "EYI")
    refused(product, "MSI", is_review=True, decision="granted")
    refused(product, "WCI", decision="granted")

    found = reviews.by_place(product.session, product.actor("lead").service_id, SINCE, UNTIL)

    assert list(found) == ["MSI", "EYI"]
    assert found["MSI"] == reviews.Reviewed(refused=3, asked_again=1, let_stand=1, reviews=1, turned=1)
    assert (found["MSI"].not_reviewed, found["EYI"].not_reviewed) == (1, 1)


def test_a_lead_sees_which_place_refused_and_a_commissioner_sees_none(sqlite_product: Product) -> None:
    refused(sqlite_product, "MSI", "ask_again")

    lead, commissioner = (
        signed_in(sqlite_product, who).get("/prisons/figures").text for who in ("lead", "commissioner")
    )

    assert "Refusals by place" in lead
    assert "HMP Maidstone" in lead
    assert "HMPPS re:hub" in commissioner
    assert "Refusals by place" not in commissioner
    assert "Maidstone" not in commissioner


def test_what_was_lost_while_waiting_is_told_by_how_it_ended(product: Product) -> None:
    for lost in ("choice", "left", "anew", "closed", ""):
        case = a_case(product)
        stay = a_stay(case)
        choice = "victim_stops" if lost == "choice" else ""
        a_request(case, stay, victim_choice=choice, superseded_at=NOW if lost == "anew" else None)
        if lost == "left":
            custody.leave(db.session(), case.id, NOW)
        if lost == "closed":
            case.closed_at = NOW
        db.session.commit()

    found = permission_figures.figures(product.session, product.actor("lead").service_id, SINCE, UNTIL)

    assert (found.requests, found.lost, found.waiting) == (5, 4, 1)
    assert found.lost_how == {"choice": 1, "left": 1, "anew": 1, "closed": 1}
    assert list(found.lost_how) == list(permission_figures.LOST)


def test_the_report_is_one_page_with_every_route_decider_and_reason_there_is(sqlite_product: Product) -> None:
    routes, reasons = list(reference.ROUTES), list(reference.reasons())
    for number, reason in enumerate(reasons):
        decider = ("prison", "rehub", "probation")[number % 3]
        refused(sqlite_product, "MSI", route=routes[number % len(routes)], reason_code=reason, decided_by=decider)
    found = permission_figures.figures(sqlite_product.session, sqlite_product.actor("lead").service_id, SINCE, UNTIL)

    pages = PdfReader(io.BytesIO(exception_report.made(found, "A service", UNTIL))).pages

    assert len(pages) == 1
    text = " ".join(pages[0].extract_text().split())
    assert "Decided by: HMPPS re:hub: median 9" in text
    assert "Decided by: The prison: median 9" in text


def test_whoever_decides_is_named_as_on_the_form() -> None:
    assert deciders.words("rehub") == "HMPPS re:hub"
    assert deciders.words("group_director") == "Group director"
    assert deciders.words("") == ""
