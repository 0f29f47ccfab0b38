"""What else a day holds: a task skipped until a day, people related, a colleague told; by mouse and by keys alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from rj_engine import clock
from rj_engine.cases import case as cases
from rj_engine.database import db
from rj_engine.workflows.post import notices
from rj_engine.workflows.rows import Task
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.security.neighbourhood import Known
from tests.security.neighbourhood import a_case as at_first_contact

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [1280, 390])
HANDS = pytest.mark.parametrize("hands", [Mouse, Keyboard])


def fine(visit: Visit) -> None:
    """The page has no barrier and is not pushed sideways."""
    assert visit.barriers() == []
    assert not visit.overflows()


def not_late(visit: Visit) -> Known:
    known = at_first_contact(visit.product)
    visit.product.session.get_one(Task, known.task).due_at = clock.now() + timedelta(days=20)
    db.session.commit()
    return known


@WIDTHS
@HANDS
def test_a_task_is_skipped_until_a_day_and_is_not_next_before_it(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    known = not_late(visit)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page, by = visit.go("/sign-in"), hands(visit)
    by.sign_in("facilitator")
    expect(page.locator(".rj-next__thing")).to_have_count(1)
    visit.go(f"/tasks/{known.task}")
    by.fold_out("Skip it until a day")
    fine(visit)
    on = clock.today() + timedelta(days=6)
    for part, value in (("day", "32"), ("month", on.month), ("year", on.year)):
        by.put(f"skip_on-{part}", str(value))
    by.put("skip_words", "Back from abroad")
    by.use("Skip until that day")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Give a real day")
    expect(page.locator("#skip_words")).to_have_value("Back from abroad")
    fine(visit)

    by.put("skip_on-day", str(on.day))
    by.use("Skip until that day")

    visit.go("/")
    expect(page.locator(".rj-next__thing")).to_have_count(0)
    visit.go("/tasks?flag=skipped")
    expect(page.locator("#tasks")).to_contain_text("Follow up on")
    expect(page.locator("#tasks")).to_contain_text("Back from abroad")
    fine(visit)


@WIDTHS
@HANDS
def test_people_are_related_and_a_colleague_is_told_of_a_note(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    reference, lead = at_first_contact(visit.product).reference, visit.product.actor("lead")
    case = cases.find(visit.product.session, lead, reference)
    ids = {one.role: str(one.id) for one in cases.parties(visit.product.session, case)}
    visit.page.set_viewport_size({"width": width, "height": 900})
    page, by = visit.go("/sign-in"), hands(visit)
    by.sign_in("facilitator")
    visit.go(f"/cases/{reference}")
    by.put("words", f"@{lead.name}, she moved house.")
    by.fold_out("Tell these colleagues")
    fine(visit)
    by.use("Keep this note")
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("1 colleague will be told.")
    expect(page.locator(".rj-note").first).to_contain_text(f"Told: {lead.name}")

    by.fold_out("Record how two people are related")
    for name, value in (("one", ids["harmer"]), ("kind", "neighbour"), ("related_to", ids["victim"])):
        by.put(name, value)
    fine(visit)
    by.use("Keep it")
    expect(page.locator("main")).to_contain_text("neighbour of")
    by.fold_out(re.compile("Change: .*"))
    fine(visit)

    visit.product.session.rollback()  # what the server wrote meanwhile is to be seen
    notices.write_due()
    by.use("Sign out", back=True)
    visit.go("/sign-in?next=/notices")
    by.sign_in("lead")
    expect(page.locator("main")).to_contain_text("A note on a case mentions you")
    expect(page.locator("main")).not_to_contain_text("moved house")
    fine(visit)
