"""Readable ids: nothing else of a diagram changes, and what running cases know keeps its name."""

from __future__ import annotations

import pytest
from lxml import etree

from rj_engine.cases.case import NotFound
from rj_engine.workflows.engine.lint import lint
from rj_engine.workflows.studio import foreign, renaming
from rj_engine.workflows.studio.renaming import NameSteps
from rj_engine.workflows.studio.taking import AddFile
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft, row, text_of
from tests.web.browsing import a_browser
from tests.workflows.foreign_files import FILES


@pytest.mark.parametrize("name", FILES)
def test_no_id_is_odd_afterwards_and_every_arrow_still_joins_what_it_joined(name: str) -> None:
    before = foreign.decoded(FILES[name].encode())

    after, count = renaming.renamed(before, "order.bpmn")

    codes = [{one.code for one in lint({"order.bpmn": text.encode()}, clocks={})} for text in (before, after)]
    assert count > 0
    assert codes[0] - codes[1] <= {"id_not_snake_case", "lane_id"}
    assert codes[1] <= codes[0]
    assert "id_not_snake_case" not in codes[1]
    assert shape(before) == shape(after)


def shape(text: str) -> list[tuple[str, int, str | None]]:
    """What a file holds without its ids: kinds, how deep, names."""
    root = etree.fromstring(text.encode())
    return [(str(one.tag), len(list(one.iterancestors())), one.get("name")) for one in root.iter()]


def test_ids_are_made_of_names_and_numbered_where_two_are_alike() -> None:
    text = FILES["undrawn"].replace('"b"', '"Activity_1"').replace('"c"', '"Do-it"').replace('"a"', '"Start.1"')

    after, _ = renaming.renamed(text, "order.bpmn")

    assert {"order", "do_it", "start_event", "end_event"} <= {
        one.get("id") for one in etree.fromstring(after.encode()).iter()
    }


def test_what_the_published_version_knows_keeps_its_id() -> None:
    text = FILES["undrawn"].replace('"b"', '"Activity_1"')

    after, _ = renaming.renamed(text, "order.bpmn", text)

    assert after == text


def test_a_manager_has_it_done_on_the_page(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    parts = {"draft_id": draft, "edition": 1, "file": "order.bpmn", "text": FILES["camunda_8"], "as_it_is": True}
    sqlite_product.do(AddFile, MANAGER, **parts)
    browser = a_browser(sqlite_product, MANAGER)
    page = f"/studio/drafts/{draft}"
    assert "Give its steps readable ids" in browser.get(page).text

    browser.client.post(f"{page}/files/order.bpmn/ids", data={"csrf_token": browser.token(page), "edition": "2"})

    assert 'id="charge"' in text_of(sqlite_product, draft, "order.bpmn")
    assert "ids of order.bpmn are readable now" in browser.get(page).text
    assert "Give its steps readable ids" not in browser.get(page).text
    assert row(sqlite_product, draft).edition == 3


def test_what_is_no_diagram_of_the_draft_is_not_found(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    with pytest.raises(NotFound):
        sqlite_product.do(NameSteps, MANAGER, draft_id=draft, edition=1, file="order.bpmn")
