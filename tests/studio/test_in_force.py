"""No case is moved to a version before its day, or to one that was put aside before it came."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from rj_engine import clock
from rj_engine.workflows.migration.in_force import NotInForce
from rj_engine.workflows.migration.migrating import StartMigration
from rj_engine.workflows.studio.approving import ApproveDraft, StandAgain
from rj_engine.workflows.studio.drafting import SubmitDraft
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING, a_draft, kept, proved, row, text_of
from tests.studio.moving_cases import INTAKE, NEW_WORDS, WHY, asked, expected, worked
from tests.web.browsing import a_browser, a_case

IN = timedelta(days=10)


def a_coming_version(product: Product) -> int:
    """A version of the front door that comes into force in ten days; its number."""
    draft, file = a_draft(product, INTAKE), f"{INTAKE}.bpmn"
    kept(product, draft, file, text_of(product, draft, file).replace(*NEW_WORDS))
    proved(product, draft)
    edition = row(product, draft).edition
    product.do(SubmitDraft, MANAGER, draft_id=draft, edition=edition, stands_from=clock.today() + IN)
    return int(product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)["number"])


def start(product: Product, number: int) -> None:
    """Ask for every case to be moved."""
    chosen = {one.reference: one.mark for one in expected(product, number)}
    product.do(StartMigration, MANAGER, pathway=INTAKE, number=number, chosen=chosen, reason=WHY)


def test_a_case_is_moved_to_a_version_from_its_day_on(product: Product) -> None:
    a_case(product)
    number = a_coming_version(product)
    with pytest.raises(NotInForce) as refused:
        start(product, number)
    assert f"{clock.today() + IN:%-d %B %Y}" in refused.value.sentence

    with clock.at(clock.now() + IN):
        asked(product, number)

        assert worked(product) == 1


def test_a_version_that_was_put_aside_before_its_day_never_comes_into_force(product: Product) -> None:
    a_case(product)
    number = a_coming_version(product)
    product.do(StandAgain, MANAGER, pathway=INTAKE, number=number - 1)
    with clock.at(clock.now() + IN), pytest.raises(NotInForce) as refused:
        start(product, number)
    assert "put aside" in refused.value.sentence

    product.do(StandAgain, MANAGER, pathway=INTAKE, number=number)

    start(product, number)


def test_the_pages_say_from_which_day_and_offer_nothing_before_it(sqlite_product: Product) -> None:
    a_case(sqlite_product)
    number = a_coming_version(sqlite_product)
    path = f"/studio/pathways/{INTAKE}/versions"
    browser = a_browser(sqlite_product, MANAGER)
    day = f"{clock.today() + IN:%-d %B %Y}"

    assert f"From {day}" in browser.get(path).text
    page = browser.get(f"{path}/{number}/cases").text
    assert f"This version comes into force on {day}." in page
    assert "Move the ticked cases" not in page
    chosen = next(iter(expected(sqlite_product, number)))
    sent = {"case": f"{chosen.reference}:{chosen.mark}", "reason": WHY, "command_id": str(uuid.uuid4())}
    reply = browser.post(f"{path}/{number}/cases", path, **sent)
    assert reply.status_code == 422
    assert "No case was moved" in reply.text
