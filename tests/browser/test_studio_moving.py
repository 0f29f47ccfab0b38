"""A manager moves twenty running cases to another version, sees one that cannot, and moves some back; by keys too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect

from rj_engine.commands import dispatch
from rj_engine.people.staff import the_clock
from rj_engine.workflows.migration import migrating
from rj_engine.workflows.migration.migrating import EndMigration, TakeMigration
from rj_engine.workflows.migration.moving import MoveCase
from rj_engine.workflows.task.tasks import CompleteTask
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.moving_cases import INTAKE, WHY, a_new_version, job, worked
from tests.web.browsing import a_case, open_task, typical

pytestmark = pytest.mark.browser
MANY: Final = 20
GONE: Final = (
    ('"acknowledge_referral"', '"acknowledge_it"'),
    (">acknowledge_referral<", ">acknowledge_it<"),
    ('id="acknowledge_it" name="Acknowledge the referral"', 'id="acknowledge_it" name="Write to the referrer"'),
)
SLOW: Final = 20_000


def fine(visit: Visit) -> None:
    """The page has no barrier and is not pushed sideways."""
    assert visit.barriers() == []
    assert not visit.overflows()


def a_worker(product: Product, migration: UUID) -> Iterator[str]:
    """Takes the job and moves its cases, one each time it is asked."""
    manager = product.actor(MANAGER)
    by = the_clock(manager.service_id, "migrate")
    dispatch(TakeMigration(command_id=uuid4(), by=by, migration_id=migration))
    _, cases = job(product, migration)
    for one in cases.values():
        left: dict[str, Any] = {"command_id": uuid4(), "by": manager, "migration_id": migration, "migrated_id": one.id}
        yield dispatch(MoveCase(**left))["status"]
    dispatch(EndMigration(command_id=uuid4(), by=by, migration_id=migration))


@pytest.mark.parametrize(("hands", "width"), [(Mouse, 1280), (Keyboard, 1280), (Keyboard, 390)])
def test_twenty_cases_are_moved_one_cannot_be_and_what_nobody_has_worked_goes_back(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    product = visit.product
    many = sorted(a_case(product) for _ in range(MANY))
    stays = a_case(product)
    first = open_task(product, stays)
    product.do(CompleteTask, first.lane, task_id=first.id, answers=typical(first.form))
    number = a_new_version(product, *GONE)
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.go("/sign-in?next=/studio")
    page, by = visit.page, hands(visit)
    by.sign_in(MANAGER)
    visit.go(f"/studio/pathways/{INTAKE}/versions")
    by.use(re.compile(f"Open cases on other versions ?than {number}"))
    expect(page.locator("[data-count=whole]")).to_have_text(str(MANY))
    cannot = page.locator("#table-cannot")
    expect(cannot).to_contain_text(stays)
    expect(cannot).to_contain_text("It waits at “Acknowledge the referral”, which is gone.")
    fine(visit)

    by.press(re.compile("Tick none ?: Cases that migrate as they are"))
    expect(page.get_by_text(f"0 of {MANY} ticked")).to_be_visible()
    by.put("reason", WHY)
    by.use(f"Move the ticked cases to version {number}")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose at least one case")
    expect(page.locator("#reason")).to_have_value(WHY)
    by.press(re.compile("Tick all ?: Cases that migrate as they are"))
    expect(page.get_by_text(f"{MANY} of {MANY} ticked")).to_be_visible()
    by.use(f"Move the ticked cases to version {number}")

    expect(page.get_by_text("Waits for its turn")).to_be_visible()
    fine(visit)
    migration = UUID(page.url.rpartition("/")[2])
    moving = a_worker(product, migration)
    assert set(islice(moving, 5)) == {"moved"}
    expect(page.get_by_text(f"{MANY - 5} cases left")).to_be_visible(timeout=SLOW)
    assert set(moving) == {"moved"}
    expect(page.locator("[data-count=moved]")).to_have_text(str(MANY), timeout=SLOW)
    fine(visit)

    task = open_task(product, many[0])
    product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))
    by.press(re.compile("Tick all ?: Cases to be moved back"))
    expect(page.get_by_text(f"{MANY} of {MANY} ticked")).to_be_visible()
    by.use("Move the ticked cases back")
    expect(page.get_by_text("Waits for its turn")).to_be_visible()
    assert worked(product) == MANY - 1
    expect(page.locator("[data-count=undone]")).to_have_text(str(MANY - 1), timeout=SLOW)
    kept = page.get_by_role("row").filter(has_text=many[0])
    expect(kept).to_contain_text("Not moved back")
    expect(kept).to_contain_text("was finished on")
    fine(visit)


def test_without_scripts_the_cases_are_ticked_one_by_one(plain_visit: Visit) -> None:
    references = sorted(a_case(plain_visit.product) for _ in range(2))
    number = a_new_version(plain_visit.product, *GONE)
    plain_visit.sign_in(MANAGER)
    page = plain_visit.go(f"/studio/pathways/{INTAKE}/versions/{number}/cases")
    expect(page.get_by_role("button", name="Tick none")).to_have_count(0)

    page.get_by_label(f"Move {references[0]}").uncheck()
    page.locator("#reason").fill(WHY)
    page.get_by_role("button", name=f"Move the ticked cases to version {number}").click()

    assert worked(plain_visit.product) == 1
    migration = UUID(page.url.rpartition("/")[2])
    assert {
        one.status for one in migrating.cases_of(plain_visit.product.session, job(plain_visit.product, migration)[0])
    } == {"moved"}
