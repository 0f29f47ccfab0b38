"""The reference diagrams of the BPMN interchange group: each is taken with its limits named, or runs.

Their licence is not ours to carry, so they are not part of this project. Fetch them once and say where they are:

    git clone --depth 1 https://github.com/bpmn-miwg/bpmn-miwg-test-suite
    RJ_REFERENCE_DIAGRAMS=bpmn-miwg-test-suite/Reference pytest tests/workflows/test_reference_diagrams.py

What they hold is drawn anew in `foreign_files.py`, so that every run of the tests looks at it.
"""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from rj_engine.workflows.engine.lint import lint
from rj_engine.workflows.studio import drafting, exchange, foreign
from rj_engine.workflows.studio.taking import AddFile
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft, row, text_of

FOLDER = os.environ.get("RJ_REFERENCE_DIAGRAMS", "")
FILES = sorted(Path(FOLDER).rglob("*.bpmn")) if FOLDER else []
pytestmark = pytest.mark.skipif(
    not FILES, reason="NOT RUN: set RJ_REFERENCE_DIAGRAMS to a folder of the BPMN interchange group's diagrams."
)


def canonical(text: str) -> bytes:
    """What a file says, without how it is written down."""
    out = io.BytesIO()
    etree.fromstring(text.encode()).getroottree().write_c14n(out)
    return out.getvalue()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_taken_with_its_limits_named_and_leaves_as_it_came(sqlite_product: Product, path: Path) -> None:
    draft = a_draft(sqlite_product)
    text = foreign.decoded(path.read_bytes())
    parts = {"draft_id": draft, "edition": 1, "file": path.name, "text": text, "as_it_is": True}

    file = sqlite_product.do(AddFile, MANAGER, **parts)["file"]

    there = {one.get("id") for one in etree.fromstring(text.encode()).iter()}
    found = [
        one.finding for one in drafting.noted(sqlite_product.session, row(sqlite_product, draft)) if one.file == file
    ]
    assert found, "it would run: then say so here"
    assert [one for one in found if one.element and one.element.rpartition("/")[2] not in there] == []

    assert text_of(sqlite_product, draft, file) == text
    body = exchange.packed(drafting.content(row(sqlite_product, draft)), None)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert canonical(package.read(f"diagrams/{file}").decode()) == canonical(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_check_alone_names_as_much(path: Path) -> None:
    text = foreign.decoded(path.read_bytes())

    assert foreign.refused("reference.bpmn", text) == []
    assert [one for one in lint({"reference.bpmn": text.encode()}) if one.severity == "error"]
