"""A letter changed, read by a second person and recorded as sent; a document brought in: by mouse and keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.cases.papers import a_picture
from tests.security.neighbourhood import a_case

pytestmark = pytest.mark.browser
WORDS = "# Shall we talk?\n\nI can come on Monday."


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_letter_is_changed_read_by_a_second_person_and_recorded_as_sent(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 850})
    task, hand = a_case(visit.product).task, hands(visit)
    address = f"/tasks/{task}/letters/victim_introduction.md?to=1"
    visit.go("/sign-in")
    hand.sign_in("facilitator")
    page = visit.go(address)
    hand.use("Change the words of this letter")
    seen(visit)
    page.get_by_label("The words", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(WORDS)
    hand.use("Keep these words")
    expect(page.locator("article")).to_contain_text("I can come on Monday.")
    expect(page.get_by_role("button", name="Make a PDF")).to_have_count(0)
    seen(visit)

    hand.use("Sign out", back=True)
    visit.go("/sign-in")
    hand.sign_in("lead")
    visit.go(address)
    page.get_by_label("Yes", exact=True).focus()
    page.keyboard.press("Space")
    seen(visit)
    hand.use("Record what I think of the words")

    hand.use("Sign out", back=True)
    visit.go("/sign-in")
    hand.sign_in("facilitator")
    visit.go(address)
    hand.fold_out("Record as sent")
    page.get_by_label("Handed over", exact=True).focus()
    page.keyboard.press("Space")
    seen(visit)
    hand.use("Record as sent")
    expect(page.locator("main")).to_contain_text("handed over. Recorded by")
    seen(visit)


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_photograph_is_brought_in_and_comes_back_as_a_file(
    visit: Visit, hands: type[Mouse | Keyboard], width: int, tmp_path: Path
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 850})
    photograph = tmp_path / "IMG_0001.jpg"
    photograph.write_bytes(a_picture())
    reference, hand = a_case(visit.product).reference, hands(visit)
    visit.go("/sign-in")
    hand.sign_in("facilitator")
    page = visit.go(f"/cases/{reference}/documents")
    seen(visit)
    page.get_by_label("The file").set_input_files(photograph)
    page.get_by_label("The service: nobody outside sees it").focus()
    page.keyboard.press("Space")
    hand.use("Add the document")
    expect(page.get_by_role("list", name="Documents, the newest first")).to_contain_text("IMG_0001")
    seen(visit)
    with page.expect_download() as coming:
        page.get_by_role("button", name=re.compile("Download")).press("Enter")
    assert coming.value.suggested_filename == "document-1.jpg"


def seen(visit: Visit) -> None:
    """Nothing in anybody's way on the page as it stands."""
    assert visit.barriers() == []
    assert not visit.overflows()
