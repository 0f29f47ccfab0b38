"""The heat map counts what stands and what went through, each element for itself, and only what one may see."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from rj_engine import clock
from rj_engine.database import db
from rj_engine.workflows.rows import Task
from rj_engine.workflows.studio import heat
from rj_engine.workflows.studio.heat import Asked
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.web.browsing import a_browser, a_case, open_task, typical

SCREEN = "intake/screen_for_safety"


def asked(number: int | None = None) -> Asked:
    """The front door, this year so far."""
    today = clock.today()
    return Asked("intake", number, today - timedelta(days=30), today + timedelta(days=60))


def seen(product: Product, who: str = MANAGER, number: int | None = None, days: int = 0) -> dict[str, heat.Heat]:
    """What the map shows by element, so many days from now."""
    later = clock.now() + timedelta(days=days)
    return {one.element: one for one in heat.heat(product.session, product.actor(who), asked(number), later)}


def test_what_stands_is_counted_and_what_is_late(product: Product) -> None:
    a_case(product)
    a_case(product)

    now, later = seen(product), seen(product, days=30)

    assert (now[SCREEN].open, now[SCREEN].overdue) == (2, 0)
    assert (later[SCREEN].open, later[SCREEN].overdue) == (2, 2)
    assert [one.element for one in heat.bottlenecks(list(later.values()))][:1] == [SCREEN]


def test_the_median_is_the_middle_of_the_days_that_each_took(product: Product) -> None:
    for days in (1, 2, 9):
        task = open_task(product, a_case(product))
        product.do(CompleteTask, "coordinator", task_id=task.id, answers=typical(task.form))
        row = product.session.get_one(Task, task.id, populate_existing=True)
        assert row.closed_at is not None
        row.opened_at = row.closed_at - timedelta(days=days)
        db.session.commit()

    found = seen(product)[SCREEN]

    assert (found.completed, found.median_days) == (3, 2.0)


def test_of_two_the_median_is_between_them(product: Product) -> None:
    for days in (1, 4):
        task = open_task(product, a_case(product))
        product.do(CompleteTask, "coordinator", task_id=task.id, answers=typical(task.form))
        row = product.session.get_one(Task, task.id, populate_existing=True)
        assert row.closed_at is not None
        row.opened_at = row.closed_at - timedelta(days=days)
        db.session.commit()

    assert seen(product)[SCREEN].median_days == 2.5


def test_another_services_cases_are_not_counted(sqlite_product: Product) -> None:
    a_case(sqlite_product)

    assert seen(sqlite_product, "service_manager.sample") == {}


def test_the_list_behind_an_element_names_only_cases_one_may_see(product: Product) -> None:
    reference = a_case(product)
    session = product.session

    mine = heat.cases_at(session, product.actor(MANAGER), asked(), SCREEN)
    theirs = heat.cases_at(session, product.actor("service_manager.sample"), asked(), SCREEN)

    assert [one.reference for one in mine] == [reference]
    assert theirs == []


def test_a_version_that_no_case_ran_on_is_empty(sqlite_product: Product) -> None:
    a_case(sqlite_product)

    assert seen(sqlite_product, number=99) == {}
    assert heat.versions_of(sqlite_product.session, sqlite_product.actor(MANAGER), "intake") == [1]


def test_the_page_says_in_a_table_what_the_diagram_shows(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)

    page = browser.get("/studio/pathways/intake/watch").text
    cases = browser.get(f"/studio/pathways/intake/watch/{SCREEN}").text

    name = sqlite_product.session.scalar(select(Task.name).where(Task.element == SCREEN))
    assert name is not None
    assert name in page
    assert reference in cases
    assert browser.get("/studio/pathways/intake/watch?since=nonsense&until=2026-13-01&version=x").status_code == 200
    assert browser.get("/studio/pathways/no_such/watch").status_code == 422
    assert "<bpmn" in browser.get("/studio/pathways/intake/versions/1/diagrams/intake.bpmn").text
    assert browser.get("/studio/pathways/intake/versions/1/diagrams/none.bpmn").status_code == 404
