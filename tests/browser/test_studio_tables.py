"""A manager sees in a decision's table what the check finds: rows that overlap, a cell that says nothing, a gap."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import Visit
from tests.studio.drawing import MANAGER, a_draft

pytestmark = pytest.mark.browser
READY = 20_000
CELL = "td[data-element-id='RT1_initiated_by']"


def test_rows_that_overlap_and_a_cell_of_another_type_are_marked_and_put_right(visit: Visit) -> None:
    draft = a_draft(visit.product, "intake")
    visit.sign_in(MANAGER)
    page = visit.go(f"/studio/drafts/{draft}/files/route.dmn")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    findings, marked = page.locator("[data-editor-findings] li"), page.locator("[data-finding]")
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    expect(marked).to_have_count(0)

    page.locator(".hit-policy .dms-input").click()
    page.locator(".options .option", has_text="Unique").click()
    expect(findings.first).to_contain_text("RT1 and RT2 match together although only one row may.")
    expect(page.locator("td.rule-index[data-row-id='RT1'][data-finding='error']")).to_have_count(1)
    assert visit.barriers() == []
    page.get_by_role("button", name="Show RT1 and RT2").click()
    assert page.evaluate("document.activeElement.closest('td')?.dataset.rowId") == "RT1"

    page.locator(".hit-policy .dms-input").click()
    page.locator(".options .option", has_text="First").click()
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    expect(marked).to_have_count(0)

    page.locator(CELL).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("< 5")
    expect(findings).to_have_count(1)
    expect(page.locator(f"{CELL}[data-finding='error']")).to_have_attribute(
        "title", "A string and a number cannot be compared."
    )
    page.get_by_role("button", name="Show RT1").click()
    assert page.evaluate("document.activeElement.closest('td')?.dataset.elementId") == "RT1_initiated_by"
    assert visit.barriers() == []
