"""A step that breaks leaves nothing behind, keeps the answers, stops that case alone, and can be tried again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from rj_engine import clock, failpoints, ledger
from rj_engine.cases.case import Case, CaseFrozen, NotFound, parties
from rj_engine.cases.consent import Consent
from rj_engine.commands import NotAllowed
from rj_engine.database import db
from rj_engine.errors import Broken
from rj_engine.people.staff import Staff
from rj_engine.workflows import rebuild
from rj_engine.workflows.beside import incidents
from rj_engine.workflows.beside.incidents import IncidentClosed, RetryIncident
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.engine.runner import EngineBroken
from rj_engine.workflows.post import outbox
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Answers, Draft, Incident, Outbox, PathwayVersion, Run, Task
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.reliability.small_case import (
    AFTER_THE_NUDGE,
    ANSWERS,
    a_small_case,
    open_tasks,
    publish_small_pathway,
)

UNFORESEEN = {"weight": "unforeseen"}


@pytest.fixture
def place(product: Product) -> Product:
    """The product with the small pathway at its front door."""
    publish_small_pathway()
    return product


@contextmanager
def breaking(point: str) -> Iterator[None]:
    """Something nobody foresaw happens at a named moment."""

    def fall() -> None:
        raise ZeroDivisionError

    failpoints.set_hook(point, fall)
    try:
        yield
    finally:
        failpoints.set_hook(point, None)


def complete(product: Product, case: UUID, element: str, who: str = "coordinator", **answers: Any) -> Any:
    """Complete the open task drawn as `element`."""
    given = answers or ANSWERS[element]
    return product.do(CompleteTask, who, task_id=open_tasks(product, case)[element], answers=given)


def a_broken_case(product: Product) -> UUID:
    """A case whose decision table has no row for what was answered."""
    case = a_small_case(product)
    with pytest.raises(EngineBroken):
        complete(product, case, "weigh", **UNFORESEEN)
    return case


def incident_of(product: Product, case: UUID) -> Incident:
    """Its open incident."""
    where = Incident.case_id == case, Incident.closed_at.is_(None)
    return product.session.scalars(select(Incident).where(*where)).one()


def status(product: Product, case: UUID) -> str:
    """Open, frozen or closed."""
    return product.session.get_one(Case, case).status


def tags(product: Product, case: UUID) -> list[str]:
    """The story so far."""
    return [entry.tag for entry in ledger.read(product.session, case)]


def let_the_table_know(product: Product, case: UUID) -> None:
    """What an engineer does: the version this case runs on gets the row that was missing."""
    from tests.reliability.small_case import small_bundle

    bundle = small_bundle()
    table = bundle.decisions["small_table.dmn"].replace('"heavy"', '"heavy", "unforeseen"')
    mended = versions.Bundle("intake", bundle.diagrams, {"small_table.dmn": table}, bundle.forms, bundle.clocks)
    version = product.session.scalars(select(Run.version_id).where(Run.case_id == case)).one()
    change = update(PathwayVersion).where(PathwayVersion.id == version).values(bundle=mended.packed())
    db.session.execute(change)
    db.session.commit()
    versions._by_id.clear()


def test_a_table_without_a_fitting_row_stops_the_case_and_decides_nothing(place: Product) -> None:
    case = a_small_case(place)
    task = open_tasks(place, case)["weigh"]
    run = place.session.scalars(select(Run).where(Run.case_id == case)).one()
    state, variables, before = run.state, dict(run.variables), tags(place, case)

    with pytest.raises(EngineBroken) as broken:
        complete(place, case, "weigh", **UNFORESEEN)

    assert broken.value.code == "no_row_matched"
    session = place.session
    run = session.scalars(select(Run).where(Run.case_id == case)).one()
    assert (run.state, dict(run.variables)) == (state, variables)
    assert "level" not in run.variables
    assert session.get_one(Task, task).closed_at is None
    assert session.scalar(select(func.count()).select_from(Answers).where(Answers.case_id == case)) == 0
    assert session.scalar(select(func.count()).select_from(Outbox).where(Outbox.case_id == case)) == 0
    assert tags(place, case) == [*before, "case:incident:opened"]
    assert status(place, case) == "frozen"
    assert not rebuild.compare(place.session)
    assert ledger.verify(place.session) > 0


def test_an_old_answer_of_the_table_never_stands_in_for_a_missing_one(place: Product) -> None:
    case = a_small_case(place)
    run = place.session.scalars(select(Run).where(Run.case_id == case)).one()
    run.variables = {**run.variables, "level": 1}
    db.session.commit()
    with pytest.raises(EngineBroken):
        complete(place, case, "weigh", **UNFORESEEN)
    assert set(open_tasks(place, case)) == {"call", "weigh"}
    assert "case:decision:taken" not in tags(place, case)


def test_the_answers_are_kept_as_the_draft_of_the_person_who_gave_them(place: Product) -> None:
    case = a_broken_case(place)
    draft = place.session.scalars(select(Draft).join(Task, Task.id == Draft.task_id).where(Task.case_id == case)).one()
    assert draft.values == UNFORESEEN
    assert draft.staff_id == place.actor("coordinator").id


def test_the_lead_is_shown_what_broke_and_where_and_nobody_else_s_lead_is(place: Product) -> None:
    case = a_broken_case(place)
    (shown,) = incidents.open_incidents(place.session, place.actor("lead"))
    assert (shown.case_id, shown.code, shown.element) == (case, "no_row_matched", "intake/ask_table")
    assert "No row" in shown.sentence
    assert incidents.open_incidents(place.session, place.actor("lead.sample")) == []
    assert incidents.open_incidents(place.session, place.actor("facilitator.west")) == []


def test_only_that_case_stops(place: Product) -> None:
    other = a_small_case(place)
    case = a_broken_case(place)
    with pytest.raises(CaseFrozen):
        complete(place, case, "call")
    complete(place, other, "call")
    complete(place, other, "weigh")
    assert (status(place, case), status(place, other)) == ("frozen", "open")


def test_nothing_leaves_the_house_from_a_stopped_case(place: Product) -> None:
    case = a_small_case(place)
    complete(place, case, "weigh")
    with pytest.raises(Broken), breaking("stored"):
        complete(place, case, "call")
    post: list[str] = []

    class LetterBox:
        def deliver(self, kind: str, reference: str, payload: object) -> None:
            del kind, payload
            post.append(reference)

    assert outbox.deliver_due(LetterBox()) == 0
    place.do(RetryIncident, "lead", incident_id=incident_of(place, case).id)
    assert outbox.deliver_due(LetterBox()) == 1
    assert len(post) == 1


def test_a_retry_after_the_repair_finishes_what_was_begun_in_its_author_s_name(place: Product) -> None:
    case = a_broken_case(place)
    task = open_tasks(place, case)["weigh"]
    let_the_table_know(place, case)

    place.do(RetryIncident, "lead", incident_id=incident_of(place, case).id)

    assert status(place, case) == "open"
    assert place.session.get_one(Task, task).closed_name == "Cora Invented"
    assert place.session.scalars(select(Answers).where(Answers.task_id == task)).one().values == UNFORESEEN
    assert place.session.scalar(select(func.count()).select_from(Draft)) == 0
    assert "case:incident:retried" in tags(place, case)
    closed = place.session.scalars(select(Incident).where(Incident.case_id == case)).one()
    with pytest.raises(IncidentClosed):
        place.do(RetryIncident, "lead", incident_id=closed.id)
    assert not rebuild.compare(place.session)


def test_a_retry_that_breaks_again_changes_nothing_but_the_incident_s_words(place: Product) -> None:
    case = a_broken_case(place)
    incident = incident_of(place, case).id
    with pytest.raises(EngineBroken):
        place.do(RetryIncident, "lead", incident_id=incident)
    assert status(place, case) == "frozen"
    assert incident_of(place, case).id == incident
    assert tags(place, case)[-1] == "case:incident:broke_again"


def test_a_facilitator_cannot_retry_and_a_stranger_does_not_find_it(place: Product) -> None:
    case = a_broken_case(place)
    incident = incident_of(place, case).id
    with pytest.raises(NotAllowed):
        place.do(RetryIncident, "facilitator", incident_id=incident)
    with pytest.raises(NotFound):
        place.do(RetryIncident, "lead.sample", incident_id=incident)
    with pytest.raises(NotFound):
        place.do(RetryIncident, "lead", incident_id=uuid.uuid4())


@pytest.mark.parametrize("point", ["gated", "claimed", "loaded", "stepped", "stored", "projected", "ledgered"])
def test_what_nobody_foresaw_stops_the_case_like_any_breakage(place: Product, point: str) -> None:
    case = a_small_case(place)
    with pytest.raises(Broken) as broken, breaking(point):
        complete(place, case, "call")
    assert type(broken.value.__cause__) is ZeroDivisionError
    assert status(place, case) == "frozen"
    assert set(open_tasks(place, case)) == {"call", "weigh"}
    place.do(RetryIncident, "lead", incident_id=incident_of(place, case).id)
    assert set(open_tasks(place, case)) == {"weigh"}
    assert not rebuild.compare(place.session)
    assert ledger.verify(place.session) > 0


def test_a_timer_that_breaks_stops_its_case_and_rings_again_on_retry(place: Product) -> None:
    case, other = a_small_case(place), a_small_case(place)
    with clock.at(clock.now() + AFTER_THE_NUDGE):
        order = [row.case_id for row in place.session.scalars(select(timers.Timer).order_by(timers.Timer.due_at))]
        assert order == [case, other]
        fallen = []

        def fall_once() -> None:
            if not fallen:
                fallen.append(True)
                raise ZeroDivisionError

        failpoints.set_hook("stored", fall_once)
        try:
            assert timers.fire_due() == 1, "the other case's timer is not held up"
        finally:
            failpoints.set_hook("stored", None)
        assert (status(place, case), status(place, other)) == ("frozen", "open")
        place.do(RetryIncident, "lead", incident_id=incident_of(place, case).id)
        assert status(place, case) == "open"
        assert tags(place, case).count("case:timer:fired") == 1
        assert timers.fire_due() == 0


def with_consent(product: Product, case: UUID) -> None:
    """The victim's word stands."""
    today = clock.today()
    given = Consent(
        case_id=case,
        party="victim",
        scope="contact_harmer",
        given_on=today,
        expires_on=today.replace(year=today.year + 1),
        method="call",
        recorded_at=clock.now(),
    )
    db.session.add(given)
    db.session.commit()
    assert product.session.scalar(standing(case)) == 1


def standing(case: UUID) -> Any:
    """How many consents stand."""
    return select(func.count()).select_from(Consent).where(Consent.case_id == case, Consent.withdrawn_at.is_(None))


def withdraw(product: Product, case: UUID, who: str = "coordinator") -> Any:
    """The victim takes back their word."""
    reference = product.session.get_one(Case, case).reference
    return product.do(Withdraw, who, reference=reference, party="victim", words="I want this to stop.")


def test_a_victim_can_withdraw_while_the_case_is_stopped_and_the_pathway_hears_it_on_retry(place: Product) -> None:
    case = a_broken_case(place)
    with_consent(place, case)
    first = incident_of(place, case).id

    withdraw(place, case)

    assert place.session.scalar(standing(case)) == 0, "their word ends at once, not when we have mended our table"
    assert any(party.withdrawn_at for party in parties(place.session, place.session.get_one(Case, case)))
    assert "case:party:withdrew" in tags(place, case)
    assert status(place, case) == "frozen"
    waiting = incidents.open_incidents(place.session, place.actor("lead"))
    assert [one.code for one in waiting] == ["no_row_matched", "withdrawal_waits"]
    let_the_table_know(place, case)
    place.do(RetryIncident, "lead", incident_id=first)
    assert status(place, case) == "frozen", "stopped as long as anything waits for the lead"
    place.do(RetryIncident, "lead", incident_id=waiting[1].id)
    assert status(place, case) == "open"
    assert set(open_tasks(place, case)) == {"aftercare"}
    assert not rebuild.compare(place.session)


def test_a_withdrawal_that_breaks_ends_the_consents_all_the_same(place: Product) -> None:
    case = a_small_case(place)
    with_consent(place, case)
    with pytest.raises(Broken), breaking("stored"):
        withdraw(place, case)
    assert place.session.scalar(standing(case)) == 0
    assert status(place, case) == "frozen"
    assert set(open_tasks(place, case)) == {"call", "weigh"}
    place.do(RetryIncident, "lead", incident_id=incident_of(place, case).id)
    assert set(open_tasks(place, case)) == {"aftercare"}
    assert ledger.verify(place.session) > 0


def test_a_retry_of_what_has_become_impossible_lets_the_case_go_on(place: Product) -> None:
    case = a_broken_case(place)
    author = place.session.get_one(Staff, place.actor("coordinator").id)
    author.roles = ["facilitator"]
    db.session.commit()

    told = place.do(RetryIncident, "lead", incident_id=incident_of(place, case).id)

    assert told["left"] == "This task is for another role."
    assert status(place, case) == "open"
    assert set(open_tasks(place, case)) == {"call", "weigh"}
    assert "case:incident:left" in tags(place, case)
    complete(place, case, "weigh", "lead", weight="light")
    assert not rebuild.compare(place.session)


def test_a_broken_command_that_belongs_to_no_case_is_only_told(product: Product) -> None:
    from rj_engine.people import sign_in

    with pytest.raises(Broken), breaking("ledgered"):
        product.do(sign_in.SignOut, "lead")
    assert product.session.scalar(select(func.count()).select_from(Incident)) == 0
    product.do(sign_in.SignOut, "lead")
