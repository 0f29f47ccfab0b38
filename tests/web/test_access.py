"""Who may see what, and that nobody learns what there is."""

from __future__ import annotations

import re
import uuid

import pytest

from rj_engine import bpmn
from rj_engine.demonstration.telling import shipped
from rj_engine.web.page.access import PUBLIC
from tests.places import Product
from tests.web.browsing import Browser, a_browser, a_case, open_task

OPEN_TO_ALL = {"home.show", "sign_in.form", "sign_in.check", "assets.bundle", "health.live", "health.ready",
               "health.metrics"}  # fmt: skip


def test_every_page_names_a_verb_that_some_role_has(sqlite_product: Product) -> None:
    app = sqlite_product.app
    pages = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")]
    verbs = {rule.endpoint: getattr(app.view_functions[rule.endpoint], "verb", None) for rule in pages}
    known = {verb for role in bpmn.roles()["roles"].values() for verb in role["verbs"]} | {"sign_in"}

    assert {endpoint for endpoint, verb in verbs.items() if verb == PUBLIC} == OPEN_TO_ALL
    assert {verb for verb in verbs.values() if verb != PUBLIC} <= known


def test_no_page_but_the_open_ones_shows_anything_to_a_stranger(sqlite_product: Product) -> None:
    app, stranger = sqlite_product.app, Browser(sqlite_product)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ALL or rule.rule.startswith("/api/"):
            continue
        path = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), rule.rule)
        path = re.sub(r"<int(?:\([^)]*\))?:\w+>", "0", re.sub(r"<\w+>", "XX-234567", path))
        if "GET" in rule.methods:
            assert stranger.get(path).status_code == 302, rule.rule
        else:
            method = "POST" if "POST" in rule.methods else "PUT"
            data = {"csrf_token": stranger.token("/sign-in")}
            assert stranger.client.open(path, method=method, data=data).status_code == 401, rule.rule


def strangers() -> list[str]:
    """People of another service."""
    people = [person for service in shipped("people.json")["services"][1:] for person in service["people"]]
    return [person["email"].partition("@")[0] for person in people if "coordinator" in person["roles"]]


def test_another_services_case_and_an_unknown_one_are_the_same_page(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    task = open_task(sqlite_product, reference)
    browser = a_browser(sqlite_product, strangers()[0])

    for theirs, nobodys in (
        (f"/cases/{reference}", "/cases/ZZ-ZZZZZZ"),
        (f"/cases/{reference}/withdraw", "/cases/ZZ-ZZZZZZ/withdraw"),
        (f"/cases/{reference}/diagrams/0/intake.bpmn", "/cases/ZZ-ZZZZZZ/diagrams/0/intake.bpmn"),
        (f"/tasks/{task.id}", f"/tasks/{uuid.uuid4()}"),
        ("/cases/a/b/c", "/no/such/page"),
    ):
        seen, unseen = browser.get(theirs), browser.get(nobodys)
        assert seen.status_code == unseen.status_code == 404, theirs
        assert untokened(seen.text) == untokened(unseen.text)


def untokened(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


@pytest.mark.parametrize("page", ["/tasks", "/cases", "/people"])
def test_a_role_without_the_verb_is_told_so(sqlite_product: Product, page: str) -> None:
    reply = a_browser(sqlite_product, "referrer").get(page)

    assert reply.status_code == 403
    assert "You cannot do this" in reply.text


def test_a_referrer_may_refer_and_sees_no_case(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "referrer")

    page = browser.get("/refer").text
    assert "Send referral" in page
    assert 'href="/cases"' not in page
    assert 'href="/tasks"' not in page


def test_a_cookie_opens_nothing_in_the_api(sqlite_product: Product) -> None:
    assert a_browser(sqlite_product, "facilitator").get("/api/v1/tasks").status_code == 401
