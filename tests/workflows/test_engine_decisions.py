"""Decisions, conditions and values: what steers a run, and what stops it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rj_engine.errors import Broken
from rj_engine.workflows.engine import parsing
from rj_engine.workflows.engine.guards import (
    ConditionUndecided,
    EngineBroken,
    NoFlowMatched,
    NoRowMatched,
    ValuesRefused,
)
from rj_engine.workflows.engine.runner import Decision
from tests.workflows.engine_drawing import arrow
from tests.workflows.engine_room import World, a_case, a_pathway, diagram


def a_gate(level: object, *, matched: bool = True) -> World:
    return World(decisions={"rj_gate_result": Decision({"level": level, "floor": "x"}, matched, {"rows": [3]})})


def test_a_decision_steers_and_is_told() -> None:
    case = a_case(a_pathway("gate"), a_gate(2)).do("assess", harm="high")

    assert case.open == ["contact_harmer"]
    assert case.world.asked == [("rj_gate_result", {"harm": "high"})]
    (decided,) = case.step.decided
    assert (decided.element, decided.decision, decided.explained) == ("gate/ask_gate", "rj_gate_result", {"rows": [3]})
    assert case.step.variables == {"harm": "high", "gate_level": 2, "gate_floor": "x"}


def test_a_letter_is_asked_for_and_not_sent() -> None:
    case = a_case(a_pathway("gate"), a_gate(3)).do("assess")

    (send,) = case.step.sends
    assert (send.element, send.properties) == ("gate/tell_lead", {"notice": "gate_decided"})
    assert send.variables["gate_level"] == 3


def test_no_matching_row_stops_the_run_instead_of_keeping_an_old_level() -> None:
    case = a_case(a_pathway("gate"), a_gate(1, matched=False), gate_level=1)
    before = case.step.state

    with pytest.raises(NoRowMatched) as broken:
        case.do("assess")

    assert broken.value.element == "gate/ask_gate"
    assert case.step.state == before


def test_a_condition_that_is_neither_true_nor_false_takes_no_default() -> None:
    case = a_case(a_pathway("gate"), a_gate(None))

    with pytest.raises(ConditionUndecided) as broken:
        case.do("assess")

    assert broken.value.context["flow"] == "from_may_contact_to_contact_harmer"


def test_a_failing_decision_passes_its_own_error_through() -> None:
    class Unavailable(Broken):
        """The decision cannot be read."""

    world = World()
    world.decide = lambda _key, _variables: (_ for _ in ()).throw(Unavailable())

    with pytest.raises(Unavailable):
        a_case(a_pathway("gate"), world).do("assess")


def test_any_other_failure_says_where_the_run_stood() -> None:
    case = a_case(a_pathway("gate"), World())

    with pytest.raises(EngineBroken) as broken:
        case.do("assess")

    assert broken.value.element == "gate/ask_gate"
    assert broken.value.context["error"] == "KeyError"


def test_a_date_or_a_decimal_from_a_decision_is_kept_as_plain_text_or_number() -> None:
    value = {"level": Decimal(2), "share": Decimal("0.5"), "until": date(2026, 6, 1), "modes": ("letter",)}
    world = World(decisions={"rj_gate_result": Decision(value, matched=True, explained={})})

    variables = a_case(a_pathway("gate"), world).do("assess").step.variables

    assert variables == {
        "gate_level": 2,
        "gate_share": 0.5,
        "gate_until": "2026-06-01",
        "gate_modes": ["letter"],
    }


def test_reasons_of_a_decision_stay_in_the_answer_and_leave_nothing_old_behind() -> None:
    value = {"level": 2, "reasons": [{"row": 1}], "floor": {"why": "x"}}
    world = World(decisions={"rj_gate_result": Decision(value, matched=True, explained={})})

    case = a_case(a_pathway("gate"), world, gate_floor="pause").do("assess")

    assert case.step.variables == {"gate_level": 2, "gate_floor": None}
    assert case.step.decided[0].value == value


def test_a_decision_that_is_nothing_but_structure_stops_the_run() -> None:
    world = World(decisions={"rj_gate_result": Decision([{"a": 1}], matched=True, explained={})})

    with pytest.raises(EngineBroken) as broken:
        a_case(a_pathway("gate"), world).do("assess")

    assert broken.value.element == "gate/ask_gate"


def test_a_scalar_decision_sets_the_variable_itself() -> None:
    source = diagram("gate").replace(b"gate_level", b"gate")
    world = World(decisions={"rj_gate_result": Decision(1, matched=True, explained={})})

    case = a_case(parsing.parse("gate", {"gate.bpmn": source}), world).do("assess")

    assert case.step.variables == {"gate": 1}


def test_an_input_of_a_call_that_is_not_plain_stops_the_run() -> None:
    sources = {
        "caller.bpmn": diagram("caller").replace(b"&quot;initial&quot;", b"{a: 1}"),
        "called.bpmn": diagram("called"),
    }

    with pytest.raises(EngineBroken) as broken:
        a_case(parsing.parse("caller", sources)).do("plan")

    assert broken.value.element.startswith("caller/")


def test_no_way_out_and_no_default_stops_the_run() -> None:
    source = diagram("two_ways").replace(b' default="victim_says_no"', b"")
    source = source.replace(
        b'<bpmn:sequenceFlow id="victim_says_no" sourceRef="victim_choice" targetRef="finish"/>',
        arrow("victim_choice", "finish", 'victim_decision = "no"').encode(),
    )

    with pytest.raises(NoFlowMatched) as broken:
        a_case(parsing.parse("two_ways", {"two_ways.bpmn": source})).do("ask_victim", victim_decision="perhaps")

    assert broken.value.element == "two_ways/victim_choice"


def test_one_condition_that_holds_is_enough_when_another_cannot_be_decided() -> None:
    source = diagram("two_ways").replace(b' default="victim_says_no"', b"")
    source = source.replace(
        b'<bpmn:sequenceFlow id="victim_says_no" sourceRef="victim_choice" targetRef="finish"/>',
        arrow("victim_choice", "finish", "attempts &gt;= 3").encode(),
    )

    case = a_case(parsing.parse("two_ways", {"two_ways.bpmn": source})).do("ask_victim", victim_decision="explore")

    assert case.open == ["ask_harmer"]


@pytest.mark.parametrize(
    "values",
    [
        {"typename": "x"}, {"_hidden": "x"}, {"not a name": "x"}, {"nested": {"a": 1}}, {"nested": [{"a": 1}]},
        {"number": float("nan")}, {"text": "x" * 5_000}, {"texts": ["x"] * 300},
    ],
)  # fmt: skip
def test_values_that_cannot_steer_a_pathway_are_refused_whole(values: dict[str, object]) -> None:
    case = a_case(a_pathway("two_ways"))

    with pytest.raises(ValuesRefused) as refused:
        case.do("ask_victim", victim_decision="explore", **values)

    assert [finding.element for finding in refused.value.findings] == list(values)


def test_a_condition_that_never_comes_to_an_end_stops_the_run() -> None:
    endless = b"count(for a in 1..100000, b in 1..100000 return a) &gt; 1"
    source = diagram("two_ways").replace(b'victim_decision = "explore"', endless)

    with pytest.raises(EngineBroken) as broken:
        a_case(parsing.parse("two_ways", {"two_ways.bpmn": source})).do("ask_victim")

    assert broken.value.element == "two_ways/victim_choice"
    assert broken.value.sentence == "An expression of this pathway cannot be worked out."
