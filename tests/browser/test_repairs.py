"""A lead puts stopped and stuck cases right; by mouse and by keys alone, wide and narrow."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rj_engine.cases.case import Case
from rj_engine.workflows.rows import Task
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.reliability.small_case import open_tasks
from tests.security.neighbourhood import with_incident
from tests.workflows.a_waiting_case import CLOSE, REACHING_OUT, reference, waiting_for

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [1280, 390])
HANDS = pytest.mark.parametrize("hands", [Mouse, Keyboard])
END = re.compile("End this wait now ?: Let it rest")
SKIP = re.compile("Go on without this task ?: Close it")
WHY = "They rang back; we need not wait."


def fine(visit: Visit) -> None:
    """The page has no barrier and is not pushed sideways."""
    assert visit.barriers() == []
    assert not visit.overflows()


def as_lead(visit: Visit, hands: type[Mouse | Keyboard], width: int, path: str) -> tuple[Page, Mouse | Keyboard]:
    """Signed in, at that page."""
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.go("/sign-in")
    by = hands(visit)
    by.sign_in("lead")
    return visit.go(path), by


def stands(visit: Visit, case: UUID) -> set[str]:
    """What is open in a case, seen after what the server wrote."""
    visit.product.session.rollback()
    return set(open_tasks(visit.product, case))


@WIDTHS
@HANDS
def test_the_step_that_broke_is_tried_again_and_the_case_goes_on(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    with_incident(visit.product, "")
    page, by = as_lead(visit, hands, width, "/problems")
    fine(visit)
    stopped = page.locator("tbody th a").first.inner_text()

    by.use(f"Try again in {stopped}")

    expect(page.get_by_role("alert")).to_contain_text("The case goes on.")
    expect(page.get_by_role("heading", name="Tried again by a lead")).to_be_visible()
    visit.product.session.rollback()
    assert visit.product.session.scalars(select(Case.status).where(Case.reference == stopped)).one() == "open"
    fine(visit)


@WIDTHS
@HANDS
def test_a_wait_is_ended_a_step_entered_again_and_a_task_skipped(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    case, _ = waiting_for(visit.product, "somebody_replies")
    repair = f"/cases/{reference(visit.product, case)}/repair"
    page, by = as_lead(visit, hands, width, repair)
    fine(visit)
    by.use(END)
    expect(page.locator(".govuk-error-summary")).to_contain_text("Say why")
    fine(visit)
    by.put("reason", WHY)
    by.use(END)
    expect(page.locator("main")).to_contain_text(f"A wait was ended by a lead, Let it rest: {WHY}")
    assert stands(visit, case) == {"close"}

    visit.go(repair)
    by.put("reason", "The victim has more to say.")
    by.put("element", "intake/stages")
    by.use("Put the case back from Close it")
    expect(page.locator("main")).to_contain_text("Put back by a lead to Stages: The victim has more to say.")
    assert stands(visit, case) == {"call", "weigh"}


@WIDTHS
@HANDS
def test_a_task_that_nothing_hangs_on_is_skipped(visit: Visit, hands: type[Mouse | Keyboard], width: int) -> None:
    case, _ = waiting_for(visit.product, "somebody_replies")
    repair = f"/cases/{reference(visit.product, case)}/repair"
    page, by = as_lead(visit, hands, width, repair)
    by.put("reason", WHY)
    by.use(END)
    task = open_tasks(visit.product, case)["close"]
    visit.go(repair)

    by.put("reason", "Said on the telephone.")
    by.use(SKIP)

    expect(page.locator("main")).to_contain_text("A task was skipped by a lead, Close it: Said on the telephone.")
    visit.product.session.rollback()
    assert visit.product.session.get_one(Task, task).how_closed == "skipped"


@WIDTHS
@HANDS
def test_a_repair_that_the_gate_does_not_let_pass_moves_nothing_and_says_what_is_missing(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    case, _ = waiting_for(visit.product, "somebody_replies", {CLOSE: REACHING_OUT})
    page, by = as_lead(visit, hands, width, f"/cases/{reference(visit.product, case)}/repair")

    by.put("reason", WHY)
    by.use(END)

    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text("This would lead to “Close it”, and the gate says no")
    expect(summary).to_contain_text("Nothing has moved")
    expect(page.locator("[name=reason]")).to_have_value(WHY)
    assert stands(visit, case) == set()
    fine(visit)
