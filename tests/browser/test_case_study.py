"""The case study worked in a real browser from its referral to its closing: by mouse, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from rj_engine import bpmn, clock, ledger
from rj_engine.cases.case import Case
from rj_engine.demonstration import journeys, telling
from rj_engine.demonstration.journeys import Staff, Stage
from rj_engine.demonstration.telling import Journey, Told
from rj_engine.forms import parse
from rj_engine.web.case.timeline import SENTENCES
from rj_engine.web.page.words import closing
from rj_engine.workflows import rebuild
from rj_engine.workflows.rows import Answers, Task
from tests.browser.conftest import served
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.pathways.journeys_told import find
from tests.places import Product

pytestmark = pytest.mark.browser
STORY = ("case:contact:recorded", "case:consent:recorded", "case:risk:assessed", "case:risk:signed", "case:timer:fired")

FROM_THE_CASE = 6
"""Every how many steps the task is found on the case's own page."""
PATIENCE = 60_000
"""Milliseconds for one page: what is looked at here is the way, not the speed."""


@dataclass
class Day:
    """The hour that it is, for the server's threads and for the test alike."""

    now: datetime

    def around(self, application: Any) -> Callable[..., Iterable[bytes]]:
        """The application, each of its requests at that hour."""

        def at_that_hour(environ: Any, start_response: Any) -> Iterable[bytes]:
            with clock.at(self.now):
                answer: Iterable[bytes] = application(environ, start_response)
                return answer

        return at_that_hour


@dataclass
class Play:
    """One journey on its way, done with one pair of hands."""

    visit: Visit
    hands: Hands
    journey: Journey
    day: Day
    reference: str = ""
    who: str = ""
    done: list[str] = field(default_factory=list)

    def refer(self) -> None:
        """The referral, by whoever makes it."""
        self.attend(self.journey.referral["who"])
        self.hands.use("Make a new referral")
        form = parse(bpmn.forms()["referral"])
        with clock.at(self.day.now):
            answers = Stage(Staff()).filled("referral", self.journey.referral["answers"])
        self.hands.answer(form, answers)
        self.hands.use("Send referral")
        told = self.visit.page.locator(".govuk-notification-banner--success").inner_text()
        found = re.search(r"recorded as (\S+)\.", told)
        assert found, told
        self.reference = found[1]

    def take(self, number: int, step: Told) -> None:
        """One step: wait for its hour, come to the desk, open the task, answer, finish."""
        self.day.now = journeys.later_than(self.day.now, step.get("after", journeys.NEXT_DAY))
        with clock.at(self.day.now):
            journeys.pass_time()
            task = self.open_task(step["task"])
            answers = Stage(Staff()).filled(task.form, self.journey.given(step))
        self.attend(step["who"])
        self.open(number, task)
        expect(self.visit.page.locator("h1")).to_have_text(task.name)
        given = self.hands.answer(parse(bpmn.forms()[task.form]), answers)
        self.hands.use("Finish this task")
        self.check(step, task, {key: answers[key] for key in given})
        self.done.append(task.name)

    def open_task(self, element: str) -> Task:
        """The open task drawn as `element`."""
        where = Task.reference == self.reference, Task.closed_at.is_(None)
        found = {
            task.element.rpartition("/")[2]: task
            for task in self.visit.product.session.scalars(select(Task).where(*where))
        }
        assert element in found, f"open is {list(found)}"
        return found[element]

    def attend(self, who: str) -> None:
        """Come back to the page one was on; sign out whoever else is there, sign in where one is asked to."""
        page = self.visit.page
        if self.who == who:
            page.reload()
        else:
            self.visit.go("/")
        if "/sign-in" in page.url:
            self.hands.sign_in(who)
        self.who = who

    def open(self, number: int, task: Task) -> None:
        """From the page one was on, from the case's page or from the inbox, in turn."""
        page = self.visit.page
        if page.url.endswith(f"/tasks/{task.id}") and number % 2 == 0:
            return
        if not page.url.endswith("/tasks"):
            self.hands.use("Tasks")
        if number % FROM_THE_CASE == 1:
            self.hands.use("Cases")
            self.hands.use(self.reference)
        elif not self.shown("link", task.name):
            self.hands.use(re.compile(r"Unclaimed \(\d+\)"))
            taking = f"Take {task.name}, {self.reference}"
            if self.shown("button", taking):
                self.hands.use(taking)
                return
            self.hands.use(re.compile(r"Team \(\d+\)"))
        self.hands.use(task.name)

    def shown(self, role: Literal["link", "button"], name: str) -> bool:
        """Whether the page has it."""
        return self.visit.page.get_by_role(role, name=name, exact=True).count() > 0

    def leave(self) -> None:
        """Sign out, as one does before a colleague sits down."""
        self.hands.use("Sign out", back=True)
        self.who = ""

    def check(self, step: Told, task: Task, given: Told) -> None:
        """The page says that it is done and goes on; what was answered is kept; open is what the journey tells."""
        page, session = self.visit.page, self.visit.product.session
        assert not page.locator(".govuk-error-summary").count(), page.locator(".govuk-error-summary").inner_text()
        expect(page.locator(".govuk-notification-banner--success")).to_contain_text(f"“{task.name}” is done.")
        ids = session.scalars(select(Task.id).where(Task.reference == self.reference, Task.closed_at.is_(None)))
        assert page.url.rpartition("/")[2] in {self.reference, *map(str, ids)}
        kept = session.scalars(select(Answers).where(Answers.task_id == task.id)).one().values
        assert {key: kept.get(key) for key in given} == dict(given)
        if "then" in step:
            assert sorted(journeys.open_elements(self.reference)) == sorted(step["then"])


@pytest.mark.parametrize("kind", [Mouse, Keyboard])
def test_the_case_study_is_worked_from_referral_to_closing(
    chromium: Browser, sqlite_product: Product, kind: Callable[[Visit], Hands]
) -> None:
    journey = telling.whole(find("case_study"))
    day = Day(datetime.fromisoformat(journey.starts).replace(tzinfo=clock.LONDON))
    sqlite_product.app.wsgi_app = day.around(sqlite_product.app.wsgi_app)  # type: ignore[method-assign]  # Flask's way
    with served(sqlite_product) as address, Visit.opened(chromium, address, sqlite_product) as visit:
        visit.page.context.set_default_timeout(PATIENCE)
        play = Play(visit, kind(visit), journey, day)
        play.refer()
        play.leave()
        for number, step in enumerate(journey.steps):
            play.take(number, step)
            if step is journey.steps[-1] or journey.steps[number + 1]["who"] != step["who"]:
                play.leave()
        the_page_tells_the_story(play)
        the_store_agrees(play)


def the_page_tells_the_story(play: Play) -> None:
    """Closed for the right reason, each step on the timeline, the way drawn."""
    play.attend("facilitator")
    page = play.visit.go(f"/cases/{play.reference}")
    expect(page.locator("h1")).to_contain_text("Closed")
    expect(page.locator(".rj-case-head")).to_contain_text(closing(play.journey.ends["closure_reason"])[1:])
    paper = play.visit.go(f"/cases/{play.reference}/print")
    titles = paper.locator(".moj-timeline__title").all_inner_texts()
    page = play.visit.go(f"/cases/{play.reference}")
    assert [title.removeprefix("Task finished: ") for title in reversed(titles) if "finished" in title] == play.done
    assert titles[-1] == "Referral received"
    for tag in STORY:
        beginning = SENTENCES[tag].partition("{")[0].rstrip(": ")
        assert any(title.startswith(beginning) for title in titles), beginning
    told_at_first = play.journey.referral["answers"]["victim_needs"]
    expect(page.locator(".rj-said").last).to_contain_text(told_at_first)
    expect(page.locator(".rj-diagram[data-ready]").first).to_be_visible()
    assert page.locator(".djs-element.is-passed").count() > 1
    assert page.locator(".djs-element.is-open").count() == 0
    assert play.visit.barriers() == []


def the_store_agrees(play: Play) -> None:
    """The case has ended as told; the ledger verifies; inbox and engine are of one mind."""
    session = play.visit.product.session
    case = session.scalars(select(Case).where(Case.reference == play.reference)).one()
    ends = {name: getattr(case, name) for name in play.journey.ends}
    assert ends == dict(play.journey.ends)
    assert ledger.verify(session) > len(play.done)
    assert not rebuild.compare(session), "the inbox and the engine disagree"
