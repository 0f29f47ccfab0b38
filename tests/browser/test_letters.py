"""A letter in a real browser: found on the task, read, made, kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.visiting import Visit
from tests.security.neighbourhood import a_case

pytestmark = pytest.mark.browser


def test_a_letter_is_looked_at_and_made_without_leaving_the_page(visit: Visit, tmp_path: Path) -> None:
    task = a_case(visit.product).task
    visit.sign_in("facilitator")
    page = visit.go(f"/tasks/{task}")
    assert visit.barriers() == []
    page.get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/letters/**")
    assert visit.barriers() == []
    assert not visit.overflows()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Make a PDF").click()
    coming.value.save_as(tmp_path / "letter.pdf")
    assert coming.value.suggested_filename == "letter.pdf"
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF-")
    assert page.url.endswith("?to=1")
