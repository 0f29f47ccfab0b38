"""No contact without the victim's current consent and a signed, current risk assessment by another person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from lxml import etree
from sqlalchemy import select, update

from rj_engine import bpmn, clock
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.cases.consent import Consent
from rj_engine.cases.holds import Hold
from rj_engine.cases.orders import OrderOrCondition
from rj_engine.cases.safety_plan import SafetyPlan
from rj_engine.database import db
from rj_engine.demonstration import telling
from rj_engine.demonstration.journeys import Refusal, Staff, Stage, play
from rj_engine.risk import gate
from rj_engine.risk.assessment import RiskAssessment
from rj_engine.risk.gate import ContactBlocked
from rj_engine.risk.requirements import HARMLESS, REQUIREMENTS
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.builders import a_case, a_consent, an_assessment, kept
from tests.places import Product
from tests.reliability.small_case import a_small_case, open_tasks, publish_small_pathway

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 10)
EVERY = pytest.mark.parametrize("effect", sorted(REQUIREMENTS))
ASSESSED = sorted(effect for effect, needs in REQUIREMENTS.items() if needs.gate)
SIGNED = sorted(effect for effect, needs in REQUIREMENTS.items() if needs.gate and needs.signed)
WORDS = [(effect, *given) for effect in sorted(REQUIREMENTS) for given in REQUIREMENTS[effect].consents]
ON_THE_DAY = sorted(effect for effect, needs in REQUIREMENTS.items() if needs.on_the_day)


@dataclass
class Facts:
    """All that the gate asks about one case; `without` takes one away."""

    product: Product
    case: Case

    def __post_init__(self) -> None:
        self.id = self.case.id

    def everything(self, effect: str, **assessment: Any) -> Facts:
        """All that `effect` waits for: everybody's word, given yesterday, a signed assessment, a check and a plan."""
        needs = REQUIREMENTS[effect]
        given, ends = TODAY - timedelta(days=1), TODAY + timedelta(days=60)
        kept(*(a_consent(self.case, party, scope, given, ends) for party, scope in needs.consents))
        people = {"assessor": self.id_of("facilitator"), "signer": self.id_of("lead"), "valid_until": TODAY}
        day = {"stage": "pre_event", "assessed_at": NOW - needs.checked_within} if needs.on_the_day else {}
        if needs.gate:
            kept(an_assessment(self.case, **{**people, "gate": needs.gate, **day, **assessment}))
        if needs.safety_plan:
            kept(SafetyPlan(case_id=self.id, agreed_on=TODAY - timedelta(weeks=4), recorded_at=NOW, plan={}))
        return self

    def id_of(self, who: str) -> UUID | None:
        return self.product.actor(who).id

    def missing(self, effect: str, now: datetime = NOW) -> list[str]:
        return gate.missing(self.product.session, Strand(self.id), effect, now)

    def change(self, kind: Any, **values: Any) -> None:
        where = kind.case_id == self.id
        db.session.execute(update(kind).where(where).values(**values))
        db.session.commit()


@pytest.fixture
def facts(sqlite_product: Product) -> Iterator[Facts]:
    with clock.at(NOW):
        yield Facts(sqlite_product, a_case(sqlite_product))


@EVERY
def test_with_every_fact_in_place_the_gate_is_open(facts: Facts, effect: str) -> None:
    facts.everything(effect)
    assert facts.missing(effect) == []
    gate.check(facts.product.session, Strand(facts.id), effect, NOW)


@EVERY
def test_with_no_fact_at_all_the_gate_names_every_one(facts: Facts, effect: str) -> None:
    needs, missing = REQUIREMENTS[effect], facts.missing(effect)
    assert any("risk assessment" in one for one in missing) == bool(needs.gate)
    assert len([one for one in missing if "consent" in one]) == len(needs.consents)
    assert len([one for one in missing if one.startswith("check made")]) == needs.on_the_day
    assert len([one for one in missing if "safety plan" in one]) == needs.safety_plan
    with pytest.raises(ContactBlocked) as blocked:
        gate.check(facts.product.session, Strand(facts.id), effect, NOW)
    assert blocked.value.missing == missing
    assert all(one in blocked.value.sentence for one in missing)


@pytest.mark.parametrize(("effect", "party", "scope"), WORDS)
def test_nothing_happens_without_the_current_word_of_each_party(
    facts: Facts, effect: str, party: str, scope: str
) -> None:
    facts.everything(effect)
    where = (Consent.case_id == facts.id, Consent.party == party, Consent.scope == scope)
    absent = [f"current consent of the {bpmn.parties()[party]['label']} to {bpmn.consent_scopes()[scope]}"]
    for values in ({"withdrawn_at": NOW}, {"withdrawn_at": None, "expires_on": TODAY - timedelta(days=1)}):
        db.session.execute(update(Consent).where(*where).values(**values))
        db.session.commit()
        assert facts.missing(effect) == absent
    db.session.execute(update(Consent).where(*where).values(expires_on=TODAY))
    db.session.commit()
    assert facts.missing(effect) == [], "consent holds on its last day"


@pytest.mark.parametrize("effect", ON_THE_DAY)
def test_a_word_older_than_five_working_days_has_to_be_given_again(facts: Facts, effect: str) -> None:
    facts.everything(effect)
    # 10 June 2026 is a Wednesday: five working days back is Wednesday 3 June, one more is Tuesday 2 June.
    facts.change(Consent, given_on=date(2026, 6, 3))
    assert facts.missing(effect) == []
    facts.change(Consent, given_on=date(2026, 6, 2))
    assert facts.missing(effect) == [
        f"consent of the {bpmn.parties()[party]['label']} confirmed again in the last 5 working days"
        for party, _ in REQUIREMENTS[effect].consents
    ]


@pytest.mark.parametrize("effect", ON_THE_DAY)
def test_the_check_on_the_day_holds_for_a_day_and_is_the_assessment_made_for_it(facts: Facts, effect: str) -> None:
    facts.everything(effect)
    absent = ["check made within the last 7 days" if effect == "deliver_shuttle" else "check made within the last day"]
    assert facts.missing(effect, NOW + timedelta(seconds=1))[:1] == absent
    facts.change(RiskAssessment, assessed_at=NOW - timedelta(hours=1))
    assert facts.missing(effect) == []
    facts.change(RiskAssessment, stage="combined")
    assert facts.missing(effect) == absent, "an assessment for another stage is no check on the day"


def test_a_family_safety_plan_is_looked_at_again_after_four_weeks(facts: Facts) -> None:
    facts.everything("deliver_apvc_joint")
    facts.change(SafetyPlan, agreed_on=TODAY - timedelta(weeks=4, days=1))
    assert facts.missing("deliver_apvc_joint") == ["family safety plan made or looked at again in the last 4 weeks"]


@EVERY
def test_while_a_worry_about_safety_is_open_nothing_passes(facts: Facts, effect: str) -> None:
    facts.everything(effect)
    kept(Hold(case_id=facts.id, kind="safeguarding", raised_at=NOW))
    assert facts.missing(effect) == ["the word of a lead that it is safe to go on: a worry about safety is open"]
    facts.change(Hold, cleared_at=NOW)
    assert facts.missing(effect) == []


@pytest.mark.parametrize("effect", sorted(effect for effect, needs in REQUIREMENTS.items() if needs.present))
def test_nobody_approaches_a_person_who_has_withdrawn(facts: Facts, effect: str) -> None:
    facts.everything(effect)
    who = bpmn.parties()[str(REQUIREMENTS[effect].present)]
    told = {"role": who["roles"][0], "wall": who["wall"], "name": "Pat Invented", "contact": {}}
    kept(Party(case_id=facts.id, withdrawn_at=NOW, **told))
    assert facts.missing(effect) == [f"agreement of the {who['label']} to be contacted: they have withdrawn"]


def test_the_word_of_one_victim_is_no_word_of_another(facts: Facts) -> None:
    facts.everything("contact_harmer")
    other = Party(case_id=facts.id, role="victim", wall="V", name="Kim Invented", contact={})
    kept(other)
    missing = gate.missing(facts.product.session, Strand(facts.id, other.id), "contact_harmer", NOW)
    assert missing == ["current consent of the victim to contact the harmer", "signed risk assessment"]


ASSESSMENTS: Mapping[str, tuple[Callable[[Facts], dict[str, Any]], str]] = {
    "not signed": (lambda _: {"signed_at": None, "signer_id": None}, "signed risk assessment"),
    "superseded": (lambda _: {"superseded_at": NOW}, "signed risk assessment"),
    "signed by its assessor": (
        lambda facts: {"signer_id": facts.id_of("facilitator")},
        "signature by somebody other than the assessor",
    ),
    "signed by nobody": (lambda _: {"signer_id": None}, "signature by somebody other than the assessor"),
    "run out yesterday": (lambda _: {"valid_until": TODAY - timedelta(days=1)}, "current risk assessment"),
    "without an end": (lambda _: {"valid_until": None}, "current risk assessment"),
}


@pytest.mark.parametrize("effect", SIGNED)
@pytest.mark.parametrize("what", ASSESSMENTS)
def test_no_contact_on_an_assessment_that_is_not_whole(facts: Facts, effect: str, what: str) -> None:
    facts.everything(effect)
    values, words = ASSESSMENTS[what]
    facts.change(RiskAssessment, **values(facts))
    checks = [fact for fact in facts.missing(effect) if fact.startswith("check made within")]
    assert facts.missing(effect) == [words, *checks]
    assert bool(checks) == (what == "superseded" and effect in ON_THE_DAY), "the check is an assessment that stands"


@pytest.mark.parametrize("effect", ASSESSED)
def test_the_assessment_of_another_gate_says_nothing_about_this_effect(facts: Facts, effect: str) -> None:
    facts.everything(effect, gate="some_other_gate")
    assert facts.missing(effect) == ["signed risk assessment" if REQUIREMENTS[effect].signed else "risk assessment"]


@pytest.mark.parametrize("level", range(7))
@pytest.mark.parametrize("effect", ASSESSED)
def test_each_level_of_risk_allows_what_it_allows_and_no_more(facts: Facts, effect: str, level: int) -> None:
    facts.everything(effect, level=level)
    loosest = REQUIREMENTS[effect].highest
    words = f"risk level that allows this (it is {level}, and must be {loosest} or lower)"
    assert facts.missing(effect) == ([] if level <= loosest else [words])
    assert loosest <= 3 or effect == "deliver_proxy", "no exchange of any kind at level 4 or above"


def test_a_newer_assessment_that_nobody_signed_blocks_what_an_older_one_allowed(facts: Facts) -> None:
    facts.everything("contact_harmer")
    kept(an_assessment(facts.case, facts.id_of("facilitator"), None, None, assessed_at=NOW + timedelta(minutes=1)))
    assert facts.missing("contact_harmer") == ["signed risk assessment"]


def test_a_day_ends_at_midnight_in_london_not_in_greenwich(facts: Facts) -> None:
    facts.everything("contact_harmer")
    late = datetime(2026, 6, 10, 22, 59, 59, tzinfo=UTC)
    assert facts.missing("contact_harmer", late) == []
    assert facts.missing("contact_harmer", late + timedelta(seconds=1)) == ["current risk assessment"]


def test_what_brings_nobody_in_touch_passes_without_being_asked(facts: Facts) -> None:
    for effect in (*sorted(HARMLESS), None):
        assert not gate.guarded(effect)
        gate.check(facts.product.session, Strand(facts.id), effect, NOW)
    assert facts.missing("aftercare") == []


def test_every_effect_in_the_shipped_pathways_is_guarded_or_known_to_be_harmless() -> None:
    used = set()
    for diagram in bpmn.pathways().values():
        found = etree.fromstring(diagram).iterfind(".//{*}property[@name='effect']")
        used |= {each.get("value") for each in found}
    assert used - set(REQUIREMENTS) - HARMLESS == set()
    assert {"contact_harmer", "deliver_letter", "deliver_shuttle"} <= used


GUARDED_TASK = {
    '<bpmn:userTask id="call" name="Call the victim" camunda:formKey="call" camunda:dueDate="small_due">': (
        '<bpmn:userTask id="call" name="Hand over the letter" camunda:formKey="call" camunda:dueDate="small_due">'
    ),
    '<camunda:property name="record" value="contact"/>': '<camunda:property name="effect" value="deliver_letter"/>',
}


def a_guarded_case(product: Product) -> tuple[Facts, UUID]:
    """A case with everything in place and an open task that hands over a letter."""
    publish_small_pathway(GUARDED_TASK)
    identity = a_small_case(product)
    facts = Facts(product, product.session.get_one(Case, identity)).everything("deliver_letter")
    return facts, open_tasks(product, identity)["call"]


def test_the_gate_is_asked_when_the_task_is_finished_not_when_its_page_was_opened(product: Product) -> None:
    with clock.at(NOW):
        facts, task = a_guarded_case(product)
        api = product.api("coordinator")
        seen = api.get(f"/tasks/{task}").json
        assert seen["blocked"] == []

        reference = product.session.get_one(Case, facts.id).reference
        words = {"contact_words": "Here it is.", "again": "no"}
        facts.change(Consent, withdrawn_at=NOW)
        reply = api.post(f"/tasks/{task}/complete", answers=words)

        assert reply.status_code == 409, reply.text
        assert reply.json["code"] == "contact_blocked"
        assert reply.json["missing"] == [
            f"current consent of the {party} to take part by letter" for party in ("victim", "harmer")
        ]
        assert product.session.get_one(Task, task).closed_at is None
        product.do(Withdraw, "lead", reference=reference, party="victim", words="No.")
        assert set(open_tasks(product, facts.id)) == {"aftercare"}


def test_the_assessment_that_ran_out_overnight_blocks_in_the_morning(product: Product) -> None:
    with clock.at(NOW):
        facts, task = a_guarded_case(product)
    answers = {"contact_words": "Here it is.", "again": "no"}
    with clock.at(NOW + timedelta(days=1)), pytest.raises(ContactBlocked) as blocked:
        product.do(CompleteTask, "coordinator", task_id=task, answers=answers)
    assert blocked.value.missing == ["current risk assessment", "check made within the last day"]
    with clock.at(NOW):
        product.do(CompleteTask, "coordinator", task_id=task, answers=answers)
        assert facts.missing("deliver_letter") == []


class DoubtingStaff(Staff):
    """Staff who, before each task that the gate guards, take every fact away in turn and try."""

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> Refusal | None:
        db.session.rollback()
        task = db.session.get_one(Task, task_id)
        case, element, effect = task.case_id, task.element, task.effect
        if gate.guarded(effect):
            for name, removed in self._facts(case, str(effect)):
                with removed:
                    refusal = super().complete(who, task_id, answers)
                assert refusal is not None, f"{element} was done {name}"
                assert refusal.code == "contact_blocked", (element, name, refusal)
                TRIED.append(f"{effect}, {name}")
        return super().complete(who, task_id, answers)

    def _facts(self, case: UUID, effect: str) -> Iterator[tuple[str, Any]]:
        yesterday = clock.today() - timedelta(days=1)
        for party in ("victim", "harmer") if effect.startswith("deliver_") else ("victim",):
            of_party = (Consent.case_id == case, Consent.party == party, Consent.withdrawn_at.is_(None))
            yield f"without the {party}'s consent", without(Consent, of_party, withdrawn_at=clock.now())
            yield f"after the {party}'s consent ran out", without(Consent, of_party, expires_on=yesterday)
        standing = (RiskAssessment.case_id == case, RiskAssessment.superseded_at.is_(None))
        yield "without a signature", without(RiskAssessment, standing, signed_at=None)
        yield "after the assessment ran out", without(RiskAssessment, standing, valid_until=yesterday)
        yield "at level 4", without(RiskAssessment, standing, level=4)
        yield "signed by its assessor", without(RiskAssessment, standing, signer_id=RiskAssessment.assessor_id)


TRIED: list[str] = []


@contextmanager
def without(kind: Any, where: tuple[Any, ...], **values: Any) -> Iterator[None]:
    """While inside, a fact is not as the gate wants it."""
    names = list(values)
    found = db.session.execute(select(kind.id, *(getattr(kind, name) for name in names)).where(*where)).all()
    assert found, "there is nothing to take away"
    ids = [row.id for row in found]
    db.session.execute(update(kind).where(kind.id.in_(ids)).values(**values))
    db.session.commit()
    try:
        yield
    finally:
        for row in found:
            before = {name: getattr(row, name) for name in names}
            db.session.execute(update(kind).where(kind.id == row.id).values(**before))
        db.session.commit()


@pytest.mark.parametrize("name", ["letter", "shuttle"])
def test_in_the_shipped_pathways_no_guarded_task_can_be_finished_with_any_one_fact_gone(
    sqlite_product: Product, name: str
) -> None:
    TRIED.clear()
    play(telling.whole(telling.beginning(name)), Stage(DoubtingStaff()))
    print(f"{len(TRIED)} tries, all refused: {sorted(set(TRIED))}")
    assert {one.partition(",")[0] for one in TRIED} >= {"contact_harmer", f"deliver_{name}"}


@EVERY
def test_nothing_passes_while_an_order_forbids_contact(facts: Facts, effect: str) -> None:
    facts.everything(effect)
    told = {"case_id": facts.id, "type": "bail", "forbids": "contact", "recorded_at": NOW, "words": {}}
    kept(OrderOrCondition(**told, starts_on=TODAY, ends_on=TODAY))
    assert facts.missing(effect) == ["an order that forbids contact is in force until 10 June 2026"]
    facts.change(OrderOrCondition, ends_on=None)
    assert facts.missing(effect) == ["an order that forbids contact is in force, and no day is known on which it ends"]
    facts.change(OrderOrCondition, ends_on=TODAY - timedelta(days=1))
    assert facts.missing(effect) == [], "the order has ended"
    facts.change(OrderOrCondition, starts_on=TODAY + timedelta(days=1), ends_on=None)
    assert facts.missing(effect) == [], "the order has yet to begin"
    facts.change(OrderOrCondition, starts_on=TODAY, forbids="places")
    assert facts.missing(effect) == []


@pytest.mark.parametrize("effect", SIGNED)
@pytest.mark.parametrize(("had", "needed"), [(1, 2), (2, 3), (0, 2), (None, 2), (3, None)])
def test_an_assessment_counts_only_if_whoever_made_it_was_trained_for_it(
    facts: Facts, effect: str, had: int | None, needed: int | None
) -> None:
    facts.everything(effect, assessor_level=had, needed_level=needed)
    assert facts.missing(effect) == ["risk assessment made by somebody trained for a case like this"]
    facts.change(RiskAssessment, assessor_level=3, needed_level=3)
    assert facts.missing(effect) == []
