"""The page on which a lead repairs a case."""

from __future__ import annotations

import re

from rj_engine.cases.case import find
from rj_engine.workflows.task import desk
from tests.places import Product
from tests.security.neighbourhood import with_incident
from tests.web.browsing import a_browser, a_case


def test_the_page_says_what_may_not_be_skipped_and_why(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)

    text = a_browser(sqlite_product, "lead").get(f"/cases/{reference}/repair").text

    assert "Repair this case" in text
    assert "The task cannot be skipped:" in text


def test_a_refused_repair_keeps_the_reason_that_was_typed(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    session, lead = sqlite_product.session, sqlite_product.actor("lead")
    task = desk.open_tasks(session, find(session, lead, reference))[0]
    browser = a_browser(sqlite_product, "lead")
    page = f"/cases/{reference}/repair"

    reply = browser.post(f"{page}/skip", page, task=str(task.id), leaving=task.key, reason="My own words.")

    assert reply.status_code == 422
    assert "Nothing has moved" in reply.text
    typed = re.search(r"<textarea[^>]*>([^<]*)</textarea>", reply.text)
    assert typed is None or typed[1] == "My own words."


def test_the_lead_comes_to_it_from_the_problems_and_from_the_case(sqlite_product: Product) -> None:
    known = with_incident(sqlite_product, "")
    browser = a_browser(sqlite_product, "lead")

    assert re.search(r"/cases/[A-Z0-9-]+/repair", browser.get("/problems").text)
    assert f"/cases/{known.reference}/repair" in browser.get(f"/cases/{known.reference}").text


def test_a_facilitator_is_not_offered_it(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "facilitator")

    assert f"/cases/{reference}/repair" not in browser.get(f"/cases/{reference}").text
    assert browser.get(f"/cases/{reference}/repair").status_code == 403


def test_to_another_services_lead_the_case_is_not_there_and_ones_own_asks_for_a_reason(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    own, other = a_browser(sqlite_product, "lead"), a_browser(sqlite_product, "lead.sample")

    for what in ("back", "wait", "skip"):
        page = f"/cases/{reference}/repair"
        assert own.post(f"{page}/{what}", page).status_code == 422
        assert other.post(f"{page}/{what}", "/cases").status_code == 404
    assert other.get(f"/cases/{reference}/repair").status_code == 404
