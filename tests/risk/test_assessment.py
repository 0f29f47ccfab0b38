"""Risk assessments: what the table said, who signed, how low they may go, and until when it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases import records
from rj_engine.cases.case import Case, Strand
from rj_engine.clock import Period
from rj_engine.database import db
from rj_engine.ledger import Entry
from rj_engine.risk import assessment
from rj_engine.risk.assessment import BelowTheFloor, NothingToSign, RiskAssessment, SignerIsAssessor
from tests.builders import FinishedTask, a_case, a_run
from tests.places import Product

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
ASSESS, SIGN = {"record": "risk_assessment", "stage": "initial"}, {"record": "sign_off", "effect": "sign_risk"}
PANEL = {"record": "sign_off", "effect": "panel_decision"}


@pytest.fixture
def room(sqlite_product: Product) -> Iterator[Room]:
    with clock.at(NOW):
        yield Room(sqlite_product)


class Room:
    """One case, its assessor and those who sign."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.case: Case = a_case(product)
        self.identity = self.case.id
        self.run_id = a_run(self.case).id

    def keep(self, who: str, properties: Mapping[str, str], **parts: Any) -> list[Entry]:
        case = self.product.session.get_one(Case, self.identity)
        parts.setdefault("run_id", self.run_id)
        finished = FinishedTask(case, self.product.actor(who), properties=properties, **parts)
        entries = records.keep(finished.told())
        db.session.commit()
        return entries

    def assessed(self, level: int | None = 2, floor: int = 1, **variables: Any) -> RiskAssessment:
        decided = [{"decision": "route", "value": "rj"}]
        if level is not None:
            value = {"level": level, "floor": floor, "reasons": ["because"], "actions": []}
            decided = [{"decision": "rj_gate_result", "value": value}, {"decision": "other", "value": {"x": 1}}]
        self.keep("facilitator", ASSESS, answers={"fear": "some"}, variables=variables, decided=decided)
        return self.standing

    @property
    def standing(self) -> RiskAssessment:
        found = assessment.standing(self.product.session, Strand(self.identity))
        assert found is not None
        return found

    def signed(self, who: str = "lead", properties: Mapping[str, str] = SIGN, **answers: Any) -> RiskAssessment:
        self.keep(who, properties, answers={"sign_off_decision": "agree", **answers})
        return self.standing


def test_an_assessment_keeps_the_table_s_answer_and_is_not_signed(room: Room) -> None:
    row = room.assessed(2, 1)
    assert (row.level, row.gate_level, row.floor, row.stage, row.signed_at) == (2, 2, 1, "initial", None)
    assert row.detail["inputs"] == {"fear": "some"}
    assert row.detail["gate"]["reasons"] == ["because"]


def test_without_an_answer_of_the_table_nothing_may_pass(room: Room) -> None:
    row = room.assessed(None)
    assert (row.level, row.floor, row.detail["gate"]["reasons"]) == (6, 6, ["gate_not_run"])


def test_the_stage_of_the_run_comes_before_that_of_the_task(room: Room) -> None:
    assert room.assessed(stage="review").stage == "review"
    assert room.keep("facilitator", {"record": "risk_assessment"}, decided=[])
    assert room.standing.stage == "initial"


def test_a_new_assessment_takes_the_place_of_the_old_and_needs_its_own_signature(room: Room) -> None:
    room.assessed()
    first = room.signed().id
    second = room.assessed(1)
    assert second.id != first
    assert second.signed_at is None
    assert [row.id for row in assessment.history(room.product.session, room.identity)] == [second.id, first]
    assert room.product.session.get_one(RiskAssessment, first).superseded_at == NOW


@pytest.mark.parametrize(
    ("flags", "sensitive", "until"),
    [([], False, date(2026, 9, 2)), (["VIOLENCE"], False, date(2026, 9, 2)), (["DA"], True, date(2026, 7, 8))],
)
def test_a_signature_holds_twelve_weeks_and_four_where_harm_is_sensitive(
    room: Room, flags: list[str], sensitive: bool, until: date
) -> None:
    room.assessed(harm_flags=flags)
    row = room.signed()
    assert (row.sensitive, row.valid_until) == (sensitive, until)
    assert (row.signer_id, row.signed_at) == (room.product.actor("lead").id, NOW)
    assert row.detail["sign_off"] == {"sign_off_decision": "agree"}


def test_the_pathway_s_own_clock_comes_before_ours(room: Room) -> None:
    room.assessed()
    periods = {"risk_expiry_standard": Period(1, "weeks")}
    room.keep("lead", SIGN, answers={"sign_off_decision": "agree"}, periods=periods)
    assert room.standing.valid_until == date(2026, 6, 17)


def test_what_a_panel_decides_holds_eight_weeks(room: Room) -> None:
    room.assessed(4, 1)
    room.keep("lead", PANEL, answers={"sign_off_decision": "decide", "sign_off_level": "2"})
    assert room.standing.valid_until == date(2026, 8, 5)


@pytest.mark.parametrize(("flags", "until"), [([], date(2026, 8, 5)), (["DA"], date(2026, 7, 8))])
def test_of_several_clocks_the_shortest_holds(room: Room, flags: list[str], until: date) -> None:
    decided = [{"decision": "mediation_gate_result", "value": {"level": 1, "floor": 0, "reasons": [], "actions": []}}]
    room.keep("facilitator", ASSESS, variables={"harm_flags": flags}, decided=decided)
    room.keep("lead", SIGN, answers={"sign_off_decision": "agree"})
    assert room.standing.valid_until == until


def test_nobody_signs_their_own_assessment(room: Room) -> None:
    room.assessed()
    with pytest.raises(SignerIsAssessor):
        room.signed("facilitator")
    assert room.standing.signed_at is None


def test_there_must_be_something_to_sign_and_it_is_signed_once(room: Room) -> None:
    with pytest.raises(NothingToSign):
        room.signed()
    room.assessed()
    room.signed()
    with pytest.raises(NothingToSign):
        room.signed("safeguarding_lead")


def test_what_is_sent_back_stays_unsigned(room: Room) -> None:
    room.assessed()
    (entry,) = room.keep("lead", SIGN, answers={"sign_off_decision": "return"})
    assert entry.tag == "case:risk:returned"
    assert room.standing.signed_at is None


@pytest.mark.parametrize("gate_level", range(7))
@pytest.mark.parametrize("chosen", range(7))
def test_a_signer_can_tighten_and_never_loosen(room: Room, gate_level: int, chosen: int) -> None:
    room.assessed(gate_level, 0)
    if chosen < gate_level:
        with pytest.raises(BelowTheFloor, match=f"is {gate_level}"):
            room.signed(sign_off_level=str(chosen))
        assert room.standing.signed_at is None
    else:
        assert room.signed(sign_off_level=str(chosen)).level == chosen


@pytest.mark.parametrize("floor", range(4))
@pytest.mark.parametrize("chosen", range(7))
def test_a_panel_settles_level_four_at_or_above_the_floor(room: Room, floor: int, chosen: int) -> None:
    room.assessed(4, floor)
    if chosen < floor or chosen == 4:
        with pytest.raises(BelowTheFloor, match=f"is {floor}"):
            room.signed(properties=PANEL, sign_off_level=str(chosen))
    else:
        assert room.signed(properties=PANEL, sign_off_level=str(chosen)).level == chosen


def test_a_panel_cannot_loosen_what_is_not_its_own_level(room: Room) -> None:
    room.assessed(5, 0)
    with pytest.raises(BelowTheFloor):
        room.signed(properties=PANEL, sign_off_level="3")


def test_assessments_are_kept_for_each_case_by_itself(room: Room) -> None:
    room.assessed()
    other = a_case(room.product)
    assert assessment.standing(room.product.session, Strand(other.id)) is None
    assert len(list(room.product.session.scalars(select(RiskAssessment)))) == 1
