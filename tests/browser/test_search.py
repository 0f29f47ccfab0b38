"""Find in a real browser: a misspelt name from the box on every page, and a duplicate offered at entry."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rj_engine.workflows.beside import referrals
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.web.browsing import a_case, typical

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("which", ["mouse", "keyboard"])
def test_a_misspelt_name_is_found_from_any_page(visit: Visit, width: int, which: str) -> None:
    reference = a_case(visit.product, victim_name="Katarzyna Invented")
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.go("/sign-in?next=/cases")
    (Mouse(visit) if which == "mouse" else Keyboard(visit)).sign_in("facilitator")

    box = page.get_by_label("Find by name, reference or number")
    if which == "mouse":
        box.fill("Katazina Inventid")
        page.get_by_role("button", name="Find").click()
    else:
        reach(visit, "find")
        page.keyboard.type("Katazina Inventid")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 found")).to_be_visible()
    assert "Katazina" not in page.url
    assert visit.barriers() == []
    assert not visit.overflows()

    page.get_by_role("link", name=reference).click()
    page.go_back()
    expect(page.get_by_role("heading", name="1 found")).to_be_visible()


def reach(visit: Visit, identity: str) -> None:
    for _ in range(20):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.id") == identity:
            return
    raise AssertionError(f"{identity} cannot be reached with the keyboard")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("which", ["mouse", "keyboard"])
def test_a_duplicate_is_offered_at_entry_and_one_can_go_on(visit: Visit, width: int, which: str) -> None:
    known = a_case(visit.product, victim_name="Katarzyna Invented")
    visit.page.set_viewport_size({"width": width, "height": 900})
    hand = Mouse(visit) if which == "mouse" else Keyboard(visit)
    page = visit.go("/sign-in?next=/refer")
    hand.sign_in("coordinator")
    hand.answer(referrals.form(), typical("referral", victim_name="Katazyna Invented"))
    hand.use("Send referral")

    expect(page.get_by_role("heading", name="Is this somebody we know already?")).to_be_visible()
    assert visit.barriers() == []
    assert not visit.overflows()
    if which == "mouse":
        page.get_by_label(f"The same person as in {known}").check()
    else:
        page.locator("#same_as").focus()
        page.keyboard.press("Space")
    hand.use("Go on")

    expect(page.get_by_text("The referral is recorded as")).to_be_visible()
    expect(page.get_by_role("link", name=known).first).to_be_visible()
