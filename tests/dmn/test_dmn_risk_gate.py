"""The risk gate as it stands in its file."""

from __future__ import annotations

import re
import timeit
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from gate_cases import ALWAYS_READ_OTHERWISE, FAVOURABLE, FLAGS, a_case, model, source, the_gate
from lxml import etree

from rj_engine import dmn
from rj_engine.dmn import analysis
from rj_engine.dmn.monotony import ADDING
from rj_engine.risk.assessment import SENSITIVE

REDUNDANT = {"G44"}
"""Adds nothing to G40 in level; kept for its reason and action."""

ORDERS: dict[str, Any] = {
    "stage": ["initial", "combined", "pre_event"],
    "immediate_danger": ["no", "unknown"],
    "victim_consent": ["informed_current", "expired", "withdrawn"],
    "capacity": ["has", "doubt", "lacks"],
    "child_party": ["none", "age_16_17", "under_16"],
    "personally_connected": ["no", "unknown", "yes"],
    "da_risk_as_read": ["not_applicable", "standard", "medium", "high"],
    "coercion": ["none", "historic", "possible", "current"],
    "stalking_screen_as_read": ["clear", "not_done", "concern"],
    "legal_bar": ["none", "varied_to_allow", "in_force_variable", "in_force_absolute"],
    "proceedings": ["none_or_concluded", "guilty_awaiting_sentence", "charged_pre_trial"],
    "family_proceedings": ["none", "unknown"],
    "presentation": ["open", "minimising", "blaming", "threatening_manipulative"],
    "self_harm": ["none", "managed", "acute"],
    "child_safeguarding": ["none", "known_managed", "new_concern"],
    "mappa": ["none", "level_1", "level_2_3"],
    "specialist_as_read": ["in_place", "declined_by_victim"],
    "victim_readiness": ["ready", "needs_prep", "not_ready"],
    "victim_preference": ["direct", "live_video"],
    "fit_today": ["yes", "no"],
    "harm_flags": ADDING,
}
NOT_KNOWN: dict[str, tuple[str, str]] = {
    "immediate_danger": ("no", "unknown"),
    "victim_consent": ("informed_current", "unclear"),
    "capacity": ("has", "doubt"),
    "personally_connected": ("no", "unknown"),
    "da_risk_as_read": ("not_applicable", "not_assessed"),
    "coercion": ("none", "not_assessed"),
    "stalking_screen_as_read": ("clear", "not_done"),
    "ongoing_link": ("none", "unknown"),
    "legal_bar": ("none", "unknown"),
    "proceedings": ("none_or_concluded", "unknown"),
    "family_proceedings": ("none", "unknown"),
    "responsibility": ("full", "not_yet_known"),
    "presentation": ("open", "not_yet_known"),
    "self_harm": ("none", "unknown"),
    "child_safeguarding": ("none", "unknown"),
    "mappa": ("none", "unknown"),
    "victim_preference": ("direct", "undecided"),
    "fit_today": ("yes", "not_checked"),
}


def rows(decision: str = "rj_gate") -> list[Any]:
    return list(model("rj_gate").table(decision)[0].rows)


def facts_of(example: dict[str, object]) -> dict[str, object]:
    return {name.removesuffix("_as_read"): value for name, value in example.items()}


def level_and_floor(answer: dmn.Decided) -> tuple[object, object]:
    value = answer.value
    return (value["level"], value["floor"]) if isinstance(value, dict) else (None, None)


def test_a_case_with_everything_in_its_favour_proceeds() -> None:
    answer = the_gate()

    assert answer.value == {
        "level": 0,
        "name": "proceed",
        "floor": 0,
        "reasons": [{"row": "G99", "level": 0, "reason": "default", "actions": []}],
        "actions": [],
        "permitted_modes": ["direct_conference", "live_video", "recorded_video", "shuttle", "letter"],
    }
    assert answer.matched is True
    assert answer.warnings == []


def test_every_reason_is_told_and_the_floor_is_kept_below_a_panel() -> None:
    answer = the_gate(harm_flags=["SA", "HATE"], responsibility="partial").value

    assert isinstance(answer, dict)
    assert answer["level"] == 4
    assert answer["floor"] == 2
    assert [one["row"] for one in answer["reasons"]] == ["G40", "G60", "G70", "G99"]
    assert answer["actions"] == ["risk_panel", "clarify_what_is_accepted", "venue_plan"]
    assert answer["permitted_modes"] == []


@pytest.mark.parametrize("flag", sorted(SENSITIVE))
@pytest.mark.parametrize("stage", ORDERS["stage"])
def test_no_sensitive_harm_ever_comes_to_a_signature_of_the_lead_alone(flag: str, stage: str) -> None:
    answer = the_gate(harm_flags=[flag], stage=stage).value

    assert isinstance(answer, dict)
    assert answer["level"] >= 4, "row SO3 of the sign-off table rests on this"


def test_the_answer_names_the_rows_that_fired_with_words_for_a_lead() -> None:
    fired = [row for row in the_gate(immediate_danger="yes").fired if row.table == "rj_gate"]

    assert [row.row_id for row in fired] == ["G01", "G99"]
    assert fired[0].label == "Draft, not signed off. Someone is in immediate danger."
    assert fired[0].outputs == {"level": 6}


def test_the_answer_tells_all_the_facts_it_read() -> None:
    assert the_gate().inputs == FAVOURABLE


@pytest.mark.parametrize("missing", sorted(FAVOURABLE))
def test_a_fact_that_is_missing_leaves_no_answer(missing: str) -> None:
    facts = {name: value for name, value in FAVOURABLE.items() if name != missing}
    answer = model("rj_gate").decide("rj_gate_result", facts)

    assert answer.value is None
    assert answer.matched is False


@pytest.mark.parametrize("strange", [None, "", "No", 5, ["no"] * 2, {"no": 1}])
def test_a_value_outside_its_domain_leaves_no_answer(strange: object) -> None:
    answer = the_gate(immediate_danger=strange)

    assert answer.value is None
    assert answer.matched is False


@pytest.mark.parametrize("strange", ["DA", None, ["da"], ["DA", "X"], [None], "none"])
def test_flags_that_are_no_list_of_known_flags_leave_no_answer_or_count_as_the_flag(strange: object) -> None:
    value = the_gate(harm_flags=strange).value

    assert value is None or (isinstance(value, dict) and value["level"] >= 4)


@pytest.mark.parametrize(
    ("fact", "recorded", "flags", "row"),
    [
        ("da_risk", "not_applicable", ["DA"], "G14"),
        ("stalking_screen", "not_needed", ["STALKING"], "G17"),
        ("stalking_screen", "not_needed", ["DA"], "G17"),
        *[("specialist", "not_needed", [flag], "G23") for flag in ("DA", "SA", "STALKING", "HBA", "EXPLOITATION")],
    ],
)
def test_not_needed_is_never_taken_for_no_where_the_harm_calls_for_it(
    fact: str, recorded: str, flags: list[str], row: str
) -> None:
    answer = the_gate(**{fact: recorded, "harm_flags": flags})

    assert row in [fired.row_id for fired in answer.fired]
    assert level_and_floor(answer)[0] == 5


def test_not_needed_stands_where_the_harm_does_not_call_for_it() -> None:
    facts = {"da_risk": "not_applicable", "stalking_screen": "not_needed", "specialist": "not_needed"}

    assert level_and_floor(the_gate(harm_flags=["DEATH"], **facts)) == (4, 0)
    assert level_and_floor(the_gate(**facts)) == (0, 0)


@pytest.mark.parametrize("flags", [list(some) for size in range(9) for some in combinations(FLAGS, size)], ids="+".join)
def test_the_kind_of_harm_alone_never_stops_or_pauses_a_case(flags: list[str]) -> None:
    level, _ = level_and_floor(the_gate(harm_flags=flags, da_risk="standard"))

    sensitive = set(flags) & {"DA", "SA", "STALKING", "HBA", "EXPLOITATION", "DEATH"}
    assert level == (4 if sensitive else 1)


def test_nobody_meets_face_to_face_at_level_2_or_above() -> None:
    table = {row.element: row for row in rows("gate_modes")}

    assert len(table) == 7
    for level in range(7):
        modes = table[f"GM{level}"].answers[0].text
        assert ("direct_conference" in modes) is (level < 2)
        assert ("live_video" in modes) is (level < 3)
        assert (modes == "[]") is (level > 3)


# The table itself


def test_both_tables_have_the_same_rows() -> None:
    for gate, why in zip(rows(), rows("rj_gate_reasons"), strict=True):
        assert why.element == f"{gate.element}_reason"
        assert [cell.text for cell in why.tests] == [cell.text for cell in gate.tests]
        assert why.answers[0].text == f'"{gate.element}"'
        assert why.answers[1].text == gate.answers[0].text
        assert why.description == gate.description


def test_every_row_is_a_draft_until_someone_signs_it() -> None:
    for decision in ("rj_gate", "rj_gate_reasons", "gate_modes", "da_risk_as_read", "specialist_as_read"):
        assert all((row.description or "").startswith("Draft, not signed off. ") for row in rows(decision))


def test_the_table_has_no_gap_no_unreachable_row_and_one_redundant_row_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    started = timeit.default_timer()
    found = analysis.analyse(model("rj_gate"), "rj_gate", floor=3)
    with capsys.disabled():
        seconds = timeit.default_timer() - started
        print(f"\n  rj_gate: {len(rows())} rows analysed in {seconds:.2f} s: {[one.finding.message for one in found]}")

    assert [(one.finding.code, one.rows) for one in found] == [("redundant", ("G44", "G40"))]


def test_no_fact_that_gets_worse_loosens_the_answer() -> None:
    found = analysis.analyse(model("rj_gate"), "rj_gate", ORDERS, floor=3)

    assert [one.finding.message for one in found if one.finding.code == "not_monotone"] == []


def test_what_is_not_known_is_never_looser_than_the_best_value() -> None:
    found = analysis.analyse(model("rj_gate"), "rj_gate", NOT_KNOWN, floor=3)

    assert [one.finding.message for one in found if one.finding.code == "not_monotone"] == []


def test_two_places_where_a_worse_value_answers_less_are_known_and_await_a_safeguarding_lead() -> None:
    doubtful = {
        "responsibility": ["partial", "denial"],
        "ongoing_link": ["some_contact", "shared_home_or_dependency"],
    }
    found = analysis.analyse(model("rj_gate"), "rj_gate", doubtful, floor=3)
    falls = [(one.rows, one.example) for one in found if one.finding.code == "not_monotone"]

    assert [rows for rows, _ in falls] == [("G60",), ("G74",)]
    assert falls[0][1]["stage"] == "initial"


@pytest.mark.parametrize("row", [row.element for row in rows()])
def test_each_row_has_a_witness_for_which_lowering_it_changes_the_answer(row: str) -> None:
    witness = witnesses()[row]

    if row in REDUNDANT:
        assert witness is None
        return
    assert witness is not None
    facts = facts_of(witness)
    assert row in [fired.row_id for fired in model("rj_gate").decide("rj_gate", facts).fired]
    before = level_and_floor(model("rj_gate").decide("rj_gate_result", facts))
    after = level_and_floor(lowered(row).decide("rj_gate_result", facts))
    assert before[0] is not None
    assert after != before


@cache
def witnesses() -> dict[str, dict[str, object] | None]:
    return analysis.witnesses(model("rj_gate"), "rj_gate", ALWAYS_READ_OTHERWISE, floor=3)


def lowered(row: str) -> dmn.Model:
    """The gate with the level of one row a step lower, in both tables."""
    text = source("rj_gate").decode()
    for cell in (f"{row}_level_out", f"{row}_reason_level_out"):
        text, changed = re.subn(
            rf'(<outputEntry id="{cell}"><text>)(\d)', lambda found: f"{found[1]}{int(found[2]) - 1}", text
        )
        assert changed == 1
    return dmn.load(text.encode())


def test_the_gate_answers_quickly(capsys: pytest.CaptureFixture[str]) -> None:
    facts = a_case(harm_flags=["DA", "SA", "HATE"], coercion="possible")
    gate = model("rj_gate")
    best = {
        name: min(timeit.repeat(lambda name=name: gate.decide(name, facts), number=50, repeat=7)) / 50
        for name in ("rj_gate", "rj_gate_result")
    }
    with capsys.disabled():
        print("\n  " + ", ".join(f"{name} {seconds * 1e6:.0f} µs" for name, seconds in best.items()), "(target 300)")

    assert best["rj_gate"] < 0.03, "a hundred times slower than it should be: no busy machine explains that"


# The files


@pytest.mark.parametrize(
    "name", ["rj_gate", "permitted_modes", "safeguards", "competence", "sign_off", "validity", "route"]
)
def test_a_decision_file_is_what_the_standard_editor_writes(name: str) -> None:
    xml = source(name)
    root = etree.fromstring(xml)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    drawn = {one.get("dmnElementRef") for one in root.iter("{*}DMNShape", "{*}DMNEdge")}
    nodes = {one.get("id") for one in root.iter("{*}decision", "{*}inputData", "{*}informationRequirement")}

    assert root.tag == "{https://www.omg.org/spec/DMN/20191111/MODEL/}definitions"
    assert len(ids) == len(set(ids))
    assert drawn == nodes
    assert name in [one.id for one in model(name).decisions]
    assert model(name).findings == []
    for column in root.iter("{*}inputExpression"):
        assert column.get("typeRef")


@pytest.mark.parametrize(
    ("name", "decision"),
    [
        (name, one.id)
        for name in ("permitted_modes", "safeguards", "competence", "sign_off", "validity", "route", "rj_gate")
        for one in model(name).decisions
        if one.id not in {"rj_gate", "permitted_modes", "safeguards", "competence", "sign_off", "rj_gate_result"}
    ],
)
def test_every_table_is_complete_and_unambiguous(name: str, decision: str) -> None:
    assert [one.finding.message for one in analysis.analyse(model(name), decision)] == []
