"""The gates of adolescent to parent violence, mediation and informal work, as they stand in their files."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from gate_cases import model
from gates import APVC, INFORMAL, MEDIATION, NEW_GATES, WITNESSES, Gate

from rj_engine import bpmn
from rj_engine.dmn import analysis

EACH_GATE = pytest.mark.parametrize("gate", list(NEW_GATES.values()), ids=list(NEW_GATES))
EACH_FACT = pytest.mark.parametrize(
    ("gate", "fact"),
    [pytest.param(gate, fact, id=fact) for gate in NEW_GATES.values() for fact in gate.favourable],
)
DOMAIN_ROWS = {"apvc_gate": ("A", 24), "mediation_gate": ("M", 20), "informal_gate": ("I", 12)}
NOT_YET_KNOWABLE = {"capacity", "party_2_consent", "crisis", "no_wish_to_talk"}
"""What nobody can know of a second party who has not been met."""


@EACH_GATE
def test_every_row_of_the_domain_stands_under_its_own_id(gate: Gate) -> None:
    letter, last = DOMAIN_ROWS[gate.key]
    ids = {row.element for row in gate.rows()}

    assert {f"{letter}{number:02}" for number in range(1, last + 1)} <= ids
    assert {one.partition("_")[0] for one in ids} == {f"{letter}{number:02}" for number in range(1, last + 1)}


@EACH_GATE
def test_a_case_with_everything_in_its_favour_fires_the_last_row_alone(gate: Gate) -> None:
    letter, last = DOMAIN_ROWS[gate.key]
    level = 1 if gate is INFORMAL else 0

    assert gate.fired() == {f"{letter}{last:02}": level}
    assert gate.answer() == (level, level)
    assert gate.decide().matched is True
    assert gate.decide().warnings == []


@EACH_GATE
def test_both_tables_have_the_same_rows(gate: Gate) -> None:
    for row, why in zip(gate.rows(), gate.rows(f"{gate.key}_reasons"), strict=True):
        assert why.element == f"{row.element}_reason"
        assert [cell.text for cell in why.tests] == [cell.text for cell in row.tests]
        assert [why.answers[0].text, why.answers[1].text] == [f'"{row.element}"', row.answers[0].text]
        assert why.description == row.description


@EACH_GATE
def test_no_row_that_holds_somebody_back_is_without_an_action(gate: Gate) -> None:
    idle = [row.element for row in gate.rows(f"{gate.key}_reasons") if row.answers[3].text == "[]"]

    assert idle == {"apvc_gate": ["A24_reason"], "mediation_gate": ["M04_reason", "M20_reason"]}.get(gate.key, [])


@EACH_GATE
def test_the_table_has_no_gap_no_dead_row_and_no_redundant_one_but_those_named(gate: Gate) -> None:
    found = analysis.analyse(model(gate.key), gate.key, floor=gate.floor)

    assert {(one.finding.code, one.rows[0]) for one in found} == {("redundant", row) for row in gate.redundant}


@EACH_GATE
def test_no_fact_that_gets_worse_loosens_the_answer(gate: Gate) -> None:
    found = analysis.analyse(model(gate.key), gate.key, gate.tightens(), gate.floor)

    assert [one.finding.message for one in found if one.finding.code == "not_monotone"] == []
    assert gate.tightens().keys() - {"apvc_dash_as_read", "apvc_stage", "mediation_stage", "harm_flags"} <= set(
        gate.favourable
    )


@EACH_GATE
def test_every_fact_has_an_order_or_is_looked_at_by_a_test_of_its_own(gate: Gate) -> None:
    alone = {"apvc_yp_age", "apvc_parent_fear", "apvc_yp_fear", "harm_flags"}

    assert set(gate.favourable) - set(gate.orders) <= alone


@EACH_GATE
def test_every_fact_can_be_not_known(gate: Gate) -> None:
    about_the_run = {"apvc_stage", "mediation_stage", "harm_flags"}

    assert set(gate.favourable) - set(gate.not_known) - gate.may_be_empty == about_the_run & set(gate.favourable)


@EACH_GATE
def test_what_is_not_known_is_never_looser_than_the_best_value(gate: Gate) -> None:
    best = {fact: (gate.favourable[fact], *values) for fact, values in gate.not_known.items()}
    found = analysis.analyse(model(gate.key), gate.key, best, gate.floor)

    assert [one.finding.message for one in found if one.finding.code == "not_monotone"] == []


@pytest.mark.parametrize(
    ("gate", "fact", "unknown"),
    [
        pytest.param(gate, fact, one, id=fact)
        for gate in NEW_GATES.values()
        for fact, values in gate.not_known.items()
        for one in values
    ],
)
def test_not_known_is_never_read_as_no(gate: Gate, fact: str, unknown: str) -> None:
    usual, now = gate.fired(), gate.fired(**{fact: unknown})

    assert len(now) > len(usual)
    if now.keys() - usual.keys() != {"I11_not_known"}:
        assert gate.answer(**{fact: unknown}) > gate.answer()


@pytest.mark.parametrize("fact", sorted(MEDIATION.not_known))
def test_before_the_second_party_is_met_only_what_nobody_can_know_yet_may_be_unknown(fact: str) -> None:
    answer = MEDIATION.answer(mediation_stage="provisional", **{fact: "not_known"})

    assert (answer == (0, 0)) is (fact.removeprefix("mediation_") in NOT_YET_KNOWABLE)


@EACH_FACT
def test_a_fact_that_is_missing_leaves_no_answer_unless_empty_has_a_meaning(gate: Gate, fact: str) -> None:
    facts = {name: value for name, value in gate.favourable.items() if name != fact}
    answer = model(gate.key).decide(f"{gate.key}_result", facts)

    assert answer.matched is (fact in gate.may_be_empty)
    assert (answer.value is None) is (fact not in gate.may_be_empty)


@EACH_FACT
def test_a_value_outside_its_domain_leaves_no_answer_or_counts_as_empty(gate: Gate, fact: str) -> None:
    for strange in ("No", "", 11, -1, ["no"] * 2, {"no": 1}):
        answer = gate.decide(**{fact: strange})
        if answer.matched:
            assert fact in gate.may_be_empty
            assert answer.value == gate.decide(**{fact: None}).value
            assert answer.warnings
        else:
            assert answer.value is None


@EACH_GATE
def test_every_answer_the_gate_gives_is_among_those_the_proof_tries(gate: Gate) -> None:
    told = {(one["level"], one["floor"]) for one in bpmn.invariants()["decisions"][f"{gate.key}_result"]}
    cases = [witness["facts"] for witness in json.loads((WITNESSES / f"{gate.key}.json").read_bytes())["witnesses"]]
    chance = random.Random(gate.key)
    two = [chance.sample(cases, 2) for _ in range(150)]
    seen = {gate.answer(**facts) for facts in (*cases, *({**one, **other} for one, other in two))}

    assert seen <= told
    assert {level for level, _ in seen} == {level for level, _ in told}


@EACH_GATE
def test_nothing_is_delivered_while_a_gate_says_panel_pause_or_stop(gate: Gate) -> None:
    for row in gate.rows(gate.key.replace("gate", "modes")):
        levels = {int(level) for level in row.tests[0].text.split(",")}
        assert (row.answers[0].text == "[]") is (min(levels) >= 4)


@pytest.mark.parametrize(
    ("gate", "level", "modes"),
    [
        (APVC, 0, ["apvc_joint", "apvc_parallel", "apvc_parent"]),
        (APVC, 2, ["apvc_parallel", "apvc_parent"]),
        (APVC, 3, ["apvc_parent"]),
        (MEDIATION, 1, ["mediation_joint", "mediation_shuttle"]),
        (MEDIATION, 2, ["mediation_shuttle"]),
        (INFORMAL, 1, ["informal"]),
    ],
)
def test_each_level_allows_what_the_gate_before_delivery_allows(gate: Gate, level: int, modes: list[str]) -> None:
    facts = {
        0: {},
        1: {"mediation_substances": "yes"} if gate is MEDIATION else {},
        2: {"apvc_yp_fear": 8} if gate is APVC else {"mediation_feels_unsafe": "yes"},
        3: {"apvc_yp_assent": "refused"},
    }[level]
    answer: Any = gate.decide(**facts).value

    assert (answer["level"], answer["permitted_modes"]) == (level, modes)


# Adolescent to parent violence


@pytest.mark.parametrize("fact", ["apvc_parent_fear", "apvc_yp_fear"])
def test_fear_of_seven_or_more_or_never_asked_keeps_them_apart(fact: str) -> None:
    assert [APVC.answer(**{fact: fear})[0] for fear in range(11)] == [0] * 7 + [2] * 4
    assert APVC.answer(**{fact: None}) == (2, 2)


@pytest.mark.parametrize("age", ["16_17", "18_24", "25_64", "65_over", "not_known"])
@pytest.mark.parametrize("recorded", ["not_needed", None])
def test_a_dash_is_never_taken_as_not_needed_once_the_young_person_may_be_sixteen(
    age: str, recorded: str | None
) -> None:
    assert "A14" in APVC.fired(apvc_yp_age=age, apvc_dash=recorded)
    assert APVC.answer(apvc_yp_age=age, apvc_dash=recorded)[0] == 5


@pytest.mark.parametrize("recorded", ["not_needed", "not_done", None])
def test_under_sixteen_the_parent_needs_no_dash(recorded: str | None) -> None:
    assert APVC.answer(apvc_yp_age="10_15", apvc_dash=recorded) == (0, 0)


@pytest.mark.parametrize("age", ["under_10", "10_15", "16_17", "18_24", "25_64", "65_over"])
@pytest.mark.parametrize("dash", ["standard", "medium", "high", "not_done"])
def test_an_age_that_is_not_known_is_never_looser_than_any_age(age: str, dash: str) -> None:
    unknown, known = (APVC.answer(apvc_yp_age=one, apvc_dash=dash)[0] for one in ("not_known", age))

    assert unknown >= known


# Informal


@pytest.mark.parametrize(
    ("flag", "level"),
    [
        ("DA", 6),
        ("SA", 6),
        ("STALKING", 6),
        ("HBA", 6),
        ("EXPLOITATION", 6),
        ("DEATH", 5),
        ("HATE", 5),
        ("VIOLENCE", 5),
    ],
)
def test_a_flag_on_the_referral_counts_although_the_officer_answers_no(flag: str, level: int) -> None:
    assert INFORMAL.answer(harm_flags=[flag]) == (level, 1)


def test_what_cannot_be_settled_on_the_street_is_always_offered_the_full_pathway() -> None:
    for row in INFORMAL.rows("informal_gate_reasons"):
        if int(row.answers[1].text) >= 5:
            assert '"offer_full_pathway"' in row.answers[3].text, row.element


def test_the_service_always_calls_the_victim_back() -> None:
    for facts in ({}, {"informal_wants_more": "yes"}, {"informal_hate": "yes"}):
        answer: Any = INFORMAL.decide(**facts).value
        assert "service_call_back" in answer["actions"]


# Golden cases


@pytest.mark.parametrize(
    ("gate", "story", "facts", "answer", "rows"),
    [
        (APVC, "a family as the service's own example tells it: needs not met yet, a social worker, all willing",
         {"apvc_communication": "unmet", "apvc_social_worker": "yes"}, (1, 1), {"A16", "A20"}),
        (APVC, "a boy of 13 shouts and breaks doors; his mother's fear is 8",
         {"apvc_parent_fear": 8}, (2, 2), {"A17"}),
        (APVC, "he does not want to come; she does",
         {"apvc_yp_assent": "refused", "apvc_parent_fear": 8}, (3, 3), {"A10", "A17"}),
        (APVC, "a knife three weeks ago, and she would like to meet next week",
         {"apvc_weapon_recent": "yes", "apvc_communication": "unmet"}, (5, 1), {"A02", "A16"}),
        (APVC, "he says that his stepfather hits him",
         {"apvc_yp_harmed": "new_concern"}, (5, 0), {"A05"}),
        (APVC, "a girl of 17 and a mother at high risk",
         {"apvc_yp_age": "16_17", "apvc_dash": "high"}, (6, 0), {"A13"}),
        (APVC, "a son of 19, assessed at standard risk: a panel, and the main gate",
         {"apvc_yp_age": "18_24", "apvc_dash": "standard"}, (4, 1), {"A12", "A13_standard"}),
        (APVC, "the plan is five weeks old on the day of the joint session",
         {"apvc_safety_plan": "over_4_weeks"}, (5, 0), {"A08"}),
        (APVC, "he strangled her in spring; a panel has to look before they come back",
         {"apvc_serious_injury": "yes"}, (5, 0), {"A03"}),
        (APVC, "nobody has looked at how he takes things in, and the joint session is near",
         {"apvc_communication": "not_assessed"}, (2, 2), {"A16_joint"}),
        (MEDIATION, "two neighbours and a drum kit", {}, (0, 0), set()),
        (MEDIATION, "one of them would not sit in a room with the other",
         {"mediation_feels_unsafe": "yes"}, (2, 2), {"M16"}),
        (MEDIATION, "it comes out on the first visit that they lived together and she is afraid of him",
         {"mediation_stage": "provisional", "mediation_da": "yes", "mediation_party_2_consent": "not_known",
          "mediation_feels_unsafe": "yes"}, (6, 2), {"M01", "M16"}),
        (MEDIATION, "a first visit went well; the other neighbour has not been asked",
         {"mediation_stage": "provisional", "mediation_party_2_consent": "not_known",
          "mediation_capacity": "not_known", "mediation_crisis": "not_known",
          "mediation_no_wish_to_talk": "not_known"}, (0, 0), set()),
        (MEDIATION, "a remark about where they come from, and he is sorry",
         {"mediation_hate": "isolated_acknowledged"}, (2, 2), {"M04"}),
        (MEDIATION, "a threat last month, and two agreements did not hold",
         {"mediation_threats": "yes", "mediation_broken_agreements": "two_or_more"}, (4, 0), {"M06", "M19"}),
        (MEDIATION, "a tenant and the landlord's agent, with a possession case",
         {"mediation_power_imbalance": "yes", "mediation_civil_proceedings": "yes"}, (4, 2), {"M12", "M15"}),
        (MEDIATION, "the second party says no",
         {"mediation_party_2_consent": "none"}, (6, 0), {"M10_party_2"}),
        (INFORMAL, "a boy kicked over a stall, owns up, and the trader would like a hand setting it up again",
         {}, (1, 1), set()),
        (INFORMAL, "brothers", {"informal_personally_connected": "yes"}, (6, 1), {"I01"}),
        (INFORMAL, "the trader is asked in front of the crowd",
         {"informal_victim_asked": "not_alone"}, (5, 1), {"I05"}),
        (INFORMAL, "an apology is not enough for her",
         {"informal_wants_more": "yes"}, (1, 1), {"I11"}),
        (INFORMAL, "it is the third time this month, and nobody knows whether there is an order",
         {"informal_repeat": "yes", "informal_order": "not_known"}, (5, 1), {"I08", "I10_not_known"}),
    ],
)  # fmt: skip
def test_a_case_as_a_lead_would_tell_it(
    gate: Gate, story: str, facts: dict[str, Any], answer: tuple[int, int], rows: set[str]
) -> None:
    assert gate.answer(**facts) == answer, story
    assert gate.fired(**facts).keys() - gate.fired().keys() == rows, story
