"""The decisions beside the gates: ways of taking part, safeguards, competence, signature, validity."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from gate_cases import FLAGS, model

from rj_engine import bpmn, feel
from rj_engine.dmn import analysis
from rj_engine.dmn.refusals import UnknownDecision

SENSITIVE = ["DA", "SA", "STALKING", "HBA", "EXPLOITATION", "DEATH"]
ROWS = {
    ("route", "route"): [f"RT{number}" for number in range(1, 11)],
    ("permitted_modes", "contact_modes"): ["PM0_with_informal", "PM0", "PM1", "PM2", "PM3", "PM456"],
    ("safeguards", "safeguard_rows"): [f"SG{number}" for number in range(1, 15)],
    ("competence", "competence_rows"): ["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8"],
    ("competence", "assignable"): ["K9", "K10", "K11"],
    ("sign_off", "sign_off_by_level"): ["SO1", "SO2", "SO3", "SO4", "SO5", "SO6"],
    ("sign_off", "sign_off_same_day"): ["SO7"],
    ("validity", "validity"): [f"V{number}" for number in range(1, 11)],
    ("prison_route", "prison_route"): [f"PR{number}" for number in range(1, 8)],
}


def told(name: str, decision: str, **facts: Any) -> Any:
    return feel.to_json(model(name).decide(decision, facts).value)


@pytest.mark.parametrize(("name", "table"), list(ROWS))
def test_every_row_of_the_domain_is_there_and_a_draft(name: str, table: str) -> None:
    rows = model(name).table(table)[0].rows
    ids = [str(row.element) for row in rows]

    assert {one.split("_")[0] for one in ROWS[name, table]} == {one.split("_")[0] for one in ids}
    assert all((row.description or "").startswith("Draft, not signed off. ") for row in rows)


@pytest.mark.parametrize("name", sorted(bpmn.decisions()))
def test_every_table_can_be_analysed_and_has_no_gap_no_overlap_and_no_row_that_never_matches(name: str) -> None:
    for one in model(name).decisions:
        try:
            found = analysis.analyse(model(name), one.id)
        except UnknownDecision:
            continue
        codes = {(each.finding.code, each.rows) for each in found}
        assert {code for code, _ in codes} <= {"redundant"}, codes


# Ways of taking part

ALL_MODES = ["direct_conference", "live_video", "recorded_video", "shuttle", "letter"]


@pytest.mark.parametrize("level", range(7))
@pytest.mark.parametrize("informal", [None, 0, 1, 5, 6])
def test_a_level_allows_the_ways_the_domain_lists(level: int, informal: int | None) -> None:
    wanted = {0: ALL_MODES, 1: ALL_MODES, 2: ALL_MODES[1:], 3: ALL_MODES[2:]}.get(level, [])
    if level == 0 and informal in {0, 1}:
        wanted = [*ALL_MODES, "informal"]
    facts = {"level": level, "informal_level": informal, "victim_agrees_to_proxy": False, "lead_allows_proxy": None}

    assert told("permitted_modes", "permitted_modes", **facts) == wanted


@pytest.mark.parametrize("level", range(7))
@pytest.mark.parametrize("agrees", [True, False, None])
@pytest.mark.parametrize("allows", [True, False, None])
def test_one_party_alone_needs_the_victims_yes_and_at_level_6_a_leads(
    level: int, agrees: bool | None, allows: bool | None
) -> None:
    facts = {"level": level, "informal_level": None, "victim_agrees_to_proxy": agrees, "lead_allows_proxy": allows}
    found = set(told("permitted_modes", "permitted_modes", **facts)) & {"proxy", "restorative_conversation"}

    assert bool(found) is (agrees is True and (level < 6 or allows is True))


def test_a_stricter_level_never_allows_more() -> None:
    facts = {"informal_level": 1, "victim_agrees_to_proxy": True, "lead_allows_proxy": True}
    modes = [set(told("permitted_modes", "permitted_modes", level=level, **facts)) for level in range(7)]

    assert all(later <= earlier for earlier, later in pairwise(modes))


# Safeguards

CALM: dict[str, Any] = {
    "harm_flags": [],
    "child_party": "none",
    "level": 0,
    "mode": "direct_conference",
    "personally_connected": "no",
    "custody": "no",
    "self_harm": "none",
    "legal_bar": "none",
    "proceedings": "none_or_concluded",
    "communication_need": "no",
}
DA_SAFEGUARDS = {"current_dash", "safety_plan", "idva_view", "no_shared_transport", "children_plan"}


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        *[({"harm_flags": [flag]}, {"two_facilitators", "advanced_lead"}) for flag in SENSITIVE],
        ({"child_party": "under_16"}, {"two_facilitators", "parent_or_independent_supporter", "child_pace"}),
        ({"level": 1}, {"separate_arrivals", "separate_waiting", "stop_signal", "exit_route", "same_day_debrief"}),
        *[
            ({"mode": mode}, {"two_person_vetting", "victim_asked_before_delivery", "facilitator_present_offer"})
            for mode in ("letter", "shuttle", "recorded_video")
        ],
        ({"mode": "live_video"}, {"staff_both_rooms", "no_recording", "host_controls", "location_hidden"}),
        ({"harm_flags": ["DA"]}, DA_SAFEGUARDS),
        ({"personally_connected": "yes"}, DA_SAFEGUARDS),
        ({"personally_connected": "unknown"}, DA_SAFEGUARDS),
        (
            {"harm_flags": ["SA"]},
            {"isva_view", "therapist_view_if_wanted", "intimate_detail_rules", "choice_of_facilitator_gender"},
        ),
        ({"custody": "yes"}, {"prison_risk_agreed", "post_visit_prisoner_wellbeing_check", "security_brief"}),
        ({"custody": "unknown"}, {"prison_risk_agreed"}),
        ({"self_harm": "managed"}, {"wellbeing_plan", "48h_call", "crisis_numbers"}),
        ({"self_harm": "unknown"}, {"wellbeing_plan", "48h_call", "crisis_numbers"}),
        ({"legal_bar": "varied_to_allow"}, {"order_copy_checked_day_before"}),
        ({"proceedings": "guilty_awaiting_sentence"}, {"court_informed", "report_consent"}),
        ({"harm_flags": ["HATE"]}, {"community_supporter_option", "slur_boundary"}),
        ({"communication_need": "yes"}, {"independent_interpreter", "easy_read"}),
        ({"communication_need": "unknown"}, {"independent_interpreter", "easy_read"}),
    ],
)
def test_each_fact_brings_its_safeguards(facts: dict[str, Any], wanted: set[str]) -> None:
    assert wanted <= set(told("safeguards", "safeguards", **{**CALM, **facts}))


def test_two_safeguards_stand_always_and_in_the_calmest_case_alone() -> None:
    assert told("safeguards", "safeguards", **CALM) == ["no_contact_details_exchanged", "aftercare_plan"]


def test_each_safeguard_is_named_once_however_many_rows_ask_for_it() -> None:
    found = told("safeguards", "safeguards", **{**CALM, "harm_flags": FLAGS, "child_party": "under_16", "level": 3})

    assert len(found) == len(set(found))


# Competence

STANDARD: dict[str, Any] = {
    "pathway": "victim_initiated_rj",
    "child_party": "none",
    "harm_flags": [],
    "complexity": "standard",
    "supervision": "current",
}


@pytest.mark.parametrize(
    ("facts", "lead", "co_facilitator", "assessor", "modules"),
    [
        ({}, 2, 0, 2, []),
        ({"child_party": "age_16_17"}, 2, 1, 2, ["safeguarding_level_3"]),
        ({"harm_flags": ["HATE"]}, 2, 1, 2, []),
        ({"harm_flags": ["VIOLENCE"]}, 2, 1, 2, []),
        ({"harm_flags": ["DA"]}, 3, 2, 3, ["domestic_abuse", "dash"]),
        ({"harm_flags": ["SA"]}, 3, 2, 3, ["sexual_harm"]),
        ({"harm_flags": ["STALKING"]}, 3, 2, 3, ["stalking"]),
        ({"harm_flags": ["HBA"]}, 3, 2, 3, ["honour_based_abuse"]),
        ({"harm_flags": ["EXPLOITATION"]}, 3, 2, 3, ["exploitation"]),
        ({"harm_flags": ["DEATH"]}, 3, 2, 3, ["bereavement"]),
        ({"pathway": "apvc"}, 2, 1, 2, ["apvc"]),
        ({"pathway": "mediation"}, 2, 2, 2, ["mediation"]),
        ({"pathway": "apvc", "harm_flags": ["DA"], "child_party": "under_16"}, 3, 2, 3,
         ["safeguarding_level_3", "domestic_abuse", "dash", "apvc"]),
    ],
)  # fmt: skip
def test_a_case_asks_for_the_people_the_domain_lists(
    facts: dict[str, Any], lead: int, co_facilitator: int, assessor: int, modules: list[str]
) -> None:
    assert told("competence", "competence", **{**STANDARD, **facts}) == {
        "lead": lead,
        "co_facilitator": co_facilitator,
        "assessor": assessor,
        "modules": modules,
        "assignable": True,
    }


@pytest.mark.parametrize("supervision", ["current", "lapsed", "unknown"])
@pytest.mark.parametrize("complexity", ["standard", "sensitive", "complex"])
def test_nobody_whose_supervision_has_lapsed_or_is_not_known_gets_a_sensitive_case(
    supervision: str, complexity: str
) -> None:
    found = told("competence", "competence", **{**STANDARD, "supervision": supervision, "complexity": complexity})

    assert found["assignable"] is (supervision == "current" or complexity == "standard")


# Signature


@pytest.mark.parametrize("level", range(7))
@pytest.mark.parametrize("complexity", ["standard", "sensitive", "complex"])
def test_each_level_is_signed_by_those_the_domain_names(level: int, complexity: str) -> None:
    found = told("sign_off", "sign_off", level=level, complexity=complexity, actions=[])
    sensitive = complexity != "standard"

    assert ("safeguarding_lead" in found["signs"]) is (sensitive or level in {4, 6})
    assert found["signs"][0] == "lead"
    assert found["panel"] is (sensitive or level == 4)
    assert found["review_date"] is (level == 5)
    assert found["same_working_day"] is False
    assert "assessor_is_not_signer" in found["conditions"]
    assert ("specialist_view_or_reason" in found["conditions"]) is sensitive
    assert ({"victim_told_why_in_agreed_words", "right_to_complain"} <= set(found["conditions"])) is (level == 6)


@pytest.mark.parametrize(
    "action",
    [
        *("police_999", "safeguarding_referral", "marac_referral", "childrens_front_door_referral"),
        "adult_safeguarding_referral",
    ],
)
def test_a_referral_that_protects_someone_reaches_the_safeguarding_lead_the_same_working_day(action: str) -> None:
    found = told("sign_off", "sign_off", level=5, complexity="standard", actions=["risk_panel", action])

    assert found["same_working_day"] is True
    assert found["signs"] == ["lead", "safeguarding_lead"]


def test_every_gate_that_calls_the_police_or_childrens_services_says_so_in_the_words_the_signature_reads() -> None:
    known = set(re.findall(r'"(\w+)"', model("sign_off").table("sign_off_same_day")[0].rows[0].tests[0].text))
    for gate in ("rj_gate", "apvc_gate", "mediation_gate", "informal_gate"):
        raised = {
            action
            for row in model(gate).table(f"{gate}_reasons")[0].rows
            for action in re.findall(r'"(\w+)"', row.answers[3].text)
        }
        protecting = {one for one in raised if re.search(r"999|marac_ref|front_door|safeguarding_ref", one)}
        assert protecting <= known, gate


# Validity


@pytest.mark.parametrize(
    ("record", "pathway", "complexity", "amount", "unit"),
    [
        ("assessment", "victim_initiated_rj", "standard", 12, "weeks"),
        ("assessment", "victim_initiated_rj", "sensitive", 4, "weeks"),
        ("assessment", "informal_rj", "complex", 4, "weeks"),
        ("assessment", "apvc", "standard", 4, "weeks"),
        ("assessment", "mediation", "standard", 8, "weeks"),
        ("assessment", "mediation", "sensitive", 4, "weeks"),
        ("dash", "apvc", "standard", 4, "weeks"),
        ("stalking_screen", "victim_initiated_rj", "standard", 4, "weeks"),
        ("orders_check", "victim_initiated_rj", "standard", 5, "working_days"),
        ("day_check", "mediation", "standard", 24, "hours"),
        ("panel_decision", "victim_initiated_rj", "sensitive", 8, "weeks"),
        ("consent", "victim_initiated_rj", "standard", 12, "weeks"),
        ("family_safety_plan", "apvc", "standard", 4, "weeks"),
    ],
)
def test_each_record_holds_as_long_as_the_domain_says(
    record: str, pathway: str, complexity: str, amount: int, unit: str
) -> None:
    found = told("validity", "validity", record=record, pathway=pathway, complexity=complexity)

    assert (found["amount"], found["unit"]) == (amount, unit)


def test_consent_is_asked_again_within_five_working_days_and_on_the_day() -> None:
    found = told("validity", "validity", record="consent", pathway="apvc", complexity="standard")

    assert found["also"] == ["again_within_5_working_days_before_delivery", "again_on_the_day"]
