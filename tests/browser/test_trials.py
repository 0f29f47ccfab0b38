"""A manager tries a draft in a browser: with the mouse, and with nothing but keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from rj_engine.cases.case import Case
from rj_engine.workflows.rows import Outbox, Task
from tests.browser.conftest import served
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft

pytestmark = pytest.mark.browser
AT_MOST = 30
"""Forms until the pathway has to be over."""


def begun(visit: Visit, product: Product, pathway: str = "complaint") -> Page:
    """A trial of a fresh draft, at its first form."""
    draft = a_draft(product, pathway)
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


@pytest.mark.parametrize(("hands", "width"), [(Mouse, 1280), (Keyboard, 1280), (Keyboard, 390)])
def test_a_worry_and_a_withdrawal_happen_in_the_middle_of_a_trial(
    chromium: Browser, sqlite_product: Product, hands: type[Mouse | Keyboard], width: int
) -> None:
    with served(sqlite_product) as address, Visit.opened(chromium, address, sqlite_product) as visit:
        page, by = begun(visit, sqlite_product, "victim_initiated_rj"), hands(visit)
        page.set_viewport_size({"width": width, "height": 900})
        by.use("Begin the case")
        expect(page.get_by_role("heading", name="Something happens")).to_be_visible()
        by.use("A worry about somebody's safety")
        expect(page.get_by_role("heading", name="A worry about somebody's safety")).to_be_visible()
        assert visit.barriers() == []
        assert not visit.overflows()
        by.use("Let it happen in the trial")
        steps = page.locator("aside ol")
        expect(steps).to_contain_text("A worry about somebody's safety")
        expect(page.locator("main")).to_contain_text("Safeguarding lead")

        by.fold_out("Somebody wants to stop")
        assert visit.barriers() == []
        by.put("words", "Enough for now.")
        by.use("Let them withdraw in the trial")
        expect(steps).to_contain_text("Somebody wants to stop")
        expect(page.get_by_text("Nothing here happens to anybody")).to_be_visible()
        assert visit.barriers() == []
        assert not visit.overflows()
        for tables in (Outbox, Task, Case):
            assert sqlite_product.session.scalar(select(func.count()).select_from(tables)) == 0


def test_an_event_without_its_answers_says_so_and_keeps_what_was_typed(
    chromium: Browser, sqlite_product: Product
) -> None:
    with (
        served(sqlite_product) as address,
        Visit.opened(chromium, address, sqlite_product, java_script_enabled=False) as visit,
    ):
        page = begun(visit, sqlite_product)
        page.get_by_role("button", name="Begin the case").click()
        page.get_by_role("link", name="The harmer was moved to another prison").click()
        boxes = page.locator("form[action*='/events/'] :is(textarea, input[type=text])")
        for place in range(boxes.count()):
            boxes.nth(place).fill("")
        boxes.last.fill("Typed by hand")
        page.get_by_role("button", name="Let it happen in the trial").click()

        expect(page.locator(".govuk-error-summary")).to_be_visible()
        expect(boxes.last).to_have_value("Typed by hand")
