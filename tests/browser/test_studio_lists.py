"""Clocks, letters, reasons to close and partners, changed in a browser: by mouse and by keys, wide and narrow."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from rj_engine.cases import reasons
from rj_engine.cases.lists import PARTNERS, REASONS
from rj_engine.clock import now
from rj_engine.workflows.studio import draft_clocks, drafting
from rj_engine.workflows.studio.draft_letters import KeepLetter
from tests.browser.visiting import Visit
from tests.studio.drawing import MANAGER, SAFEGUARDING, a_draft
from tests.studio.drawing import row as draft_of
from tests.studio.listing import A_PARTNER, a_list, added, published, row
from tests.web.browsing import a_case, open_task

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("RJ_PICTURES")
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def looked_at(visit: Visit, name: str) -> None:
    """Nothing is in anybody's way; a picture for whoever wants to look."""
    assert visit.barriers() == []
    assert not visit.overflows()
    if PICTURES:
        width = (visit.page.viewport_size or {"width": 0})["width"]
        visit.page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


def at(visit: Visit, who: str, width: int) -> Page:
    visit.sign_in(who)
    visit.page.set_viewport_size({"width": width, "height": 900})
    return visit.page


def pressed(page: Page, name: str) -> None:
    """Go with the tab key to a button or link and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        words = page.evaluate("document.activeElement?.innerText ?? ''")
        if re.sub(r"\s+", " ", str(words)).strip() == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"nobody reaches “{name}” by the tab key")


@WIDTHS
def test_a_reason_is_reworded_with_the_mouse_and_stands_once_a_second_person_approved(visit: Visit, width: int) -> None:
    page = at(visit, MANAGER, width)
    visit.go("/studio")
    page.get_by_role("link", name="Reasons to close").click()
    looked_at(visit, "reasons")
    page.get_by_role("button", name="Change this list").click()
    page.get_by_role("link", name="The harmer said no").click()
    looked_at(visit, "reason")
    page.get_by_label("Its words").fill("")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("give it words")
    looked_at(visit, "reason-wrong")
    page.get_by_label("Its words").fill("They chose not to take part")
    page.get_by_label("Its words").blur()
    expect(page.locator("[data-draft-says]")).to_contain_text("Saved at")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("becomes “They chose not to take part”")).to_be_visible()
    looked_at(visit, "reasons-draft")
    page.get_by_role("button", name="Send to a second person").click()
    expect(page.get_by_text("somebody else approves it")).to_be_visible()
    draft = page.url
    page.get_by_role("button", name="Sign out").click()
    visit.sign_in(SAFEGUARDING)
    page.goto(draft)
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_role("rowheader", name="They chose not to take part")).to_be_visible()
    looked_at(visit, "reasons-published")

    service = visit.product.actor(MANAGER).service_id
    visit.product.session.expire_all()
    known = reasons.known(visit.product.session, service, now())
    assert known["harmer_declined"].label == "They chose not to take part"


@WIDTHS
def test_a_partner_is_added_with_keys_alone(visit: Visit, width: int) -> None:
    page = at(visit, MANAGER, width)
    visit.go(f"/studio/lists/{PARTNERS}")
    pressed(page, "Change this list")
    page.wait_for_url("**/drafts/*")
    page.locator("#name").focus()
    page.keyboard.type("Harbour Light Support (invented)")
    page.keyboard.press("Tab")
    page.keyboard.type("Victim s")
    pressed(page, "Add it")
    page.wait_for_url("**/rows/*")
    looked_at(visit, "partner")
    page.locator("#uses-source").focus()
    page.keyboard.press("Space")
    page.locator("#telephone").focus()
    page.keyboard.type("12")
    pressed(page, "Keep")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    looked_at(visit, "partner-wrong")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#telephone")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("01632 960 077")
    pressed(page, "Keep")
    expect(page.get_by_text("is new.")).to_be_visible()
    looked_at(visit, "partners-draft")


def test_the_second_at_a_row_is_told_while_typing_and_sees_both(visit: Visit) -> None:
    draft = a_list(visit.product, REASONS)
    page = at(visit, MANAGER, 390)
    address = f"/studio/lists/drafts/{draft}/rows/died"
    visit.go(address)
    other = page.context.new_page()
    other.goto(visit.address + address)
    other.get_by_label("Its words").fill("Somebody taking part has died")
    other.get_by_role("button", name="Keep").click()
    expect(other.get_by_text("The row is kept")).to_be_visible()
    other.close()

    page.get_by_label("Its words").fill("One of the people has died")
    page.get_by_label("Its words").blur()
    expect(page.locator("[data-draft-says]")).to_contain_text("to compare")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_role("cell", name="Somebody taking part has died")).to_be_visible()
    looked_at(visit, "two-at-a-row")
    page.get_by_role("button", name="Keep mine instead").click()
    expect(page.get_by_text("The row is kept")).to_be_visible()
    assert row(visit.product, draft).content["rows"]["died"]["label"] == "One of the people has died"


def test_a_facilitator_finds_partners_and_the_referral_offers_them(visit: Visit) -> None:
    draft = a_list(visit.product, PARTNERS)
    added(visit.product, draft, "x", "victim_support", **A_PARTNER)
    published(visit.product, draft)
    reference = a_case(visit.product)
    page = at(visit, "facilitator", 390)

    open_task(visit.product, reference)
    visit.go("/partners")
    expect(page.get_by_text("desk@harbour.example.org")).to_be_visible()
    looked_at(visit, "partners-read")
    page.get_by_role("button", name="Sign out").click()
    visit.sign_in("coordinator")
    visit.go("/refer")
    offered = page.locator("#source_organisation-suggestions option")
    assert [each.get_attribute("value") or each.inner_text() for each in offered.all()] == [A_PARTNER["name"]]


@WIDTHS
def test_a_clock_runs_longer_by_keys_and_a_wrong_length_keeps_what_was_typed(visit: Visit, width: int) -> None:
    draft = a_draft(visit.product, "intake")
    key = draft_clocks.used(drafting.content(draft_of(visit.product, draft)))[0]
    page = at(visit, MANAGER, width)
    visit.go(f"/studio/drafts/{draft}/clocks")
    looked_at(visit, "clocks")
    page.locator(f"#amount-{key}").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("soon")
    pressed(page, "Keep these clocks")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator(f"#amount-{key}")).to_have_value("soon")
    looked_at(visit, "clocks-wrong")
    page.locator(f"#amount-{key}").fill("77")
    page.get_by_role("button", name="Keep these clocks").click()
    expect(page.get_by_text("The clocks are kept.")).to_be_visible()
    expect(page.get_by_text("Changed").first).to_be_visible()


@WIDTHS
def test_a_letter_is_reworded_and_one_that_tells_too_much_keeps_its_words(visit: Visit, width: int) -> None:
    draft = a_draft(visit.product, "victim_update")
    page = at(visit, MANAGER, width)
    visit.go(f"/studio/drafts/{draft}/letters")
    looked_at(visit, "letters")
    page.get_by_role("link", name="Victim update").click()
    looked_at(visit, "letter")
    text = page.get_by_label("The text, its head first")
    words = text.input_value()
    text.fill(words.replace("facts:", "facts: harmer_name") + "\n{{ harmer_name }}\n")
    page.get_by_role("button", name="Keep the letter").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(text).to_have_value(re.compile("harmer_name"))
    looked_at(visit, "letter-wrong")
    text.fill(words + "\nYou can ring us at any time.\n")
    text.focus()
    pressed(page, "Keep the letter")
    expect(page.get_by_text("The letter is kept.")).to_be_visible()
    expect(page.get_by_text("Changed", exact=True)).to_be_visible()


@WIDTHS
def test_the_second_at_the_clocks_and_at_a_letter_sees_theirs_and_keeps_their_own(visit: Visit, width: int) -> None:
    draft = a_draft(visit.product, "victim_update")
    name, words = next(iter(drafting.content(draft_of(visit.product, draft)).letters.items()))
    key = draft_clocks.used(drafting.content(draft_of(visit.product, draft)))[0]
    page = at(visit, MANAGER, width)
    visit.go(f"/studio/drafts/{draft}/clocks")
    kept = {"name": name, "text": words + "\nRing us.\n"}
    visit.product.do(KeepLetter, MANAGER, draft_id=draft, edition=1, **kept)
    page.locator(f"#amount-{key}").fill("55")
    page.get_by_role("button", name="Keep these clocks").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("saved this draft at")
    expect(page.locator(f"#amount-{key}")).to_have_value("55")
    looked_at(visit, "clocks-moved")
    page.get_by_role("button", name="Keep these clocks").click()
    expect(page.get_by_text("The clocks are kept.")).to_be_visible()

    visit.go(f"/studio/drafts/{draft}/letters/{name}")
    visit.product.do(KeepLetter, MANAGER, draft_id=draft, edition=3, name=name, text=words + "\nWrite to us.\n")
    page.get_by_label("The text, its head first").fill(words + "\nCome to us.\n")
    page.get_by_role("button", name="Keep the letter").click()
    expect(page.get_by_role("region", name="Differences")).to_contain_text("Write to us.")
    looked_at(visit, "letter-moved")
    page.get_by_role("button", name="Keep the letter").click()
    expect(page.get_by_text("The letter is kept.")).to_be_visible()
