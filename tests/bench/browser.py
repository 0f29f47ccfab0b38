"""What a person waits for and carries in Chromium: the next form painted, bytes over the wire, nothing that jumps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from rj_engine import bpmn, forms
from rj_engine.workflows.rows import Task
from tests.answers import typical
from tests.bench.figures import Figure, median
from tests.browser.conftest import launched, served
from tests.browser.hands import Mouse
from tests.browser.visiting import Visit
from tests.places import Product
from tests.security.neighbourhood import a_case

TIMES: Final = 5
WHO: Final = "facilitator"
BUTTON: Final = "Finish this task"
PRESSED: Final = """document.addEventListener("click", () => {
  sessionStorage.setItem("pressed", performance.timeOrigin + performance.now());
}, {capture: true})"""
PAINTED: Final = """() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return paint && performance.timeOrigin + paint.startTime - Number(sessionStorage.getItem("pressed"));
}"""
SHIFTS: Final = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;
}).observe({type: "layout-shift", buffered: true});"""


def figures() -> Iterator[Figure]:
    """One facilitator at one server, the whole way from the click to the screen."""
    with tempfile.TemporaryDirectory(prefix="rj-bench-") as folder, sync_playwright() as playwright:
        try:
            chromium = launched(playwright)
        except pytest.skip.Exception as told:
            print(told)
            return
        url = f"sqlite:///{Path(folder) / 'rj.sqlite'}"
        Product.furnish(url)
        with Product.opened(url) as product, served(product) as address:
            known = [a_case(product) for _ in range(TIMES + 1)]
            with Visit.opened(chromium, address, product) as visit:
                waits = [_wait(visit, each.task) for each in known[1:]]
            yield Figure("click on Finish to the next form painted", median(waits), "ms p50", 250, "sqlite")
            yield from _carried(chromium, address, product)
            yield from _shifts(chromium, address, product, known[0].reference, str(known[0].task))
        chromium.close()


def _signed_in(visit: Visit) -> None:
    if visit.page.url == "about:blank":
        visit.sign_in(WHO)
        visit.page.wait_for_url(f"{visit.address}/")


def _wait(visit: Visit, task: Any) -> float:
    """Milliseconds from the click to the first paint of the page with the next form."""
    _signed_in(visit)
    page = visit.go(f"/tasks/{task}")
    form = visit.product.session.get_one(Task, task).form
    Mouse(visit).answer(forms.parse(bpmn.forms()[form]), typical(form))
    page.evaluate(PRESSED)
    with page.expect_navigation():
        page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("button", name=BUTTON).wait_for()
    return float(page.wait_for_function(PAINTED).json_value())


def _carried(chromium: Browser, address: str, product: Product) -> Iterator[Figure]:
    """The first page after signing in, by a browser that has nothing yet, and again."""
    with Visit.opened(chromium, address, product) as visit:
        _signed_in(visit)
        kept: Any = visit.page.context.storage_state()
    with Visit.opened(chromium, address, product, storage_state=kept) as visit:
        for name, target in (("uncached", 150), ("cached", 25)):
            yield Figure(f"first page over the wire, {name}", _kilobytes(visit, "/"), "KB", target, "sqlite")


def _kilobytes(visit: Visit, path: str) -> float:
    """Everything that came over the wire for one page, headers and all."""
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    visit.go(path).wait_for_load_state("networkidle")
    session.detach()
    return sum(sizes) / 1024


def _shifts(chromium: Browser, address: str, product: Product, reference: str, task: str) -> Iterator[Figure]:
    """How far what one reads is moved while a page comes up: the sum over the main pages."""
    paths = (
        "/",
        "/tasks",
        f"/tasks/{task}",
        f"/cases/{reference}",
        f"/cases/{reference}/documents",
        "/refer",
        "/search",
    )
    for width in (1280, 390):
        with Visit.opened(chromium, address, product) as visit:
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.page.add_init_script(SHIFTS)
            _signed_in(visit)
            moved = 0.0
            for path in paths:
                visit.go(path).wait_for_load_state("networkidle")
                moved += float(visit.page.evaluate("window.shifted"))
            yield Figure(f"layout shift on {len(paths)} pages, {width} px", moved, "CLS", 0, "sqlite")
