"""The pages on which training is recorded, and the task page that says why one may not have a task."""

from __future__ import annotations

from datetime import timedelta

from rj_engine import clock
from rj_engine.people import competence
from rj_engine.people.competence import RecordCompetence
from rj_engine.workflows.task.tasks import ReleaseTask
from tests.builders import a_sensitive_task
from tests.places import Product
from tests.web.browsing import a_browser


def test_a_lead_records_training_on_a_page(sqlite_product: Product) -> None:
    who = sqlite_product.actor("facilitator2").id
    browser = a_browser(sqlite_product, "lead")
    page = browser.get("/training").text
    assert "Fraser Invented" in page
    assert f"/training/{sqlite_product.actor('lead').id}" not in page, "nobody records their own"
    form = browser.get(f"/training/{who}").text
    assert "Training of Fraser Invented" in form
    assert 'value="2" checked' in form

    day = {f"until_dash-{part}": value for part, value in (("day", "31"), ("month", "12"), ("year", "2099"))}
    answer = browser.post(f"/training/{who}", f"/training/{who}", level="3", cpd_hours="20", **day)

    assert answer.status_code == 302
    found = competence.of(sqlite_product.session, who)
    assert (found.level, found.cpd_hours, {key: until.year for key, until in found.modules.items()}) == (
        3,
        20,
        {"dash": 2099},
    )
    assert "Supervision or observed practice" in browser.get("/training").text


def test_what_cannot_be_taken_is_shown_again(sqlite_product: Product) -> None:
    who = sqlite_product.actor("facilitator2").id
    browser = a_browser(sqlite_product, "lead")
    answer = browser.post(f"/training/{who}", f"/training/{who}", cpd_hours="many")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_a_task_page_says_why_one_may_not_have_it_before_one_tries(sqlite_product: Product) -> None:
    identity, stale = sqlite_product.actor("facilitator").id, clock.today() - timedelta(weeks=20)
    lapsed = {"level": 2, "modules": {}, "supervision_on": stale, "observed_on": stale}
    sensitive, _, _ = a_sensitive_task(sqlite_product)
    sqlite_product.do(ReleaseTask, "facilitator", task_id=sensitive)
    sqlite_product.do(RecordCompetence, "lead", staff_id=identity, **lapsed)
    browser = a_browser(sqlite_product, "facilitator")
    page = browser.get(f"/tasks/{sensitive}").text
    assert "This case is sensitive" in page
    assert "Take this task" not in page
    refused = browser.post(f"/tasks/{sensitive}/claim", "/tasks")
    assert (refused.status_code, "This case is sensitive" in refused.text) == (422, True)
    answer = sqlite_product.api("facilitator").get(f"/tasks/{sensitive}")
    assert answer.json["untrained"].startswith("This case is sensitive")
    claimed = sqlite_product.api("facilitator").post(f"/tasks/{sensitive}/claim")
    assert (claimed.status_code, claimed.json["code"]) == (422, "not_trained_for_this")
