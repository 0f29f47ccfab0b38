"""The buttons above a drawing: tidied, taken back after the page was loaded again, played through with nothing run."""

from __future__ import annotations

import gzip
import json
import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from rj_engine.web.page import assets
from tests.browser.visiting import Visit
from tests.studio.drawing import MANAGER, a_draft, row, text_of

READY: Final = 20_000
SLOW: Final = 40_000
FILE: Final = "complaint.bpmn"
EDITORS: Final = ("diagram", "decision", "form")
IMPORTED: Final = re.compile(r'(?:from|import)\s*"\./([\w-]+\.js)"')
LARGEST: Final = 700 * 1024
"""Bytes of one editor's scripts, gzipped: issue's figure."""


def opened(visit: Visit, path: str) -> Page:
    page = visit.go(path)
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    return page


def loaded(name: str) -> set[str]:
    """A script and every one that it loads at once."""
    found, left = set(), [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += IMPORTED.findall((assets.FOLDER / one).read_text(encoding="utf-8"))
    return found


@pytest.mark.browser
def test_a_drawing_is_tidied_and_what_it_was_comes_back_after_the_page_was_loaded_again(visit: Visit) -> None:
    draft = a_draft(visit.product)
    visit.sign_in(MANAGER)
    page = opened(visit, f"/studio/drafts/{draft}/files/{FILE}")
    page.evaluate("""() => {
      const {editor} = document.querySelector("[data-editor]");
      editor.get("modeling").moveElements([editor.get("elementRegistry").get("answer_complaint")], {x: 40, y: 25});
    }""")
    says = page.locator("[data-editor-says]")
    expect(says).to_contain_text("Saved at")
    askew = text_of(visit.product, draft, FILE)
    page.get_by_role("button", name="Tidy the drawing").click()
    expect(page.locator("[data-tool=tidy]:focus")).to_have_count(1, timeout=SLOW)
    expect(says).to_contain_text("Saved at", timeout=SLOW)
    tidy = text_of(visit.product, draft, FILE)
    assert tidy != askew
    assert 'bpmnElement="lane_service_manager"' in tidy

    page = opened(visit, f"/studio/drafts/{draft}/files/{FILE}")
    edition = row(visit.product, draft).edition
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(says).to_contain_text("Saved at", timeout=SLOW)
    assert text_of(visit.product, draft, FILE) == askew
    assert row(visit.product, draft).edition > edition
    assert visit.barriers() == []


@pytest.mark.browser
def test_a_drawing_is_played_through_and_nothing_of_it_is_run_or_changed(visit: Visit) -> None:
    draft = a_draft(visit.product)
    edition = row(visit.product, draft).edition
    visit.sign_in(MANAGER)
    page = opened(visit, f"/studio/drafts/{draft}/files/{FILE}")
    play = page.get_by_role("button", name="Play through it")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Nothing runs, no case is touched and nothing is checked.")).to_be_visible()
    page.locator(".bts-context-pad[title='Trigger Event']:visible").first.click()
    expect(page.locator(".bts-notification, .bts-token-count, .bts-scope").first).to_be_visible()
    assert visit.barriers() == []
    page.get_by_role("button", name="Tidy the drawing").click()
    expect(page.locator("[data-editor-says]")).to_have_text("Stop playing through it first.")

    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    assert row(visit.product, draft).edition == edition


@pytest.mark.parametrize("kind", EDITORS)
def test_the_scripts_of_an_editor_are_small_enough(kind: str) -> None:
    scripts = loaded(assets.entries()[f"{kind}-editor.js"])

    assert sum(len(gzip.compress((assets.FOLDER / one).read_bytes(), 9)) for one in scripts) <= LARGEST


def test_no_page_beyond_the_studio_loads_an_editor() -> None:
    manifest = json.loads((assets.FOLDER / "MANIFEST.json").read_text(encoding="utf-8"))["entries"]
    others = [name for name in manifest if name in {"site.js", "diagram.js", "enabled.js", "proof-watch.js"}]
    templates = assets.FOLDER.parents[1] / "templates"
    naming = {
        path.parent.name for path in templates.rglob("*.html") if "-editor.js" in path.read_text(encoding="utf-8")
    }

    assert naming == {"studio"}
    assert len(others) == 4
    assert not any("editors-" in one for name in others for one in loaded(manifest[name]))
