"""Everything that ships as data fits its schema, and every name in it points to something that is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from rj_engine import bpmn, forms
from rj_engine.letters import letter
from rj_engine.risk.requirements import HARMLESS, REQUIREMENTS
from rj_engine.workflows.engine import lint
from rj_engine.workflows.published.versions import facts_read
from tests.bpmn.a_walk import definition, models
from tests.bpmn.drawings import NS, PATHWAYS, tree

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
STARTED = {"apvc", "intake", "informal_rj", "mediation", "victim_initiated_rj"}
BESIDE = set(bpmn.invariants()["watch"]["beside"])
"""What runs beside a case and so need not end it."""
EFFECTS = {*REQUIREMENTS, *HARMLESS}
RECORDS = {
    "agreement_review",
    "order",
    "handover",
    "hold_cleared",
    "message_leg",
    "safety_plan",
    "people",
    "referral_out",
    "safeguarding_action",
    "custody",
    "prison_request",
    "prison_delivery",
    "prison_chase",
    "prison_answer",
    "prison_conditions",
    "prison_review",
    "prison_choice",
    "prison_clearances",
    "prison_booking",
    "consent",
    "risk_assessment",
    "sign_off",
    "contact",
    "allocation",
    "withdrawal",
    "closure",
    "agreement",
    "survey",
}
KEEPER_ASKS = {
    "consent": {"consent_given", "consent_scopes", "consent_method", "consent_given_on"},
    "sign_off": {"sign_off_decision", "sign_off_reasons"},
    "contact": {"contact_channel", "contact_result", "contact_words", "next_promise", "next_promise_on"},
    "allocation": {"facilitator"},
    "handover": {"facilitator"},
    "hold_cleared": {"hold_decision"},
    "closure": {"closure_reason"},
    "agreement": {"agreement_made", "item_1_text", "item_1_owner", "item_1_due_on", "item_5_text", "agreement_share"},
    "agreement_review": {f"item_{number}_status" for number in range(1, 6)},
    "order": {"order_type", "order_authority", "order_wording", "order_starts_on", "order_ends_on", "order_forbids"},
    "referral_out": {f"referral_out_{part}" for part in ("to", "purpose", "basis", "result")},
    "safeguarding_action": {"concern_words", "action_taken", "action_to", "action_basis"},
    "survey": {"dt_cope", "dt_informed", "dt_safety", "dt_wellbeing"},
}
SECOND = {"co_facilitator", "second_mediator"}
HANDED_OVER = {
    "rj_gate_result": {"stage"},
    "apvc_gate_result": {"apvc_stage"},
    "mediation_gate_result": {"mediation_stage"},
    "informal_gate_result": {"harm_flags"},
}
"""What each gate reads that its form does not ask: the diagram or the referral says it."""
BANNED = "eligib"
OURS = re.compile(r"\b(you|we|us|our|they|them|the victim|the harmer|system)\b", re.IGNORECASE)
OWN_ACT = ("Should", "Did", "Was", "Is the", "Has")

pathway = pytest.mark.parametrize("name", PATHWAYS)
form = pytest.mark.parametrize("name", sorted(bpmn.forms()))


def questions(name: str) -> list[dict[str, Any]]:
    """The questions of a shipped form, those in its groups included."""
    return list(_asked(json.loads(bpmn.forms()[name])["components"]))


def _asked(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        if "key" in part:
            yield part
        yield from _asked(part.get("components", []))


def properties(element: Any) -> dict[str, str]:
    """The properties an element carries."""
    return {each.get("name"): each.get("value") for each in element.iterfind(".//camunda:property", NS)}


def everywhere(kind: str) -> list[Any]:
    """Every element of one kind, in all shipped pathways."""
    return [element for name in PATHWAYS for element in tree(name).iterfind(f".//bpmn:{kind}", NS)]


@form
def test_every_form_fits_its_schema_and_can_be_asked(name: str) -> None:
    document = json.loads(bpmn.forms()[name])

    assert bpmn.misfits("form", document) == []
    assert document["id"] == name
    assert forms.parse(bpmn.forms()[name]).fields


@form
def test_every_question_has_a_speaking_key_of_its_own_and_plain_words(name: str) -> None:
    asked = questions(name)
    keys = [question["key"] for question in asked]

    assert len(keys) == len(set(keys))
    assert all(SNAKE.match(key) for key in keys)
    assert all(question["label"][0].isupper() or question["label"][0].isdigit() for question in asked)
    assert all(len(question["label"]) <= 100 for question in asked)


@form
def test_every_choice_of_yes_or_no_about_a_fact_can_be_answered_not_known(name: str) -> None:
    """A question may leave it out where only a person's own decision or our own act is asked for."""
    for question in questions(name):
        values = [option["value"] for option in question.get("values", [])]
        if question["type"] == "radio" and values == ["yes", "no"]:
            assert OURS.search(question["label"]) or question["label"].startswith(OWN_ACT), question["key"]


def test_clocks_roles_and_closure_reasons_fit_their_schemas() -> None:
    assert len(bpmn.clocks()) >= 16
    assert {"facilitator", "coordinator", "lead", "risk_panel", "safeguarding_lead"} <= bpmn.roles()["lanes"].keys()
    assert len(bpmn.closure_reasons()) >= 28
    verbs = bpmn.roles()["verbs"]
    for role, known in bpmn.roles()["roles"].items():
        assert set(known["verbs"]) <= verbs.keys(), role
    for lane, known in bpmn.roles()["lanes"].items():
        assert set(known["roles"]) <= bpmn.roles()["roles"].keys(), lane
    for reason, known in bpmn.closure_reasons().items():
        assert set(known["pathways"]) <= bpmn.pathways().keys(), reason
        assert known["rj_outcome"] or not known.get("requires_effect"), reason


def test_what_does_not_fit_is_refused_with_its_place() -> None:
    found = bpmn.misfits("clocks", {"status": "draft", "clocks": {"soon": {"label": "Soon", "amount": -1}}})

    assert {finding.element for finding in found} == {"$.clocks.soon", "$.clocks.soon.amount"}


def test_every_pathway_passes_the_check_made_at_publishing() -> None:
    sources = {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}

    assert lint.lint(sources, bpmn.clocks().keys()) == []
    assert all(definition(main).forms for main in STARTED | BESIDE)


@pathway
def test_every_id_is_unique_and_speaks(name: str) -> None:
    root = tree(name)
    ids = [each.get("id") for each in root.iterfind(".//*[@id]")]

    assert len(ids) == len(set(ids))
    assert all(SNAKE.match(each) for each in ids), [each for each in ids if not SNAKE.match(each)]
    assert root.find("bpmn:process", NS).get("id") == name


@pathway
def test_every_task_names_a_form_a_clock_and_known_tags(name: str) -> None:
    for task in tree(name).iterfind(".//bpmn:userTask", NS):
        told = properties(task)
        assert task.get(f"{{{NS['camunda']}}}formKey") in bpmn.forms(), task.get("id")
        assert task.get(f"{{{NS['camunda']}}}dueDate") in bpmn.clocks(), task.get("id")
        assert told.get("effect") in {None, *EFFECTS}, task.get("id")
        assert told.get("record") in {None, *RECORDS}, task.get("id")
        assert told.get("guidance") or not told.get("party"), task.get("id")
        if told.get("party") == "victim":
            assert told.get("victim_text"), task.get("id")


@pathway
def test_a_task_whose_answers_are_kept_as_a_record_asks_for_all_of_it(name: str) -> None:
    for task in tree(name).iterfind(".//bpmn:userTask", NS):
        asked = {question["key"] for question in questions(task.get(f"{{{NS['camunda']}}}formKey"))}
        told = properties(task)
        assert KEEPER_ASKS.get(told.get("record", ""), set()) <= asked, task.get("id")
        if told.get("record") == "consent":
            assert told["consent_party"] in bpmn.parties(), task.get("id")
        if told.get("record") == "risk_assessment":
            assert any(set(facts_read(models()[gate])[gate]) - HANDED_OVER[gate] <= asked for gate in HANDED_OVER), name
        if told.get("record") == "survey":
            assert told.get("survey_kind") == "start" or {"survey_result", "survey_offered_by"} <= asked, task.get("id")


@pathway
def test_every_exchange_asks_who_the_second_one_was_and_training_is_named_as_it_is_recorded(name: str) -> None:
    lanes = tree(name).iterfind(".//bpmn:lane", NS)
    officers = {node.text for lane in lanes if lane.get("id") == "lane_officer" for node in lane}
    for task in tree(name).iterfind(".//bpmn:userTask", NS):
        told = properties(task)
        assert told.get("min_level", "advanced") in bpmn.training()["levels"].values(), task.get("id")
        assert set(told.get("skills", "").split()) <= bpmn.training()["modules"].keys(), task.get("id")
        if told.get("effect", "").startswith("deliver_") or int(told.get("facilitators", 1)) > 1:
            asked = {question["key"] for question in questions(task.get(f"{{{NS['camunda']}}}formKey"))}
            assert SECOND & asked or task.get("id") in officers, task.get("id")


@pathway
def test_every_step_that_a_second_person_must_do_names_a_step_of_the_same_part(name: str) -> None:
    root = tree(name)
    tasks = {task.get("id") for task in root.iterfind(".//bpmn:userTask", NS)}
    for task in root.iterfind(".//bpmn:userTask", NS):
        assert set(properties(task).get("two_person", "").split()) <= tasks - {task.get("id")}, task.get("id")


@pathway
def test_decisions_letters_and_called_parts_are_there(name: str) -> None:
    root = tree(name)
    for rule in root.iterfind(".//bpmn:businessRuleTask", NS):
        assert rule.get(f"{{{NS['camunda']}}}decisionRef") in models(), rule.get("id")
    for send in root.iterfind(".//bpmn:sendTask", NS):
        assert properties(send)["letter"] in bpmn.letters(), send.get("id")
    for call in root.iterfind(".//bpmn:callActivity", NS):
        assert call.get("calledElement") in bpmn.pathways(), call.get("id")


@pytest.mark.parametrize("name", sorted(STARTED - BESIDE))
def test_every_end_of_a_case_names_one_closure_reason_or_what_starts(name: str) -> None:
    for end in tree(name).iterfind("bpmn:process/bpmn:endEvent", NS):
        told = properties(end)
        assert len({"closure_reason", "starts"} & told.keys()) == 1, end.get("id")
        reason = told.get("closure_reason", "=")
        assert reason.startswith("=") or name in bpmn.closure_reasons()[reason]["pathways"], end.get("id")
        assert told.get("starts", "intake") in bpmn.pathways(), end.get("id")


def test_every_reason_offered_when_closing_is_a_known_one() -> None:
    asked = next(question for question in questions("close_case") if question["key"] == "closure_reason")
    offered = {option["value"] for option in asked["values"]}
    known = {reason for reason, told in bpmn.closure_reasons().items() if "victim_initiated_rj" in told["pathways"]}

    assert offered == known


def test_every_form_and_letter_is_used_or_written_for_a_person_to_send() -> None:
    used = {task.get(f"{{{NS['camunda']}}}formKey") for task in everywhere("userTask")}
    sent = {properties(send)["letter"] for send in everywhere("sendTask")}
    drafted = {name for task in everywhere("userTask") for name in properties(task).get("drafts", "").split()}

    raised = {event["form"] for event in bpmn.events().values()}

    assert bpmn.forms().keys() - used - raised == {"another_victim", "referral"}
    assert raised <= bpmn.forms().keys()
    assert drafted <= bpmn.letters().keys()
    assert bpmn.letters().keys() == sent | drafted


@pytest.mark.parametrize("name", sorted(bpmn.letters()))
def test_every_letter_names_only_what_its_addressee_may_be_told(name: str) -> None:
    assert letter.findings(name, bpmn.letters()[name].decode()) == ()


def test_no_word_of_it_speaks_of_who_may_have_the_service() -> None:
    texts = [*bpmn.pathways().values(), *bpmn.forms().values(), *bpmn.letters().values(), *bpmn.decisions().values()]
    lists = (bpmn.clocks(), bpmn.closure_reasons(), bpmn.roles())
    texts += [json.dumps(dict(each)).encode() for each in lists]

    assert not [text[:80] for text in texts if BANNED in text.decode().lower()]


def test_a_letter_or_notice_never_goes_to_victim_or_harmer_by_itself() -> None:
    assert {properties(send)["party"] for send in everywhere("sendTask")} == {"referrer"}
