"""One person at one browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from rj_engine.web.page import assets
from tests.places import PASSWORD, Product

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXPECTED = "Failed to load resource: the server responded with a status of 4"
"""Chromium says so of any page with such a status; the tests that get one ask for it."""


@dataclass
class Visit:
    """A page, the address of the service, and what went wrong on the way."""

    page: Page
    address: str
    product: Product
    also: str = ""
    troubles: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, chromium: Browser, address: str, product: Product, also: str = "", **how: Any) -> Iterator[Visit]:
        """Open a fresh context; what went wrong in it fails the test at its end."""
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, **how)
        context.set_default_timeout(8000)
        visit = cls(context.new_page(), address, product, also)
        visit.listen()
        try:
            yield visit
            assert visit.troubles == []
        finally:
            context.close()

    def listen(self) -> None:
        def console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
                self.troubles.append(f"console: {message.text}")

        def asked(request: Request) -> None:
            ours = tuple(each for each in (self.address, self.also, "data:") if each)
            if not request.url.startswith(ours):
                self.troubles.append(f"asked elsewhere: {request.url}")

        self.page.on("console", console)
        self.page.on("request", asked)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, who: str) -> Page:
        page = self.go("/sign-in")
        page.get_by_label("Email address").fill(f"{who}@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return page

    def barriers(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA on the page as it stands."""
        script = (assets.FOLDER / assets.entries()["axe.js"]).read_text(encoding="utf-8")
        self.page.evaluate(script)
        found = self.page.evaluate("only => axe.run(document, {runOnly: only})", STANDARDS)
        return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]]

    def overflows(self) -> bool:
        """Whether the page has to be pushed sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
