"""Takes the pictures in docs/screenshots from the demonstration: `python -m tests.browser.pictures`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from rj_engine import clock
from rj_engine.demonstration import setting_up
from tests.browser.conftest import launched, served
from tests.browser.visiting import Visit
from tests.places import Product

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
CASE_STUDY = "Object thrown"
HEIGHTS: Mapping[str, int] = {"sign-in": 545, "inbox": 800, "task": 900, "case": 1000}
LARGEST = 150_000
"""Bytes; a reader of the README waits for each of them."""


def furnished(url: str) -> None:
    """The demonstration's people, pathways and cases, as of today."""
    Product.furnish(url)
    with Product.opened(url):
        setting_up.add_cases(clock.now())


def take_all(browser: Browser, url: str) -> None:
    """Each page as a facilitator sees it."""
    with (
        Product.opened(url) as product,
        served(product) as address,
        Visit.opened(browser, address, product) as visit,
    ):
        visit.go("/sign-in")
        shot(visit.page, "sign-in")
        visit.sign_in("facilitator")
        ways: Mapping[str, Callable[[], object]] = {
            "inbox": lambda: visit.go("/tasks"),
            "task": visit.page.get_by_role("row").filter(has_text=CASE_STUDY).get_by_role("link").first.click,
            "case": lambda: visit.page.locator(".govuk-caption-l a").click(),
        }
        for name, go in ways.items():
            go()
            shot(visit.page, name)


def shot(page: Page, name: str) -> None:
    """One picture, 1280 pixels wide."""
    page.set_viewport_size({"width": 1280, "height": HEIGHTS[name]})
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < LARGEST, f"{path.name} is too large"


def main() -> None:
    """Make the demonstration in a folder that is thrown away, and take its pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = f"sqlite:///{folder}/rj.sqlite"
        furnished(url)
        take_all(launched(playwright), url)


if __name__ == "__main__":
    main()
