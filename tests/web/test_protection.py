"""What stands around every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

import rj_engine.web
from rj_engine.web import create_app
from rj_engine.web.page.protection import HEADERS
from tests.places import Product, settings_for
from tests.web.browsing import Browser, a_browser, a_case, open_task

TEMPLATES = Path(rj_engine.web.__file__).parent / "templates"


def test_every_answer_carries_the_protecting_headers(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "facilitator")
    for path in ("/tasks", "/cases", "/refer", "/no-such-page", "/people", "/health/live", "/sign-in", "/api/v1/tasks"):
        reply = browser.get(path)
        assert {name: reply.headers.get(name) for name in HEADERS} == HEADERS, path
        assert reply.headers["Cache-Control"] == "no-store"


def test_the_policy_allows_no_inline_script_or_style() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_script_style_or_handlers(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style|\|\s*safe\b", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert 'type="application/json"' in tag or "src=" in tag


def test_the_session_cookie_is_for_this_site_alone(sqlite_product: Product) -> None:
    secure = create_app(settings_for(sqlite_product.url, secure_cookies=True))
    cookie = secure.test_client().get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]

    assert cookie.startswith("__Host-rj=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_tls_the_browser_is_told_to_stay_there(sqlite_product: Product) -> None:
    secure = create_app(settings_for(sqlite_product.url, secure_cookies=True))

    assert secure.test_client().get("/sign-in").headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_every_form_is_refused_without_its_token(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "coordinator")
    task = f"/tasks/{open_task(sqlite_product, a_case(sqlite_product)).id}"
    for path in (task, f"{task}/claim", f"{task}/release", f"{task}/assign", "/refer", "/sign-out"):
        assert browser.client.post(path, data={"case_title": "x"}).status_code == 400, path
    assert browser.client.put(f"{task}/draft", data={"a": "b"}).status_code == 400


def test_words_put_into_a_form_by_another_site_are_not_shown_back(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "coordinator")

    told = browser.client.post("/refer", data={"x": "Ring this number"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert told.status_code == 400
    assert "Ring this number" not in told.text


def test_what_a_victim_said_is_text_on_every_page(sqlite_product: Product) -> None:
    hostile = "<script>alert(1)</script>'\"<img src=x onerror=alert(1)>"
    reference = a_case(sqlite_product, case_title=hostile[:80], victim_name=hostile[:80])
    browser = a_browser(sqlite_product, "coordinator")
    for path in (f"/cases/{reference}", "/cases", f"/tasks/{open_task(sqlite_product, reference).id}"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


def test_too_much_text_is_told_plainly(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "coordinator")

    reply = browser.post("/refer", "/refer", case_title="x" * 3_000_000)

    assert reply.status_code == 413
    assert "Shorten what you typed" in reply.text


def test_a_database_that_is_away_is_a_page_that_says_try_again(sqlite_product: Product, tmp_path: Path) -> None:
    browser = a_browser(sqlite_product, "coordinator")
    away: Flask = create_app(settings_for(f"sqlite:///{tmp_path}/no/such/folder/rj.sqlite"))
    client = away.test_client()
    client.set_cookie("rj", browser.client.get_cookie("rj").value)

    reply = client.get("/tasks")

    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "5"
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_a_mistake_of_ours_is_a_page_without_particulars(sqlite_product: Product) -> None:
    app = create_app(settings_for(sqlite_product.url))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["sign_in.form"] = broken

    reply = app.test_client().get("/sign-in")

    assert reply.status_code == 500
    assert "Sorry, something went wrong" in reply.text
    assert "secret detail" not in reply.text


def broken() -> str:
    raise ZeroDivisionError("secret detail")


broken.verb = ""  # type: ignore[attr-defined]  # open to all, as the page it stands for


def test_figures_for_the_operator_name_no_person_and_no_case(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    with Product.opened(sqlite_product.url) as product:
        browser = a_browser(product, "coordinator")
        browser.get(f"/cases/{reference}")

        told = Browser(product).get("/metrics").text

    assert 'rj_request_seconds_count{page="cases.show",status="200"} 1.0' in told
    assert reference not in told
