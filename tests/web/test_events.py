"""Something has happened: chosen on one page, told on the next, and seen at the top of the case."""

from __future__ import annotations

import re

import pytest

from rj_engine import bpmn
from rj_engine.cases import holds
from rj_engine.cases.case import find
from tests.places import Product
from tests.web.browsing import a_browser, a_case, posted, words


def test_from_the_case_one_chooses_what_has_happened(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")
    assert f'href="/cases/{reference}/events"' in browser.get(f"/cases/{reference}").text

    page = browser.get(f"/cases/{reference}/events").text

    for key, event in bpmn.events().items():
        assert f'href="/cases/{reference}/events/{key}"' in page
        assert words(f"<body>{event['label']}") in words(page)
    assert f'href="/cases/{reference}/withdraw"' in page
    assert "ring 999 first" in page


@pytest.mark.parametrize("event", sorted(bpmn.events()))
def test_each_can_be_told_without_scripts(sqlite_product: Product, event: str) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")
    path = f"/cases/{reference}/events/{event}"
    page = browser.get(path).text
    assert page.count("<form") >= 1
    assert words(f"<body>{bpmn.events()[event]['next']}") in words(page)

    sent = browser.post(path, path, **posted(str(bpmn.events()[event]["form"])))

    assert sent.status_code == 302, words(sent.text)
    told = browser.get(f"/cases/{reference}").text
    assert f"Told: {bpmn.events()[event]['label']}" in words(told).replace("&#39;", "'")


def test_what_is_not_fully_told_is_shown_again_with_every_word(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")
    path = f"/cases/{reference}/events/safeguarding"

    sent = browser.post(path, path, event_words="Somebody stood at the door.")

    assert sent.status_code == 422
    assert "There is a problem" in sent.text
    assert "Somebody stood at the door." in sent.text
    case = find(sqlite_product.session, sqlite_product.actor("coordinator"), reference)
    assert not holds.of_case(sqlite_product.session, case.id)


def test_an_open_hold_stands_at_the_top_of_the_case(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")
    assert "Held since" not in browser.get(f"/cases/{reference}").text
    path = f"/cases/{reference}/events/safeguarding"

    browser.post(path, path, **posted("event_safeguarding"))

    page = words(browser.get(f"/cases/{reference}").text)
    assert "Held since" in page
    assert page.index("Held since") < page.index("Where it is")
    assert "They saw the other person near their home" in page, "whoever acts on it reads what was told"


def test_the_same_page_sent_twice_tells_it_once(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")
    path = f"/cases/{reference}/events/safeguarding"
    found = re.search(r'name="command_id" value="([^"]+)"', browser.get(path).text)
    assert found is not None
    for _ in range(2):
        browser.post(path, path, **{**posted("event_safeguarding"), "command_id": found[1]})
    case = find(sqlite_product.session, sqlite_product.actor("coordinator"), reference)
    assert len(holds.of_case(sqlite_product.session, case.id)) == 1


def test_another_team_s_case_and_an_unknown_event_are_not_there(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    stranger = a_browser(sqlite_product, "facilitator.west")
    assert stranger.get(f"/cases/{reference}/events").status_code == 404
    assert stranger.get(f"/cases/{reference}/events/complaint").status_code == 404
    own = a_browser(sqlite_product, "coordinator")
    assert own.get(f"/cases/{reference}/events/rain").status_code == 404
