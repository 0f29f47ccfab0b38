"""Every shipped diagram, decision and form opens in its editor and is saved with no change but formatting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from lxml import etree
from playwright.sync_api import Page, Route, expect

from rj_engine import bpmn
from rj_engine.web.page import assets
from rj_engine.web.page.protection import POLICY
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser
UNSAID: Final = {"exporter", "exporterVersion", "isMarkerVisible"}
"""Attributes by which an editor says which it is, or says what the drawing said already."""
BY_DEFAULT: Final = {"hitPolicy": "UNIQUE"}
LABEL: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNLabel"
"""Where a name is written: an editor writes it down for every name, and a renderer works it out."""
PLANE: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNPlane"
SAVED = """async ([kind, text]) => {
  const {editor} = document.querySelector("[data-editor]");
  if (kind === "form") { await editor.importSchema(JSON.parse(text)); return JSON.stringify(editor.saveSchema()); }
  const {warnings} = await editor.importXML(text);
  if (warnings.length) throw new Error(warnings.map((each) => each.message).join("; "));
  return (await editor.saveXML({format: true})).xml;
}"""


def editor_page(visit: Visit, kind: str, text: str) -> Page:
    """An editor alone on a page of the service, under the policy of every page."""
    place = "data-editor-canvas class='rj-editor__canvas'"
    entries = assets.entries()
    html = f"""<!doctype html><html lang="en"><head><title>Editor</title><link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/{entries[f"{kind}-editor.css"]}">
    <script type="module" src="/assets/{entries[f"{kind}-editor.js"]}"></script></head><body>
    <div class="rj-editor" data-editor="facts"><div {place}></div><div data-editor-panel></div></div>
    <div data-editor-preview></div>
    <script type="application/json" id="facts">{{"source": "/a-draft", "version": 1}}</script></body></html>"""

    def page(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    visit.page.route("**/an-editor", page)
    visit.page.route("**/a-draft", lambda route: route.fulfill(body=text, content_type="text/plain"))
    opened = visit.go("/an-editor")
    expect(opened.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=20_000)
    return opened


def said(element: Any) -> Any:
    """A file's content without its formatting: names, attributes, words, and what is inside in its order."""
    told = {key: value for key, value in element.attrib.items() if key not in UNSAID and BY_DEFAULT.get(key) != value}
    inside = [said(child) for child in element if isinstance(child.tag, str) and child.tag != LABEL]
    if element.tag == PLANE:  # which shape is drawn first says nothing
        inside.sort(key=lambda child: child[1]["id"])
    return element.tag, told, (element.text or "").strip(), inside


def read(text: str) -> Any:
    return said(etree.fromstring(text.encode()))


def asked(part: Any) -> Any:
    """A form's content without what an editor says about itself, or about a frame that was there by default."""
    if isinstance(part, list):
        return [asked(each) for each in part]
    if isinstance(part, dict):
        return {key: asked(each) for key, each in part.items() if key not in {"schemaVersion", "showOutline"}}
    return part


def differences(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Where two contents differ, as paths of ids."""
    here = f"{at}/{before[1].get('id', before[0].rpartition('}')[2])}"
    if before[:3] != after[:3]:
        yield f"{here}: {before[:3]} became {after[:3]}"
    if len(before[3]) != len(after[3]):
        yield f"{here}: holds {[each[0] for each in before[3]]}, then {[each[0] for each in after[3]]}"
        return
    for one, other in zip(before[3], after[3], strict=True):
        yield from differences(one, other, here)


def test_every_diagram_opens_and_is_saved_unchanged(visit: Visit) -> None:
    diagrams = {key: text.decode() for key, text in bpmn.pathways().items()}
    page = editor_page(visit, "diagram", next(iter(diagrams.values())))

    changed = {}
    for key, text in diagrams.items():
        found = list(differences(read(text), read(page.evaluate(SAVED, ["diagram", text]))))
        changed |= {key: found[:3]} if found else {}

    assert changed == {}
    expect(page.locator(".bjs-powered-by")).to_be_visible()


def test_every_decision_opens_and_is_saved_unchanged(visit: Visit) -> None:
    decisions = {key: text.decode() for key, text in bpmn.decisions().items()}
    page = editor_page(visit, "decision", next(iter(decisions.values())))

    changed = {}
    for key, text in decisions.items():
        found = list(differences(read(text), read(page.evaluate(SAVED, ["decision", text]))))
        changed |= {key: found[:3]} if found else {}

    assert changed == {}
    expect(page.locator(".bjs-powered-by").first).to_be_visible()


def test_every_form_opens_and_is_saved_unchanged(visit: Visit) -> None:
    forms = {key: text.decode() for key, text in bpmn.forms().items()}
    page = editor_page(visit, "form", next(iter(forms.values())))

    changed = []
    for key, text in forms.items():
        after = page.evaluate(SAVED, ["form", text])
        if asked(json.loads(after)) != asked(json.loads(text)):
            changed.append(key)

    assert changed == []
    expect(page.locator(".fjs-powered-by").first).to_be_visible()
