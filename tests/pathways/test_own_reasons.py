"""A case goes its whole way to its end and is closed for a reason in its service's own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from rj_engine import bpmn, clock
from rj_engine.cases import reasons
from rj_engine.cases.case import Case
from rj_engine.cases.lists import REASONS
from rj_engine.demonstration.journeys import Staff, Stage, play
from rj_engine.demonstration.telling import Journey
from rj_engine.forms import parse
from rj_engine.people.staff import Staff as Staffed
from rj_engine.workflows.published import publishing
from rj_engine.workflows.rows import Task
from rj_engine.workflows.studio import list_changes
from rj_engine.workflows.task.tasks import SaveDraft
from tests.pathways.journeys_told import ApiHands, every_journey
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.listing import a_list, added, kept, published
from tests.web.browsing import a_browser

TITLE = "The victim says no, and that is enough"
LONG_BEFORE = datetime(2024, 1, 8, 10, tzinfo=UTC)
WORDS = "The victim said no on the telephone"


def the_journey(reason: str) -> Journey:
    """A short one, closed for `reason`."""
    told = next(one for one in every_journey() if one.title == TITLE)
    steps = [dict(step) for step in told.steps]
    for step in steps:
        if step.get("task") == "close_case":
            step["answers"] = {**step.get("answers", {}), "closure_reason": reason}
    answers = {**told.answers, "close_case": {**told.answers.get("close_case", {}), "closure_reason": reason}}
    ends = {**told.ends, "closure_reason": reason}
    return replace(told, steps=tuple(steps), answers=answers, ends=ends)


@pytest.mark.parametrize("by_api", [False, True])
def test_a_case_is_closed_for_a_reason_of_the_services_own(sqlite_product: Product, *, by_api: bool) -> None:
    with clock.at(LONG_BEFORE):
        draft = a_list(sqlite_product, REASONS)
        own = added(sqlite_product, draft, WORDS, "victim_declined")
        published(sqlite_product, draft)
    hands = ApiHands(sqlite_product) if by_api else Staff()

    played = play(the_journey(own), Stage(hands))

    wanted = select(Case).where(Case.reference == played.reference)
    case = sqlite_product.session.scalars(wanted).one()
    told = (case.status, case.closure_reason, case.closure_words, case.closure_category)
    assert told == ("closed", own, WORDS, "victim_declined")
    again = a_list(sqlite_product, REASONS)
    kept(sqlite_product, again, own, label="Other words by now")
    published(sqlite_product, again)
    page = a_browser(sqlite_product, "lead").get(f"/cases/{played.reference}").text
    assert "the victim said no on the telephone" in page
    assert WORDS in page, "and so does what was answered"
    assert "Other words by now" not in page


def test_what_a_changed_list_touches_is_counted_before_it_is_published(sqlite_product: Product) -> None:
    told = the_journey("victim_declined")
    to_close = next(place for place, step in enumerate(told.steps) if step.get("task") == "close_case")
    played = play(replace(told, steps=told.steps[:to_close], ends={}, tags=()), Stage(Staff()))
    session = sqlite_product.session
    open_now = select(Task).where(Task.reference == played.reference, Task.closed_at.is_(None))
    task = next(one for one in session.scalars(open_now) if one.form == "close_case")
    who = session.get_one(Staffed, task.assignee_id).email.partition("@")[0] if task.assignee_id else "facilitator"
    sqlite_product.do(SaveDraft, who, task_id=task.id, values={"closure_reason": "rehub_refused"})
    before = reasons.of_the_product()
    after = {**before, "rehub_refused": {**before["rehub_refused"], "offered": False}}

    service = sqlite_product.actor(MANAGER).service_id
    touched = list_changes.touched(sqlite_product.session, service, REASONS, before, after)

    assert (touched.asking, touched.typed, touched.closed) == (1, 1, 0)
    assert list_changes.touched(sqlite_product.session, service, REASONS, before, before).typed == 0


@pytest.mark.parametrize("pathway", publishing.SHIPPED)
def test_every_reason_that_a_closing_form_draws_is_one_of_its_pathway(pathway: str) -> None:
    known = bpmn.closure_reasons()
    forms = publishing.shipped(pathway).forms.values()
    drawn = [one for form in forms for one in parse(form).fields.values() if one.key == "closure_reason"]

    assert {
        option.value for one in drawn for option in one.options if pathway not in known[option.value]["pathways"]
    } == set()
