"""Looking at the tasks through filters, in an order, a page at a time; counts that fit what is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.cases.holds import Hold
from rj_engine.commands import Actor, NotAllowed
from rj_engine.database import db
from rj_engine.prisons.custody import Custody
from rj_engine.workflows.rows import Task
from rj_engine.workflows.workload import filters, inbox
from rj_engine.workflows.workload.filters import NoSuchFilter, Sieve
from rj_engine.workflows.workload.inbox import NoSuchPage
from tests.places import Product
from tests.web.browsing import a_case, open_task


def seen(product: Product, who: str = "coordinator", queue: str = "team", **sieve: str) -> list[str]:
    """References of the tasks that somebody sees through a sieve, in their order."""
    wanted = inbox.asked(product.session, product.actor(who), queue, clock.now(), Sieve(**sieve))
    return [row.case for row in inbox.listed(product.session, wanted).tasks]


def change(product: Product, reference: str, **values: object) -> None:
    """Set columns of a case's open task by hand."""
    task = open_task(product, reference)
    for name, value in values.items():
        setattr(task, name, value)
    db.session.commit()


def case_of(product: Product, reference: str) -> Case:
    return product.session.query(Case).filter(Case.reference == reference).one()


def test_each_order_shows_each_task_once_across_its_pages(product: Product) -> None:
    now = clock.now()
    for days in (3, 1, 2, 5, 4):
        with clock.at(now - timedelta(days=days)):
            a_case(product)
    by = product.actor("coordinator")

    for sort in filters.SORTS:
        wanted = inbox.asked(product.session, by, "team", now, Sieve(sort=sort))
        whole = [row.id for row in inbox.listed(product.session, wanted).tasks]
        paged, cursor = [], None
        while True:
            page = inbox.listed(product.session, wanted, cursor=cursor, limit=2)
            paged += [row.id for row in page.tasks]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert paged == whole
        assert len(whole) == 5


def test_a_page_of_another_order_is_refused(product: Product) -> None:
    for _ in range(2):
        a_case(product)
    by, now = product.actor("coordinator"), clock.now()
    by_case = inbox.asked(product.session, by, "team", now, Sieve(sort="case"))
    cursor = inbox.listed(product.session, by_case, limit=1).next_cursor

    for sort in ("due", "stage"):
        wanted = inbox.asked(product.session, by, "team", now, Sieve(sort=sort))
        with pytest.raises(NoSuchPage):
            inbox.listed(product.session, wanted, cursor=cursor)


def test_due_filters_tell_late_from_today_from_this_week(product: Product) -> None:
    late, today, later, undated = (a_case(product) for _ in range(4))
    now = clock.now()
    change(product, late, due_at=now - timedelta(days=30))
    change(product, today, due_at=clock.end_of(clock.today()))
    change(product, later, due_at=now + timedelta(days=30))
    change(product, undated, due_at=now - timedelta(days=60), opened_at=now - timedelta(days=60))

    assert seen(product, due="overdue") == [undated, late]
    assert seen(product, due="today") == [today]
    assert seen(product, due="week") == [today]
    assert seen(product, due="none") == [undated]


def test_marks_stages_pathways_and_people_filter(product: Product) -> None:
    worried, stopped, waiting, mine = (a_case(product) for _ in range(4))
    db.session.add(Hold(case_id=case_of(product, worried).id, kind="safeguarding", raised_at=clock.now()))
    db.session.commit()
    case_of(product, stopped).status = "frozen"
    db.session.commit()
    change(product, waiting, blocked=["a current consent"])
    me = product.actor("coordinator").id
    change(product, mine, assignee_id=me, stage="R0", pathway="aftercare")

    assert seen(product, flag="worry") == [worried]
    assert seen(product, flag="stopped") == [stopped]
    assert seen(product, flag="waiting") == [waiting]
    assert seen(product, person=str(me)) == [mine]
    assert mine not in seen(product, person="nobody")
    assert seen(product, pathway="aftercare") == [mine]
    assert mine in seen(product, stage="R0")
    assert seen(product, stage="closing") == []


def test_counts_are_those_of_the_filtered_queues(product: Product) -> None:
    late, *_ = (a_case(product) for _ in range(3))
    change(product, late, due_at=clock.now() - timedelta(days=3))
    by = product.actor("coordinator")

    wanted = inbox.asked(product.session, by, "mine", clock.now(), Sieve(due="overdue"))

    assert inbox.counts(product.session, wanted) == {"mine": 0, "team": 1, "unclaimed": 1, "waiting": 0}


def test_what_nobody_could_have_chosen_is_refused(product: Product) -> None:
    known = filters.choices(product.session, product.actor("coordinator"))

    for wrong in ({"stage": "elsewhere"}, {"due": "never"}, {"person": "Fern"}, {"sort": "title"}):
        with pytest.raises(NoSuchFilter):
            filters.read(wrong, known)
    assert filters.read({"due": "today", "stage": "", "unknown": "x"}, known) == Sieve(due="today")


def test_where_somebody_is_held_filters_only_for_who_may_know_it(product: Product) -> None:
    held, _ = a_case(product), a_case(product)
    stay = {"status": "custody", "establishment": "BXI", "began_at": clock.now(), "detail": {}}
    db.session.add(Custody(case_id=case_of(product, held).id, **stay))
    db.session.commit()
    by = product.actor("coordinator")
    blind = Actor(by.id, by.name, by.service_id, by.team_id, by.roles, by.verbs - {"see_custody"}, by.lanes)

    assert seen(product, establishment="BXI") == [held]
    assert set(filters.choices(product.session, by).establishment) == {"BXI"}
    assert filters.choices(product.session, blind).establishment == {}
    wanted = inbox.asked(product.session, blind, "team", clock.now(), Sieve(establishment="BXI"))
    with pytest.raises(NotAllowed):
        inbox.listed(product.session, wanted)


def test_waiting_on_others_is_what_colleagues_do_in_the_cases_one_works(product: Product) -> None:
    ours, theirs = a_case(product), a_case(product)
    case_of(product, ours).facilitator_id = product.actor("facilitator").id
    db.session.commit()

    assert seen(product, "facilitator", "waiting") == [ours]
    task = product.session.get(Task, open_task(product, ours).id)
    assert task is not None
    assert task.lane == "coordinator"
    assert theirs not in seen(product, "facilitator2", "waiting")


def test_the_district_of_a_referral_finds_the_tasks_of_its_case_however_it_was_typed(product: Product) -> None:
    here, typed = a_case(product, district="Folkestone and Hythe"), a_case(product, district=" folkestone AND  hythe")
    a_case(product, district="Thanet")
    a_case(product)

    assert sorted(seen(product, district="folkestone_and_hythe")) == sorted([here, typed])
    assert seen(product, district="medway") == []


def test_somebody_in_a_case_is_found_as_they_are_spelt_and_as_they_sound(product: Product) -> None:
    hers = a_case(product, victim_name="Katarzyna Invented", harmer_name="Robin Elsewhere")
    a_case(product, victim_name="Robin Invented", harmer_name="Katarzyna Elsewhere")
    by = product.actor("coordinator")

    def found(name: str) -> list[str]:
        wanted = inbox.asked(product.session, by, "team", clock.now())
        return [row.case for row in inbox.listed(product.session, replace(wanted, somebody=name)).tasks]

    assert found("Katarzyna Invented") == [hers]
    assert found("invented, katarzina") == [hers]
    assert len(found("Robyn")) == 2
    assert found("Nobody Atall") == []
    assert found("!") == []
