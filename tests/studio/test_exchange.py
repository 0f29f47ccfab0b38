"""A pathway leaves as one file and comes back as it was; what is wrong with a bundle is named, and none of it kept."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import UUID

import pytest

from rj_engine.workflows.published import publishing
from rj_engine.workflows.studio import drafting, exchange
from rj_engine.workflows.studio.drafting import DraftMoved, FileRefused
from rj_engine.workflows.studio.exchange import TakeBundle
from tests.places import Product
from tests.studio import hostile_bundles
from tests.studio.drawing import MANAGER, a_draft, reworded, row
from tests.web.browsing import a_browser

CORPUS = dict(hostile_bundles.bundles())


@pytest.mark.parametrize("pathway", publishing.SHIPPED)
def test_every_shipped_pathway_leaves_and_comes_back_as_it_was(pathway: str) -> None:
    bundle = publishing.shipped(pathway)

    body = exchange.packed(bundle, 1)

    assert exchange.opened(body).checksum == bundle.checksum
    assert exchange.packed(bundle, 1) == body


def test_a_bundle_says_what_it_is_and_holds_a_checksum_of_each_file() -> None:
    with zipfile.ZipFile(io.BytesIO(exchange.packed(publishing.shipped("complaint"), 3))) as package:
        manifest = json.loads(package.read(exchange.MANIFEST))
        names = set(package.namelist())

    assert (manifest["pathway"], manifest["version"]) == ("complaint", 3)
    assert names == {exchange.MANIFEST, *manifest["files"]}


def test_a_draft_goes_out_and_into_another_house(product: Product) -> None:
    first = a_draft(product)
    reworded(product, first)
    body = exchange.packed(drafting.content(row(product, first)), None)
    other = a_draft(product, who="service_manager.sample")

    parts = {"draft_id": other, "edition": 1, "bundle": exchange.opened(body)}
    product.do(TakeBundle, "service_manager.sample", **parts)

    assert row(product, other, "service_manager.sample").checksum == row(product, first).checksum


def test_a_bundle_does_not_overwrite_what_somebody_else_has_drawn_meanwhile(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    reworded(sqlite_product, draft)
    bundle = publishing.shipped("complaint")

    with pytest.raises(DraftMoved):
        sqlite_product.do(TakeBundle, MANAGER, draft_id=draft, edition=1, bundle=bundle)


def test_each_hostile_bundle_is_refused_with_what_is_wrong_and_nothing_is_stored(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    before = row(sqlite_product, draft).checksum

    taken = [name for name, body in CORPUS.items() if not refused(sqlite_product, draft, body)]

    assert len(CORPUS) >= 45
    assert taken == []
    assert (row(sqlite_product, draft).checksum, row(sqlite_product, draft).edition) == (before, 1)


def refused(product: Product, draft: UUID, body: bytes) -> bool:
    """Whether it is refused with findings."""
    try:
        product.do(TakeBundle, MANAGER, draft_id=draft, edition=1, bundle=exchange.opened(body))
    except FileRefused as refusal:
        return bool(refusal.findings)
    return False


def test_the_pages_give_and_take_a_bundle(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)
    page = f"/studio/drafts/{draft}"

    out = browser.get(f"{page}/bundle")
    version = browser.get("/studio/pathways/complaint/versions/1/bundle")
    file = browser.get("/studio/pathways/complaint/versions/1/files/complaint.bpmn")
    sent = {"csrf_token": browser.token(page), "edition": "1", "file": (io.BytesIO(out.data), "complaint.zip")}
    reply = browser.client.post(f"{page}/bundle", data=sent)

    assert exchange.opened(version.data).checksum == exchange.opened(out.data).checksum
    assert "<bpmn" in file.text
    assert browser.get("/studio/pathways/complaint/versions/1/files/none.bpmn").status_code == 404
    assert reply.status_code == 302
    assert "whole bundle" in browser.get(page).text


def test_a_bundle_that_is_refused_is_said_on_the_draft(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)
    page = f"/studio/drafts/{draft}"

    sent = {"csrf_token": browser.token(page), "edition": "1", "file": (io.BytesIO(b"no zip"), "x.zip")}
    reply = browser.client.post(f"{page}/bundle", data=sent)

    assert reply.status_code == 422
    assert "This is no zip that can be opened" in reply.text
