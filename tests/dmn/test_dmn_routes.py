"""Where a referral goes, and which way a request to a prison goes."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from gate_cases import FLAGS, model

from rj_engine import bpmn, feel

SENSITIVE = ["DA", "SA", "STALKING", "HBA", "EXPLOITATION", "DEATH"]


def told(name: str, decision: str, **facts: Any) -> Any:
    return feel.to_json(model(name).decide(decision, facts).value)


def fired(name: str, decision: str, **facts: Any) -> list[str]:
    return [str(row.row_id) for row in model(name).decide(decision, facts).fired]


# Referrals

REFERRAL: dict[str, Any] = {
    "initiated_by": "victim",
    "harm_flags": [],
    "hate_pattern": "none",
    "relation": "other",
    "asks_for": "rj",
    "resident": "yes",
}


@pytest.mark.parametrize(
    ("facts", "route", "row"),
    [
        ({"initiated_by": "harmer", "harm_flags": ["DA"]}, "hold_harmer_initiated", "RT1"),
        ({"initiated_by": "professional_for_harmer", "harm_flags": ["HATE", "SA"]}, "hold_harmer_initiated", "RT1"),
        ({"initiated_by": "harmer", "harm_flags": ["VIOLENCE"]}, "rj_hold_for_victim_choice", "RT2"),
        ({"relation": "child_to_parent", "asks_for": "mediation", "harm_flags": ["DA"]}, "apvc", "RT3"),
        ({"relation": "partners_or_family", "asks_for": "mediation", "harm_flags": ["DA"]}, "rj", "RT4"),
        ({"relation": "neighbours_two_way", "asks_for": "mediation", "harm_flags": ["DA"]}, "rj", "RT4"),
        ({"relation": "neighbours_two_way", "asks_for": "not_said"}, "mediation", "RT5"),
        ({"relation": "neighbours_two_way", "hate_pattern": "isolated", "harm_flags": ["HATE"]}, "mediation", "RT5"),
        ({"relation": "neighbours_clear_harmer", "asks_for": "mediation"}, "rj", "RT6"),
        ({"initiated_by": "police_on_scene", "asks_for": "informal"}, "informal", "RT7"),
        ({"resident": "no"}, "transfer_area", "RT8"),
        ({"asks_for": "information"}, "signpost", "RT9"),
        ({}, "rj", "RT10"),
    ],
)
def test_a_referral_goes_where_the_domain_sends_it(facts: dict[str, Any], route: str, row: str) -> None:
    referral = {**REFERRAL, **facts}

    assert told("route", "route", **referral) == route
    assert fired("route", "route", **referral) == [row]


@pytest.mark.parametrize("unknown", [{"hate_pattern": "unknown"}, {"relation": "unknown"}])
def test_what_is_not_known_about_a_dispute_never_sends_it_to_mediation(unknown: dict[str, str]) -> None:
    facts = {**REFERRAL, "relation": "neighbours_two_way", "asks_for": "mediation", **unknown}

    assert told("route", "route", **facts) == "rj"


def test_nobody_is_sent_away_because_it_is_not_known_where_they_live() -> None:
    assert told("route", "route", **{**REFERRAL, "resident": "unknown"}) == "rj"


def test_the_harmers_side_never_starts_anything_and_no_other_flag_loosens_a_hold() -> None:
    for flags in combinations(FLAGS, 2):
        facts = {**REFERRAL, "initiated_by": "harmer", "harm_flags": list(flags)}
        held = "hold_harmer_initiated" if {"DA", "SA"} & set(flags) else "rj_hold_for_victim_choice"
        for asks_for, relation in product(["mediation", "informal", "information"], ["child_to_parent", "other"]):
            assert told("route", "route", **{**facts, "asks_for": asks_for, "relation": relation}) == held


# Prisons

HELD: dict[str, Any] = {
    "prison_kind": "adult_prison",
    "prison_code": "EYI",
    "harmer_age_band": "25_64",
    "harm_flags": [],
}


@pytest.mark.parametrize(
    ("facts", "route", "ask_first"),
    [
        ({}, "direct_omu", []),
        ({"harm_flags": ["HATE", "VIOLENCE"]}, "direct_omu", []),
        *[({"harm_flags": [flag]}, "rehub_first", []) for flag in SENSITIVE],
        ({"prison_code": "LWI"}, "in_house_provider", []),
        ({"prison_code": "LWI", "harm_flags": ["SA"]}, "rehub_first", []),
        ({"prison_kind": "youth_custody", "prison_code": None, "harmer_age_band": "16_17"}, "yjs_lead", []),
        ({"prison_kind": "youth_custody", "harmer_age_band": "18_24", "harm_flags": ["SA"]}, "yjs_lead", []),
        ({"prison_kind": "secure_hospital", "prison_code": None, "harm_flags": ["SA"]}, "clinician_lead", []),
        ({"prison_kind": "secure_hospital", "harmer_age_band": "10_15"}, "clinician_lead", []),
        ({"harmer_age_band": "16_17"}, "yjs_lead", ["establishment", "age"]),
        ({"harmer_age_band": "not_known"}, "direct_omu", ["age"]),
        ({"harmer_age_band": None}, "direct_omu", ["age"]),
        ({"prison_code": None}, "direct_omu", ["establishment"]),
        ({"prison_kind": "not_known", "prison_code": None, "harmer_age_band": "not_known"}, "rehub_first",
         ["establishment", "age"]),
    ],
)  # fmt: skip
def test_a_request_goes_by_place_harm_and_age(facts: dict[str, Any], route: str, ask_first: list[str]) -> None:
    found = told("prison_route", "prison_route_result", **{**HELD, **facts})

    assert (found["route"], found["ask_first"]) == (route, ask_first)
    assert found["addressees"]
    assert told("prison_route", "prison_route", **{**HELD, **facts}) == route


def test_no_prison_is_written_to_before_a_place_that_is_not_known_has_been_asked() -> None:
    for age, flags in product(["25_64", "not_known"], [[], ["DA"]]):
        found = told(
            "prison_route",
            "prison_route_result",
            **{**HELD, "prison_kind": "not_known", "prison_code": None, "harmer_age_band": age, "harm_flags": flags},
        )
        assert found["route"] == "rehub_first"
        assert "establishment" in found["ask_first"]


def test_the_route_table_is_dated_and_has_an_owner() -> None:
    found = told("prison_route", "prison_route_result", **HELD)

    assert found["dated"] < found["review_on"]
    assert found["owner"] in bpmn.roles()["roles"]


@pytest.mark.parametrize("strange", [{"prison_kind": "prison"}, {"prison_kind": None}, {"harm_flags": ["X"]}])
def test_a_place_the_table_does_not_know_leaves_no_answer(strange: dict[str, Any]) -> None:
    assert model("prison_route").decide("prison_route_result", {**HELD, **strange}).value is None


def test_every_route_the_table_gives_is_among_those_the_proof_tries() -> None:
    tried = {one["route"] for one in bpmn.invariants()["decisions"]["prison_route_result"]}
    rows = model("prison_route").table("prison_route")[0].rows

    assert {row.answers[0].text.strip('"') for row in rows} == tried
