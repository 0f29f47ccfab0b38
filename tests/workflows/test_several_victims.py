"""Several victims in one case: each with their own run, consent, risk and way; nothing of one reaches another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.cases.consent import Consent
from rj_engine.demonstration import journeys
from rj_engine.risk import gate
from rj_engine.web.page import said
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.beside.victims import AddVictim, NotWithVictims
from rj_engine.workflows.beside.withdrawals import WhichOne, Withdraw
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical
from tests.builders import a_consent, an_assessment, kept
from tests.places import Product

SECOND = {
    "more_victims": "one",
    "victim_2_name": "Briar Invented",
    "victim_2_age_band": "25_64",
    "victim_2_basis": "saw_heard_experienced",
    "victim_2_aware": "yes",
    "victim_2_safe_contact_channels": ["text"],
    "victim_2_phone": "01632 960 222",
    "victim_2_safe_contact_voicemail": "none",
    "victim_2_safe_contact_device_shared": "no",
}


class Two:
    """A case with two people harmed, taken through the front door."""

    def __init__(self, product: Product) -> None:
        self.product = product
        answer = product.do(MakeReferral, "coordinator", answers=typical("referral", **SECOND))
        self.reference = answer["reference"]
        for element, who in (
            ("screen_for_safety", "coordinator"),
            ("acknowledge_referral", "coordinator"),
            ("allocate_case", "lead"),
        ):
            self.finish(element, who)

    @property
    def case(self) -> Case:
        return self.product.session.scalars(select(Case).where(Case.reference == self.reference)).one()

    @property
    def victims(self) -> list[Party]:
        return list(cases.of_role(self.product.session, self.case.id, "victim"))

    def runs(self, *, running: bool = True) -> dict[str, Run]:
        """The runs about one victim, by the victim's first name."""
        wanted = select(Run, Party).join(Party, Party.id == Run.about_id).where(Run.case_id == self.case.id)
        rows = self.product.session.execute(wanted.where(Run.status == "running") if running else wanted)
        return {party.name.split()[0]: run for run, party in rows}

    def open(self, first_name: str) -> dict[str, Task]:
        """Element id to open task of one victim's run."""
        run = self.runs(running=False)[first_name]
        found = select(Task).where(Task.run_id == run.id, Task.closed_at.is_(None))
        return {task.element.rpartition("/")[2]: task for task in self.product.session.scalars(found)}

    def finish(self, element: str, who: str, first_name: str = "", **changes: Any) -> None:
        """Finish a task as on an ordinary day."""
        where = Task.case_id == self.case.id, Task.closed_at.is_(None)
        open_now = list(self.product.session.scalars(select(Task).where(*where)))
        wanted = self.open(first_name).values() if first_name else open_now
        task = next(one for one in wanted if one.element.endswith(f"/{element}"))
        form = desk.desk(self.product.session, self.product.actor(who), task.id, clock.now()).form
        answers = journeys.Stage(journeys.Staff()).filled(form.id, changes)
        self.product.do(CompleteTask, who, task_id=task.id, answers=answers)

    def strand(self, first_name: str) -> Strand:
        return self.runs(running=False)[first_name].strand


@pytest.fixture
def two(product: Product) -> Two:
    return Two(product)


def test_each_victim_has_a_run_of_their_own(two: Two) -> None:
    assert set(two.runs()) == {"Alder", "Briar"}
    assert set(two.open("Alder")) == set(two.open("Briar")) == {"first_contact"}


def test_one_victims_consent_and_assessment_open_nothing_for_the_other(two: Two) -> None:
    today = clock.today()
    given = a_consent(two.case, "victim", "contact_harmer", today, today.replace(year=today.year + 1))
    given.about_id = two.strand("Alder").about_id
    by = (two.product.actor("facilitator").id, two.product.actor("lead").id)
    kept(given, an_assessment(two.case, *by, today.replace(year=today.year + 1), about_id=given.about_id))

    assert gate.missing(two.product.session, two.strand("Alder"), "contact_harmer", clock.now()) == []
    assert len(gate.missing(two.product.session, two.strand("Briar"), "contact_harmer", clock.now())) == 2


def test_one_victim_withdraws_and_the_other_goes_on_as_before(two: Two) -> None:
    with pytest.raises(WhichOne):
        two.product.do(Withdraw, "lead", reference=two.reference, party="victim")
    before = set(two.open("Briar"))

    two.product.do(Withdraw, "lead", reference=two.reference, party="victim", person=two.victims[0].id)

    assert set(two.open("Alder")) != {"first_contact"}
    assert set(two.open("Briar")) == before
    assert [one.withdrawn_at is not None for one in two.victims] == [True, False]
    assert two.case.status == "open"


def test_once_one_has_withdrawn_the_other_need_not_be_named(two: Two) -> None:
    two.product.do(Withdraw, "lead", reference=two.reference, party="victim", person=two.victims[0].id)
    two.product.do(Withdraw, "lead", reference=two.reference, party="victim")

    assert [one.withdrawn_at is not None for one in two.victims] == [True, True]


def test_what_ends_with_a_victim_is_their_own_word_alone(two: Two) -> None:
    today = clock.today()
    for victim in two.victims:
        given = a_consent(two.case, "victim", "hold_record", today, today.replace(year=today.year + 1))
        given.about_id = victim.id
        kept(given)

    two.product.do(Withdraw, "lead", reference=two.reference, party="victim", person=two.victims[1].id)

    standing = select(Consent.about_id).where(Consent.case_id == two.case.id, Consent.withdrawn_at.is_(None))
    assert set(two.product.session.scalars(standing)) == {two.victims[0].id}


def test_the_harmer_withdraws_from_everybody(two: Two) -> None:
    two.product.do(Withdraw, "lead", reference=two.reference, party="harmer")

    assert all("first_contact" not in two.open(name) for name in ("Alder", "Briar"))


def test_the_task_of_one_victim_shows_nothing_of_another(two: Two) -> None:
    two.finish("first_contact", "facilitator", "Alder", contact_words="CANARY of Alder")
    task = two.open("Briar")["first_contact"]
    seen = desk.desk(two.product.session, two.product.actor("facilitator"), task.id, clock.now())

    with two.product.app.test_request_context():
        told = said.so_far(two.product.session, seen.case, seen.about)
        contact = {one.name: dict(said.safe_contact(one)) for one in seen.reaches}

    every = repr([one.values for one in told])
    assert seen.one_of_several
    assert "CANARY" not in every
    assert "01632 960 001" not in every
    assert "01632 960 222" in every
    assert set(contact) == {"Briar Invented"}
    assert "01632 960 222" in contact["Briar Invented"].values()
    assert "01632 960 001" not in repr(contact)


def test_a_victim_named_later_begins_at_the_beginning(two: Two) -> None:
    answers = typical("another_victim", victim_name="Cedar Invented")
    told = two.product.do(AddVictim, "facilitator", reference=two.reference, answers=answers)

    assert set(two.runs()) == {"Alder", "Briar", "Cedar"}
    assert [one.number for one in two.victims] == [1, 2, 3]
    assert [task["name"] for task in told["next_tasks"]] == [two.open("Cedar")["first_contact"].name]


def test_a_victim_named_at_the_front_door_waits_for_its_end(product: Product) -> None:
    reference = product.do(MakeReferral, "coordinator", answers=typical("referral"))["reference"]
    answers = typical("another_victim", victim_name="Cedar Invented")

    assert product.do(AddVictim, "coordinator", reference=reference, answers=answers)["next_tasks"] == []


def test_a_quarrel_between_neighbours_has_no_victims(product: Product) -> None:
    told = typical("referral", relation="neighbours_two_way", asks_for="mediation", harm_flags=[])
    names = {"party_1_name": "Oak Invented", "party_2_name": "Elm Invented"}
    reference = product.do(MakeReferral, "coordinator", answers={**told, **names, **PARTIES})["reference"]

    with pytest.raises(NotWithVictims):
        product.do(AddVictim, "coordinator", reference=reference, answers=typical("another_victim"))


PARTIES = {
    f"{party}_{key}": value
    for party in ("party_1", "party_2")
    for key, value in {
        "age_band": "25_64",
        "aware": "yes",
        "safe_contact_voicemail": "none",
        "safe_contact_device_shared": "no",
    }.items()
} | {"dispute_since": "months", "dispute_reports": "none", "dispute_homes": "own", "dispute_case_review": "no"}


def test_the_case_closes_with_its_last_victim(two: Two) -> None:
    for victim in two.victims:
        assert two.case.status == "open"
        two.product.do(Withdraw, "lead", reference=two.reference, party="victim", person=victim.id)
        _to_the_end(two, victim.id)

    assert two.case.status == "closed"
    assert two.case.closure_reason == "victim_withdrew"


def _to_the_end(two: Two, about: UUID) -> None:
    """Finish what opens for one victim, as on an ordinary day, until their run ends."""
    name = two.product.session.get_one(Party, about).name.split()[0]
    for _ in range(6):
        for element, task in two.open(name).items():
            who = {"lead": "lead", "safeguarding_lead": "safeguarding_lead", "coordinator": "coordinator"}
            changes = {
                "agree_aftercare": {"aftercare_wanted": "none"},
                "close_case": {"closure_reason": "victim_withdrew"},
            }
            two.finish(element, who.get(task.lane, "facilitator"), name, **changes.get(task.form, {}))
