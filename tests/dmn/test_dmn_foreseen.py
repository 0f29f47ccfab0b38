"""What a decision can answer is read from its text: from its rows, or from the sum that puts other answers together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rj_engine import bpmn, dmn
from rj_engine.dmn import foreseen
from rj_engine.dmn.elements import InputData

GATES = {"rj_gate": range(7), "apvc_gate": range(7), "mediation_gate": (0, 1, 2, 4, 5, 6), "informal_gate": (1, 5, 6)}
TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
    '<decision id="one" name="one"><variable name="one"/><decisionTable id="table" hitPolicy="{policy}"{more}>'
    '<input id="asks"><inputExpression id="text" typeRef="number"><text>1</text></inputExpression></input>{outputs}'
    '<rule id="r1"><inputEntry id="i1"><text>-</text></inputEntry>{cells}</rule></decisionTable></decision>'
    '<decision id="said" name="said"><variable name="said"/>{needs}<literalExpression id="sum"><text>{said}</text>'
    "</literalExpression></decision></definitions>"
)


def shipped(key: str) -> dmn.Model:
    """A decision that ships."""
    return dmn.load(bpmn.decisions()[key])


def answers(
    decision: str, *cells: str, policy: str = "UNIQUE", aggregation: str = "", said: str = "1"
) -> foreseen.Answers:
    """What one of two small decisions can answer, the second reading the first."""
    kinds = "".join(f'<output id="o{at}" name="out_{at}"/>' for at in range(len(cells)))
    given = "".join(f'<outputEntry id="c{at}"><text>{cell}</text></outputEntry>' for at, cell in enumerate(cells))
    more = f' aggregation="{aggregation}"' if aggregation else ""
    needs = '<informationRequirement id="n"><requiredDecision href="#one"/></informationRequirement>'
    text = TABLE.format(policy=policy, more=more, outputs=kinds, cells=given, said=said, needs=needs)
    return foreseen.answers(dmn.load(text.encode()), decision)


@pytest.mark.parametrize("gate", GATES)
def test_the_levels_of_a_gate_are_those_its_rows_give_and_its_result_hands_them_on(gate: str) -> None:
    levels = frozenset(map(Decimal, GATES[gate]))

    assert foreseen.answers(shipped(gate), gate)[foreseen.ALONE].values == levels
    told = foreseen.answers(shipped(gate), f"{gate}_result")["level"]
    assert (told.values, told.nullable) == (levels, True)


def test_the_rows_of_a_table_say_what_it_answers_and_never_nothing() -> None:
    found = answers("one", '"light"')[foreseen.ALONE]

    assert (found.kind.name, found.values, found.nullable) == ("string", frozenset({"light"}), False)


@pytest.mark.parametrize(
    ("policy", "aggregation", "kind", "values"),
    [
        ("COLLECT", "", "list<number>", {Decimal(3)}),
        ("COLLECT", "MAX", "number", {Decimal(3)}),
        ("COLLECT", "SUM", "number", None),
        ("RULE ORDER", "", "list<number>", {Decimal(3)}),
        ("FIRST", "", "number", {Decimal(3)}),
    ],
)
def test_a_table_that_gathers_answers_lists_or_sums(
    policy: str, aggregation: str, kind: str, values: set[object] | None
) -> None:
    found = answers("one", "3", policy=policy, aggregation=aggregation)[foreseen.ALONE]

    assert (str(found.kind), found.values) == (kind, values)


def test_several_outputs_are_told_apart_by_name_unless_they_are_gathered() -> None:
    assert answers("one", "3", '"a"').keys() == {"out_0", "out_1"}
    assert answers("one", "3", '"a"', policy="COLLECT").keys() == {foreseen.ALONE}


def test_an_answer_that_is_worked_out_may_be_anything() -> None:
    assert answers("one", "1 + 1")[foreseen.ALONE].values is None
    assert answers("said", "3", said="one + 1")[foreseen.ALONE].values is None
    assert foreseen.answers(shipped("rj_gate"), "nothing")[foreseen.ALONE].values is None


def test_a_sum_hands_on_what_it_reads_as_it_is() -> None:
    assert answers("said", "3", said="if one = 3 then one else 4")[foreseen.ALONE].values == frozenset(
        {Decimal(3), Decimal(4)}
    )
    assert answers("said", "3", said="if one = 3 then null else {level: one}")["level"].values == frozenset(
        {Decimal(3)}
    )


LOGIC = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
    '<inputData id="two" name="two words"><variable name="two words"/></inputData>'
    '<inputData id="for" name="for example"><variable name="for example"/></inputData>'
    '<decision id="one" name="one"><variable name="one"/>'
    '<informationRequirement id="n"><requiredInput href="#two"/></informationRequirement>'
    '<informationRequirement id="m"><requiredInput href="#for"/></informationRequirement>'
    "{}</decision></definitions>"
)
A_SUM = '<literalExpression id="sum"><text>{}</text></literalExpression>'


@pytest.mark.parametrize(
    "logic", [A_SUM.format("two words + 1"), A_SUM.format("for example + 1"), f"<list>{A_SUM.format(1)}</list>"]
)
def test_an_answer_put_together_in_another_way_may_be_anything(logic: str) -> None:
    model = dmn.load(LOGIC.format(logic).encode())

    assert foreseen.answers(model, "one")[foreseen.ALONE].values is None


def test_an_input_is_taken_as_its_author_listed_it() -> None:
    model = shipped("rj_gate")
    inputs = {
        one.name: foreseen.taken(model, one) for one in model.definitions.nodes.values() if isinstance(one, InputData)
    }

    assert inputs["stage"].values == frozenset({"initial", "combined", "pre_event"})
    assert inputs["harm_flags"].kind.name == "list"
