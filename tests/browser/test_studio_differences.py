"""A manager sees in a picture, and reads beside it, what a draft changes against a version."""

from __future__ import annotations

import pytest
from lxml import etree
from playwright.sync_api import expect

from tests.browser.visiting import Visit
from tests.studio.drawing import BPMN, MANAGER, a_draft, bypassed, kept, text_of

pytestmark = pytest.mark.browser
READY = 20_000


def test_what_is_new_changed_and_gone_is_marked_in_the_picture_and_told_beside_it(visit: Visit) -> None:
    draft = a_draft(visit.product, "informal_rj")
    text = bypassed(text_of(visit.product, draft, "informal_rj.bpmn"), "assess_informal", "ask_harmer")
    root = etree.fromstring(text.encode())
    task = next(one for one in root.iter(f"{BPMN}userTask") if one.get("id") == "ask_harmer")
    task.set("name", "Ask them again")
    kept(visit.product, draft, "informal_rj.bpmn", etree.tostring(root, encoding="unicode"))
    visit.sign_in(MANAGER)
    page = visit.go(f"/studio/drafts/{draft}")
    page.get_by_role("link", name="See it in the picture, against any version").click()
    expect(page.locator("[data-differences]")).to_have_attribute("data-ready", "yes", timeout=READY)

    before, after = page.locator("[data-differences-before]"), page.locator("[data-differences-after]")
    expect(after.locator(".is-changed[data-element-id='ask_harmer']")).to_have_count(1)
    expect(after.locator(".rj-mark--changed").first).to_have_text("≠ Changed")
    expect(before.locator(".is-gone").first).to_be_visible()
    told = page.locator("[data-differences-list]")
    expect(told).to_contain_text("Changed: “Ask them again”")
    expect(told).to_contain_text("Gone: “Ask the table”")
    expect(page.get_by_role("cell", name="“Ask the table” is gone.")).to_be_visible()
    assert visit.barriers() == []
    page.get_by_role("button", name="“Ask them again”", exact=True).click()
    page.set_viewport_size({"width": 390, "height": 800})
    assert not visit.overflows()
    assert visit.barriers() == []
