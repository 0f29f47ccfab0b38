"""A task that is done: read, put beside what I had typed, changed with a reason; answers checked before they go."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from rj_engine import ledger
from rj_engine.forms import InvalidAnswers
from rj_engine.workflows.rows import Answers
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.amending import (
    BESIDE,
    REASON,
    AmendAnswers,
    AmendedMeanwhile,
    NotFinished,
    NothingChanged,
)
from rj_engine.workflows.task.tasks import CompleteTask, NotYourLane, SaveDraft
from tests.places import Product
from tests.web.browsing import a_browser, a_case, open_task, posted, typical, words


@dataclass(frozen=True)
class Done:
    """A finished task, wherever its row is."""

    id: uuid.UUID
    case_id: uuid.UUID
    form: str


def a_finished_task(product: Product) -> Done:
    """The first task of a fresh case, finished by the lead."""
    task = open_task(product, a_case(product))
    done = Done(task.id, task.case_id, task.form)
    product.do(CompleteTask, "lead", task_id=done.id, answers=typical(done.form))
    return done


def parts(product: Product, task: Done) -> tuple[str, str]:
    """A question whose words may be changed, and one that decided a way."""
    told = desk.said_at(product.session, product.actor("coordinator"), task.id)
    where = "coordinator", task.id
    page = a_browser(product, where[0]).get(f"/tasks/{task.id}/changes").text
    free = next(key for key, field in told.form.fields.items() if f'name="{key}"' in page and field.type == "textarea")
    fixed = next(key for key in told.values if f'name="{key}"' not in page)
    return free, fixed


def test_a_change_keeps_old_and_new_with_its_reason_and_moves_nothing(product: Product) -> None:
    task = a_finished_task(product)
    free, _ = parts(product, task)
    before = product.session.query(Answers).filter_by(task_id=task.id).one().values
    opened = [each.id for each in desk.open_tasks(product.session, product.session.get_one(desk.Case, task.case_id))]

    product.do(AmendAnswers, "coordinator", task_id=task.id, answers={free: "Put right"}, reason="Misheard")

    told = desk.said_at(product.session, product.actor("coordinator"), task.id)
    assert told.values[free] == "Put right"
    assert product.session.query(Answers).filter_by(task_id=task.id).one().values == before
    assert told.changes[0].told == {
        "reason": "Misheard",
        "beside": "",
        "changes": {free: [before.get(free), "Put right"]},
    }
    entry = ledger.read(product.session, task.case_id)[-1]
    assert (entry.tag, entry.detail["changes"]) == ("case:answers:amended", {free: [before.get(free), "Put right"]})
    case = product.session.get_one(desk.Case, task.case_id)
    assert [each.id for each in desk.open_tasks(product.session, case)] == opened


def test_an_answer_that_decided_a_way_stands_and_it_is_said_what_to_do(sqlite_product: Product) -> None:
    task = a_finished_task(sqlite_product)
    _, fixed = parts(sqlite_product, task)

    with pytest.raises(InvalidAnswers) as refusal:
        sqlite_product.do(AmendAnswers, "lead", task_id=task.id, answers={fixed: "other"}, reason="I want to")

    assert "Say on the case page what has happened" in refusal.value.messages[fixed][0]
    page = a_browser(sqlite_product, "coordinator").get(f"/tasks/{task.id}/changes")
    assert "It decided which way the case went" in page.text


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reason": "  ", "beside": "x"}, InvalidAnswers),
        ({"reason": "Because"}, NothingChanged),
        ({"reason": "Because", "beside": "x", "after": 3}, AmendedMeanwhile),
        ({"reason": "x" * 2001, "beside": "x"}, InvalidAnswers),
        ({"reason": "x", "beside": "x" * 60001}, InvalidAnswers),
    ],
)
def test_no_change_without_a_reason_and_something_to_change(
    sqlite_product: Product, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    task = a_finished_task(sqlite_product)
    with pytest.raises(refusal):
        sqlite_product.do(AmendAnswers, "coordinator", task_id=task.id, **changed)


def test_only_a_finished_task_of_ones_own_lane_is_changed(sqlite_product: Product) -> None:
    task = open_task(sqlite_product, a_case(sqlite_product))
    with pytest.raises(NotFinished):
        sqlite_product.do(AmendAnswers, "coordinator", task_id=task.id, reason="x", beside="x")
    done = a_finished_task(sqlite_product)
    with pytest.raises(NotYourLane):
        sqlite_product.do(AmendAnswers, "safeguarding_lead", task_id=done.id, reason="x", beside="x")


def test_a_change_is_made_on_the_page_and_shown_with_what_stood_before(sqlite_product: Product) -> None:
    task = a_finished_task(sqlite_product)
    free, _ = parts(sqlite_product, task)
    browser, path = a_browser(sqlite_product, "coordinator"), f"/tasks/{task.id}/changes"
    fields = {**posted(task.form), free: "Put <right>", "answers": "yes", "after": "0"}

    wrong = browser.post(path, path, **fields, **{REASON: ""})
    assert wrong.status_code == 422
    assert "Say why you change it" in wrong.text
    assert "Put &lt;right&gt;" in wrong.text
    assert browser.post(path, path, **fields, **{REASON: "Misheard"}).status_code == 302

    shown = words(browser.get(f"/tasks/{task.id}").text)
    assert "Put <right>" in shown
    assert "Changed by" in shown
    assert "Misheard" in shown
    late = browser.post(path, path, **{**fields, free: "Later", "command_id": str(uuid.uuid4()), REASON: "Late"})
    assert late.status_code in {409, 422}
    assert "A colleague changed these answers" in late.text


def test_a_task_lost_to_a_colleague_shows_both_texts_and_mine_can_be_kept(sqlite_product: Product) -> None:
    task = open_task(sqlite_product, a_case(sqlite_product))
    browser, path = a_browser(sqlite_product, "coordinator"), f"/tasks/{task.id}"
    area = next(
        key for key in typical(task.form) if f'<textarea class="govuk-textarea" id="{key}"' in browser.get(path).text
    )
    token = browser.token(path)
    sqlite_product.do(CompleteTask, "lead", task_id=task.id, answers=typical(task.form, **{area: "The lead's words"}))

    fields = {**posted(task.form), area: "My own words", "csrf_token": token, "action": "complete"}
    reply = browser.client.post(path, data=fields)

    assert reply.status_code == 409
    assert "The lead's words" in words(reply.text)
    assert "My own words" in reply.text
    again = browser.get(path)
    assert again.status_code == 200
    assert "My own words" in again.text
    assert "My own words" not in a_browser(sqlite_product, "lead").get(path).text
    kept = {REASON: "Typed at the same time", BESIDE: "My own words"}
    assert browser.post(f"{path}/changes", path, **kept).status_code == 302
    assert "Written beside it My own words" in words(a_browser(sqlite_product, "lead").get(path).text)
    assert "Different" not in browser.get(path).text


def test_answers_are_looked_over_before_they_are_sent(sqlite_product: Product) -> None:
    task = open_task(sqlite_product, a_case(sqlite_product))
    browser, path = a_browser(sqlite_product, "coordinator"), f"/tasks/{task.id}"

    page = browser.post(path, path, **posted(task.form, action="check"))

    assert page.status_code == 200
    assert "Check your answers" in page.text
    assert f'href="{path}#' in page.text
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    sent: dict[str, list[str]] = {}
    for name, value in hidden:
        sent.setdefault(name, []).append(value)
    reply = browser.client.post(path, data={**sent, "action": "complete"})
    assert reply.status_code == 302
    assert "is done." in words(browser.get(reply.location).text)


def test_skipping_keeps_the_words_and_opens_the_next_task_of_mine(sqlite_product: Product) -> None:
    first, second = (open_task(sqlite_product, a_case(sqlite_product)) for _ in range(2))
    browser = a_browser(sqlite_product, "coordinator")
    for task in (first, second):
        browser.post(f"/tasks/{task.id}/claim", f"/tasks/{task.id}")

    reply = browser.post(f"/tasks/{first.id}", f"/tasks/{first.id}", action="skip")

    assert reply.location == f"/tasks/{second.id}"
    assert "was saved for later" in browser.get(reply.location).text


def test_a_draft_of_a_finished_task_is_kept_for_its_writer(sqlite_product: Product) -> None:
    task = a_finished_task(sqlite_product)
    sqlite_product.do(SaveDraft, "coordinator", task_id=task.id, values={})
    assert a_browser(sqlite_product, "coordinator").get(f"/tasks/{task.id}").status_code == 200
