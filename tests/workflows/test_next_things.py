"""Home: what comes next, why and by when; what was promised; what waits for others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.cases.contact import Contact
from rj_engine.database import db
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import ClaimTask
from rj_engine.workflows.workload import inbox, next_things, own_desk, promises, waits
from rj_engine.workflows.workload.filters import Sieve
from rj_engine.workflows.workload.next_things import Thing
from rj_engine.workflows.workload.own_desk import DayNeeded, FollowTaskUp, FollowUp, WordsTooLong
from tests.builders import a_case as a_bare_case
from tests.places import Product
from tests.security.neighbourhood import a_case as at_first_contact
from tests.web.browsing import a_case, open_task


def things(product: Product, who: str = "facilitator") -> list[Thing]:
    session, by, now = product.session, product.actor(who), clock.now()
    asked = inbox.asked(session, by, "mine", now)
    return next_things.of(session, asked, promises.overdue(session, by, asked.own, clock.today()))


def change(product: Product, task: UUID, **values: object) -> None:
    row = product.session.get_one(Task, task)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()


def promise(product: Product, reference: str, on: date, words: str = "Ring again", who: str = "facilitator") -> None:
    """What somebody promised in the contact log a while ago."""
    case = product.session.scalars(select(Case).where(Case.reference == reference)).one()
    by = product.actor(who).id
    told = {"party": "victim", "channel": "phone", "result": "talked", "promise": words, "promised_on": on}
    db.session.add(Contact(case_id=case.id, at=clock.now() - timedelta(days=9), staff_id=by, **told))
    db.session.commit()


def test_safety_comes_first_then_a_promise_then_what_is_late(product: Product) -> None:
    late, worry, promised, soon = (at_first_contact(product) for _ in range(4))
    yesterday = clock.now() - timedelta(days=1)
    change(product, late.task, due_at=yesterday)
    change(product, worry.task, effect="safeguarding", due_at=clock.now() + timedelta(days=2))
    promise(product, promised.reference, clock.today() - timedelta(days=2))

    found = things(product)

    assert [thing.case for thing in found] == [worry.reference, promised.reference, late.reference]
    assert soon.reference not in {thing.case for thing in found}
    assert found[1].what == "Ring again"
    assert found[1].task is None
    assert "promised this to the victim, and the day has passed" in found[1].why
    assert [thing.late for thing in found] == [False, True, True]
    assert found[2].by_when == yesterday


def test_today_comes_before_what_one_wants_to_look_at_again_before_the_rest(product: Product) -> None:
    rest, again, today = (at_first_contact(product) for _ in range(3))
    change(product, rest.task, due_at=clock.now() + timedelta(days=3))
    change(product, again.task, due_at=clock.now() + timedelta(days=20))
    change(product, today.task, due_at=clock.end_of(clock.today()))
    product.do(FollowTaskUp, "facilitator", task_id=again.task, on=clock.today())

    found = things(product)

    assert [thing.task for thing in found] == [today.task, again.task, rest.task]
    assert [thing.why for thing in found] == [
        "It is due today.",
        "You wanted to look at it again.",
        "It is due next.",
    ]


def test_what_cannot_go_ahead_comes_last_and_says_what_it_waits_for(product: Product) -> None:
    waiting, ready = at_first_contact(product), at_first_contact(product)
    change(product, waiting.task, blocked=["a current consent"], due_at=clock.now() - timedelta(days=5))

    found = things(product)

    assert [thing.task for thing in found][:2] == [ready.task, waiting.task]
    assert found[1].why == "It waits for: a current consent."


def test_who_has_little_is_offered_what_nobody_has_and_they_may_do(product: Product) -> None:
    free = a_case(product)

    found = things(product, "coordinator")

    assert [(thing.case, thing.why) for thing in found] == [(free, "Nobody has taken it yet.")]
    assert things(product, "facilitator") == []
    product.do(ClaimTask, "coordinator", task_id=open_task(product, free).id)
    # A referral is screened within a working day: on a day of work that is today.
    assert [thing.why for thing in things(product, "coordinator")] in (["It is due next."], ["It is due today."])


def overdue(product: Product, who: str = "facilitator") -> list[str]:
    by = product.actor(who)
    return [each.case for each in promises.overdue(product.session, by, [by.id], clock.today())]


def test_a_promise_stands_until_somebody_is_in_touch_again(product: Product) -> None:
    known = at_first_contact(product)
    promise(product, known.reference, clock.today())
    by = product.actor("facilitator")
    assert overdue(product) == [known.reference]
    assert promises.count(product.session, by, [by.id], clock.today()) == 0, "today is not late"
    tomorrow = clock.today() + timedelta(days=1)
    assert promises.count(product.session, by, [by.id], tomorrow) == 1

    case = product.session.scalars(select(Case).where(Case.reference == known.reference)).one()
    db.session.add(Contact(case_id=case.id, at=clock.now(), party="victim", channel="phone", result="talked"))
    db.session.commit()

    assert overdue(product) == []


def test_a_step_that_meets_them_keeps_the_promise(product: Product) -> None:
    known = at_first_contact(product)
    promise(product, known.reference, clock.today() - timedelta(days=1))
    assert overdue(product) == [known.reference]

    change(product, known.task, effect="contact_harmer", closed_at=clock.now(), how_closed="done")
    assert overdue(product) == [known.reference]
    change(product, known.task, effect="contact_victim")

    assert overdue(product) == []


def test_before_a_case_has_a_facilitator_whoever_promised_answers_for_it(product: Product) -> None:
    bare = a_bare_case(product).reference
    promise(product, bare, clock.today() - timedelta(days=1), who="coordinator")

    assert overdue(product, "coordinator") == [bare]
    assert overdue(product, "facilitator") == []
    assert overdue(product, "coordinator.west") == []


def test_no_prison_is_waited_for_in_an_ordinary_case(product: Product) -> None:
    at_first_contact(product)
    by = product.actor("facilitator")

    assert waits.of_prisons(product.session, by, [by.id]) == []


def skip(product: Product, task: UUID, days: int, words: str = "") -> dict[str, Any]:
    on = clock.today() + timedelta(days=days)
    return product.do(FollowTaskUp, "facilitator", task_id=task, on=on, skip=True, words=words)


def test_a_skipped_task_is_not_next_before_its_day(product: Product) -> None:
    skipped, other = (at_first_contact(product) for _ in range(2))
    for known in (skipped, other):
        change(product, known.task, due_at=clock.now() + timedelta(days=20))
    skip(product, skipped.task, 3, "She is abroad")

    assert [thing.task for thing in things(product)] == [other.task]
    with clock.at(clock.now() + timedelta(days=3)):
        assert [thing.task for thing in things(product)] == [skipped.task, other.task]
        assert things(product)[0].why == "You wanted to look at it again."


def test_nothing_late_and_nothing_about_safety_can_be_skipped_away(product: Product) -> None:
    late, worry = (at_first_contact(product) for _ in range(2))
    change(product, late.task, due_at=clock.now() - timedelta(hours=1))
    change(product, worry.task, effect="safeguarding", due_at=clock.now() + timedelta(days=20))

    assert skip(product, late.task, 3)["stays"]
    assert skip(product, worry.task, 3)["stays"]

    assert [thing.task for thing in things(product)] == [worry.task, late.task]


def test_a_skipped_task_comes_back_as_soon_as_it_is_late(product: Product) -> None:
    known = at_first_contact(product)
    change(product, known.task, due_at=clock.now() + timedelta(days=1))
    assert not skip(product, known.task, 30)["stays"]
    assert things(product) == []

    with clock.at(clock.now() + timedelta(days=2)):
        assert [thing.task for thing in things(product)] == [known.task]


def test_what_one_skips_is_ones_own_and_its_words_are_sealed(product: Product) -> None:
    known = at_first_contact(product)
    skip(product, known.task, 3, "She is abroad")
    session, by = product.session, product.actor("facilitator")

    assert own_desk.follow_ups(session, by, {known.task})[known.task].words == "She is abroad"
    assert own_desk.follow_ups(session, product.actor("facilitator2"), {known.task}) == {}
    assert b"abroad" not in (session.scalars(select(FollowUp)).one().words_sealed or b"")
    skipped = inbox.asked(session, by, "mine", clock.now(), Sieve(flag="skipped"))
    assert [row.id for row in inbox.listed(session, skipped).tasks] == [known.task]
    with pytest.raises(DayNeeded):
        product.do(FollowTaskUp, "facilitator", task_id=known.task, on=None, skip=True)
    with pytest.raises(WordsTooLong):
        skip(product, known.task, 3, "x" * 301)
