"""Colleagues mentioned in a note: told that there is one, never its words, and only where they see the case."""

from __future__ import annotations

import pytest

from rj_engine.cases import mentions
from rj_engine.cases.case import find
from rj_engine.cases.mentions import MayNotSeeIt
from rj_engine.cases.notes import WriteNote, of_case
from rj_engine.workflows.post import notices
from rj_engine.workflows.workload.conflicts import DeclareConflict
from tests.places import Product
from tests.web.browsing import a_browser, a_case, words


def told(product: Product, who: str) -> list[tuple[str, str]]:
    return [(one.kind, one.reference) for one in notices.listed(product.session, product.actor(who))]


def noted(product: Product, reference: str, said: str, *tell: str) -> dict[str, int]:
    chosen = [product.actor(who).id for who in tell]
    return product.do(WriteNote, "facilitator", reference=reference, words=said, tell=chosen)


def test_whoever_is_ticked_or_named_after_an_at_is_told_once_and_never_the_words(product: Product) -> None:
    reference = a_case(product)
    lead, other = product.actor("lead"), product.actor("facilitator2")

    answer = noted(product, reference, f"@{lead.name}, please ring her. @{lead.name.upper()}!", "facilitator2", "lead")

    assert (answer["told"], answer["unclear"]) == (2, 0)
    assert notices.write_due() == 2
    assert notices.write_due() == 0
    for who in ("lead", "facilitator2"):
        assert told(product, who) == [("mentioned", reference)]
    assert told(product, "facilitator") == []
    (note,) = of_case(product.session, find(product.session, lead, reference))
    assert set(note.told) == {lead.id, other.id}


def test_a_first_name_is_enough_where_one_colleague_has_it(product: Product) -> None:
    reference = a_case(product)
    first = product.actor("lead").name.split()[0]
    people = mentions.colleagues(product.session, find(product.session, product.actor("lead"), reference), None)
    alone = [one.name.split()[0] for one in people].count(first) == 1

    answer = noted(product, reference, f"Can @{first} look?")

    assert (answer["told"], answer["unclear"]) == ((1, 0) if alone else (0, 1))


def test_an_address_mentions_nobody_and_an_unknown_name_is_said_to_be_unclear(product: Product) -> None:
    reference = a_case(product)

    answer = noted(product, reference, "Write to somebody@example.org, says @Nobodyatall. Two @ three.")

    assert (answer["told"], answer["unclear"]) == (0, 1)
    assert notices.write_due() == 0


@pytest.mark.parametrize("who", ["facilitator.west", "facilitator.sample", "facilitator"])
def test_nobody_is_told_who_may_not_see_the_case_nor_oneself(product: Product, who: str) -> None:
    with pytest.raises(MayNotSeeIt):
        noted(product, a_case(product), "Look at this", who)


def test_whoever_has_a_conflict_of_interest_is_not_told(product: Product) -> None:
    reference = a_case(product)
    away = product.actor("facilitator2")
    product.do(DeclareConflict, "facilitator2", of=away.id, reference=reference, words="My cousin")

    assert noted(product, reference, f"@{away.name}")["told"] == 0
    with pytest.raises(MayNotSeeIt):
        noted(product, reference, "Look at this", "facilitator2")


def test_the_page_offers_the_team_and_says_who_was_told(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    lead = sqlite_product.actor("lead")
    browser, page = a_browser(sqlite_product, "facilitator"), f"/cases/{reference}"
    assert f'value="{lead.id}"' in browser.get(page).text

    sent = {"words": "A secret thing. @Nobodyatall", "tell": [str(lead.id), "nonsense"]}
    reply = browser.post(f"{page}/notes", page, **sent)

    shown = words(browser.get(reply.location).text)
    assert "1 colleague will be told." in shown
    assert "An @ stands before a name" in shown
    assert f"Told: {lead.name}" in shown
    notices.write_due()
    page = words(a_browser(sqlite_product, "lead").get("/notices").text)
    assert "A note on a case mentions you" in page
    assert "A secret thing" not in page
