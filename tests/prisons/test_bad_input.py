"""What cannot be so is refused on the page and over the API: with what stands and who recorded it, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rj_engine import clock
from rj_engine.database import db
from rj_engine.prisons import custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.workflows.rows import Task
from tests.answers import typical
from tests.browsing import signed_in, token
from tests.places import Product
from tests.prisons.asked import MONDAY, Asking
from tests.web.browsing import posted, words

WORDS = "Zqmy own careful words"


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    """Two working days after the request arrived."""
    with clock.at(MONDAY + timedelta(days=2)):
        yield


def by_page(product: Product, asking: Asking, name: str, who: str = "lead", **answers: Any) -> tuple[int, str]:
    """The answer to somebody who finishes the task on its page: status and words."""
    task = product.session.get_one(Task, asking.open(name))
    client, path, form = signed_in(product, who), f"/tasks/{task.id}", task.form
    fields = {**posted(form, **answers), "csrf_token": token(client.get(path).text), "action": "complete"}
    reply = client.post(path, data=fields)
    return reply.status_code, words(reply.text)


def by_program(product: Product, asking: Asking, name: str, who: str = "lead", **answers: Any) -> tuple[int, str]:
    """The same over the API: status and sentence."""
    task = product.session.get_one(Task, asking.open(name))
    reply = product.api(who).post(f"/tasks/{task.id}/complete", answers=typical(task.form, **answers))
    return reply.status_code, str(reply.json)


WAYS = pytest.mark.parametrize("way", [by_page, by_program])
REFUSED = {
    "prison_outcome": "refused",
    "prison_reason_code": "no_room_or_staff",
    "prison_decided_by": "prison",
    "prison_in_writing": "no",
    "prison_consulted": "no",
    "prison_reason_words": WORDS,
}


def kept(product: Product, task: Any, who: str = "lead") -> str:
    """What this person had typed into the task."""
    return str(product.api(who).get(f"/tasks/{task}").json["draft"])


@WAYS
def test_an_answer_dated_before_its_request_is_refused_with_who_sent_it_and_when(
    sqlite_product: Product, way: Any
) -> None:
    asking = Asking.sent(sqlite_product)
    task = asking.open("record_answer")

    status, told = way(sqlite_product, asking, "record_answer", **{**REFUSED, "prison_decided_on": "2024-01-03"})

    assert status == 422
    assert f"{sqlite_product.actor('lead').name} recorded that this request was sent on 8 January 2024" in told
    assert "3 January 2024" in told
    assert WORDS in kept(sqlite_product, task)
    assert asking.request.decision == ""


@WAYS
def test_a_move_to_the_place_they_were_in_is_refused_with_who_recorded_that_they_left(
    sqlite_product: Product, way: Any
) -> None:
    asking = Asking.sent(sqlite_product)
    lead = sqlite_product.actor("lead")
    custody.leave(db.session(), asking.case_id, clock.now(), lead.id)
    db.session.commit()
    again = Asking.begun(sqlite_product)
    sqlite_product.session.query(custody.Custody).filter_by(case_id=asking.case_id).update({"case_id": again.case_id})
    db.session.commit()
    task = again.open("confirm_place")

    status, told = way(sqlite_product, again, "confirm_place", place_confirmed_on="2024-01-10")

    assert status == 422
    assert f"{lead.name} recorded on 10 January 2024 that they have left that place" in told
    assert "MSI" in kept(sqlite_product, task)


@WAYS
def test_a_decision_on_a_request_that_counts_no_more_is_refused_with_who_recorded_the_move(
    sqlite_product: Product, way: Any
) -> None:
    asking = Asking.sent(sqlite_product)
    custody.leave(db.session(), asking.case_id, clock.now(), sqlite_product.actor("facilitator").id)
    db.session.commit()
    task = asking.open("record_answer")

    status, told = way(sqlite_product, asking, "record_answer", **{**REFUSED, "prison_decided_on": "2024-01-09"})

    assert status == 422
    mover, asker = (sqlite_product.actor(who).name for who in ("facilitator", "lead"))
    assert f"{mover} recorded on 10 January 2024 that they have left the place that {asker} asked" in told
    assert WORDS in kept(sqlite_product, task)
    assert asking.request.decision == ""


@WAYS
def test_of_two_leads_who_answer_differently_the_second_is_told_what_stands_and_keeps_every_word(
    sqlite_product: Product, way: Any
) -> None:
    asking = Asking.sent(sqlite_product)
    task = sqlite_product.session.get_one(Task, asking.open("record_answer"))
    second = signed_in(sqlite_product, "facilitator")
    page = second.get(f"/tasks/{task.id}").text
    task_id, form = task.id, task.form
    asking.do("record_answer", prison_outcome="granted", prison_decided_on="2024-01-09")

    answers = {**REFUSED, "prison_decided_on": "2024-01-10"}
    if way is by_page:
        fields = {**posted(form, **answers), "csrf_token": token(page), "action": "complete"}
        reply = second.post(f"/tasks/{task_id}", data=fields)
    else:
        path = f"/tasks/{task_id}/complete"
        reply = sqlite_product.api("facilitator").post(path, answers=typical(form, **answers))

    assert reply.status_code == 409
    told = words(reply.text) if way is by_page else str(reply.json)
    assert f"{sqlite_product.actor('lead').name} finished this task on 10 January 2024" in told
    if way is by_page:
        assert "Both answers, side by side" in told
        assert WORDS in told
    assert WORDS in str(second.get(f"/tasks/{task_id}").text)
    assert sqlite_product.session.query(PrisonRequest.decision).all() == [("granted",)]
