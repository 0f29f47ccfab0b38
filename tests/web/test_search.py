"""The search page: what it finds, and that no name stands in an address."""

from __future__ import annotations

import pytest

from tests.places import Product
from tests.web.browsing import Browser, a_browser, a_case, words


def looked(browser: Browser, sought: str) -> str:
    reply = browser.post("/search", "/search", sought=sought)
    assert reply.status_code == 303
    assert sought.split(maxsplit=1)[0] not in reply.location
    return words(browser.get(reply.location).text)


def test_a_misspelt_name_leads_to_the_case(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Katarzyna Invented")

    page = looked(a_browser(sqlite_product, "facilitator"), "Katazina Inventid")

    assert reference in page
    assert "Katarzyna Invented, victim" in page
    assert "Spelt nearly the same" in page


def test_a_case_of_another_team_is_only_a_possible_link(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Katarzyna Invented")

    page = looked(a_browser(sqlite_product, "coordinator.west"), "Katarzyna Invented")

    assert "Possible link, ask a lead" in page
    assert reference not in page


def test_an_address_opens_only_for_whoever_searched(sqlite_product: Product) -> None:
    a_case(sqlite_product, victim_name="Katarzyna Invented")
    reply = a_browser(sqlite_product, "facilitator").post("/search", "/search", sought="Katarzyna")

    other = a_browser(sqlite_product, "lead").get(reply.location)

    assert other.status_code == 404
    assert "Katarzyna" not in other.text


@pytest.mark.parametrize("asked", ["nonsense", "AAAA", "x" * 400, "%F0%9F"])
def test_an_invented_address_leads_nowhere(asked: str, sqlite_product: Product) -> None:
    assert a_browser(sqlite_product, "facilitator").get(f"/search/{asked}").status_code == 404


def test_nothing_typed_asks_again(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "facilitator")

    assert browser.post("/search", "/search", sought="  ").location == "/search"
    assert "Name, case reference" in browser.get("/search").text


def test_whoever_sees_no_case_has_no_box(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "referrer")

    assert 'action="/search"' not in browser.get("/refer").text
    assert browser.get("/search").status_code == 403


def test_a_district_narrows_what_is_found(sqlite_product: Product) -> None:
    here = a_case(sqlite_product, victim_name="Katarzyna Invented", district="Thanet")
    elsewhere = a_case(sqlite_product, victim_name="Katarzyna Invented", district="Swale")
    browser = a_browser(sqlite_product, "facilitator")

    reply = browser.post("/search", "/search", sought="Katarzyna", district="thanet")

    page = words(browser.get(reply.location).text)
    assert here in page
    assert elsewhere not in page
    assert browser.get("/search?district=nowhere").status_code == 422


def test_the_tasks_of_somebody_are_found_without_their_name_in_an_address(sqlite_product: Product) -> None:
    hers = a_case(sqlite_product, victim_name="Katarzyna Invented")
    other = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")

    reply = browser.post("/tasks/somebody?queue=team&sort=case", "/tasks", somebody="Katarzyna")

    assert reply.status_code == 303
    assert "Katarzyna" not in reply.location
    page = browser.get(reply.location).text
    assert "Somebody in the case: Katarzyna" in words(page)
    assert hers in page
    assert other not in page
    assert a_browser(sqlite_product, "lead").get(reply.location).status_code == 404
    assert "somebody" not in browser.post("/tasks/somebody?queue=team", "/tasks", somebody=" ").location
    assert '<option value="Tunbridge Wells">' in browser.get("/refer").text
