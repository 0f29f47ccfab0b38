"""Pages of a case that has come a long way."""

from __future__ import annotations

from datetime import datetime, timedelta

from rj_engine import clock
from rj_engine.cases import queries
from rj_engine.database import Clash
from rj_engine.demonstration import journeys, telling
from rj_engine.errors import Refused
from rj_engine.forms import parse, readable
from rj_engine.web.case.consents import told
from rj_engine.web.refusals import page
from tests.places import Product
from tests.web.browsing import Scripts, a_browser, open_task, posted, words


def played(journey: str, *, before: str = "", days_ago: int = 100) -> str:
    """A case played along a journey of the demonstration, up to the task `before`; its reference."""
    story = telling.whole(telling.beginning(journey))
    tasks = [step.get("task", "").rpartition("/")[2] for step in story.steps]
    steps = tasks.index(before) if before else None
    day = clock.add_working_days(clock.today() - timedelta(days=days_ago), 0)
    starts = datetime.combine(day, journeys.OFFICE_HOURS, clock.LONDON)
    return journeys.play(story, journeys.Stage(journeys.Staff()), starts=starts, steps=steps).reference


def test_a_case_file_shows_what_stands_and_what_has_lapsed(sqlite_product: Product) -> None:
    reference = played("letter", before="hand_over_letter", days_ago=300)

    read = words(a_browser(sqlite_product, "facilitator").get(f"/cases/{reference}").text)

    assert "Ended or lapsed" in read
    assert "No consent stands." in read
    assert "level" in read
    assert sqlite_product.actor("facilitator").name in read
    assert "Replaced" in read


def test_contact_that_may_not_happen_says_what_is_missing_and_keeps_the_words(sqlite_product: Product) -> None:
    reference = played("letter", before="hand_over_letter", days_ago=300)
    task = open_task(sqlite_product, reference)
    path, answers = f"/tasks/{task.id}", posted(task.form)
    browser = a_browser(sqlite_product, "facilitator")

    shown = words(browser.get(path).text)
    reply = browser.post(path, path, action="complete", **answers)

    assert "This cannot go ahead yet" in shown
    assert reply.status_code == 409
    read = words(reply.text)
    assert "Contact cannot go ahead yet" in read
    assert "current consent of the victim to take part by letter" in read
    assert "What you typed" in read
    assert "Draft of" in browser.get(path).text


def test_consents_given_together_are_told_together(sqlite_product: Product) -> None:
    reference = played("victim_met", days_ago=12)
    file = queries.case_file(sqlite_product.session, sqlite_product.actor("lead"), reference, clock.now())

    standing, ended = told(file)

    assert len(standing) <= len(file.consents)
    assert sorted(scope for given in standing for scope in given.scopes) == sorted(
        {consent.scope.replace("_", " ") for consent in file.consents}
    )
    assert ended == []


def test_the_whole_pathway_marks_the_part_in_which_a_step_is_open(sqlite_product: Product) -> None:
    reference = played("harmer_agreed", days_ago=60)
    task = open_task(sqlite_product, reference)
    part = task.element.partition("/")[0]

    facts = Scripts(a_browser(sqlite_product, "facilitator").get(f"/cases/{reference}").text).found

    marked = {fact["source"].rpartition("/")[2]: (fact["inside"], fact["open"]) for fact in facts}
    whole, _ = marked["victim_initiated_rj.bpmn"]
    assert part in whole
    assert task.element.rpartition("/")[2] in marked[f"{part}.bpmn"][1]


def test_answers_are_read_in_words() -> None:
    options = [{"value": "a", "label": "First"}, {"value": "b", "label": "Second"}]
    form = parse(
        {
            "id": "sample",
            "components": [
                {"type": "checklist", "key": "many", "label": "Many", "values": options},
                {"type": "checkbox", "key": "box", "label": "Box"},
                {"type": "datetime", "subtype": "date", "key": "day", "label": "Day"},
                {"type": "number", "key": "number", "label": "Number"},
            ],
        }
    )
    fields = form.fields

    assert readable(fields["many"], ["a", "b", "gone"]) == "First, Second, gone"
    assert readable(fields["box"], value=False) == "No"
    assert readable(fields["day"], "2026-02-03") == "3 February 2026"
    assert readable(fields["day"], "in spring") == "in spring"
    assert readable(fields["number"], 0) == "0"
    assert readable(fields["number"], None) == readable(fields["many"], []) == ""


def test_a_busy_moment_is_told_as_such_and_loses_no_word(sqlite_product: Product) -> None:
    app = sqlite_product.app
    with app.test_request_context("/tasks", method="POST", data={"what_they_said": "Every word", "csrf_token": "x"}):
        body, status, headers = page(503, Clash().sentence)

    assert (status, headers) == (503, {"Retry-After": "5"})
    assert "Every word" in body
    assert "csrf" not in words(body)


def test_a_script_gets_the_sentence_alone(sqlite_product: Product) -> None:
    with sqlite_product.app.test_request_context("/tasks", method="PUT"):
        assert page(409, Refused("Gone").sentence) == ({"notice": "Gone"}, 409, {})
