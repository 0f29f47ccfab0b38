"""What is told at any moment is never lost: letters waiting, a case that is stopped, a step that breaks, twice told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import clock, failpoints
from rj_engine.cases.case import NotFound
from rj_engine.commands import NotAllowed
from rj_engine.database import db
from rj_engine.errors import Broken
from rj_engine.forms import InvalidAnswers
from rj_engine.risk import assessment
from rj_engine.workflows.beside.events import NoSuchEvent, RaiseEvent
from rj_engine.workflows.beside.incidents import RetryIncident, open_incidents
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.post import outbox
from rj_engine.workflows.post.outbox import Folder
from rj_engine.workflows.rows import Outbox, RaisedEvent
from tests.places import Product
from tests.workflows.a_told_case import Told, a_case, running


@contextmanager
def breaking(point: str) -> Iterator[None]:
    """Something nobody foresaw happens at a named moment."""

    def fall() -> None:
        raise ZeroDivisionError

    failpoints.set_hook(point, fall)
    try:
        yield
    finally:
        failpoints.set_hook(point, None)


def a_letter_waits(case: Told) -> UUID:
    """A letter of the case's newest run that has not left."""
    run = running(case)[-1]
    row = Outbox(
        case_id=case.case.id,
        run_id=run.id,
        kind="letter",
        reference=uuid.uuid4().hex,
        at=clock.now(),
        next_try_at=clock.now(),
        tries=0,
        payload={"properties": {}, "text": "Dear colleague"},
    )
    db.session.add(row)
    db.session.commit()
    return row.id


@pytest.mark.parametrize("event", ["safeguarding", "serious_incident"])
def test_a_letter_that_waits_is_called_back(product: Product, event: str, tmp_path: Any) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        letter = a_letter_waits(case)
        case.raise_event(event)
        assert product.session.get_one(Outbox, letter).recalled_at == clock.now()
        assert "case:effect:recalled" in case.tags()
        outbox.deliver_due(Folder(tmp_path))
        assert product.session.get_one(Outbox, letter).sent_at is None


def test_a_withdrawal_calls_back_what_waits_but_for_the_neutral_notice(product: Product) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        letter, notice = a_letter_waits(case), a_letter_waits(case)
        product.session.get_one(Outbox, notice).payload = {"properties": {"neutral": "yes"}}
        db.session.commit()
        product.do(Withdraw, "facilitator", reference=case.reference, party="victim")
        assert product.session.get_one(Outbox, letter).recalled_at is not None
        assert product.session.get_one(Outbox, notice).recalled_at is None


def test_nothing_leaves_while_a_hold_stands(sqlite_product: Product, tmp_path: Any) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        outbox.deliver_due(Folder(tmp_path))
        case.raise_event("safeguarding")
        letter = a_letter_waits(case)
        outbox.deliver_due(Folder(tmp_path))
        assert sqlite_product.session.get_one(Outbox, letter).sent_at is None
        case.complete("act_on_worry", "safeguarding_lead")
        case.complete("decide_safety", "safeguarding_lead")
        outbox.deliver_due(Folder(tmp_path))
        assert sqlite_product.session.get_one(Outbox, letter).sent_at is not None


def test_an_event_told_twice_by_the_same_command_is_one(product: Product) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        command_id = uuid.uuid4()
        first = case.raise_event("safeguarding", command_id=command_id)
        assert case.raise_event("safeguarding", command_id=command_id) == first
        assert case.holds() == ["safeguarding"]


def test_an_event_that_breaks_holds_all_the_same_and_its_run_begins_on_retry(product: Product) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        with pytest.raises(Broken), breaking("stored"):
            case.raise_event("safeguarding")

        assert case.case.status == "frozen"
        assert case.holds() == ["safeguarding"]
        assert assessment.standing(product.session, case.strand()) is None
        assert "case:event:raised" in case.tags()
        assert case.open == {"approach_harmer"}
        (incident,) = open_incidents(product.session, product.actor("lead"))
        product.do(RetryIncident, "lead", incident_id=incident.id)
        assert {"act_on_worry", "assess_risk"} <= case.open
        assert case.holds() == ["safeguarding"]
        case.complete("act_on_worry", "safeguarding_lead")
        case.complete("decide_safety", "safeguarding_lead")
        assert case.holds() == []


def test_an_event_is_never_refused_because_the_case_is_stopped(product: Product) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        with pytest.raises(Broken), breaking("stored"):
            case.raise_event("complaint")
        assert case.case.status == "frozen"

        case.raise_event("safeguarding")

        assert case.holds() == ["safeguarding"]
        waiting = open_incidents(product.session, product.actor("lead"))
        assert [one.code for one in waiting][1:] == ["event_waits"]
        for one in waiting:
            product.do(RetryIncident, "lead", incident_id=one.id)
        assert case.case.status == "open"
        assert {"acknowledge_complaint", "act_on_worry", "assess_risk"} <= case.open


def test_another_team_s_case_is_not_there(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "allocated", "allocate_case") as case, pytest.raises(NotFound):
        case.raise_event("safeguarding", who="facilitator.west")


def test_a_referrer_may_not_raise_events(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "allocated", "allocate_case") as case, pytest.raises(NotAllowed):
        case.raise_event("safeguarding", who="referrer")


def test_what_is_not_in_the_list_or_not_fully_told_is_refused_and_does_nothing(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "allocated", "allocate_case") as case:
        with pytest.raises(NoSuchEvent):
            sqlite_product.do(RaiseEvent, "facilitator", reference=case.reference, event="rain", answers={})
        with pytest.raises(InvalidAnswers):
            case.raise_event("safeguarding", answers={"danger_now": None})
        assert case.holds() == []
        assert sqlite_product.session.scalars(select(RaisedEvent)).all() == []
