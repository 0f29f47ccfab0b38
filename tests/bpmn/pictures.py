"""Draws every shipped pathway as a picture for the documents: `python -m tests.bpmn.pictures`, after changing one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, sync_playwright

from rj_engine import bpmn, web
from tests import chromium
from tests.bpmn.drawings import PATHWAYS, drawing

FOLDER = Path(__file__).parents[2] / "docs" / "pathways"
RECORD = FOLDER / "drawn.json"
VENDOR = Path(web.__file__).parent / "static" / "vendor"
EDGE = 20
"""Pixels of white around a diagram."""
FOOT = 30
"""Pixels below it, where the viewer's mark stands."""
PAGE = """<!doctype html><html lang="en"><title>Pathway</title>
<link rel="stylesheet" href="/style.css">
<body style="margin:0"><div class="rj-diagram-place">
<div data-diagram="facts" style="width:{width}px;height:{height}px">
</div></div><script type="application/json" id="facts">{facts}</script><script type="module" src="/diagram.js"></script>
</body></html>"""


def size(pathway: str) -> tuple[int, int]:
    """Width and height of a pathway's picture."""
    pool = drawing(pathway).shapes[f"pool_{pathway}"]
    return int(pool.right) + EDGE, int(pool.bottom) + EDGE + FOOT


def checksum(pathway: str) -> str:
    """What the picture was drawn from."""
    return hashlib.sha256(bpmn.pathways()[pathway]).hexdigest()


def picture(browser: Browser, pathway: str) -> bytes:
    """The pathway as the product's own viewer draws it; PNG."""
    width, height = size(pathway)
    page = browser.new_page(viewport={"width": width, "height": height})
    try:
        _serve(page, pathway, width, height)
        page.goto("http://pictures.localhost/")
        page.wait_for_selector('[data-ready="yes"]', timeout=10_000)
        return page.screenshot()
    finally:
        page.close()


def _serve(page: Page, pathway: str, width: int, height: int) -> None:
    entries = json.loads((VENDOR / "MANIFEST.json").read_text())["entries"]
    facts = json.dumps({"source": "/pathway.bpmn", "open": [], "passed": [], "inside": []})
    told = {
        "/": ("text/html", PAGE.format(width=width, height=height, facts=facts).encode()),
        "/style.css": ("text/css", (VENDOR / entries["diagram.css"]).read_bytes()),
        "/diagram.js": ("text/javascript", (VENDOR / entries["diagram.js"]).read_bytes()),
        "/pathway.bpmn": ("application/xml", bpmn.pathways()[pathway]),
    }

    def answer(route: Route) -> None:
        kind, body = told.get("/" + route.request.url.split("/", 3)[3], ("text/plain", b""))
        route.fulfill(content_type=kind, body=body)

    page.route("**/*", answer)


def main() -> None:
    """Draw anew what has changed since it was drawn, and take away what is no pathway any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    before = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for old in FOLDER.glob("*.png"):
        if old.stem not in PATHWAYS:
            old.unlink()
    path = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        for pathway in PATHWAYS:
            if before.get(pathway) != checksum(pathway):
                (FOLDER / f"{pathway}.png").write_bytes(picture(browser, pathway))
        browser.close()
    drawn = {pathway: checksum(pathway) for pathway in PATHWAYS}
    RECORD.write_text(json.dumps(drawn, indent=2) + "\n")


if __name__ == "__main__":
    main()
