"""What scripts add: questions that open, drafts that are kept, a diagram with marks, a page left at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from rj_engine import bpmn
from rj_engine.forms import Form, parse
from rj_engine.forms.opening import rules
from rj_engine.people.sign_in import SignOut
from tests.browser.visiting import Visit
from tests.web.browsing import a_case, open_task

pytestmark = pytest.mark.browser


def test_a_question_opens_in_place_when_the_answer_before_calls_for_it(visit: Visit) -> None:
    visit.sign_in("coordinator")
    page = visit.go("/refer")
    form = parse(bpmn.forms()["referral"])
    field, parent, value = opened_by_one_choice(form)
    question = page.locator(f"[data-place]:has([name='{field}'], [name='{field}-day'])").last
    expect(question).to_be_hidden()

    page.locator(f'[name="{parent}"][value="{value}"]').check()

    expect(question).to_be_visible()
    assert visit.barriers() == []


def opened_by_one_choice(form: Form) -> tuple[str, str, str]:
    """A question that one choice opens, with that choice."""
    found = rules(form, {})
    for field in form.fields.values():
        for condition in field.conditions:
            rule = found.get(condition.text)
            if rule is None or len(rule.reads) != 1 or "[null]" not in rule.hides:
                continue
            parent = form.fields[rule.reads[0]]
            for option in parent.options:
                if parent.type == "radio" and not parent.conditions and f'["{option.value}"]' not in rule.hides:
                    return field.key, parent.key, option.value
    raise AssertionError("no such question")


def test_what_is_typed_is_kept_within_seconds(visit: Visit) -> None:
    reference = a_case(visit.product)
    visit.sign_in("coordinator")
    page = visit.go(f"/tasks/{open_task(visit.product, reference).id}")
    area = page.locator("textarea:visible").first

    area.fill("Said with care\nand kept")
    expect(page.locator("[data-draft-says]")).to_have_text(re.compile(r"^Saved at "))
    page.reload()

    expect(page.locator("textarea:visible").first).to_have_value("Said with care\nand kept")


def test_a_lapsed_sign_in_is_told_and_takes_no_word_off_the_page(visit: Visit) -> None:
    reference = a_case(visit.product)
    visit.sign_in("coordinator")
    page = visit.go(f"/tasks/{open_task(visit.product, reference).id}")
    visit.product.do(SignOut, "coordinator")

    page.locator("textarea:visible").first.fill("Not to be lost")

    expect(page.locator("[data-draft-says]")).to_contain_text("you have been signed out")
    expect(page.locator("textarea:visible").first).to_have_value("Not to be lost")


def test_the_diagram_marks_the_steps_that_the_list_names(visit: Visit) -> None:
    reference = a_case(visit.product)
    task = open_task(visit.product, reference)
    visit.sign_in("coordinator")

    page = visit.go(f"/cases/{reference}")

    element = task.element.rpartition("/")[2]
    expect(page.locator(f'.djs-element.is-open[data-element-id="{element}"]')).to_have_count(1)
    expect(page.locator("main").get_by_role("link", name=task.name).first).to_be_visible()


def test_shift_three_times_leaves_a_public_page_and_its_place_in_the_history(leaving_visit: Visit) -> None:
    page = leaving_visit.go("/health/live")
    leaving_visit.go("/sign-in")

    for _ in range(3):
        page.keyboard.press("Escape")
    assert page.url.endswith("/sign-in")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(f"{leaving_visit.also}/health/live")
    page.go_back()

    assert page.url == f"{leaving_visit.address}/health/live"


def test_the_exit_button_is_the_first_thing_the_keyboard_reaches(visit: Visit) -> None:
    page = visit.go("/sign-in")

    page.keyboard.press("Tab")

    assert "Exit this page" in page.evaluate("document.activeElement.textContent")
    assert page.evaluate("document.activeElement.href") == visit.product.app.config["RJ_SETTINGS"].exit_site


def test_a_double_click_finishes_a_task_once(visit: Visit) -> None:
    reference = a_case(visit.product)
    visit.sign_in("coordinator")
    page = visit.go(f"/cases/{reference}/withdraw")
    page.get_by_label("(victim)").check()

    page.get_by_role("button", name="Record the withdrawal").dblclick()

    expect(page.locator(".moj-timeline__title", has_text="The victim withdrew")).to_have_count(1)


def test_before_a_sign_in_lapses_one_is_asked_and_can_stay(visit: Visit) -> None:
    visit.page.clock.install()
    page = visit.sign_in("coordinator")
    page.wait_for_url(f"{visit.address}/")
    notice = page.get_by_role("alert").filter(has_text="You will be signed out soon")
    expect(notice).to_be_hidden()

    page.clock.fast_forward("13:30")
    expect(notice).to_be_visible()
    assert visit.barriers() == []
    page.get_by_role("button", name="Stay signed in").click()

    expect(notice).to_be_hidden()
