"""Clocks as a table and letters as text: in a draft, checked, and published by two people."""

from __future__ import annotations

import html

import pytest

from rj_engine import bpmn, clock
from rj_engine.clock import Period
from rj_engine.workflows.published import versions
from rj_engine.workflows.studio import approving, draft_clocks, drafting
from rj_engine.workflows.studio.approving import ApproveDraft
from rj_engine.workflows.studio.changes import changes
from rj_engine.workflows.studio.draft_clocks import AddClock, KeepClocks
from rj_engine.workflows.studio.draft_letters import KeepLetter
from rj_engine.workflows.studio.drafting import FileRefused
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING, a_draft, proved, row, submitted
from tests.web.browsing import a_browser

LETTER = "victim_update.md"


def some_clock(product: Product, draft: object, *, of_safety: bool) -> str:
    """A clock that the draft names."""
    bundle = drafting.content(row(product, draft))  # type: ignore[arg-type]  # an id
    return next(key for key in draft_clocks.used(bundle) if bundle.clocks[key]["safety_bearing"] == of_safety)


def test_a_clock_of_the_draft_runs_longer_and_the_standing_version_stays(product: Product) -> None:
    draft = a_draft(product, "intake")
    key = some_clock(product, draft, of_safety=False)

    product.do(KeepClocks, MANAGER, draft_id=draft, edition=1, lengths={key: ("9", "weeks")})

    kept = drafting.content(row(product, draft)).clocks[key]
    assert (kept["amount"], kept["unit"]) == (9, "weeks")
    assert versions.newest(product.session, "intake").periods[key] != Period(9, "weeks")
    assert bpmn.clocks()[key]["amount"] != 9 or bpmn.clocks()[key]["unit"] != "weeks"


@pytest.mark.parametrize("amount", ["", "-1", "1.5", "1001", "99999", "a week", "٣"])
def test_a_length_that_is_none_is_named_and_nothing_is_kept(sqlite_product: Product, amount: str) -> None:
    draft = a_draft(sqlite_product, "intake")
    key = some_clock(sqlite_product, draft, of_safety=False)

    with pytest.raises(FileRefused) as refusal:
        sqlite_product.do(KeepClocks, MANAGER, draft_id=draft, edition=1, lengths={key: (amount, "days")})

    assert [one.element for one in refusal.value.findings] == [key]
    assert row(sqlite_product, draft).edition == 1


def test_a_clock_of_safety_is_published_only_with_the_safeguarding_lead(product: Product) -> None:
    draft = a_draft(product, "intake")
    key = some_clock(product, draft, of_safety=True)
    product.do(KeepClocks, MANAGER, draft_id=draft, edition=1, lengths={key: ("30", "weeks")})
    proved(product, draft)
    edition = submitted(product, draft)
    changed = changes(drafting.basis(product.session, row(product, draft)), drafting.content(row(product, draft)))

    assert any(one.of_safety and one.element == key for one in changed)
    answer = product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)
    assert answer["of_safety"] is True

    new = versions.newest(product.session, "intake", product.actor(MANAGER).service_id, clock.now())
    assert new.periods[key] == Period(30, "weeks")
    assert approving.usable(product.session, product.actor(MANAGER), "intake")[0].number == new.number


def test_a_clock_of_ones_own_is_added_and_is_none_of_safety(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    parts = {"key": "second_call", "label": "Second call", "amount": "2", "unit": "days"}
    sqlite_product.do(AddClock, MANAGER, draft_id=draft, edition=1, **parts)

    known = drafting.content(row(sqlite_product, draft)).clocks["second_call"]
    assert (known["label"], known["safety_bearing"]) == ("Second call", False)
    with pytest.raises(FileRefused):
        sqlite_product.do(AddClock, MANAGER, draft_id=draft, edition=2, **parts)
    with pytest.raises(FileRefused):
        sqlite_product.do(AddClock, MANAGER, draft_id=draft, edition=2, **{**parts, "key": "Not A Key"})


def test_a_letter_that_tells_its_addressee_what_they_may_not_know_is_not_kept(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    text = "---\nto: harmer\nfacts: victim_name\n---\n# Hello\n\n{{ victim_name }} lives near you.\n"

    with pytest.raises(FileRefused) as refusal:
        sqlite_product.do(KeepLetter, MANAGER, draft_id=draft, edition=1, name=LETTER, text=text)

    assert "victim_name" in refusal.value.sentence
    assert row(sqlite_product, draft).edition == 1


def test_a_letter_is_reworded_and_the_products_own_words_come_back(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    own = bpmn.letters()[LETTER].decode()

    sqlite_product.do(
        KeepLetter, MANAGER, draft_id=draft, edition=1, name=LETTER, text=own.replace("How it stands", "News")
    )
    reworded = drafting.content(row(sqlite_product, draft)).letters[LETTER]
    sqlite_product.do(KeepLetter, MANAGER, draft_id=draft, edition=2, name=LETTER, text="")

    assert "# News" in reworded
    assert drafting.content(row(sqlite_product, draft)).letters[LETTER] == own


def test_the_page_of_clocks_keeps_what_was_typed_where_one_is_wrong(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product, "intake")
    first, second = draft_clocks.used(drafting.content(row(sqlite_product, draft)))[:2]
    browser, page = a_browser(sqlite_product, MANAGER), f"/studio/drafts/{draft}/clocks"

    typed = {f"amount-{first}": "soon", f"unit-{first}": "days", f"amount-{second}": "77", f"unit-{second}": "weeks"}
    reply = browser.post(page, page, edition="1", **typed)

    assert reply.status_code == 422
    assert 'value="soon"' in reply.text
    assert 'value="77"' in reply.text
    assert browser.post(page, page, edition="1", **{**typed, f"amount-{first}": "5"}).status_code == 302


def test_the_page_of_a_letter_keeps_every_word_of_one_that_is_refused(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    browser, page = a_browser(sqlite_product, MANAGER), f"/studio/drafts/{draft}/letters"
    own = bpmn.letters()[LETTER].decode()

    refused = browser.post(f"{page}/new", page + "/new", edition="1", name=LETTER, text="Only words")
    taken = browser.post(f"{page}/new", page + "/new", edition="1", name=LETTER, text=own)

    assert refused.status_code == 422
    assert "Only words" in refused.text
    assert taken.status_code == 302
    assert "Victim update" in browser.get(page).text
    assert "How it stands" in html.unescape(browser.get(f"{page}/{LETTER}").text)


def test_the_second_at_the_clocks_is_told_and_sees_what_was_saved_beside_what_they_typed(
    sqlite_product: Product,
) -> None:
    draft = a_draft(sqlite_product, "intake")
    first, second = draft_clocks.used(drafting.content(row(sqlite_product, draft)))[:2]
    browser, page = a_browser(sqlite_product, MANAGER), f"/studio/drafts/{draft}/clocks"
    sqlite_product.do(KeepClocks, MANAGER, draft_id=draft, edition=1, lengths={first: ("91", "weeks")})

    typed = {f"amount-{first}": "81", f"unit-{first}": "weeks", f"amount-{second}": "77", f"unit-{second}": "weeks"}
    reply = browser.post(page, page, edition="1", **typed)

    assert reply.status_code == 409
    assert "saved this draft at" in reply.text
    assert 'value="81"' in reply.text
    assert "91 weeks" in reply.text
    assert browser.post(page, page, edition="2", **typed).status_code == 302
    assert drafting.content(row(sqlite_product, draft)).clocks[first]["amount"] == 81


def test_the_second_at_a_letter_is_told_keeps_every_word_and_sees_the_lines_that_differ(
    sqlite_product: Product,
) -> None:
    draft = a_draft(sqlite_product, "victim_update")
    own = bpmn.letters()[LETTER].decode()
    browser, page = a_browser(sqlite_product, MANAGER), f"/studio/drafts/{draft}/letters/{LETTER}"
    theirs = own.replace("# How it stands", "# News")
    sqlite_product.do(KeepLetter, MANAGER, draft_id=draft, edition=1, name=LETTER, text=theirs)

    reply = browser.post(page, page, edition="1", text=own.replace("# How it stands", "# Where we are"))

    assert reply.status_code == 409
    assert "\u2013# News" in reply.text
    assert "+# Where we are" in reply.text
    assert drafting.content(row(sqlite_product, draft)).letters[LETTER] == theirs
