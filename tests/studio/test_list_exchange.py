"""A list goes to another service as one file, without anybody's name, and a bad file leaves nothing behind."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from rj_engine import clock
from rj_engine.cases import lists, partners, reasons
from rj_engine.cases.lists import PARTNERS, REASONS
from rj_engine.workflows.studio import list_drafts, list_exchange
from rj_engine.workflows.studio.drafting import DraftMoved, FileRefused
from rj_engine.workflows.studio.list_drafts import KeepRow, RemoveRow, RowMoved
from rj_engine.workflows.studio.list_exchange import TakeList
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.listing import A_PARTNER, a_list, added, published, row
from tests.web.browsing import a_browser

ROWS = {"p_one": {"name": "Harbour Light", "kind": "housing", "uses": ["source"], "active": True}}


def a_file(**changed: Any) -> bytes:
    """A file of partners, or one that was tampered with."""
    rows = changed.get("rows", ROWS)
    document = {"format": list_exchange.FORMAT, "edition": 1, "list": PARTNERS, "rows": rows}
    return json.dumps({**document, "checksum": lists.checksum_of(rows), **changed}).encode()


def test_partners_leave_without_people_and_agreements_and_keep_those_of_the_other_house(product: Product) -> None:
    draft = a_list(product, PARTNERS)
    key = added(product, draft, "x", "victim_support", **A_PARTNER)
    body = list_exchange.packed(PARTNERS, row(product, draft).content["rows"])

    assert not any(word in body.decode() for word in ("Odalys", "desk@", "960 077", "2031-01-05"))
    renamed = {key: {**list_exchange.opened(body, PARTNERS)[key], "name": "Harbour Light, new name"}}
    product.do(TakeList, MANAGER, draft_id=draft, edition=row(product, draft).edition, rows=renamed)
    kept = row(product, draft).content["rows"][key]
    assert (kept["name"], kept["contact_name"], kept["ends_on"]) == (
        "Harbour Light, new name",
        "Odalys Invented",
        "2031-01-05",
    )


def test_reasons_leave_and_come_back_as_they_were(sqlite_product: Product) -> None:
    rows = reasons.of_the_product()

    assert list_exchange.opened(list_exchange.packed(REASONS, rows), REASONS) == rows
    assert list_exchange.packed(REASONS, rows) == list_exchange.packed(REASONS, rows)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        json.dumps(
            {"format": list_exchange.FORMAT, "edition": 1, "list": PARTNERS, "rows": {"p_one": {"name": "\ud800"}}}
        ).encode(),
        b"[]",
        b"[" * 9000,
        b"{}",
        a_file()[:-9],
        a_file(format="another"),
        a_file(edition=2),
        a_file(list=REASONS),
        a_file(rows=[]),
        a_file(rows={f"p_{number}": {} for number in range(401)}),
        a_file(rows={"Not A Key": {}}),
        a_file(rows={"p_one": "no row"}),
        a_file(rows={"p_one": {"name": 7}}),
        a_file(rows={"p_one": {"uses": "source"}}),
        a_file(rows={"p_one": {"uses": [{}]}}),
        a_file(rows={"p_one": {"active": "yes"}}),
        a_file(rows={"p_one": {"__class__": "x"}}),
        a_file(checksum="0" * 64),
        a_file() + b" " * list_exchange.WHOLE,
    ],
)
def test_a_bad_file_is_refused_with_a_finding(body: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        list_exchange.opened(body, PARTNERS)

    assert all(one.code and one.message for one in refusal.value.findings)


def test_a_file_is_taken_on_the_page_or_nothing_of_it(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    manager, page = a_browser(sqlite_product, MANAGER), f"/studio/lists/drafts/{draft}"

    bad = manager.post(f"{page}/file", page, edition="1", file=(io.BytesIO(b"{}"), "list.json"))
    assert (bad.status_code, row(sqlite_product, draft).content["rows"]) == (422, {})
    good = manager.post(f"{page}/file", page, edition="1", file=(io.BytesIO(a_file()), "list.json"))
    assert good.status_code == 302
    assert row(sqlite_product, draft).content["rows"]["p_one"]["name"] == "Harbour Light"
    with pytest.raises(DraftMoved):
        sqlite_product.do(TakeList, MANAGER, draft_id=draft, edition=1, rows=ROWS)
    told = manager.get(f"/studio/lists/{REASONS}/file")
    assert told.content_type == "application/json"
    assert list_exchange.opened(told.data, REASONS) == reasons.of_the_product()


def test_a_page_that_was_open_before_a_file_was_taken_does_not_save_over_its_rows(product: Product) -> None:
    draft = a_list(product, PARTNERS)
    key, beside = (added(product, draft, name, "housing", uses=["source"]) for name in ("Harbour", "Haven"))
    rows = row(product, draft).content["rows"]

    def typing(of: str, name: str) -> None:
        told = {"row": {**rows[of], "name": name}, "seen": list_drafts.mark(rows[of]), "sitting": "mine"}
        product.do(KeepRow, MANAGER, draft_id=draft, key=of, **told)

    typing(key, "Mine")
    typing(beside, "Beside")
    edition, now = row(product, draft).edition, row(product, draft).content["rows"]
    sent = {key: {"name": "From the file"}, beside: {"name": now[beside]["name"]}}
    product.do(TakeList, MANAGER, draft_id=draft, edition=edition, rows=sent)
    added(product, draft, "Later", "housing")

    with pytest.raises(RowMoved) as refusal:
        typing(key, "Mine, longer")
    assert product.actor(MANAGER).name in refusal.value.sentence
    typing(beside, "Beside, longer")
    left = row(product, draft).content["rows"]
    assert (left[key]["name"], left[beside]["name"]) == ("From the file", "Beside, longer")


def test_a_row_taken_out_and_put_in_anew_is_not_saved_over_by_a_page_of_the_old_one(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    key = added(sqlite_product, draft, "Words of ours", "harmer_declined")
    was = row(sqlite_product, draft).content["rows"][key]
    mine = {"draft_id": draft, "key": key, "seen": list_drafts.mark(was), "sitting": "mine"}
    sqlite_product.do(KeepRow, MANAGER, **mine, row={**was, "label": "Mine"})
    sqlite_product.do(RemoveRow, MANAGER, draft_id=draft, key=key)
    assert added(sqlite_product, draft, "Words of ours", "died") == key

    with pytest.raises(RowMoved):
        sqlite_product.do(KeepRow, MANAGER, **mine, row={**was, "label": "Mine, longer"})
    assert row(sqlite_product, draft).content["rows"][key]["counted_as"] == "died"


def test_what_a_file_says_is_checked_in_the_draft_as_if_it_had_been_typed(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    rows = {"p_one": {**ROWS["p_one"], "kind": "no such kind"}}
    sqlite_product.do(TakeList, MANAGER, draft_id=draft, edition=1, rows=rows)

    found = list_drafts.noted(sqlite_product.session, row(sqlite_product, draft), clock.now())
    assert [one.code for one in found] == ["partner_kind"]


def test_a_partner_from_a_file_is_told_nothing_about_anybody_before_an_agreement(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    rows = {"p_one": {**ROWS["p_one"], "uses": ["referral", "signpost"]}}
    sqlite_product.do(TakeList, MANAGER, draft_id=draft, edition=1, rows=rows)
    published(sqlite_product, draft)

    session, service = sqlite_product.session, sqlite_product.actor(MANAGER).service_id
    assert partners.offered(session, service, "referral", clock.now()) == []
    assert [one.key for one in partners.offered(session, service, "signpost", clock.now())] == ["p_one"]
