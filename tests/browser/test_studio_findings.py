"""A manager reads what the check finds in a drawing, and is led to the arrow it is about."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import Visit
from tests.studio.drawing import MANAGER, a_draft, kept, text_of

pytestmark = pytest.mark.browser
READY = 20_000
SLIPS = (
    ('told_as = "harm"<', 'told_as = "harmm"<'),
    ('hand_decision = "start_informal"<', "hand_decision = 3<"),
    ('hold_decision = "keep_holding"<', 'hold_decision = "keep_holding" and hold_decision = "close"<'),
    ('approach_decision = "keep_holding"<', 'approach_decision = "keep_holding" or approach_decision = "ask_victim"<'),
)
WORDS = (
    "“told_as” is never “harmm”. Did you mean “harm”?",
    "“hand_decision” is text, and 3 is no text",
    "This way out is never taken",
    "This way out and the one to “Wait for the review date” are both open when “approach_decision” is “ask_victim”.",
)
BADGE = ".djs-overlay-finding .rj-badge"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def a_draft_with_slips(visit: Visit) -> str:
    """The front door with four conditions that cannot be right; the address of its drawing."""
    draft = a_draft(visit.product, "intake")
    text = text_of(visit.product, draft, "intake.bpmn")
    for right, wrong in SLIPS:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    kept(visit.product, draft, "intake.bpmn", text)
    return f"/studio/drafts/{draft}/files/intake.bpmn"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_finding_is_told_in_plain_words_and_leads_to_its_arrow_by_keys(visit: Visit, width: int) -> None:
    address = a_draft_with_slips(visit)
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.sign_in(MANAGER)
    page = visit.go(address)
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)

    findings = page.locator("[data-editor-findings] li")
    for words in WORDS:
        expect(findings.filter(has_text=words)).to_have_count(1)
    expect(page.locator(BADGE)).to_have_count(len(WORDS))
    assert not page.evaluate(SIDEWAYS)

    page.get_by_role("button", name="Show Which route? → Officers are waiting").press("Enter")
    expect(page.locator(".djs-connection.selected")).to_have_attribute(
        "data-element-id", "flow_which_route_to_urgent_informal"
    )
    expect(page.locator(".djs-connection.selected")).to_be_in_viewport()
    assert visit.barriers() == []
