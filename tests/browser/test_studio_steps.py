"""A manager who cannot use a canvas changes a pathway with a keyboard, through its list of steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from rj_engine.errors import Finding
from rj_engine.workflows.engine.diagram import Diagram, read_diagram
from rj_engine.workflows.engine.xml import read_xml
from tests.browser.hands import FOCUS
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft, text_of

pytestmark = pytest.mark.browser
READY = 20_000
FILE = "complaint.bpmn"
INTO = "flow_acknowledge_complaint_to_answer_complaint"
AGAIN = "flow_complaint_answered_to_answer_complaint"
OVER = "flow_complaint_answered_to_complaint_over"
MOST_PRESSES = 120


def opened(visit: Visit, draft: UUID) -> Page:
    """The complaint's diagram in its editor."""
    page = visit.go(f"/studio/drafts/{draft}/files/{FILE}")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    return page


def reach(page: Page, wanted: str, key: str = "Tab") -> dict[str, Any]:
    """Tab to the control of that id, seeing all the way where the focus is."""
    for _ in range(MOST_PRESSES):
        page.keyboard.press(key)
        focus: dict[str, Any] = page.evaluate(FOCUS)
        if page.evaluate("document.activeElement.closest('[data-editor-steps]') !== null"):
            assert focus["seen"], f"one cannot see where the focus is: {focus}"
        if wanted in (page.evaluate("document.activeElement.id"), focus["text"]):
            return focus
    raise AssertionError(f"{wanted} cannot be reached with the keyboard")


def choose(page: Page, wanted: str, value: str) -> None:
    """Tab to a list and go down it with the arrows."""
    focus = reach(page, wanted)
    way = focus["choices"].index(value) - focus["choices"].index(focus["value"])
    for _ in range(abs(way)):
        page.keyboard.press("ArrowDown" if way > 0 else "ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")


def typed(page: Page, text: str) -> None:
    """In the place of what stands where the focus is."""
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def drawn(product: Product, draft: UUID) -> Diagram:
    """The diagram as the draft keeps it."""
    root = read_xml(text_of(product, draft, FILE).encode())
    assert not isinstance(root, Finding)
    found = read_diagram(FILE, root)
    assert found is not None
    return found


def saved(page: Page) -> None:
    """Wait until what was changed is on the server."""
    expect(page.locator("[data-editor-says]")).to_contain_text("Saved at")


def to_the_list(page: Page) -> None:
    """Past the drawing."""
    reach(page, "Work with a list of steps instead of the drawing")
    page.keyboard.press("Enter")


def test_by_keyboard_a_task_is_added_named_given_a_form_and_a_clock_and_put_right(visit: Visit) -> None:
    draft = a_draft(visit.product)
    visit.sign_in(MANAGER)
    page = opened(visit, draft)
    to_the_list(page)
    reach(page, "step-acknowledge_complaint")
    page.keyboard.press("Enter")
    reach(page, "Add a task here on the way to Look into it and answer")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_value("New task")
    typed(page, "Call them a last time")
    step = str(page.evaluate("document.activeElement.id")).removeprefix("name-")
    page.keyboard.press("Tab")

    expect(page.locator(f"#step-{step}")).to_contain_text("Call them a last time")
    expect(page.locator(f"#step-{step}")).to_contain_text("Then: Look into it and answer")
    expect(page.locator(f"#step-{step}")).to_contain_text("to look at")
    expect(page.locator(f"[data-element-id='{step}'] .djs-visual")).to_contain_text("Call them")
    assert visit.barriers() == []
    page.keyboard.press("Shift+Tab")
    choose(page, f"form-{step}", "complaint_answer")
    choose(page, f"due-{step}", "complaint_answered")
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    saved(page)

    diagram = drawn(visit.product, draft)
    added = diagram.nodes[step].element
    assert (added.name, added.form, added.due) == ("Call them a last time", "complaint_answer", "complaint_answered")
    assert added.lane == diagram.nodes["acknowledge_complaint"].element.lane
    assert [flow.target for flow in diagram.outgoing("acknowledge_complaint")] == [step]
    assert [flow.target for flow in diagram.outgoing(step)] == ["answer_complaint"]


def test_by_keyboard_a_way_is_led_elsewhere_on_another_condition_and_a_step_removed_and_brought_back(
    visit: Visit,
) -> None:
    draft = a_draft(visit.product)
    before = drawn(visit.product, draft)
    visit.sign_in(MANAGER)
    page = opened(visit, draft)
    to_the_list(page)
    reach(page, "step-complaint_answered")
    page.keyboard.press("Enter")
    reach(page, f"when-{OVER}")
    typed(page, 'complaint_result = "upheld" and')
    choose(page, f"leads-{AGAIN}", "acknowledge_complaint")
    expect(page.locator("#step-complaint_answered")).to_contain_text("More time is needed: Say that it has come in")
    expect(page.locator("[data-editor-steps]")).to_contain_text("Not FEEL")
    saved(page)
    changed = drawn(visit.product, draft)
    assert {flow.id: flow.target for flow in changed.outgoing("complaint_answered")}[AGAIN] == "acknowledge_complaint"
    assert next(flow.condition for flow in changed.flows if flow.id == OVER) == 'complaint_result = "upheld" and'

    reach(page, "step-answer_complaint", key="Shift+Tab")
    page.keyboard.press("Enter")
    reach(page, "Remove this step Look into it and answer")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("step-complaint_answered")
    expect(page.locator("[data-editor-steps] [role=status]")).to_contain_text("is gone. Undo brings it back.")
    reach(page, "Undo the last change", key="Shift+Tab")
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    saved(page)
    after = drawn(visit.product, draft)
    assert (set(after.nodes), set(after.flows)) == (set(before.nodes), set(before.flows))


def test_whoever_only_looks_reads_the_steps_and_changes_nothing(visit: Visit) -> None:
    draft = a_draft(visit.product)
    visit.sign_in("safeguarding_lead")
    page = opened(visit, draft)
    page.locator("#step-acknowledge_complaint").click()

    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Remove this step")).to_have_count(0)
    assert visit.barriers() == []
