"""Every page for everybody: eyes, ears, keyboards, small screens, no scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from rj_engine.workflows.task.tasks import ClaimTask, CompleteTask
from tests.browser.visiting import Visit
from tests.places import PASSWORD
from tests.web.browsing import a_case, open_task, typical

pytestmark = pytest.mark.browser


def pages_of(visit: Visit) -> dict[str, str]:
    """Name and path of each page, with a case to show on it."""
    reference = a_case(visit.product, victim_name="Alex Invented")
    first = open_task(visit.product, reference)
    visit.product.do(CompleteTask, "coordinator", task_id=first.id, answers=typical(first.form))
    task = open_task(visit.product, reference)
    return {
        "home": "/",
        "my tasks": "/tasks",
        "team's tasks": "/tasks?queue=team",
        "unclaimed tasks": "/tasks?queue=unclaimed",
        "task": f"/tasks/{task.id}",
        "cases": "/cases",
        "case": f"/cases/{reference}",
        "withdrawal": f"/cases/{reference}/withdraw",
        "referral": "/refer",
        "no page": "/no/such/page",
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_a_barrier_or_runs_off_the_screen(visit: Visit, width: int) -> None:
    pages = pages_of(visit)
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.go("/sign-in")
    found = {"sign in": visit.barriers()}
    visit.sign_in("coordinator")
    for name, path in pages.items():
        visit.go(path)
        visit.page.wait_for_load_state("networkidle")
        found[name] = [*visit.barriers(), *(["runs off the screen"] if visit.overflows() else [])]

    assert {name: barriers for name, barriers in found.items() if barriers} == {}


def test_errors_are_without_barriers_and_take_the_focus(visit: Visit) -> None:
    page = visit.sign_in("coordinator")
    visit.go("/refer")

    page.get_by_role("button", name="Send referral").click()

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    assert visit.barriers() == []
    page.locator(".govuk-error-summary a").first.click()
    assert page.evaluate("document.activeElement.name")


def test_a_day_can_be_worked_with_the_keyboard_alone(visit: Visit) -> None:
    reference = a_case(visit.product)
    task = open_task(visit.product, reference)
    visit.product.do(ClaimTask, "coordinator", task_id=task.id)
    page = visit.go("/sign-in")
    press = page.keyboard.press

    reach(visit, "email")
    page.keyboard.type("coordinator@example.org")
    reach(visit, "password")
    page.keyboard.type(PASSWORD)
    press("Enter")
    page.wait_for_url(f"{visit.address}/")
    press("Tab")
    assert focused(visit) == "Skip to main content"
    press("Enter")
    reach(visit, task.name)
    press("Enter")
    page.wait_for_url(f"**/tasks/{task.id}")
    reach(visit, "Finish this task")
    press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def reach(visit: Visit, name: str) -> None:
    """Press Tab until the thing of that name has the focus; whatever has it is seen to have it."""
    for _ in range(150):
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate(SEEN), focused(visit)
        if focused(visit) == name:
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard")


SEEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const drawn = at.type === "radio" || at.type === "checkbox";
  const label = drawn ? getComputedStyle(at.nextElementSibling, "::before") : style;
  const marked = [style, label].some((one) => one.outlineStyle !== "none" || one.boxShadow !== "none");
  return at === document.body || (box.width > 0 && marked);
}"""


def focused(visit: Visit) -> str:
    script = "(document.activeElement.name || document.activeElement.textContent || '').trim()"
    text = visit.page.evaluate(script)
    if text == "action":
        text = visit.page.evaluate("document.activeElement.textContent.trim()")
    return str(text)


def test_without_scripts_a_task_is_worked_to_its_end(plain_visit: Visit) -> None:
    reference = a_case(plain_visit.product)
    task = open_task(plain_visit.product, reference)
    page = plain_visit.sign_in("coordinator")

    plain_visit.go(f"/tasks/{task.id}")
    for key, value in typical(task.form).items():
        answer(plain_visit, key, value)
    page.get_by_role("button", name="Finish this task").click()

    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("is done")


def answer(visit: Visit, key: str, value: object) -> None:
    """Give one answer as a person would."""
    page = visit.page
    choice = page.locator(f'[name="{key}"][value="{value}"]')
    if isinstance(value, list):
        for each in value:
            page.locator(f'[name="{key}"][value="{each}"]').check()
    elif choice.count() and choice.first.get_attribute("type") in {"radio", "checkbox"}:
        choice.check()
    elif page.locator(f'[name="{key}-day"]').count():
        for part, text in zip(("year", "month", "day"), str(value).split("-"), strict=True):
            page.locator(f'[name="{key}-{part}"]').fill(text)
    elif page.locator(f'select[name="{key}"]').count():
        page.locator(f'select[name="{key}"]').select_option(str(value))
    else:
        page.locator(f'[name="{key}"]').fill(str(value))


def test_without_scripts_the_case_tells_in_a_list_where_it_is(plain_visit: Visit) -> None:
    reference = a_case(plain_visit.product)
    page = plain_visit.sign_in("coordinator")

    plain_visit.go(f"/cases/{reference}")

    name = open_task(plain_visit.product, reference).name
    expect(page.locator("main").get_by_role("link", name=name).first).to_be_visible()
    expect(page.locator(".rj-diagram").first).to_be_hidden()
