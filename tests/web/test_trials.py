"""The pages of a trial run: begun, answered, wound on, taken back, kept as a journey, thrown away."""

from __future__ import annotations

import re
from typing import Any

from rj_engine.workflows.studio import trials
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft
from tests.web.browsing import Browser, a_browser, a_case


def begun(browser: Browser, product: Product, pathway: str = "complaint", **fields: Any) -> str:
    """The address of a new trial's page."""
    page = f"/studio/drafts/{a_draft(product, pathway)}/try"
    reply = browser.post(page, page, **{"way": "here", **fields})
    assert reply.status_code == 302, reply.text
    return str(reply.headers["Location"])


def sent(browser: Browser, page: str, path: str = "", **changes: str) -> Any:
    """Send the first form of the page as it stands, or another of the same trial."""
    text = browser.get(page).text
    number = re.search(r'name="number" value="(\d+)"', text)
    assert number is not None
    return browser.post(f"{page}{path}", page, number=number[1], **changes)


def answered(browser: Browser, page: str) -> Any:
    """Send the form with what already stands in it."""
    text = browser.get(page).text
    form = text[text.index(f'action="{page}"') :]
    form = form[: form.index("</form>")]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        parts = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if parts.get("type") not in {"radio", "checkbox"} or " checked" in tag:
            fields.setdefault(parts["name"], []).append(parts.get("value", ""))
    for name, words in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        fields.setdefault(name, []).append(words)
    for name, options in re.findall(r'(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        fields.setdefault(name, []).append(chosen[1] if chosen else "")
    return browser.client.post(page, data=fields)


def test_a_manager_walks_a_draft_form_by_form_with_what_stands_in_the_forms(product: Product) -> None:
    browser = a_browser(product, MANAGER)
    page = begun(browser, product)

    while 'name="task"' in (text := browser.get(page).text) or "Begin the case" in text:
        reply = answered(browser, page)
        assert reply.status_code == 302, reply.text

    assert "Nothing here happens to anybody" in text
    assert "Nobody has anything to do" in text or "The case is closed" in text


def test_what_cannot_be_taken_is_said_and_stays_in_the_form(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, MANAGER)
    page = begun(browser, sqlite_product)

    reply = sent(browser, page, event_words="Only these words")

    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert "Only these words" in reply.text


def test_the_clock_is_wound_a_step_taken_back_and_the_trial_begun_again(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, MANAGER)
    page = begun(browser, sqlite_product, "intake", way="door")
    answered(browser, page)

    assert sent(browser, page, "/clock", action="days", days="7").status_code == 302
    assert "The clock was wound on" in browser.get(page).text
    assert sent(browser, page, "/back", action="back").status_code == 302
    assert "The clock was wound on" not in browser.get(page).text
    assert sent(browser, page, "/back", action="again").status_code == 302
    assert "Begin the case" in browser.get(page).text


def test_days_that_are_no_number_are_refused_in_words(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, MANAGER)
    page = begun(browser, sqlite_product)
    answered(browser, page)

    reply = sent(browser, page, "/clock", action="days", days="-4")

    assert reply.status_code == 422
    assert "Wind by 1 to" in reply.text


def test_a_case_that_cannot_be_copied_is_said_on_the_same_page(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, MANAGER)
    page = f"/studio/drafts/{a_draft(sqlite_product)}/try"

    reply = browser.post(page, page, way="copy", reference="KM-NOBODY")

    assert reply.status_code == 422
    assert "There is no case of that reference" in reply.text
    assert "KM-NOBODY" in reply.text


def test_a_copied_case_fills_the_forms_without_a_name(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Hemlock Secretname")
    browser = a_browser(sqlite_product, MANAGER)
    page = begun(browser, sqlite_product, "intake", way="copy", reference=reference.lower())

    text = browser.get(page).text

    assert "Hemlock" not in text
    assert reference in text
    assert answered(browser, page).status_code == 302


def test_its_diagram_and_its_journey_are_files(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, MANAGER)
    page = begun(browser, sqlite_product)
    answered(browser, page)

    assert "<bpmn" in browser.get(f"{page}/diagrams/0/complaint.bpmn").text
    assert browser.get(f"{page}/diagrams/7/complaint.bpmn").status_code == 404
    assert browser.get(f"{page}/journey").get_json()["begins"]["form"] == "event_complaint"


def test_a_trial_thrown_away_is_gone(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, MANAGER)
    page = begun(browser, sqlite_product)

    assert sent(browser, page, "/drop").status_code == 302
    assert browser.get(page).status_code == 404


def test_a_colleague_does_not_find_it(sqlite_product: Product) -> None:
    page = begun(a_browser(sqlite_product, MANAGER), sqlite_product)

    assert a_browser(sqlite_product, "safeguarding_lead").get(page).status_code == 404
    assert trials.KEPT == "trial_kept"
