"""The browser that the tests drive: one found on the machine, or one that can be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> Path | None:
    """A browser that is there: named by `RJ_TEST_BROWSER`, on the path, or Playwright's own."""
    named = os.environ.get("RJ_TEST_BROWSER")
    for name in filter(None, (named, *NAMES)):
        if found := shutil.which(name):
            return Path(found)
    return _of_playwright()


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def find_or_install() -> Path | None:
    """`find`, after letting Playwright fetch its own browser where there is none."""
    if (found := find()) is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = find()
    return found
