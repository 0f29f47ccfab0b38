"""The demonstration: invented cases at every stage, and the case study waiting for a newcomer."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from rj_engine import clock, ledger
from rj_engine.cases.case import Case, Party
from rj_engine.demonstration import setting_up, telling
from rj_engine.people.joining import operator
from rj_engine.people.staff import Staff
from rj_engine.workflows import rebuild
from rj_engine.workflows.published import publishing
from rj_engine.workflows.rows import Task, Timer
from rj_engine.workflows.workload import inbox
from tests.places import Product
from tests.web.browsing import a_browser

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=clock.LONDON)


@pytest.fixture(scope="module")
def demonstration(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demonstration as it stands on a Sunday night: read, never changed."""
    path = tmp_path_factory.mktemp("demonstration") / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as opened, clock.at(SUNDAY_NIGHT):
        setting_up.add_cases(SUNDAY_NIGHT)
        yield opened


def test_there_are_about_forty_cases_in_every_team_of_both_services(demonstration: Product) -> None:
    teams = Counter(demonstration.session.scalars(select(Case.team_id)))

    assert 38 <= teams.total() <= 45
    assert len(teams) == 3
    assert min(teams.values()) >= 5


def test_some_cases_are_overdue_some_wait_and_some_are_closed_for_many_reasons(demonstration: Product) -> None:
    session = demonstration.session
    overdue = session.scalars(select(Task.id).where(Task.closed_at.is_(None), Task.due_at < SUNDAY_NIGHT)).all()
    waiting = set(session.scalars(select(Timer.element)))
    reasons = set(session.scalars(select(Case.closure_reason).where(Case.status == "closed")))

    assert 3 <= len(overdue) <= 20
    assert {"victim_engagement/victim_date_comes", "risk_assessment/review_date_comes"} <= waiting
    assert {"victim_declined", "harmer_declined", "risk_do_not_proceed", "completed_letter"} <= reasons


def test_one_case_is_before_the_panel_and_one_stop_waits_to_be_confirmed(demonstration: Product) -> None:
    open_now = Counter(demonstration.session.scalars(select(Task.element).where(Task.closed_at.is_(None))))

    assert open_now["risk_assessment/panel_decides"] >= 1
    assert open_now["risk_assessment/confirm_stop"] >= 1
    assert len(open_now) >= 15, "cases stand at many different stages"


def test_the_case_study_waits_in_the_facilitators_inbox_for_the_first_contact(demonstration: Product) -> None:
    session = demonstration.session
    mine = inbox.page(session, demonstration.actor("facilitator"), "mine", SUNDAY_NIGHT).tasks
    study = [row for row in mine if "case study" in _title(demonstration, row.case)]

    assert [(row.name, row.overdue, row.blocked) for row in study] == [("Contact the victim", False, [])]


def test_everyone_in_it_is_plainly_invented(demonstration: Product) -> None:
    session = demonstration.session
    names = [party.name for party in session.scalars(select(Party))] + list(session.scalars(select(Staff.name)))

    assert [name for name in names if not name.endswith("Invented")] == []


def test_nothing_happened_in_the_future_and_the_books_agree(demonstration: Product) -> None:
    session = demonstration.session

    assert ledger.verify(session) > 1000
    assert not rebuild.compare(session)
    assert max(session.scalars(select(Case.opened_at))) <= SUNDAY_NIGHT


def test_every_case_and_every_open_task_of_it_can_be_opened(demonstration: Product) -> None:
    readers = {"lead": "EC-%", "lead.sample": "SS-%"}
    broken = []
    for who, references in readers.items():
        browser = a_browser(demonstration, who)
        session = demonstration.session
        pages = [
            f"/cases/{reference}"
            for reference in session.scalars(select(Case.reference).where(Case.reference.like(references)))
        ]
        pages += [
            f"/tasks/{task}"
            for task in session.scalars(
                select(Task.id).where(Task.reference.like(references), Task.closed_at.is_(None))
            )
        ]
        broken += [page for page in pages if browser.get(page).status_code != 200]

    assert broken == []


def test_setting_it_up_twice_adds_nobody_twice(sqlite_product: Product) -> None:
    before = len(sqlite_product.session.scalars(select(Staff.id)).all())

    setting_up.add_people("another password")
    published = publishing.import_pathways(operator())

    assert len(sqlite_product.session.scalars(select(Staff.id)).all()) == before
    assert not any(one["new"] for one in published)


def test_every_journey_of_the_demonstration_can_be_told() -> None:
    told = telling.shipped("cases.json")["cases"]

    assert all(telling.whole(case).title for case in told)


def _title(product: Product, reference: str) -> str:
    return product.session.scalars(select(Case).where(Case.reference == reference)).one().title
