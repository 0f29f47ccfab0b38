"""A manager takes a file of another tool in, sees what does not run here, mends a part of it, and cannot send it on.

With the mouse, and with the keyboard alone; then the whole bundle goes out and into another house.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from rj_engine.workflows.studio import drafting
from tests.browser.visiting import Visit
from tests.studio.drawing import MANAGER, a_draft, row
from tests.workflows.foreign_files import FILES

pytestmark = pytest.mark.browser
READY = 20_000
NAMED = "A service task runs code"


def a_file(folder: Path, name: str, kind: str) -> Path:
    path = folder / name
    path.write_text(FILES[kind], encoding="utf-8")
    return path


def looked_at(visit: Visit, size: tuple[int, int] = (390, 844)) -> None:
    """Nothing bars anybody's way on the page, on a desk and on a telephone."""
    assert visit.barriers() == []
    visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    assert visit.barriers() == []
    assert not visit.overflows()
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def opened_as_it_is(visit: Visit, draft: UUID, path: Path) -> Page:
    page = visit.go(f"/studio/drafts/{draft}")
    page.get_by_label("A file from elsewhere").set_input_files(path)
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_role("heading", name="is not in the draft yet")).to_be_visible()
    return page


def test_by_mouse_its_limits_are_seen_one_is_mended_and_it_is_not_sent_on(visit: Visit, tmp_path: Path) -> None:
    draft = a_draft(visit.product)
    visit.sign_in(MANAGER)
    page = opened_as_it_is(visit, draft, a_file(tmp_path, "Order Process.bpmn", "camunda_8"))
    expect(page.get_by_role("alert")).to_contain_text(NAMED)
    expect(page.get_by_role("alert")).to_contain_text("zeebe:taskDefinition")
    looked_at(visit)

    page.get_by_role("button", name="Open it as it is").click()
    expect(page.get_by_text("order_process.bpmn is in the draft.")).to_be_visible()
    looked_at(visit)
    page.get_by_role("button", name="Give its steps readable ids").click()
    expect(page.get_by_text("ids of order_process.bpmn are readable now")).to_be_visible()
    page.get_by_role("link", name="order_process.bpmn", exact=True).first.click()
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    expect(page.locator("[data-container-id='charge'] .rj-badge").first).to_be_visible()
    expect(page.locator("[data-editor-findings]")).to_contain_text(NAMED)
    assert visit.barriers() == []

    page.locator("[data-element-id='charge'] .djs-hit").first.click()
    page.get_by_title("Change element").click()
    page.get_by_text("User task", exact=True).click()
    expect(page.locator("[data-editor-findings]")).not_to_contain_text(NAMED)
    expect(page.locator("[data-editor-says]")).to_contain_text("Saved at")

    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Send to a second person").click()
    expect(page.get_by_role("alert")).to_contain_text("This could not be done. Nothing was changed.")
    expect(page.get_by_role("alert")).to_contain_text("zeebe:calledElement")
    assert row(visit.product, draft).status == "open"
    assert "zeebe:formDefinition" in drafting.content(row(visit.product, draft)).diagrams["order_process.bpmn"]


def test_by_keys_it_is_taken_in_and_out_again(visit: Visit, tmp_path: Path) -> None:
    draft = a_draft(visit.product)
    visit.sign_in(MANAGER)
    page = visit.go(f"/studio/drafts/{draft}")
    page.get_by_label("A file from elsewhere").set_input_files(a_file(tmp_path, "plain.bpmn", "undrawn"))
    page.get_by_role("button", name="Import the file").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open it as it is").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("plain.bpmn is in the draft.")).to_be_visible()

    page.get_by_role("link", name="plain.bpmn", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    expect(page.locator("[data-element-id='b']")).to_be_visible()

    page.get_by_role("link", name="Back to the draft").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take out plain.bpmn").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("plain.bpmn is as the published version has it.")).to_be_visible()
    assert "plain.bpmn" not in drafting.content(row(visit.product, draft)).diagrams


def test_it_goes_out_alone_and_in_a_bundle_and_into_another_house(visit: Visit, tmp_path: Path) -> None:
    draft = a_draft(visit.product)
    visit.sign_in(MANAGER)
    page = opened_as_it_is(visit, draft, a_file(tmp_path, "order.bpmn", "camunda_7"))
    page.get_by_role("button", name="Open it as it is").click()
    with page.expect_download() as alone:
        page.get_by_role("link", name="Export order.bpmn").click()
    assert alone.value.path().read_text(encoding="utf-8") == FILES["camunda_7"]
    with page.expect_download() as whole:
        page.get_by_role("link", name="Export everything as one bundle").click()
    bundle = tmp_path / "bundle.zip"
    whole.value.save_as(bundle)

    visit.page.context.clear_cookies()
    other = a_draft(visit.product, who="service_manager.sample")
    visit.sign_in("service_manager.sample")
    page = visit.go(f"/studio/drafts/{other}")
    page.get_by_label("A whole bundle").set_input_files(bundle)
    page.get_by_role("button", name="Import the bundle").click()
    expect(page.get_by_role("alert")).to_contain_text("A script task runs code")
    expect(page.get_by_role("alert")).to_contain_text("choose the bundle again and tick")
    page.get_by_label("A whole bundle").set_input_files(bundle)
    page.get_by_label("Take it even where parts of it do not run yet").check()
    page.get_by_role("button", name="Import the bundle").click()
    expect(page.get_by_text("The whole bundle is in the draft.")).to_be_visible()
    held = drafting.content(row(visit.product, other, "service_manager.sample"))
    assert held.diagrams["order.bpmn"] == FILES["camunda_7"]
