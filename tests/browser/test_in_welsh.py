"""The pages of a day in Welsh: the same page as in English, without barriers, at a desk and on a telephone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from rj_engine.people.languages import ChooseLanguage
from tests.browser.visiting import Visit
from tests.places import PASSWORD
from tests.security.neighbourhood import Known, a_case

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("RJ_PICTURES")
STRUCTURE = """() => [...document.querySelectorAll(
  "h1, h2, h3, nav, main, aside, section, form, fieldset, table, th, summary, a, button, input, select, textarea"
)].filter((each) => !each.closest("[data-diagram]"))
  .map((each) => [each.tagName, each.getAttribute("name"), each.getAttribute("type")].join(" "))"""
"""What a page is made of, whatever its language: headings, landmarks, tables, links and controls in their order."""
STRANGE = """() => [...document.querySelectorAll("main [lang=en]")].filter((each) => each.closest("[lang=cy]"))
  .map((each) => each.textContent.trim()).filter((each) => each === "")"""
"""Elements that say they are in English and are empty."""


@pytest.fixture
def known(visit: Visit) -> Known:
    return a_case(visit.product)


def pages(known: Known) -> tuple[str, ...]:
    return (
        "/",
        "/tasks",
        "/tasks?queue=team",
        f"/tasks/{known.task}",
        f"/cases/{known.reference}",
        f"/cases/{known.reference}/contacts/{known.victim}",
        f"/cases/{known.reference}/documents",
        f"/cases/{known.reference}/withdraw",
        "/cases",
        "/notices",
        "/search",
        "/people/me",
    )


def test_a_day_in_welsh_is_the_same_day_and_has_no_barriers(visit: Visit, known: Known) -> None:
    visit.sign_in("facilitator")
    visit.page.wait_for_url(lambda url: "/sign-in" not in url)
    english = {path: visit.go(path).evaluate(STRUCTURE) for path in pages(known)}
    visit.product.do(ChooseLanguage, "facilitator", language="cy")

    for path in pages(known):
        page = visit.go(path)
        assert page.evaluate("document.documentElement.lang") == "cy"
        ours = not path.startswith(f"/cases/{known.reference}") or path.endswith("/documents")
        assert page.evaluate("document.querySelector('main').lang") == ("" if ours else "en"), path
        assert page.evaluate(STRUCTURE) == english[path], path
        assert page.evaluate(STRANGE) == [], path
        assert list(wrong(visit, page, path)) == [], path


def test_somebody_signs_in_and_chooses_welsh_and_finishes_a_form_in_it(visit: Visit, known: Known) -> None:
    page = visit.go("/sign-in")
    page.get_by_role("link", name="Cymraeg").click()
    assert page.evaluate("document.documentElement.lang") == "cy"
    assert list(wrong(visit, page, "/sign-in")) == []
    page.get_by_label("Cyfeiriad e-bost").fill("facilitator@example.org")
    page.get_by_label("Cyfrinair", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Mewngofnodi").click()

    visit.go("/people/me").get_by_label("Cymraeg").check()
    page.get_by_role("button", name="Keep this language").click()
    page.get_by_role("link", name="Hafan").click()
    page.get_by_role("heading", name="Beth sydd nesaf i chi").wait_for()

    visit.go(f"/tasks/{known.task}")
    page.get_by_role("button", name="Gorffen y dasg hon").click()
    page.get_by_role("alert").get_by_text("Mae problem wedi codi").wait_for()
    assert list(wrong(visit, page, "/tasks")) == []
    page.get_by_role("button", name="Cadw a dychwelyd yn ddiweddarach").click()
    page.get_by_text("Nid yw wedi'i gorffen eto.").wait_for()


def wrong(visit: Visit, page: Page, path: str) -> Iterator[str]:
    """What is in the way on the page as it stands, at either width."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        yield from (f"{width}: {barrier}" for barrier in visit.barriers())
        if visit.overflows():
            yield f"{width}: runs off the screen"
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"cy{re.sub(r'[^a-z]+', '-', path)}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
