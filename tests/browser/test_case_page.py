"""The case page and the contact log in a real browser: by mouse and by keyboard, wide and narrow."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from rj_engine.cases.case import find, parties
from rj_engine.cases.contact import log
from rj_engine.cases.linked import LinkCases
from rj_engine.cases.notes import WriteNote
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.web.browsing import a_case, open_task

pytestmark = pytest.mark.browser
SAFE = {"safe_contact_channels": ["call"], "safe_contact_voicemail": "none", "safe_contact_code_word": "Larch"}


def to_contact(visit: Visit) -> tuple[str, UUID]:
    """A case in which the victim is to be contacted, with a note and a linked case; the victim's id."""
    product = visit.product
    reference = a_case(product, victim_name="Alder Invented", **SAFE)
    while (task := open_task(product, reference)).lane != "facilitator":
        product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))
    other = a_case(product, victim_name="Alex Somebody", victim_phone="07700 900777")
    product.do(LinkCases, "facilitator", reference=reference, other=other)
    product.do(WriteNote, "facilitator", reference=reference, words="Rings back after school.", also=[other])
    case = find(product.session, product.actor("lead"), reference)
    return reference, next(party.id for party in parties(product.session, case) if party.role == "victim")


def hands(visit: Visit, which: str) -> Hands:
    return Keyboard(visit) if which == "keyboard" else Mouse(visit)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("which", ["mouse", "keyboard"])
def test_a_call_is_logged_from_the_case_page(visit: Visit, width: int, which: str) -> None:
    reference, _ = to_contact(visit)
    visit.page.set_viewport_size({"width": width, "height": 900})
    hand = hands(visit, which)
    visit.go(f"/sign-in?next=/cases/{reference}")
    hand.sign_in("facilitator")
    assert visit.barriers() == []
    assert not visit.overflows()

    hand.use("Log a contact with Alder Invented")
    page = visit.page
    expect(page.get_by_text("Code word: Larch")).to_be_visible()
    assert page.get_by_label("Text message").count() == 0
    assert page.get_by_label("Message left or sent").count() == 0
    assert visit.barriers() == []
    assert not visit.overflows()
    note_call(visit, which)

    expect(page.get_by_text("The contact is logged. It counts as a try")).to_be_visible()
    case = find(visit.product.session, visit.product.actor("lead"), reference)
    (row,) = log(visit.product.session, case.id)
    assert (row.result, row.words) == ("no_answer", "Rang, no answer")
    assert row.promised_on is not None
    expect(page.get_by_role("heading", name="Contact with the victim by call: no answer")).to_be_visible()


def note_call(visit: Visit, which: str) -> None:
    """Say that they did not answer, and when we try again."""
    page = visit.page
    if which == "mouse":
        page.get_by_label("Nobody to ask").check()
        page.get_by_label("Phone call").check()
        page.get_by_label("No answer", exact=True).check()
        page.get_by_label("In their words").fill("Rang, no answer")
        page.get_by_label("In a week").check()
        page.get_by_role("button", name="Log this contact").click()
    else:
        press = page.keyboard.press
        page.locator("#safe_to_talk").focus()
        for key in ("Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Space", "ArrowDown", "Tab"):
            press(key)
        page.keyboard.type("Rang, no answer")
        for key in ("Tab", "ArrowDown", "ArrowDown"):
            press(key)
        with page.expect_navigation():
            page.locator("#promise").press("Enter")
    page.wait_for_url("**/cases/*")


def test_a_case_is_read_by_headings_narrowed_by_kind_and_printed(visit: Visit, tmp_path: Path) -> None:
    reference, _ = to_contact(visit)
    page = visit.sign_in("lead")
    visit.go(f"/cases/{reference}")
    found = page.get_by_role("heading", level=2).all_inner_texts()
    assert found[:5] == ["What comes first", "Where it is", "Notes", "What has happened", "People"]
    assert all(
        page.locator("table").nth(each).locator("caption").count() for each in range(page.locator("table").count())
    )

    page.get_by_role("link", name="Notes (1)").click()
    assert page.locator(".moj-timeline__item").count() == 1
    page.locator("summary").filter(has_text="Comment").click()
    page.get_by_label("What you say about it").fill("Well put.")
    page.get_by_role("button", name="Keep this comment").click()
    expect(page.get_by_text("Comment by")).to_be_visible()

    page.get_by_role("link", name="This case on paper").click()
    page.emulate_media(media="print")
    assert visit.barriers() == []
    expect(page.get_by_role("button", name="Keep this note")).to_have_count(0)
    assert page.pdf(path=tmp_path / "case.pdf")


def test_without_scripts_a_call_is_logged(plain_visit: Visit) -> None:
    reference, person = to_contact(plain_visit)
    page = plain_visit.sign_in("facilitator")
    plain_visit.go(f"/cases/{reference}/contacts/{person}")

    page.get_by_role("button", name="Log this contact").click()
    expect(page.get_by_role("link", name="Say whether they told you")).to_be_visible()
    note_call(plain_visit, "mouse")

    expect(page.get_by_text("The contact is logged. It counts as a try")).to_be_visible()
