"""A manager watches where the cases of a pathway stand: any version, any days, on the drawing and as a table."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from rj_engine import clock
from rj_engine.database import db
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.moving_cases import INTAKE, NEW_WORDS, a_new_version
from tests.web.browsing import a_browser, a_case, open_task, typical

pytestmark = pytest.mark.browser
WATCH: Final = f"/studio/pathways/{INTAKE}/watch"
SCREEN: Final = f"{WATCH}/intake/screen_for_safety"
SLOW: Final = 20_000


def fine(visit: Visit) -> None:
    """The page has no barrier and is not pushed sideways."""
    assert visit.barriers() == []
    assert not visit.overflows()


def worked(product: Product) -> tuple[str, str]:
    """Two cases on the first version, one of them late; a third finished its first task; one on the second version."""
    late, open_now, done = (a_case(product) for _ in range(3))
    first = open_task(product, done)
    product.do(CompleteTask, first.lane, task_id=first.id, answers=typical(first.form))
    a_new_version(product, NEW_WORDS)
    a_case(product)
    db.session.execute(update(Task).where(Task.reference == late).values(due_at=clock.now() - timedelta(days=3)))
    db.session.commit()
    return late, open_now


def counts(page: Page, step: str) -> list[str]:
    """Open, late and finished of one step, as the table beside the drawing has them."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=step, exact=True))
    return row.locator("td").all_inner_texts()[1:4]


@pytest.mark.parametrize(("hands", "width"), [(Mouse, 1280), (Keyboard, 1280), (Keyboard, 390)])
def test_a_manager_chooses_a_version_and_days_and_comes_to_the_cases_of_a_step(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    late, open_now = worked(visit.product)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.go(f"/sign-in?next={WATCH}")
    by: Hands = hands(visit)
    by.sign_in(MANAGER)
    visit.go(WATCH)
    assert counts(page, "Screen for safety")[0] == "3"
    drawing = page.locator("[data-diagram][data-ready=yes]")
    expect(drawing.get_by_text("3 open, 1 late")).to_be_visible(timeout=SLOW)
    fine(visit)

    by.put("version", "1")
    by.use("Show")
    expect(page).to_have_url(re.compile("version=1"))
    assert counts(page, "Screen for safety") == ["2", "1", "1"]
    expect(drawing.get_by_text("2 open, 1 late")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Front door, version 1")).to_be_visible()
    fine(visit)

    long_ago = {"since": "2020-01-01", "until": "2020-02-01"}
    visit.go(f"{WATCH}?version=1&since={long_ago['since']}&until={long_ago['until']}")
    assert counts(page, "Screen for safety") == ["2", "1", "0"]
    expect(page.get_by_text("from 1 January 2020 to 1 February 2020")).to_be_visible()

    by.use("Screen for safety")
    expect(page.get_by_role("heading", name="Cases at")).to_be_visible()
    listed = page.get_by_role("rowheader").all_inner_texts()
    assert set(listed) == {late, open_now}
    expect(page.get_by_role("row").filter(has_text=late)).to_contain_text("Late")
    fine(visit)


def test_nobody_sees_a_case_there_that_they_could_not_open(sqlite_product: Product) -> None:
    late, open_now = worked(sqlite_product)

    own = a_browser(sqlite_product, MANAGER).get(SCREEN).text
    other = a_browser(sqlite_product, "service_manager.sample").get(SCREEN).text

    assert {late in own, open_now in own} == {True}
    assert {late in other, open_now in other} == {False}
    assert "No case stands here now." in other
    for who in ("facilitator", "coordinator", "lead"):
        assert a_browser(sqlite_product, who).get(SCREEN).status_code == 403
        assert a_browser(sqlite_product, who).get(WATCH).status_code == 403
