"""What a lead does from the board: chase, take the next rung now, hand over, give a reason; each refused for itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from rj_engine import bpmn, clock, ledger
from rj_engine.cases.case import NotFound
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.correspondence import RecordLetterSent
from rj_engine.workflows.task.tasks import TaskGone
from rj_engine.workflows.timed import timers
from rj_engine.workflows.timed.rungs import (
    ChasePrison,
    ClockStands,
    EscalateRequest,
    GiveReason,
    NoSuchReason,
    RequestSettled,
    RungOpen,
)
from tests.browsing import signed_in, token
from tests.builders import a_case
from tests.places import Product
from tests.prisons.asked import MONDAY, Asking, a_request, a_stay
from tests.reliability.crowd import together


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    """Two working days after the request arrived."""
    with clock.at(MONDAY + timedelta(days=2)):
        yield


def test_taking_the_next_rung_now_opens_its_chase_with_the_letter_ready_and_sends_nothing(product: Product) -> None:
    asking = Asking.sent(product)
    was_due = asking.next_rung_at()

    product.do(EscalateRequest, "lead", request_id=asking.request.id)

    chase = asking.open("chase")
    assert chase is not None
    offers = drafts.offered(product.session, product.actor("lead"), chase, clock.now())
    assert [offer.letter.name for offer in offers if offer.letter.to == "prison"] == ["prison_chase_5.md"]
    with clock.at(was_due + timedelta(hours=12)):  # type: ignore[operator]  # it was set
        assert timers.fire_due() == 0
    asking.do("chase")
    assert clock.LONDON is not None
    following = asking.next_rung_at()
    assert following is not None
    assert following.astimezone(clock.LONDON).date() == date(2024, 1, 22), "the tenth day is still the tenth day"
    tags = [entry.tag for entry in ledger.read(product.session, asking.case_id)]
    assert "case:prison:escalated" in tags


def test_no_rung_is_taken_while_one_is_open_or_a_promised_day_has_not_come(product: Product) -> None:
    asking = Asking.sent(product)
    product.do(EscalateRequest, "lead", request_id=asking.request.id)
    with pytest.raises(RungOpen, match="Chase the prison"):
        product.do(EscalateRequest, "lead", request_id=asking.request.id)

    asking.do("chase", chase_result="promised", hold_until="2024-02-01")
    with pytest.raises(ClockStands, match="1 February 2024"):
        product.do(EscalateRequest, "lead", request_id=asking.request.id)


def test_a_chase_from_the_board_finishes_the_open_rung_else_is_noted_beside_the_ladder(product: Product) -> None:
    asking = Asking.sent(product)
    due = asking.next_rung_at()

    product.do(ChasePrison, "lead", request_id=asking.request.id, to="omu", channel="email", result="acknowledged")

    assert (asking.request.last_chased_on, asking.request.last_rung) == (date(2024, 1, 10), 0)
    assert asking.request.acknowledged_on == date(2024, 1, 10)
    assert asking.next_rung_at() == due, "a chase in between moves no rung, and “we have it” stops no clock"

    with clock.at(asking.ring()):
        product.do(ChasePrison, "lead", request_id=asking.request.id, to="pom", channel="phone")
    assert asking.open("chase") is None
    assert [chase["rung"] for chase in asking.request.chases] == [None, 5]


def test_a_reason_says_whose_delay_it_is_and_an_unknown_one_is_refused(product: Product) -> None:
    asking = Asking.sent(product)

    product.do(GiveReason, "lead", request_id=asking.request.id, reason="rehub_queue")

    assert asking.request.chases[-1]["reason"] == "rehub_queue"
    with pytest.raises(NoSuchReason):
        product.do(GiveReason, "lead", request_id=asking.request.id, reason="because")


def test_what_is_decided_is_refused_with_who_recorded_it_and_what(product: Product) -> None:
    asking = Asking.sent(product).do("record_answer", prison_decided_on="2024-01-09")

    with pytest.raises(RequestSettled, match=r"recorded an answer of 9 January 2024: granted\."):
        product.do(ChasePrison, "lead", request_id=asking.request.id, to="pom", channel="phone")


def test_a_request_that_was_replaced_is_refused(product: Product) -> None:
    case = a_case(product)
    row = a_request(case, a_stay(case), superseded_at=clock.now())

    with pytest.raises(RequestSettled, match="newer request"):
        product.do(GiveReason, "lead", request_id=row.id, reason="no_reply")


@pytest.mark.parametrize("who", ["lead.sample", "facilitator"])
def test_nobody_moves_what_they_may_not(product: Product, who: str) -> None:
    case = a_case(product)
    row = a_request(case, a_stay(case))

    with pytest.raises(Refused) as refusal:
        product.do(GiveReason, who, request_id=row.id, reason="no_reply")
    assert refusal.value.code in {NotFound.code, "not_allowed"}


def test_several_at_once_each_have_their_own_answer(sqlite_product: Product) -> None:
    waits, decided = Asking.sent(sqlite_product), Asking.sent(sqlite_product)
    decided.do("record_answer", prison_decided_on="2024-01-09")
    ids = [str(asking.request.id) for asking in (waits, decided)]
    client = signed_in(sqlite_product, "lead")
    form = {"csrf_token": token(client.get("/prisons").text), "command_id": str(uuid4()), "request": ids}

    reply = client.post("/prisons/moves", data={**form, "action": "chase", "to": "pom", "channel": "phone"})

    assert reply.status_code == 422
    assert f"Done: {waits.reference}." in reply.text
    assert "recorded an answer of 9 January 2024" in reply.text
    again = client.post("/prisons/moves", data={**form, "action": "chase", "to": "pom", "channel": "phone"})
    assert again.status_code == 422
    assert len(waits.request.chases) == 1, "the same form twice does it once"
    assert client.post("/prisons/moves", data={**form, "request": [], "action": "chase"}).status_code == 422
    assert client.post("/prisons/moves", data={**form, "action": "reassign"}).status_code == 422


def test_open_tasks_are_handed_to_a_colleague(sqlite_product: Product) -> None:
    asking = Asking.sent(sqlite_product)
    client = signed_in(sqlite_product, "lead")
    colleague = sqlite_product.actor("facilitator").id
    form = {"csrf_token": token(client.get("/prisons").text), "request": str(asking.request.id), "action": "reassign"}

    reply = client.post("/prisons/moves", data={**form, "colleague": str(colleague)})

    assert reply.status_code == 302, reply.text


def test_two_leads_recording_different_answers_at_once_leave_one_and_say_whose(product: Product) -> None:
    asking = Asking.sent(product)
    task = asking.open("record_answer")
    from rj_engine.workflows.task.tasks import CompleteTask
    from tests.answers import typical

    def answering(outcome: str, **more: Any) -> Any:
        told = typical("prison_reply", prison_outcome=outcome, prison_decided_on="2024-01-09", **more)
        return lambda: product.do(CompleteTask, "lead", task_id=task, answers=told)

    no = {"prison_reason_code": "no_room_or_staff", "prison_decided_by": "prison"}
    outcomes = together(product, [answering("granted"), answering("refused", **no)])

    assert sum(isinstance(each, dict) for each in outcomes) == 1, outcomes
    [lost] = [each for each in outcomes if not isinstance(each, dict)]
    assert isinstance(lost, TaskGone)
    assert lost.who == product.actor("lead").name
    assert asking.request.decision in {"granted", "refused"}
    assert asking.request.answered_by == product.actor("lead").id
    assert db.session.query(PrisonRequest).count() == 1


def test_what_the_victim_was_told_by_is_kept_with_the_day(product: Product) -> None:
    asking, now = Asking.sent(product), MONDAY
    while asking.open("put_choice") is None:
        now = asking.ring()
        with clock.at(now):
            asking.do("chase", victim_updated="yes")
            assert asking.request.victim_told_by == ""
    with clock.at(now):
        letter = {"task_id": asking.open("put_choice"), "letter": "victim_no_news.md", "number": 1}
        product.do(RecordLetterSent, asking.who, **letter, how="handed", sent_on=clock.today())
        asking.do("put_choice", prison_outcome="victim_waits", choice_asked_on="today")

    mark = hashlib.sha256(bpmn.letters()["victim_no_news.md"]).hexdigest()[:12]
    assert asking.request.victim_told_by == f"victim_no_news.md@{mark}"
    assert asking.request.victim_told_on == now.astimezone(clock.LONDON).date()
