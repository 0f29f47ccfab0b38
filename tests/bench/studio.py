"""What drawing costs: an editor ready in Chromium, the check after a change, keeping it, and the scripts that come."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from playwright.sync_api import Browser, sync_playwright

from rj_engine.web.page import assets
from rj_engine.workflows.studio import drafting
from tests.bench.figures import Figure, median, milliseconds
from tests.browser.conftest import launched, served
from tests.browser.test_studio_tools import EDITORS, loaded
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft, kept, row, text_of

TIMES: Final = 5
PATHWAY: Final = "victim_initiated_rj"
FILES: Final = {"diagram": f"{PATHWAY}.bpmn", "decision": "rj_gate.dmn", "form": "victim_consent.form"}
READY: Final = """new MutationObserver(() => {
  if (!window.readyAt && document.querySelector("[data-editor][data-ready=yes]")) window.readyAt = performance.now();
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-ready"]});"""


def figures() -> Iterator[Figure]:
    """The largest shipped pathway, drawn by one manager at one server."""
    with tempfile.TemporaryDirectory(prefix="rj-bench-") as folder, sync_playwright() as playwright:
        url = f"sqlite:///{Path(folder) / 'rj.sqlite'}"
        Product.furnish(url)
        with Product.opened(url) as product:
            draft = a_draft(product, PATHWAY)
            yield from _kept(product, draft)
            try:
                chromium = launched(playwright)
            except pytest.skip.Exception as told:
                print(told)
            else:
                yield from _ready(chromium, product, draft)
                chromium.close()
    for kind in EDITORS:
        scripts = loaded(assets.entries()[f"{kind}-editor.js"])
        size = sum(len(gzip.compress((assets.FOLDER / one).read_bytes(), 9)) for one in scripts)
        yield Figure(f"scripts of the {kind} editor, gzipped", size / 1024, "KB", 700)


def _kept(product: Product, draft: UUID) -> Iterator[Figure]:
    for file in (FILES["diagram"], FILES["decision"]):
        texts = iter(text_of(product, draft, file) + f"<!-- {number} -->" for number in range(4 * TIMES))
        saves = milliseconds(lambda file=file, texts=texts: kept(product, draft, file, next(texts)), TIMES, 1)  # type: ignore[misc]  # bound now, as each is used at once
        yield Figure(f"keep a change of {file}", median(saves), "ms p50", 100, "sqlite")
        waits = []
        for text in [next(texts) for _ in range(TIMES)]:
            kept(product, draft, file, text)
            found = row(product, draft)
            waits += milliseconds(lambda found=found: drafting.noted(product.session, found), 1, 0)  # type: ignore[misc]  # as above
        yield Figure(f"check after a change of {file}", median(waits), "ms p50", 200, "sqlite")


def _ready(chromium: Browser, product: Product, draft: UUID) -> Iterator[Figure]:
    with served(product) as address, Visit.opened(chromium, address, product) as visit:
        visit.sign_in(MANAGER)
        visit.page.wait_for_url(f"{address}/")
        visit.page.add_init_script(READY)
        for kind, file in FILES.items():
            found = []
            for _ in range(TIMES + 1):
                page = visit.go(f"/studio/drafts/{draft}/files/{file}")
                page.wait_for_selector("[data-editor][data-ready=yes]", timeout=60_000)
                found.append(float(page.evaluate("window.readyAt")))
            yield Figure(f"{kind} editor ready", median(found[1:]), "ms p50", 1500, "sqlite")
