"""The case page: what comes first, who waits for whom, notes, links and a timeline by kind."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from uuid import UUID

import pytest

from rj_engine import clock
from rj_engine.cases import linked, notes
from rj_engine.cases.case import NotFound, find
from rj_engine.cases.contact import Contact
from rj_engine.commands import NotAllowed
from rj_engine.ledger import Author, Entry, append
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical
from tests.builders import kept
from tests.places import Product
from tests.web.browsing import a_browser, a_case, open_task, words


def case_of(product: Product, reference: str) -> UUID:
    return find(product.session, product.actor("lead"), reference).id


def read(product: Product, reference: str, who: str = "facilitator", query: str = "") -> str:
    return words(a_browser(product, who).get(f"/cases/{reference}{query}").text)


def test_wish_safety_and_promise_stand_first(sqlite_product: Product) -> None:
    safe = {"safe_contact_channels": ["call"], "safe_contact_voicemail": "none", "safe_contact_code_word": "Larch"}
    reference = a_case(sqlite_product, victim_name="Alder Invented", **safe)
    tomorrow = clock.today() + timedelta(days=1)
    at = {"case_id": case_of(sqlite_product, reference), "at": clock.now(), "party": "victim", "result": "spoke"}
    kept(Contact(**at, channel="call", promise="We tell you what the lead says", promised_on=tomorrow))

    page = read(sqlite_product, reference)

    first = page[page.index("What comes first") : page.index("Where it is")]
    assert "Present wish Not asked yet" in first
    assert "Reach by: phone call." in first
    assert "No voicemail. Code word: Larch." in first
    assert "We tell you what the lead says" in first
    assert "Open promises" in page


def test_a_promise_is_open_until_something_is_heard(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Alder Invented")
    at = {"case_id": case_of(sqlite_product, reference), "party": "victim", "channel": "call", "result": "spoke"}
    yesterday = clock.today() - timedelta(days=1)
    kept(Contact(**at, at=clock.now() - timedelta(days=2), promise="A call", promised_on=yesterday))
    assert "Late" in read(sqlite_product, reference)

    kept(Contact(**at, at=clock.now()))
    assert "Nothing promised" in read(sqlite_product, reference)


def test_the_present_wish_is_the_newest_answer(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Alder Invented")
    while (task := open_task(sqlite_product, reference)).form != "victim_decision":
        sqlite_product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))
    decided = typical("victim_decision", victim_decision="explore", victim_words="I want to know why it was me")
    sqlite_product.do(CompleteTask, task.lane, task_id=task.id, answers=decided)

    page = read(sqlite_product, reference)

    first = page[page.index("What comes first") : page.index("Where it is")]
    assert "I want to know why it was me" in first
    assert "Not asked yet" not in first


def test_who_waits_for_whom_is_told(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    task = open_task(sqlite_product, reference)

    page = read(sqlite_product, reference)

    assert f"Next: {task.name}" in page
    assert "not taken yet" in page


def test_a_note_is_kept_and_a_supervisor_comments(product: Product) -> None:
    reference = a_case(product)
    worker, lead = a_browser(product, "facilitator"), a_browser(product, "lead")
    path = f"/cases/{reference}"

    assert worker.post(f"{path}/notes", path, words="They sounded tired.").location == f"{path}#notes"
    (note,) = notes.of_case(product.session, find(product.session, product.actor("lead"), reference))
    assert worker.post(f"{path}/notes/{note.id}/comments", path, words="Mine").status_code == 403
    assert lead.post(f"{path}/notes/{note.id}/comments", path, words="Ring them on Friday.").status_code == 302

    page = read(product, reference)
    assert "They sounded tired." in page
    assert "Ring them on Friday." in page
    assert "Comment by" in page


def test_a_note_stands_in_several_linked_cases(product: Product) -> None:
    reference, other = a_case(product), a_case(product)
    by_hand = {"reference": reference, "words": "One family."}
    with pytest.raises(linked.NotLinked):
        product.do(notes.WriteNote, "facilitator", **by_hand, also=[other])
    path = f"/cases/{reference}"
    a_browser(product, "facilitator").post(f"{path}/links", path, other=other.lower(), reason="Siblings")

    product.do(notes.WriteNote, "facilitator", **by_hand, also=[other])

    assert "One family." in read(product, other)
    assert f"Linked with {reference}" in read(product, other)
    assert other in read(product, reference)


def test_an_empty_note_is_refused_and_a_long_one_is_not_lost(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser, path = a_browser(sqlite_product, "facilitator"), f"/cases/{reference}"

    assert browser.post(f"{path}/notes", path, words="  ").status_code == 422
    long = browser.post(f"{path}/notes", path, words="word " * 1200)
    assert long.status_code == 422
    assert "word word word" in long.text


def test_a_note_of_another_case_takes_no_comment(sqlite_product: Product) -> None:
    reference, other = a_case(sqlite_product), a_case(sqlite_product)
    sqlite_product.do(notes.WriteNote, "facilitator", reference=other, words="Theirs.")
    (note,) = notes.of_case(sqlite_product.session, find(sqlite_product.session, sqlite_product.actor("lead"), other))

    with pytest.raises(NotFound):
        sqlite_product.do(notes.CommentNote, "lead", reference=reference, note_id=note.id, words="Mine")


def test_a_case_is_not_linked_with_itself_nor_with_one_that_is_not_seen(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    elsewhere = sqlite_product.do_referral("coordinator.west")["reference"]

    with pytest.raises(linked.SameCase):
        sqlite_product.do(linked.LinkCases, "facilitator", reference=reference, other=reference)
    with pytest.raises(NotFound):
        sqlite_product.do(linked.LinkCases, "facilitator", reference=reference, other=elsewhere)
    with pytest.raises(NotAllowed):
        sqlite_product.do(linked.LinkCases, "referrer", reference=reference, other=elsewhere)


def test_a_link_with_a_case_of_another_team_is_for_a_lead_to_open(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    elsewhere = sqlite_product.do_referral("coordinator.west")["reference"]
    sqlite_product.do(linked.LinkCases, "lead", reference=reference, other=elsewhere)

    seen = a_browser(sqlite_product, "facilitator").get(f"/cases/{reference}").text

    assert f'href="/cases/{elsewhere}"' not in seen
    assert "Linked with a case that you cannot see. Ask a lead." in words(seen)
    assert f'href="/cases/{elsewhere}"' in a_browser(sqlite_product, "lead").get(f"/cases/{reference}").text


def test_three_hundred_entries_are_paged_and_narrowed(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    by = sqlite_product.actor("facilitator")
    told = Entry("case:contact:recorded", {"party": "victim", "channel": "call", "result": "no_answer"})
    session = sqlite_product.session
    author = Author(by.service_id, by.id, by.name, uuid.uuid4())
    append(session, case_of(sqlite_product, reference), author, [told] * 300, clock.now())
    kept()
    browser = a_browser(sqlite_product, "facilitator")

    page, seen = browser.get(f"/cases/{reference}?kind=contact").text, 0
    assert "Contacts (300)" in words(page)
    while True:
        seen += page.count("moj-timeline__item")
        more = re.search(r'rel="next" href="([^"#]+)', page)
        if more is None:
            break
        page = browser.get(more[1].replace("&amp;", "&")).text
    assert seen == 300
    assert browser.get(f"/cases/{reference}?kind=nonsense&before=x").status_code == 200


def test_the_page_on_paper_holds_everything_and_nothing_to_press(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Alder Invented")
    sqlite_product.do(notes.WriteNote, "facilitator", reference=reference, words="They sounded tired.")

    page = a_browser(sqlite_product, "facilitator").get(f"/cases/{reference}/print").text

    main = page[page.index("<main") : page.index("</main>")]
    assert "They sounded tired." in main
    assert "Referral received" in main
    assert main.count("<details") == main.count('<details class="govuk-details" open')
    assert "Keep this note" not in main
    assert "Log a contact" not in main
