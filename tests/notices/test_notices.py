"""What each person is told: once, of what is theirs, and no longer than it matters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from rj_engine import clock
from rj_engine.database import db
from rj_engine.workflows import scheduler
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.post import notices
from rj_engine.workflows.post.notices import ReadNotices
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import AssignTask, ClaimTask, CompleteTask
from tests.places import Product
from tests.security.neighbourhood import Known, a_case
from tests.web.browsing import a_browser, open_task, typical, words
from tests.web.browsing import a_case as a_referral


def told(product: Product, who: str) -> list[str]:
    return [one.kind for one in notices.listed(product.session, product.actor(who))]


def a_claimed_task(product: Product) -> Known:
    known = a_case(product)
    if product.session.get_one(Task, known.task).assignee_id is None:
        product.do(ClaimTask, "facilitator", task_id=known.task)
    return known


def test_a_task_given_by_a_colleague_is_told_and_one_taken_is_not(product: Product) -> None:
    task = open_task(product, a_referral(product)).id
    coordinator = product.actor("coordinator").id
    product.do(ClaimTask, "coordinator", task_id=task)
    assert told(product, "coordinator") == []

    product.do(AssignTask, "lead", task_id=task, to=coordinator)
    product.do(AssignTask, "lead", task_id=task, to=coordinator)

    assert told(product, "coordinator") == ["given"]
    assert notices.unread(product.session, product.actor("coordinator")) == 1
    product.do(ReadNotices, "coordinator")
    assert notices.unread(product.session, product.actor("coordinator")) == 0
    product.do(AssignTask, "lead", task_id=task, to=coordinator)
    assert notices.unread(product.session, product.actor("coordinator")) == 1


def test_a_task_that_is_due_and_then_late_is_told_once_each_however_often_one_looks(product: Product) -> None:
    known = a_claimed_task(product)
    due = product.session.get_one(Task, known.task).due_at
    assert notices.write_due() == 0
    with clock.at(due - timedelta(hours=3)):
        assert notices.write_due() == 1
        assert notices.write_due() == 0
    with clock.at(due + timedelta(minutes=1)):
        assert scheduler.remind(product.app.app_context, None, 7) == (1, 0)
        assert notices.write_due() == 0
    assert sorted(told(product, "facilitator")) == ["due", "overdue"]


def test_a_notice_ends_with_its_task(sqlite_product: Product) -> None:
    task = open_task(sqlite_product, a_referral(sqlite_product))
    known, form = task.id, task.form
    sqlite_product.do(AssignTask, "lead", task_id=known, to=sqlite_product.actor("coordinator").id)
    sqlite_product.do(CompleteTask, "coordinator", task_id=known, answers=typical(form))
    assert told(sqlite_product, "coordinator") == []


def test_what_stands_in_the_way_and_who_withdrew_is_told(product: Product) -> None:
    known = a_claimed_task(product)
    values = {"blocked": ["current risk assessment"], "assignee_id": product.actor("facilitator").id}
    product.session.execute(update(Task).where(Task.id == known.task).values(**values))
    db.session.commit()
    notices.write_due()
    assert told(product, "facilitator") == ["blocked"]

    product.do(Withdraw, "lead", reference=known.reference, party="victim", person=None, words="No longer.")
    notices.write_due()
    notices.write_due()

    assert told(product, "facilitator").count("withdrew") == 1


@pytest.mark.parametrize("who", ["facilitator.west", "facilitator.sample"])
def test_nobody_is_told_of_anothers_case(sqlite_product: Product, who: str) -> None:
    known = a_claimed_task(sqlite_product)
    due = sqlite_product.session.get_one(Task, known.task).due_at
    with clock.at(due + timedelta(hours=1)):
        notices.write_due()
    assert told(sqlite_product, who) == []


def test_the_count_stands_at_the_top_and_the_list_leads_to_the_task(sqlite_product: Product) -> None:
    task = open_task(sqlite_product, a_referral(sqlite_product)).id
    sqlite_product.do(AssignTask, "lead", task_id=task, to=sqlite_product.actor("coordinator").id)
    browser = a_browser(sqlite_product, "coordinator")

    page = browser.get("/notices")

    assert "Notices ( new: 1)" in words(page.text)
    assert f'href="/tasks/{task}"' in page.text
    assert browser.post("/notices/read", "/notices").status_code == 302
    assert "new:" not in words(browser.get("/notices").text)
    assert browser.post("/notices/digest", "/notices", wanted="yes").status_code == 302
    assert "Stop the daily e-mail" in browser.get("/notices").text
    assert browser.post("/notices/digest", "/notices", wanted="no").status_code == 302
    assert "Send me the daily e-mail" in browser.get("/notices").text
