"""A manager tries a draft in a browser: with the mouse, and with nothing but keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import served
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft

pytestmark = pytest.mark.browser
AT_MOST = 30
"""Forms until the pathway has to be over."""


def begun(visit: Visit, product: Product) -> Page:
    """A trial of a fresh draft, at its first form."""
    draft = a_draft(product)
    visit.sign_in(MANAGER)
    visit.page.wait_for_url(f"{visit.address}/")
    page = visit.go(f"/studio/drafts/{draft}")
    page.get_by_role("link", name="Try it with an invented case").click()
    page.get_by_role("button", name="Begin the trial").click()
    page.wait_for_url("**/studio/trials/*")
    return page


def test_a_manager_tries_a_draft_to_its_end_and_takes_a_step_back(chromium: Browser, sqlite_product: Product) -> None:
    with served(sqlite_product) as address, Visit.opened(chromium, address, sqlite_product) as visit:
        page = begun(visit, sqlite_product)
        page.get_by_role("button", name="Begin the case").click()
        expect(page.locator("[data-diagram][data-ready='yes']").first).to_be_visible()
        assert visit.barriers() == []
        for _ in range(AT_MOST):
            if not page.get_by_role("button", name="Finish this task").count():
                break
            page.get_by_role("button", name="Finish this task").click()
            page.wait_for_load_state()

        expect(page.get_by_text("Nothing here happens to anybody")).to_be_visible()
        page.get_by_role("button", name="Take the last step back").click()

        expect(page.get_by_role("button", name="Finish this task")).to_be_visible()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert not visit.overflows()


def test_the_same_with_keys_alone(chromium: Browser, sqlite_product: Product) -> None:
    with served(sqlite_product) as address, Visit.opened(chromium, address, sqlite_product) as visit:
        page = begun(visit, sqlite_product)

        page.get_by_role("button", name="Begin the case").press("Enter")
        page.get_by_role("button", name="Finish this task").press("Enter")
        page.get_by_role("button", name="Let these days pass").press("Enter")

        expect(page.get_by_text("The clock was wound on")).to_be_visible()
        page.get_by_role("button", name="Throw this trial away").press("Enter")
        expect(page.get_by_text("The trial is thrown away")).to_be_visible()
