"""A facilitator's morning and the desk's other days: by mouse, by keyboard alone, wide and narrow, without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from rj_engine import clock
from rj_engine.workflows.rows import Task
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.places import Product
from tests.security.neighbourhood import a_case as at_first_contact
from tests.web.browsing import a_case, open_task

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def assignee(product: Product, reference: str) -> object:
    return open_task(product, reference).assignee_id


def fine(visit: Visit) -> None:
    """The page has no barrier and is not pushed sideways."""
    assert visit.barriers() == []
    assert not visit.overflows()


@WIDTHS
def test_a_morning_by_mouse(visit: Visit, width: int) -> None:
    first, second = a_case(visit.product), a_case(visit.product)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.sign_in("coordinator")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is next for you")
    expect(page.locator(".rj-next__thing")).to_have_count(2)
    expect(page.locator(".rj-next__thing").first).to_contain_text("Nobody has taken it yet.")
    fine(visit)

    page.get_by_role("link", name=re.compile(r"^Unclaimed")).first.click()
    for reference in (first, second):
        page.get_by_role("checkbox", name=re.compile(reference)).check()
    page.get_by_label("I take them").check()
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Done: 2 tasks.")
    me = visit.product.actor("coordinator").id
    assert {assignee(visit.product, first), assignee(visit.product, second)} == {me}

    visit.go("/tasks")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Due", exact=True).select_option("week")
    page.get_by_role("button", name="Show these").click()
    page.get_by_label("Save this filter as").fill("This week")
    fine(visit)
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_role("navigation", name="Saved filters")).to_contain_text("This week")
    fine(visit)


@WIDTHS
def test_a_morning_by_keyboard_alone(visit: Visit, width: int) -> None:
    reference = a_case(visit.product)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page, keys = visit.go("/sign-in"), Keyboard(visit)
    keys.sign_in("coordinator")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is next for you")

    keys.use(re.compile(r"Unclaimed \(1\)"))
    page.keyboard.press("j")
    assert "/tasks/" in page.evaluate("document.activeElement.href")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name=re.compile(reference))).to_be_checked()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "do":
            break
    page.keyboard.press("Space")
    keys.use("Do it")
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Done: 1 task.")
    assert assignee(visit.product, reference) == visit.product.actor("coordinator").id

    page.keyboard.press("h")
    page.wait_for_url(f"{visit.address}/")
    page.keyboard.press("t")
    page.wait_for_url("**/tasks")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/tasks/{open_task(visit.product, reference).id}")


def test_letters_do_nothing_in_a_field_or_when_they_are_off(visit: Visit) -> None:
    visit.sign_in("coordinator")
    page = visit.go("/keyboard")
    page.get_by_label("Go to tasks").press("h")
    assert page.url.endswith("/keyboard")
    page.get_by_label("Go to tasks").fill("t")
    page.get_by_label("Use shortcuts").uncheck()
    page.get_by_role("button", name="Keep these shortcuts").click()
    expect(page.locator(".govuk-notification-banner--success")).to_be_visible()

    page.locator("h1").click()
    page.keyboard.press("t")

    assert page.url.endswith("/keyboard")
    fine(visit)


def test_a_due_date_is_moved_and_what_was_typed_stays_where_a_reason_lacks(visit: Visit) -> None:
    known = at_first_contact(visit.product)
    visit.sign_in("facilitator")
    page = visit.go("/tasks")
    page.get_by_role("checkbox", name=re.compile(known.reference)).check()
    expect(page.get_by_label("Why? It stands")).to_be_hidden()
    page.get_by_label("Change when they are due").check()
    wanted = clock.today() + timedelta(days=12)
    for part, value in zip(("day", "month", "year"), (wanted.day, wanted.month, wanted.year), strict=True):
        page.locator(f"#due_on-{part}").fill(str(value))
    page.get_by_role("button", name="Do it").click()

    expect(page.locator(".govuk-error-summary")).to_contain_text("Say why")
    expect(page.locator("#due_on-year")).to_have_value(str(wanted.year))
    expect(page.get_by_role("checkbox", name=re.compile(known.reference))).to_be_checked()
    fine(visit)
    page.get_by_label("Why? It stands").fill("They asked for more time")
    page.get_by_role("button", name="Do it").click()

    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("Done: 1 task.")
    assert visit.product.session.get_one(Task, known.task).due_at == clock.end_of(wanted)


@WIDTHS
@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_a_caseload_changes_hands_but_for_a_conflict_of_interest(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    kept, given = at_first_contact(visit.product).reference, at_first_contact(visit.product).reference
    visit.page.set_viewport_size({"width": width, "height": 900})
    page, by = visit.go("/sign-in"), hands(visit)
    by.sign_in("lead")
    visit.go("/conflicts")
    by.put("of", str(visit.product.actor("facilitator2").id))
    by.put("reference", kept)
    by.put("words", "Their cousin")
    by.use("Declare it")
    fine(visit)

    visit.go("/caseloads")
    fine(visit)
    by.use(visit.product.actor("facilitator").name)
    by.put("to", str(visit.product.actor("facilitator2").id))
    by.put("reason", "On long leave")
    fine(visit)
    by.use("Hand everything over")

    expect(page.locator("main")).to_contain_text("has a conflict of interest")
    expect(page.locator("main")).to_contain_text(kept)
    fine(visit)
    assert assignee(visit.product, given) == visit.product.actor("facilitator2").id
    assert assignee(visit.product, kept) == visit.product.actor("facilitator").id


@WIDTHS
@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_a_substitute_is_named_and_has_the_tasks_while_one_is_away(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    known = at_first_contact(visit.product)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page, by = visit.go("/sign-in"), hands(visit)
    by.sign_in("facilitator")
    visit.go("/away")
    fine(visit)
    for name, days in {"from_on": 0, "until_on": 6}.items():
        on = clock.today() + timedelta(days=days)
        for part, value in (("day", on.day), ("month", on.month), ("year", on.year)):
            by.put(f"{name}-{part}", str(value))
    by.put("substitute", str(visit.product.actor("facilitator2").id))
    by.use("Name the substitute")
    expect(page.locator("tbody")).to_contain_text(visit.product.actor("facilitator2").name)
    fine(visit)

    by.use("Sign out", back=True)
    visit.go("/sign-in")
    by.sign_in("facilitator2")
    expect(page.locator(".rj-next__thing").first).to_contain_text("You stand in for")
    expect(page.locator("#tasks")).to_contain_text(known.reference)
    fine(visit)

    by.use("Sign out", back=True)
    visit.go("/sign-in")
    by.sign_in("facilitator")
    visit.go("/away")
    by.use(re.compile("^End it.*"))
    expect(page.locator("main")).to_contain_text("Nobody is away.")
    fine(visit)


def test_without_scripts_a_substitute_is_named_and_has_the_tasks(plain_visit: Visit) -> None:
    known = at_first_contact(plain_visit.product)
    page = plain_visit.sign_in("facilitator")
    plain_visit.go("/away")
    for name, days in {"from_on": 0, "until_on": 6}.items():
        on = clock.today() + timedelta(days=days)
        for part, value in zip(("day", "month", "year"), (on.day, on.month, on.year), strict=True):
            page.locator(f"#{name}-{part}").fill(str(value))
    page.get_by_label("Who stands in?").select_option(label=plain_visit.product.actor("facilitator2").name)
    page.get_by_role("button", name="Name the substitute").click()
    expect(page.locator("tbody")).to_contain_text(plain_visit.product.actor("facilitator2").name)
    page.get_by_role("button", name="Sign out").click()

    plain_visit.sign_in("facilitator2")

    expect(page.locator(".rj-next__thing").first).to_contain_text("You stand in for")
    expect(page.locator("#tasks")).to_contain_text(known.reference)
    plain_visit.go("/tasks")
    expect(page.get_by_label("Why? It stands")).to_be_hidden()
