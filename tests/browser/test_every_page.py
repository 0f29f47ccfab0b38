"""Every page there is, for somebody whom it is for: at a desk, on a telephone, and without scripts."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import pages
from tests.browser.conftest import served
from tests.browser.visiting import Visit
from tests.places import Product

pytestmark = pytest.mark.browser
LOADS_A_LIBRARY = 60_000
"""Milliseconds: the first curve of a process loads what draws it."""
PICTURES = os.environ.get("RJ_PICTURES")
"""Where somebody who wants to look at the pages has them put."""
READY = "document.querySelector('[data-editor]')?.dataset.ready ?? 'yes'"


@dataclass(frozen=True)
class House:
    """The product on an address, with something on every page."""

    product: Product
    address: str
    known: dict[str, object]


@pytest.fixture(scope="module")
def house(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all visitors: nobody changes anything in it."""
    path = tmp_path_factory.mktemp("every-page") / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as product:
        known = pages.furnished(product)
        with served(product) as address:
            yield House(product, address, known)


@pytest.mark.parametrize("who", pages.VISITED)
def test_every_page_is_without_barriers_wide_and_narrow_and_says_the_same_without_scripts(
    chromium: Browser, house: House, who: str
) -> None:
    with Visit.opened(chromium, house.address, house.product) as visit:
        known = dict(house.known)
        if who:
            visit.sign_in(who)
            visit.page.wait_for_url(lambda url: "/sign-in" not in url)
        if any("{sought}" in path for path in pages.VISITED[who]):
            known["sought"] = pages.sought(visit.page)
        paths = [path.format_map(known) for path in pages.VISITED[who]]
        found, headings = {}, {}
        for path in paths:
            found[path] = seen(visit, path)
            headings[path] = heading(visit.page)
        kept: Any = visit.page.context.storage_state()
    with Visit.opened(chromium, house.address, house.product, java_script_enabled=False, storage_state=kept) as plain:
        without = {path: heading(opened(plain, path)) for path in paths}

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert without == headings
    assert all(headings.values())


def seen(visit: Visit, path: str) -> list[str]:
    """What is wrong with a page at either width."""
    opened(visit, path)
    return seen_now(visit, path)


def seen_now(visit: Visit, name: str) -> list[str]:
    """What is wrong with the page as it stands at either width, with everything folded out that can be."""
    page, wrong = visit.page, []
    page.wait_for_function(f"{READY} === 'yes'")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{width}: {barrier}" for barrier in visit.barriers()]
        wrong += [f"{width}: runs off the screen"] if visit.overflows() else []
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{re.sub(r'[^a-z]+', '-', name)}-{width}.png", full_page=True)
    return wrong


def opened(visit: Visit, path: str) -> Page:
    """The page, as it is at a desk."""
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    visit.page.goto(visit.address + path, timeout=LOADS_A_LIBRARY)
    return visit.page


def heading(page: Page) -> str:
    """The one main heading."""
    return " ".join(page.get_by_role("heading", level=1).all_inner_texts())


def test_somebody_goes_to_every_page_there_is(house: House) -> None:
    assert pages.unvisited(house.product.app) == set()
    assert {each for each in pages.NO_PAGE if not named(house.product, each)} == set()


def named(product: Product, beginning: str) -> bool:
    """Whether there still is an address of that name."""
    return any(rule.endpoint.startswith(beginning) for rule in product.app.url_map.iter_rules())
