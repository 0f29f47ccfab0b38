"""`make test`: every test there is, on both databases and in a real browser, two processes at a time."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import chromium

LOUD = "=" * 78


def main(arguments: list[str]) -> int:
    """Run pytest; without a browser say so, and in CI refuse to call that a pass."""
    browser = chromium.find_or_install()
    chosen: list[str] = []
    if browser is None:
        print(f"{LOUD}\nNO BROWSER: the tests that drive Chromium are skipped. Install chromium to run them.\n{LOUD}")
        if os.environ.get("CI") == "true":
            return 1
        chosen = ["-m", "not browser"]
    else:
        os.environ["RJ_TEST_BROWSER"] = str(browser)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        "--durations",
        "15",
        *chosen,
        *arguments,
    ]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
