"""The pages on which running cases are moved: seen before, confirmed with a reason, watched, and undone."""

from __future__ import annotations

import re

import pytest

from rj_engine.workflows.migration.migrating import UndoMigration
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING
from tests.studio.moving_cases import INTAKE, NEW_WORDS, WHY, a_new_version, asked, expected, worked
from tests.web.browsing import a_browser, a_case, open_task, typical


def test_a_manager_sees_moves_watches_and_undoes(sqlite_product: Product) -> None:
    first, second = sorted(a_case(sqlite_product) for _ in range(2))
    number = a_new_version(sqlite_product, NEW_WORDS)
    marks = {one.reference: one.mark for one in expected(sqlite_product, number)}
    path = f"/studio/pathways/{INTAKE}/versions/{number}/cases"
    browser = a_browser(sqlite_product, MANAGER)
    page = browser.get(path).text
    assert re.findall(r'data-count="(\w+)">(\d+)', page) == [("whole", "2"), ("partly", "0"), ("cannot", "0")]

    refused = browser.post(path, page=path, case=f"{first}:{marks[first]}", reason=" ")
    assert refused.status_code == 422
    assert "Say why these cases are moved" in refused.text
    assert f'value="{first}:{marks[first]}" checked' in refused.text
    assert f'value="{second}:{marks[second]}" checked' not in refused.text

    sent = browser.post(path, page=path, case=f"{first}:{marks[first]}", reason=WHY)
    place = sent.headers["Location"]
    assert "Waits for its turn" in browser.get(place).text
    assert browser.get(f"{place}/progress").json == {"words": "Waits for its turn", "over": False}
    assert worked(sqlite_product) == 1
    done = browser.get(place).text
    assert re.findall(r'data-count="(\w+)">(\d+)', done) == [("moved", "1")]
    assert f"moved from version {number - 1} to {number}: {WHY}" in browser.get(f"/cases/{first}").text

    browser.post(f"{place}/undo", page=place, case=first)
    assert worked(sqlite_product) == 1
    assert 'data-count="undone">1' in browser.get(place).text


def test_the_safeguarding_lead_sees_and_moves_nothing(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    number = a_new_version(sqlite_product, NEW_WORDS)
    path = f"/studio/pathways/{INTAKE}/versions/{number}/cases"
    browser = a_browser(sqlite_product, SAFEGUARDING)

    page = browser.get(path)

    assert reference in page.text
    assert "Move the ticked cases" not in page.text
    assert browser.post(path, page=path, case=reference, reason=WHY).status_code == 403
    assert a_browser(sqlite_product, "lead").get(path).status_code == 403
    assert a_browser(sqlite_product, "service_manager.sample").get(path).status_code == 404


@pytest.mark.parametrize("what", [{"version": "77"}, {"stage": "nowhere"}, {"facilitator": "x"}])
def test_a_filter_that_nobody_could_choose_is_refused(sqlite_product: Product, what: dict[str, str]) -> None:
    a_case(sqlite_product)
    path = f"/studio/pathways/{INTAKE}/versions/1/cases"

    name, value = next(iter(what.items()))

    assert a_browser(sqlite_product, MANAGER).get(f"{path}?{name}={value}").status_code == 422


def test_what_was_answered_before_the_move_stays_as_it_was_asked(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    task = open_task(sqlite_product, reference)
    sqlite_product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))
    number = a_new_version(
        sqlite_product,
        ('"screen_for_safety"', '"look_at_safety"'),
        (">screen_for_safety<", ">look_at_safety<"),
        ('name="Screen for safety"', 'name="Look at safety"'),
        ('camunda:formKey="safety_screen"', 'camunda:formKey="hold_decision"'),
    )
    migration = asked(sqlite_product, number)
    browser = a_browser(sqlite_product, "lead")
    before = browser.get(f"/tasks/{task.id}").text

    assert worked(sqlite_product) == 1

    after = browser.get(f"/tasks/{task.id}")
    assert after.status_code == 200
    assert re.findall(r"<dt[^>]*>(.*?)</dt>", after.text, re.DOTALL) == re.findall(
        r"<dt[^>]*>(.*?)</dt>", before, re.DOTALL
    )
    assert browser.get(f"/tasks/{task.id}/changes").status_code == 200
    assert browser.get(f"/cases/{reference}").status_code == 200
    sqlite_product.do(UndoMigration, MANAGER, migration_id=migration)
    assert worked(sqlite_product) == 1
