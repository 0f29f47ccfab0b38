"""What a pathway reads, somebody has been asked or some decision has said; each way out has its answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from rj_engine import bpmn, feel
from rj_engine.workflows.published.versions import facts_read
from tests.bpmn.a_walk import definition, models
from tests.bpmn.drawings import NS, PATHWAYS, tree
from tests.bpmn.test_shipped_data_fits import questions

BESIDE = tuple(bpmn.invariants()["watch"]["beside"])
MAINS = ("apvc", "intake", "informal_rj", "mediation", "victim_initiated_rj", *BESIDE)
GIVEN = {
    "informal_rj": {"harm_flags"},
    "renewal": {"renewal_stage"},
    "reassessment": {"reassess_stage"},
    "mediation_reassessment": {"reassess_stage"},
    "custody_change": {"event_was_allowed", "harm_flags", "harmer_age_band"},
}
"""What the command or the pathway that starts one gives it."""


def asked_on(main: str) -> set[str]:
    """The keys of every question that a run of this pathway can ask, and of what was told when it began."""
    told = {
        event["form"]
        for event in bpmn.events().values()
        if main in {begins["pathway"] for begins in event.get("starts", ())}
    }
    forms = {*definition(main).forms, *told, *(("referral",) if main == "intake" else ())}
    return {question["key"] for form in forms for question in questions(form)}


def given_by_calls() -> set[str]:
    """What calls hand to the part they call."""
    return {given.get("target") for name in PATHWAYS for given in tree(name).iterfind(".//camunda:in", NS)}


def said_by_decisions(main: str) -> set[str]:
    """What decisions put into a run."""
    rules = [
        (rule.get(f"{{{NS['camunda']}}}resultVariable"), rule.get(f"{{{NS['camunda']}}}decisionRef"))
        for name in {main, *definition(main).called}
        for rule in tree(name).iterfind(".//bpmn:businessRuleTask", NS)
    ]
    said = {variable for variable, _ in rules}
    for variable, decision in rules:
        told = bpmn.invariants()["decisions"].get(decision, [])
        said |= {f"{variable}_{entry}" for answer in told if isinstance(answer, dict) for entry in answer}
        if decision.endswith("_gate_result"):
            said |= {f"{variable}_{entry}" for entry in ("name", "reasons", "actions")}
    return said


@pytest.mark.parametrize("main", MAINS)
def test_everything_a_run_reads_is_asked_decided_or_handed_over(main: str) -> None:
    known = asked_on(main) | said_by_decisions(main) | given_by_calls() | GIVEN.get(main, set())

    assert definition(main).reads - known == set()


@pytest.mark.parametrize("decision", ["route", "rj_gate_result"])
def test_every_fact_a_decision_takes_in_is_asked_with_the_values_it_knows(decision: str) -> None:
    main = "intake" if decision == "route" else "victim_initiated_rj"
    form = "referral" if decision == "route" else "risk_assessment"
    facts = set(facts_read(models()[decision])[decision])

    assert facts <= asked_on(main) | given_by_calls()
    known = _values_known(decision)
    for question in questions(form):
        if question["key"] in facts:
            assert {option["value"] for option in question["values"]} == known[question["key"]], question["key"]


def _values_known(decision: str) -> dict[str, set[str]]:
    """Each fact's allowed values, as the decision's own types list them."""
    root: Any = etree.fromstring(bpmn.decisions()[{"route": "route", "rj_gate_result": "rj_gate"}[decision]])
    types = {each.get("name"): each for each in root.iterfind("{*}itemDefinition")}
    known: dict[str, set[str]] = {}
    for variable in root.iterfind("{*}inputData/{*}variable"):
        kind = types[variable.get("typeRef")]
        kind = types.get(kind.findtext("{*}typeRef"), kind)
        known[variable.get("name")] = set(re.findall(r'"([^"]+)"', kind.findtext("{*}allowedValues/{*}text") or ""))
    return known


@pytest.mark.parametrize("name", PATHWAYS)
def test_every_condition_compares_with_answers_that_can_be_given(name: str) -> None:
    offered: dict[str, set[str]] = {}
    for form in bpmn.forms():
        for question in questions(form):
            offered.setdefault(question["key"], set()).update(option["value"] for option in question.get("values", []))
    for flow in tree(name).iterfind(".//bpmn:sequenceFlow[bpmn:conditionExpression]", NS):
        text = flow.findtext("bpmn:conditionExpression", namespaces=NS)
        for variable, value in re.findall(r'(\w+) !?= "([^"]+)"', text):
            if offered.get(variable):
                assert value in offered[variable], (flow.get("id"), variable, value)


@pytest.mark.parametrize("name", PATHWAYS)
def test_no_way_out_is_chosen_on_the_offence_the_report_or_the_stage_of_the_court_case(name: str) -> None:
    """Suitability is about what is safe and fair; such facts are read by decisions that can only add safeguards."""
    never = {"harm_flags", "reported_to_police", "proceedings", "what_happened", "case_in_court"}
    for flow in tree(name).iterfind(".//bpmn:sequenceFlow[bpmn:conditionExpression]", NS):
        text = flow.findtext("bpmn:conditionExpression", namespaces=NS)
        assert not never & set(feel.compile_expression(text).names), flow.get("id")
