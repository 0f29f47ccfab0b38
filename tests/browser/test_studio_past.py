"""A decision and a form are changed, the page is loaded again, and what they were comes back, by button and by key."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import Visit
from tests.studio.drawing import MANAGER, a_draft, text_of

pytestmark = pytest.mark.browser
SLOW: Final = 40_000
RENAMED: Final = """name => {
  const {editor} = document.querySelector("[data-editor]");
  const viewer = editor.getActiveViewer();
  const cells = viewer.get("elementRegistry").getAll();
  const {businessObject} = cells.find((one) => one.businessObject?.$type === "dmn:UnaryTests");
  viewer.get("modeling").editCell(businessObject, name);
}"""
RELABELLED: Final = """label => {
  const {editor} = document.querySelector("[data-editor]");
  const field = editor.get("formFieldRegistry").getAll().find((one) => one.label);
  editor.get("modeling").editFormField(field, "label", label);
}"""


def opened(visit: Visit, draft: object, name: str) -> Page:
    page = visit.go(f"/studio/drafts/{draft}/files/{name}")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=SLOW)
    return page


@pytest.mark.parametrize(
    ("pathway", "ending", "change", "word"),
    [("intake", ".dmn", RENAMED, '"quite_another"'), ("complaint", ".form", RELABELLED, "Another question")],
)
def test_what_a_file_was_comes_back_after_the_page_was_loaded_again(
    visit: Visit, pathway: str, ending: str, change: str, word: str
) -> None:
    draft = a_draft(visit.product, pathway)
    visit.sign_in(MANAGER)
    listed = visit.go(f"/studio/drafts/{draft}").content()
    found = re.search(rf"/files/([a-z_]+{re.escape(ending)})", listed)
    assert found is not None
    name = found[1]
    page, says = opened(visit, draft, name), visit.page.locator("[data-editor-says]")
    plain = word.strip('"')
    page.evaluate(change, word)
    expect(says).to_contain_text("Saved at", timeout=SLOW)
    assert plain in text_of(visit.product, draft, name)

    opened(visit, draft, name)
    page.get_by_role("button", name="Undo", exact=True).press("Enter")
    expect(says).to_contain_text("Saved at", timeout=SLOW)
    assert plain not in text_of(visit.product, draft, name)
    page.get_by_role("button", name="Redo", exact=True).click()
    expect(page.locator("[data-editor-canvas]")).to_contain_text(plain, timeout=SLOW)
    page.get_by_role("button", name="Redo", exact=True).click()
    expect(says).to_have_text("There is nothing to do again.")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert not visit.overflows()
