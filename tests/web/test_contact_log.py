"""A contact is logged in a few moments: safe ways alone, under the open task, counted as a try."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import ledger
from rj_engine.cases import linked
from rj_engine.cases.case import find, parties
from rj_engine.cases.contact import Contact, open_promises
from rj_engine.cases.contact import log as logged
from rj_engine.workflows.rows import Answers, Draft, Run, Task
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.contact_log import LogContact
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical as answers_of
from tests.builders import kept
from tests.places import Product
from tests.web.browsing import a_browser, a_case, open_task, words

CONTACT = {"safe_to_talk": "nobody", "channel": "call", "result": "no_answer", "promise_when": "none"}


def to_contact(product: Product, **answers: Any) -> tuple[str, UUID]:
    """A case in which the first contact with the victim is due; the victim's id."""
    reference = a_case(product, **answers)
    while (task := open_task(product, reference)).lane != "facilitator":
        product.do(CompleteTask, task.lane, task_id=task.id, answers=answers_of(task.form))
    case = find(product.session, product.actor("lead"), reference)
    return reference, next(party.id for party in parties(product.session, case) if party.role == "victim")


def tasks_of(product: Product, reference: str) -> list[str]:
    case = find(product.session, product.actor("lead"), reference)
    return [task.name for task in desk.open_tasks(product.session, case)]


def log_of(product: Product, reference: str) -> list[Contact]:
    return logged(product.session, find(product.session, product.actor("lead"), reference).id)


def posted(product: Product, reference: str, person: UUID, **fields: str) -> Any:
    path = f"/cases/{reference}/contacts/{person}"
    command_id = {"command_id": str(uuid.uuid4())}
    return a_browser(product, "facilitator").post(path, path, **{**CONTACT, **command_id, **fields})


def test_a_try_files_itself_under_the_open_task_and_finishes_it(product: Product) -> None:
    reference, victim = to_contact(product)
    before = open_task(product, reference)

    reply = posted(product, reference, victim, words="Rang twice")

    assert reply.location == f"/cases/{reference}"
    (row,) = log_of(product, reference)
    assert (row.task_id, row.result, row.words, row.person_id) == (before.id, "no_answer", "Rang twice", victim)
    assert before.id not in {task.id for task in product.session.scalars(select(Task).where(Task.closed_at.is_(None)))}
    told = product.session.scalars(select(Answers).where(Answers.task_id == before.id)).one()
    assert told.values["contact_attempts"] == 1


def test_the_third_try_asks_a_lead_to_decide(sqlite_product: Product) -> None:
    reference, victim = to_contact(sqlite_product)
    # Two tries that the log holds already count, whether or not a task was open for them.
    case = find(sqlite_product.session, sqlite_product.actor("lead"), reference)
    about = open_task(sqlite_product, reference)
    run = sqlite_product.session.get_one(Run, about.run_id)
    at = {"case_id": case.id, "about_id": run.about_id, "at": case.opened_at, "party": "victim"}
    kept(*(Contact(**at, channel="call", result="no_answer") for _ in range(2)))

    posted(sqlite_product, reference, victim)

    assert tasks_of(sqlite_product, reference) == ["Decide after three tries"]


def test_what_was_said_is_filled_in_where_the_form_asks_more(sqlite_product: Product) -> None:
    reference, victim = to_contact(sqlite_product)
    task = open_task(sqlite_product, reference)

    reply = posted(
        sqlite_product,
        reference,
        victim,
        safe_to_talk="yes",
        result="spoke",
        words="I would like to know why",
        promise_when="week",
    )

    assert reply.location == f"/tasks/{task.id}"
    draft = sqlite_product.session.scalars(select(Draft).where(Draft.task_id == task.id)).one()
    assert draft.values["contact_words"] == "I would like to know why"
    assert draft.values["contact_result"] == "spoke"
    assert draft.values["contact_attempts"] == 1
    page = a_browser(sqlite_product, "facilitator").get(reply.location).text
    assert "I would like to know why" in page
    done = {**answers_of(task.form), **draft.values}
    sqlite_product.do(CompleteTask, "facilitator", task_id=task.id, answers=done)
    (row,) = log_of(sqlite_product, reference)
    assert row.words == "I would like to know why"
    assert open_promises([row]) == [row]


def test_only_safe_ways_are_offered_and_no_voicemail_where_none_is_allowed(sqlite_product: Product) -> None:
    safe = {"safe_contact_channels": ["call"], "safe_contact_voicemail": "none", "safe_contact_code_word": "Larch"}
    reference, victim = to_contact(sqlite_product, **safe)

    page = a_browser(sqlite_product, "facilitator").get(f"/cases/{reference}/contacts/{victim}").text

    assert 'value="call"' in page
    assert 'value="text"' not in page
    assert 'value="message_left"' not in page
    read = words(page)
    assert "Code word: Larch" in read
    assert "No voicemail." in read
    assert read.index("Is it safe to talk now?") < read.index("How?")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"channel": "text"}, "Choose one of the ways that are on their safe-contact list"),
        ({"result": "message_left"}, "Choose what came of it"),
        ({"safe_to_talk": ""}, "Say whether they told you"),
        ({"result": "spoke"}, "You talked, so first ask"),
        ({"safe_to_talk": "no"}, "They could not talk safely"),
        ({"promise_when": "other", "promised_on-day": "31", "promised_on-month": "2"}, "Give a real date"),
        (
            {"promise_when": "other", "promised_on-day": "1", "promised_on-month": "1", "promised_on-year": "2020"},
            "Choose today or a later day",
        ),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    fields: dict[str, str], message: str, sqlite_product: Product
) -> None:
    safe = {"safe_contact_channels": ["call"], "safe_contact_voicemail": "none"}
    reference, victim = to_contact(sqlite_product, **safe)

    page = posted(sqlite_product, reference, victim, words="They sounded tired", **fields)

    assert page.status_code == 422
    assert message in words(page.text)
    assert "They sounded tired" in page.text
    assert log_of(sqlite_product, reference) == []


def test_a_voicemail_is_refused_even_where_texts_may_be_sent(sqlite_product: Product) -> None:
    safe = {"safe_contact_channels": ["call", "text"], "safe_contact_voicemail": "none"}
    reference, victim = to_contact(sqlite_product, **safe)

    assert "No voicemail may be left" in posted(sqlite_product, reference, victim, result="message_left").text
    sent = posted(sqlite_product, reference, victim, channel="text", result="message_left")
    assert sent.status_code == 302


def test_a_contact_is_logged_even_where_its_task_cannot_be_finished(sqlite_product: Product) -> None:
    reference, victim = to_contact(sqlite_product)
    case = find(sqlite_product.session, sqlite_product.actor("lead"), reference)
    case.status = "frozen"
    kept(case)

    path = f"/cases/{reference}/contacts/{victim}"
    browser = a_browser(sqlite_product, "facilitator")
    reply = browser.post(path, path, **CONTACT)

    assert len(log_of(sqlite_product, reference)) == 1
    assert "The contact is logged. Its task is still open" in words(browser.get(reply.location).text)


def test_without_an_open_task_the_contact_is_in_the_log_alone(sqlite_product: Product) -> None:
    reference, victim = to_contact(sqlite_product)
    posted(sqlite_product, reference, victim)

    posted(sqlite_product, reference, victim, channel="incoming", result="spoke", safe_to_talk="yes")

    newest, first = log_of(sqlite_product, reference)
    assert (newest.channel, newest.task_id) == ("incoming", None)
    assert first.task_id is not None


def test_one_contact_is_filed_in_several_linked_cases(product: Product) -> None:
    reference, victim = to_contact(product)
    other = a_case(product, victim_name="Alex Somebody")
    product.do(linked.LinkCases, "facilitator", reference=reference, other=other)

    parts: dict[str, Any] = {"channel": "call", "result": "no_answer", "safe_to_talk": "nobody", "words": "Rang"}
    product.do(LogContact, "facilitator", reference=reference, person_id=victim, also=[other], **parts)

    (here,), (there,) = log_of(product, reference), log_of(product, other)
    assert here.filed_with == there.filed_with is not None
    assert there.words == "Rang"
    case = find(product.session, product.actor("lead"), other)
    told = [entry.detail for entry in ledger.read(product.session, case.id) if entry.tag == "case:contact:recorded"]
    assert [each["from"] for each in told] == [reference]


def test_a_case_that_is_not_linked_takes_nothing(sqlite_product: Product) -> None:
    reference, victim = to_contact(sqlite_product)
    other = a_case(sqlite_product, victim_name="Alex Somebody")

    parts: dict[str, Any] = {"channel": "call", "result": "no_answer", "safe_to_talk": "nobody"}
    with pytest.raises(linked.NotLinked):
        sqlite_product.do(LogContact, "facilitator", reference=reference, person_id=victim, also=[other], **parts)


def test_nobody_logs_having_reached_out_to_the_harmer_before_the_gate_allows_it(product: Product) -> None:
    reference, _ = to_contact(product)
    case = find(product.session, product.actor("lead"), reference)
    harmer = next(party.id for party in parties(product.session, case) if party.role == "harmer")
    before = len(log_of(product, reference))

    shown = words(a_browser(product, "facilitator").get(f"/cases/{reference}/contacts/{harmer}").text)
    refused = posted(product, reference, harmer, channel="visit", words="I just went round.")

    assert "yet. Missing: current consent of the victim to contact the harmer; signed risk assessment." in shown
    assert refused.status_code == 422
    assert "They may not be contacted yet: current consent of the victim" in refused.text
    assert "I just went round." in refused.text
    assert len(log_of(product, reference)) == before
    told = {"channel": "incoming", "result": "spoke", "safe_to_talk": "yes", "words": "He rang us."}
    assert posted(product, reference, harmer, **told).status_code == 302
    assert len(log_of(product, reference)) == before + 1


def test_pressing_twice_logs_once(sqlite_product: Product) -> None:
    reference, victim = to_contact(sqlite_product)
    command_id = str(uuid.uuid4())

    for _ in range(2):
        posted(sqlite_product, reference, victim, command_id=command_id)

    assert len(log_of(sqlite_product, reference)) == 1


def test_somebody_of_another_case_is_nobody_here(sqlite_product: Product) -> None:
    reference, _ = to_contact(sqlite_product)
    _, other = to_contact(sqlite_product, victim_name="Alex Somebody")

    path = f"/cases/{reference}/contacts/{other}"
    assert a_browser(sqlite_product, "facilitator").get(path).status_code == 404
    west = a_browser(sqlite_product, "facilitator.west")
    assert west.get(path).status_code == 404
