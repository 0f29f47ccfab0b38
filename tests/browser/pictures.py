"""Takes the pictures in docs/screenshots from the demonstration: `python -m tests.browser.pictures`."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from rj_engine import clock
from rj_engine.demonstration import setting_up
from rj_engine.workflows.post import notices
from tests.browser.conftest import launched, served
from tests.browser.visiting import Visit
from tests.places import Product

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
CASE_STUDY = "Object thrown"
SOUGHT = "Ceder Invented"
"""Misspelt: it is found all the same."""
DESK, TELEPHONE = 1280, 390
ON_THE_TELEPHONE = frozenset({"home", "task", "contact"})
HIGHEST = 1000
"""Pixels: what one sees without scrolling, and a little more."""
COLOURS = 128
LARGEST = 150_000
"""Bytes; a reader of the README waits for each of them."""


def furnished(url: str) -> None:
    """The demonstration's people, pathways and cases, as of today."""
    Product.furnish(url)
    with Product.opened(url):
        setting_up.add_cases(clock.now())
        notices.write_due()


def take_all(browser: Browser, url: str) -> None:
    """The ten main pages, each as somebody sees it who has it before them every day."""
    with Product.opened(url) as product, served(product) as address:
        for who, taken in {"facilitator": of_a_facilitator, "lead": of_a_lead, "service_manager": of_a_manager}.items():
            with Visit.opened(browser, address, product) as visit:
                visit.sign_in(who)
                visit.page.wait_for_url(f"{address}/")
                taken(visit)


def of_a_facilitator(visit: Visit) -> None:
    """From the morning's first page to a letter."""
    page = visit.page
    shot(page, "home")
    visit.go("/tasks")
    shot(page, "inbox")
    page.get_by_role("row").filter(has_text=CASE_STUDY).get_by_role("link").first.click()
    shot(page, "task")
    page.get_by_role("link", name="Look at it").first.click()
    page.wait_for_url("**/letters/**")
    shot(page, "letter")
    page.go_back()
    page.locator(".govuk-caption-l a").click()
    shot(page, "case")
    page.get_by_role("link", name=re.compile("^Log a contact with")).first.click()
    shot(page, "contact")
    page.get_by_label("Find by name, reference or number").fill(SOUGHT)
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_url("**/search/*")
    shot(page, "search")


def of_a_lead(visit: Visit) -> None:
    """What the prisons have not answered."""
    visit.go("/prisons")
    shot(visit.page, "prisons")


def of_a_manager(visit: Visit) -> None:
    """A pathway in its editor, and the decision it asks."""
    page = visit.go("/studio")
    page.get_by_role("button", name="Change A complaint").click()
    page.wait_for_url("**/drafts/*")
    visit.go(f"{page.url.removeprefix(visit.address)}/files/complaint.bpmn")
    page.wait_for_selector("[data-editor][data-ready=yes]", timeout=20_000)
    shot(page, "studio")
    visit.go("/decisions")
    page.get_by_role("link", name="Risk gate", exact=True).click()
    shot(page, "decision")


def shot(page: Page, name: str) -> None:
    """One picture as at a desk, and for some pages one as on a telephone."""
    for width, ending in ((DESK, ""), (TELEPHONE, "-telephone")):
        if ending and name not in ON_THE_TELEPHONE:
            continue
        page.set_viewport_size({"width": width, "height": 400})
        page.wait_for_load_state("networkidle")
        whole = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": width, "height": min(whole, HIGHEST)})
        path = FOLDER / f"{name}{ending}.png"
        page.screenshot(path=path, animations="disabled")
        with Image.open(path) as taken:
            drawn = taken.convert("RGB").quantize(COLOURS)
        drawn.save(path, optimize=True)
        assert path.stat().st_size < LARGEST, f"{path.name} is too large"
    page.set_viewport_size({"width": DESK, "height": HIGHEST})


def main() -> None:
    """Make the demonstration in a folder that is thrown away, and take its pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = f"sqlite:///{folder}/rj.sqlite"
        furnished(url)
        take_all(launched(playwright), url)


if __name__ == "__main__":
    main()
