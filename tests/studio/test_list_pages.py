"""The pages of a service's lists: rows kept as they are typed, two people at one row, the second person."""

from __future__ import annotations

import html
import json
import re
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from rj_engine import clock
from rj_engine.cases.lists import PARTNERS, REASONS
from rj_engine.workflows.studio.list_approving import StandOnList
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING
from tests.studio.listing import A_PARTNER, a_list, added, kept, published, row
from tests.web.browsing import Browser, a_browser

DECLINED = "harmer_declined"


def hidden(browser: Browser, page: str) -> dict[str, str]:
    """The marks that a row's page sends along."""
    found = re.findall(r'name="(seen|sitting)" value="([^"]*)"', browser.get(page).text)
    return {**dict(found), "command_id": str(uuid.uuid4())}


def typed(product: Product, draft: uuid.UUID, key: str, **changed: Any) -> dict[str, Any]:
    """The fields of a row's page: what is not ticked is not sent."""
    told = {**row(product, draft).content["rows"][key], **changed}
    return {name: "yes" if value is True else value for name, value in told.items() if value is not False}


def test_a_reason_is_reworded_on_its_page_and_published_by_the_second_person(sqlite_product: Product) -> None:
    manager, lead = a_browser(sqlite_product, MANAGER), a_browser(sqlite_product, SAFEGUARDING)
    lists = f"/studio/lists/{REASONS}"
    begun = manager.post(f"{lists}/draft", lists)
    draft = begun.headers["Location"]
    page = f"{draft}/rows/{DECLINED}"
    known = uuid.UUID(draft.rpartition("/")[2])

    sent = typed(sqlite_product, known, DECLINED, label="They chose not to")
    assert manager.post(page, page, **hidden(manager, page), **sent).status_code == 302
    overview = html.unescape(manager.get(draft).text)
    assert "its words are different: “The harmer said no” becomes “They chose not to”." in overview
    edition = str(row(sqlite_product, known).edition)
    days = {"edition": edition, "stands_from": clock.today().isoformat()}
    assert manager.post(f"{draft}/submit", draft, **days).status_code == 302
    assert "somebody else approves it" in manager.get(draft).text
    assert lead.post(f"{draft}/approve", draft, edition=edition).status_code == 302

    assert "They chose not to" in lead.get(lists).text
    assert manager.post(f"{lists}/versions/0/stand", lists).status_code == 302
    assert "They chose not to" not in manager.get(lists).text


def test_what_is_wrong_stays_on_the_page_as_it_was_typed(sqlite_product: Product) -> None:
    manager, draft = a_browser(sqlite_product, MANAGER), a_list(sqlite_product, PARTNERS)
    key = added(sqlite_product, draft, "Harbour", "victim_support", **A_PARTNER)
    page = f"/studio/lists/drafts/{draft}/rows/{key}"

    sent = typed(sqlite_product, draft, key, agreed_on="the fifth of May", email="nobody at all", uses=["source"])
    reply = manager.post(page, page, **hidden(manager, page), **sent)

    assert reply.status_code == 422
    told = html.unescape(reply.text)
    assert 'value="the fifth of May"' in told
    assert 'value="nobody at all"' in told
    assert "give an email address" in told
    overview = manager.get(f"/studio/lists/drafts/{draft}").text
    assert "To be put right" in overview
    days = {"edition": str(row(sqlite_product, draft).edition), "stands_from": "some day"}
    assert manager.post(f"/studio/lists/drafts/{draft}/submit", page, **days).status_code == 422


def test_a_row_is_saved_while_it_is_typed(sqlite_product: Product) -> None:
    manager, draft = a_browser(sqlite_product, MANAGER), a_list(sqlite_product, REASONS)
    page = f"/studio/lists/drafts/{draft}/rows/{DECLINED}"
    marks = hidden(manager, page)

    for words in ("Th", "They", "They chose"):
        reply = manager.put(page, page, **marks, **typed(sqlite_product, draft, DECLINED, label=words))
        assert reply.status_code == 200
        assert reply.get_json()["notice"].startswith("Saved at")

    assert row(sqlite_product, draft).content["rows"][DECLINED]["label"] == "They chose"


def test_the_second_at_a_row_is_told_sees_both_and_can_go_on(sqlite_product: Product) -> None:
    manager, draft = a_browser(sqlite_product, MANAGER), a_list(sqlite_product, REASONS)
    page = f"/studio/lists/drafts/{draft}/rows/{DECLINED}"
    marks = hidden(manager, page)
    mine = typed(sqlite_product, draft, DECLINED, label="Mine alone")
    kept(sqlite_product, draft, DECLINED, label="Theirs first")

    typing = manager.put(page, page, **marks, **mine)
    reply = manager.post(page, page, **marks, **mine)

    assert (typing.status_code, reply.status_code) == (409, 409)
    assert "to compare" in typing.get_json()["notice"]
    assert "Theirs first" in reply.text
    assert 'value="Mine alone"' in reply.text
    again = dict(re.findall(r'name="(seen|sitting)" value="([^"]*)"', reply.text))
    assert manager.post(page, page, **again, **mine).status_code == 302
    assert row(sqlite_product, draft).content["rows"][DECLINED]["label"] == "Mine alone"


def test_a_new_row_needs_its_name_and_can_be_taken_out_again(sqlite_product: Product) -> None:
    manager, draft = a_browser(sqlite_product, MANAGER), a_list(sqlite_product, REASONS)
    page = f"/studio/lists/drafts/{draft}"

    refused = manager.post(f"{page}/rows", page, name="Words of ours", of="")
    added_row = manager.post(f"{page}/rows", page, name="Words of ours", of=DECLINED)

    assert refused.status_code == 422
    assert 'value="Words of ours"' in refused.text
    assert added_row.headers["Location"].endswith("/rows/words_of_ours")
    assert manager.post(f"{page}/rows/words_of_ours/remove", page).status_code == 302
    assert manager.post(f"{page}/rows/{DECLINED}/remove", page).status_code == 422
    assert manager.get(f"{page}/rows/words_of_ours").status_code == 404


def test_an_agreement_that_ends_is_warned_of_where_the_list_stands(sqlite_product: Product) -> None:
    draft, soon = a_list(sqlite_product, PARTNERS), clock.today() + timedelta(days=20)
    added(sqlite_product, draft, "x", "victim_support", **{**A_PARTNER, "ends_on": soon.isoformat()})
    published(sqlite_product, draft)

    warned = "The agreement with Harbour Light Support (invented) ends on"
    assert warned in a_browser(sqlite_product, MANAGER).get(f"/studio/lists/{PARTNERS}").text
    assert warned in a_browser(sqlite_product, "lead").get("/problems").text
    assert "Ends on" in a_browser(sqlite_product, "facilitator").get("/partners").text


def test_the_public_probe_opens_no_list_and_stays_ready_when_one_cannot_be_opened(sqlite_product: Product) -> None:
    draft, soon = a_list(sqlite_product, PARTNERS), clock.today() + timedelta(days=20)
    added(sqlite_product, draft, "x", "victim_support", **{**A_PARTNER, "ends_on": soon.isoformat()})
    published(sqlite_product, draft)
    session, probe = sqlite_product.session, sqlite_product.app.test_client()

    told = probe.get("/health/ready").get_json()
    assert "agreement" not in json.dumps(told)
    session.execute(text("UPDATE list_version SET content_sealed = :bad"), {"bad": b"no key opens this"})
    session.commit()
    answer = probe.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (200, told)


def test_no_list_of_another_kind_and_no_draft_of_another_service(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    manager = a_browser(sqlite_product, MANAGER)

    assert manager.get("/studio/lists/clocks").status_code == 404
    assert manager.get(f"/studio/lists/drafts/{uuid.uuid4()}").status_code == 404
    assert a_browser(sqlite_product, "facilitator").get(f"/studio/lists/drafts/{draft}").status_code == 403


def test_a_draft_is_compared_with_any_version(sqlite_product: Product) -> None:
    for words in ("Once", "Twice"):
        draft = a_list(sqlite_product, REASONS)
        kept(sqlite_product, draft, DECLINED, label=words)
        published(sqlite_product, draft)
    draft = a_list(sqlite_product, REASONS)
    kept(sqlite_product, draft, DECLINED, label="Three times")
    manager, page = a_browser(sqlite_product, MANAGER), f"/studio/lists/drafts/{draft}"

    assert "“Twice” becomes “Three times”" in manager.get(page).text
    assert "“Once” becomes “Three times”" in manager.get(f"{page}?against=1").text
    assert "“Twice” becomes “Three times”" in manager.get(f"{page}?against=99").text


def test_a_draft_says_which_version_to_come_it_puts_aside(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    added(sqlite_product, draft, "Haven", "housing", uses=["source"])
    published(sqlite_product, draft, in_days=10)
    draft = a_list(sqlite_product, PARTNERS)
    added(sqlite_product, draft, "Harbour", "housing", uses=["source"])
    manager, page = a_browser(sqlite_product, MANAGER), f"/studio/lists/drafts/{draft}"

    assert "It is put aside if this draft is used from that day or an earlier one." in manager.get(page).text
    told = manager.get(f"{page}?against=1").text
    assert ("“Harbour” is new" in told, "“Haven” is new" in told) == (True, False)
    for in_days, said in ((9, "is put aside when this draft is published"), (11, "before this draft is used")):
        day, edition = clock.today() + timedelta(days=in_days), str(row(sqlite_product, draft).edition)
        sent = manager.post(f"{page}/submit", page, edition=edition, stands_from=day.isoformat())
        assert sent.status_code == 302
        assert said in manager.get(page).text
        assert manager.post(f"{page}/take-back", page).status_code == 302


def test_a_row_that_a_draft_only_brings_along_is_told_as_no_change(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    added(sqlite_product, draft, "Haven", "housing", uses=["source"])
    published(sqlite_product, draft)
    sqlite_product.do(StandOnList, MANAGER, what=PARTNERS, number=0)
    manager, page = a_browser(sqlite_product, MANAGER), f"/studio/lists/drafts/{a_list(sqlite_product, PARTNERS)}"

    told = manager.get(page).text

    assert ("Not in use" in told, "“Haven” is new" in told) == (True, False)


def test_a_list_in_use_that_a_newer_pathway_no_longer_suits_says_so(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    added(sqlite_product, draft, "Nobody's agreement", "housing", uses=["referral"])
    published(sqlite_product, draft)

    told = html.unescape(a_browser(sqlite_product, MANAGER).get(f"/studio/lists/{PARTNERS}").text)
    assert "is not offered where you tell it about somebody until an agreement is dated" in told
