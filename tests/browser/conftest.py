"""A real Chromium on a live server; any console error, policy violation or request elsewhere fails the test."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright
from werkzeug.serving import make_server

from tests.browser.visiting import Visit
from tests.places import Product

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests: the machine's, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def launched(playwright: Playwright) -> Browser:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    try:
        return playwright.chromium.launch(executable_path=path, args=FLAGS)
    except Error as error:
        told = "NO BROWSER: the browser tests did not run. Install Chromium, or run `playwright install chromium`."
        if os.environ.get("CI") == "true":
            raise RuntimeError(told) from error
        pytest.skip(told)


@contextmanager
def served(product: Product) -> Iterator[str]:
    """The product on a free port; its address."""
    server = make_server("127.0.0.1", 0, product.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def visit(chromium: Browser, sqlite_product: Product) -> Iterator[Visit]:
    """A fresh visit with scripts, wide screen."""
    with served(sqlite_product) as address, Visit.opened(chromium, address, sqlite_product) as opened:
        yield opened


@pytest.fixture
def plain_visit(chromium: Browser, sqlite_product: Product) -> Iterator[Visit]:
    """A fresh visit without scripts."""
    with served(sqlite_product) as address:
        opening = Visit.opened(chromium, address, sqlite_product, java_script_enabled=False)
        with opening as opened:
            yield opened


@pytest.fixture
def leaving_visit(chromium: Browser, furnished_sqlite: Path, tmp_path: Path) -> Iterator[Visit]:
    """A visit to a service whose neutral site is a page of this machine."""
    path = tmp_path / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as elsewhere, served(elsewhere) as neutral:
        other = tmp_path / "other.sqlite"
        shutil.copy(furnished_sqlite, other)
        with (
            Product.opened(f"sqlite:///{other}", exit_site=f"{neutral}/health/live") as product,
            served(product) as address,
            Visit.opened(chromium, address, product, also=neutral) as opened,
        ):
            yield opened
