"""Signing in and out, as a person with a browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from rj_engine import clock
from tests.places import PASSWORD, Product
from tests.web.browsing import Browser, a_browser


def test_a_signed_out_person_is_asked_to_sign_in_and_then_led_on(sqlite_product: Product) -> None:
    browser = Browser(sqlite_product)

    asked = browser.get("/cases?state=all")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/cases?state%3Dall"

    led = browser.sign_in("facilitator", then="/cases?state=all")
    assert led.location == "/cases?state=all"
    assert sqlite_product.actor("facilitator").name in browser.get("/cases").text


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(sqlite_product: Product) -> None:
    wrong = Browser(sqlite_product).sign_in("facilitator", password="not the password at all")
    unknown = Browser(sqlite_product).sign_in("nobody")

    assert wrong.status_code == unknown.status_code == 401
    assert _without_tokens(wrong.text).replace("facilitator", "") == _without_tokens(unknown.text).replace("nobody", "")


def _without_tokens(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.net/", "//example.net", "/\\example.net", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(sqlite_product: Product, elsewhere: str) -> None:
    assert Browser(sqlite_product).sign_in("facilitator", then=elsewhere).location == "/"


def test_signing_out_ends_a_copied_cookie_too(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "facilitator")
    stolen = Browser(sqlite_product)
    stolen.client.set_cookie("rj", browser.client.get_cookie("rj").value)
    assert stolen.get("/tasks").status_code == 200

    assert browser.post("/sign-out").location == "/sign-in"

    assert stolen.get("/tasks").status_code == 302
    assert browser.get("/tasks").status_code == 302


def test_a_sign_in_lapses_after_a_quarter_of_an_hour_without_use(sqlite_product: Product) -> None:
    start = clock.now()
    with clock.at(start):
        browser = a_browser(sqlite_product, "facilitator")
    for minutes in (10, 20, 30):
        with clock.at(start + timedelta(minutes=minutes)):
            assert browser.get("/tasks").status_code == 200
    with clock.at(start + timedelta(minutes=46)):
        assert browser.get("/tasks").status_code == 302


def test_a_sign_in_lapses_after_ten_hours_however_much_it_is_used(sqlite_product: Product) -> None:
    start = clock.now()
    with clock.at(start):
        browser = a_browser(sqlite_product, "facilitator")
    for minutes in range(0, 600, 10):
        with clock.at(start + timedelta(minutes=minutes)):
            assert browser.get("/tasks").status_code == 200
    with clock.at(start + timedelta(minutes=601)):
        assert browser.get("/tasks").status_code == 302


def test_guessing_passwords_is_slowed_for_one_account_and_not_for_others(sqlite_product: Product) -> None:
    guesses = [Browser(sqlite_product).sign_in("facilitator", password=f"guess number {n}") for n in range(11)]

    assert [reply.status_code for reply in guesses] == [401] * 10 + [429]
    assert "Wait five minutes" in guesses[-1].text
    assert Browser(sqlite_product).sign_in("coordinator").status_code == 302


def test_signing_in_needs_the_forms_own_token(sqlite_product: Product) -> None:
    client = sqlite_product.app.test_client()

    forged = client.post("/sign-in", data={"email": "facilitator@example.org", "password": PASSWORD})

    assert forged.status_code == 400
    assert "This page is out of date" in forged.text


def test_each_role_begins_where_it_has_something_to_do(sqlite_product: Product) -> None:
    begins = {"referrer": "/my-referrals", "administrator": "/people", "commissioner": "/prisons/figures"}

    assert {who: a_browser(sqlite_product, who).get("/").location for who in begins} == begins
    assert "Nothing here for your role" in a_browser(sqlite_product, "commissioner").get("/nothing-yet").text
