"""Dark by the system's setting, a system's own colours, and paper."""

from __future__ import annotations

import pytest

from tests.browser.visiting import Visit
from tests.security.neighbourhood import a_case

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_a_day_can_be_read_in_the_dark(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 850})
    visit.page.emulate_media(color_scheme="dark")
    known = a_case(visit.product)
    visit.go("/sign-in")
    found = {"/sign-in": visit.barriers()}
    visit.sign_in("facilitator")
    for path in (
        "/tasks",
        f"/tasks/{known.task}",
        f"/cases/{known.reference}",
        f"/cases/{known.reference}/documents",
        "/notices",
    ):
        page = visit.go(path)
        found[path] = visit.barriers()
        assert not visit.overflows(), path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 22, 24)"
    assert {path: each for path, each in found.items() if each} == {}


def test_a_systems_own_colours_take_away_nothing(visit: Visit) -> None:
    visit.page.emulate_media(forced_colors="active")
    known = a_case(visit.product)
    visit.sign_in("facilitator")
    for path in ("/tasks", f"/tasks/{known.task}"):
        visit.go(path)
        assert visit.barriers() == []


def test_paper_holds_what_was_said_and_no_button(visit: Visit) -> None:
    known = a_case(visit.product)
    visit.sign_in("facilitator")
    page = visit.go(f"/tasks/{known.task}")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert not page.get_by_role("button", name="Finish this task").is_visible()
    assert not page.locator(".govuk-service-navigation").is_visible()
