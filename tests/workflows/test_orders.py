"""An order told at any moment is kept, and holds contact back as long as it forbids it, whatever else is in place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rj_engine import clock
from rj_engine.cases import orders
from rj_engine.forms import InvalidAnswers
from rj_engine.risk.gate import ContactBlocked
from tests.places import Product
from tests.web.browsing import a_browser, words
from tests.workflows.test_events import a_case

ENDLESS = "an order that forbids contact is in force, and no day is known on which it ends"


def test_an_order_holds_contact_back_although_everything_else_is_signed_anew(product: Product) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        case.raise_event("order", answers={"order_ends_on": None})

        assert case.task("approach_harmer").blocked == [ENDLESS, "signed risk assessment"]
        assert {"case:event:raised", "case:order:recorded"} <= set(case.tags())
        case.complete("assess_risk", "facilitator")
        case.complete("sign_off", "lead")
        assert case.task("approach_harmer").blocked == [ENDLESS]
        with pytest.raises(ContactBlocked) as blocked:
            case.complete("approach_harmer", "facilitator")
        assert blocked.value.missing == [ENDLESS]


def test_an_order_that_has_ended_holds_nothing_back(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        ended = (clock.today() - timedelta(days=1)).isoformat()
        case.raise_event("order", answers={"order_starts_on": "today-30", "order_ends_on": ended})
        case.complete("assess_risk", "facilitator")
        case.complete("sign_off", "lead")
        assert case.task("approach_harmer").blocked == []


def test_an_order_that_nobody_can_have_meant_is_refused_and_nothing_is_kept(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "allocated", "allocate_case") as case:
        with pytest.raises(InvalidAnswers) as refusal:
            case.raise_event("order", answers={"order_starts_on": "today", "order_ends_on": "today-1"})
        assert list(refusal.value.messages) == ["order_ends_on"]
        assert orders.history(sqlite_product.session, case.case.id) == []
        assert "case:event:raised" not in case.tags()


def test_the_case_page_and_the_api_show_the_order_that_is_in_force(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "allocated", "allocate_case") as case:
        case.raise_event("order")
        page = words(a_browser(sqlite_product, "facilitator").get(f"/cases/{case.reference}").text)
        assert "Orders and conditions" in page
        assert "Bail, An invented court. Forbids contact." in page
        told = sqlite_product.api("facilitator").get(f"/cases/{case.reference}").json["orders"]
        assert [(one["type"], one["forbids"], one["authority"]) for one in told] == [
            ("bail", "contact", "An invented court")
        ]
