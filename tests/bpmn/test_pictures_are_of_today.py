"""The pictures in the documents show the diagrams as they are now."""

from __future__ import annotations

import json
import os
import struct

import pytest
from playwright.sync_api import sync_playwright

from tests import chromium
from tests.bpmn import pictures
from tests.bpmn.drawings import PATHWAYS


def test_every_pathway_has_a_picture_of_its_present_drawing() -> None:
    drawn = json.loads(pictures.RECORD.read_text())

    assert drawn == {name: pictures.checksum(name) for name in PATHWAYS}, "run: python -m tests.bpmn.pictures"
    for name in PATHWAYS:
        header = (pictures.FOLDER / f"{name}.png").read_bytes()[:24]
        assert struct.unpack(">II", header[16:24]) == pictures.size(name)


@pytest.mark.browser
def test_the_viewer_opens_every_pathway_unchanged() -> None:
    if (path := chromium.find()) is None:
        told = "NO BROWSER: no diagram was opened in the viewer."
        if os.environ.get("CI") == "true":
            raise RuntimeError(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        for name in PATHWAYS:
            assert pictures.picture(browser, name).startswith(b"\x89PNG"), name
        browser.close()
