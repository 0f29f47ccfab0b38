"""A safeguarding lead finds a decision, reads it, and signs that version off."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_a_decision_is_found_read_and_signed(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.sign_in("safeguarding_lead")
    visit.go("/decisions")
    assert visit.barriers() == []
    assert not visit.overflows()
    page.get_by_role("link", name="Risk gate", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Risk gate")
    assert visit.barriers() == []
    assert not visit.overflows()

    page.get_by_role("button", name="Sign it off in my name").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Say in a few words")
    page.get_by_label("What you looked at, and with whom").fill("Every row read with the panel.")
    page.get_by_role("button", name="Sign it off in my name").click()

    expect(page.locator(".govuk-tag--green").first).to_have_text("Signed off")
    expect(page.locator("main")).not_to_contain_text("Draft, not signed off")
    assert visit.barriers() == []
    assert not visit.overflows()
