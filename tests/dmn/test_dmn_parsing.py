"""What is noted while a file is read, with its place."""

from __future__ import annotations

import pytest
from small_models import a_context, a_decision, a_fact, a_file, a_function, a_literal, a_model, a_table, a_type

from rj_engine import dmn
from rj_engine.dmn.boxed_parsing import DEEPEST


def findings(*parts: str) -> list[tuple[str, str | None]]:
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(*parts)
    return [(one.code, one.element) for one in refusal.value.findings]


def test_boxes_within_boxes_beyond_all_reading_are_refused() -> None:
    logic = "<list>" * DEEPEST + "</list>" * DEEPEST
    assert a_model(a_decision("d", logic)).decide("d", {}).value is not None
    assert [code for code, _ in findings(a_decision("d", f"<list>{logic}</list>"))] == ["too_deep"]


def test_an_expression_in_another_language_is_refused() -> None:
    other = "<literalExpression id='e' expressionLanguage='urn:groovy'><text>1</text></literalExpression>"
    feel = "<literalExpression expressionLanguage='http://www.omg.org/spec/FEEL/20140401'><text>1</text></literalExpression>"

    assert findings(a_decision("d", other)) == [("other_language", "e")]
    assert a_model(a_decision("d", feel)).decide("d", {}).value == 1


def test_values_from_other_files_are_refused() -> None:
    other = "<literalExpression id='e'><importedValues/></literalExpression>"

    assert findings(a_decision("d", other)) == [("imported_values", "e")]


def test_a_box_without_text_is_null() -> None:
    assert a_model(a_decision("d", "<literalExpression/>")).decide("d", {}).value is None


def test_a_row_of_a_relation_needs_a_cell_for_each_column() -> None:
    ragged = f"<relation><column name='a'/><column name='b'/><row id='r'>{a_literal('1')}</row></relation>"

    assert findings(a_decision("d", ragged)) == [("ragged_relation", "r")]


def test_a_row_of_a_table_needs_a_cell_for_each_column() -> None:
    ragged = a_table(["x"], ["said"], [["-", "1"], ["-", "1", "2"]])
    ragged = ragged.replace("<inputEntry><text>-</text></inputEntry>", "", 1)
    assert findings(a_fact("x"), a_decision("d", ragged, ["x"])) == [("ragged_row", "r1"), ("ragged_row", "r2")]


def test_a_ragged_row_decides_nothing_by_accident() -> None:
    ragged = a_table(["x"], ["said"], [["-", "1"], ["-", "2"]]).replace(
        "<inputEntry><text>-</text></inputEntry>", "", 1
    )
    model = a_model(a_fact("x"), a_decision("d", ragged, ["x"]), lenient=True)

    assert model.decide("d", {"x": 1}).value == 2


def test_a_table_without_an_output_is_refused() -> None:
    assert ("no_output", "table") in findings(a_decision("d", a_table([], [], [[]])))


def test_several_outputs_need_names() -> None:
    assert findings(a_decision("d", a_table([], [{}, {}], [["1", "2"]]))) == [("no_name", "table")]


def test_a_column_that_does_not_say_what_it_asks_is_refused() -> None:
    for asked in ("<input id='i'/>", "<input id='i'><inputExpression><text> </text></inputExpression></input>"):
        table = a_table([], ["said"], []).replace("<output", f"{asked}<output", 1)
        assert findings(a_decision("d", table)) == [("no_input_expression", "i")]


@pytest.mark.parametrize("attribute", ["hitPolicy='LAST'", "hitPolicy='COLLECT' aggregation='AVG'"])
def test_an_unknown_hit_policy_or_aggregation_is_refused(attribute: str) -> None:
    table = a_table([], ["said"], [["1"]]).replace("<decisionTable ", f"<decisionTable {attribute} ")

    assert findings(a_decision("d", table)) == [("unknown_hit_policy", "table")]


@pytest.mark.parametrize(
    ("hit", "outputs", "cells"), [("FIRST", ["a"], ["1"]), (None, ["a"], ["1"]), ("COLLECT", ["a", "b"], ["1", "2"])]
)
def test_an_aggregation_needs_collect_and_a_single_output(
    hit: str | None, outputs: list[str], cells: list[str]
) -> None:
    table = a_table([], outputs, [cells], hit=hit, aggregation="MAX")

    assert findings(a_decision("d", table)) == [("no_aggregate", "table")]


def test_names_must_be_there() -> None:
    assert [code for code, _ in findings(a_decision("", a_literal("1")))] == ["no_name", "no_name"]
    assert [code for code, _ in findings(a_decision("d", "<for><in/><return/></for>"))] == ["no_name"]
    assert [code for code, _ in findings(a_decision("d", "<invocation><binding/></invocation>"))] == ["no_name"]


def test_two_elements_of_one_id_are_refused_wherever_they_stand() -> None:
    xml = a_file(a_decision("d", a_table([], ["said"], [["1"], ["2"]], hit="FIRST"))).replace(b"id='r2'", b"id='r1'")
    with pytest.raises(dmn.DecisionRefused, match="Two elements have the id 'r1'"):
        dmn.load(xml)


def test_missing_parts_of_boxes_are_null() -> None:
    assert a_model(a_decision("d", "<conditional/>")).decide("d", {}).value is None
    assert a_model(a_decision("d", "<filter/>")).decide("d", {}).value is None
    assert a_model(a_decision("d", "<some iteratorVariable='n'/>")).decide("d", {}).value is None


def test_an_iteration_takes_the_type_of_what_it_goes_through() -> None:
    types = a_type("numbers", "number", many=True)
    typed = (
        f"<for iteratorVariable='n'><in typeRef='numbers'>{a_literal('x')}</in><return>{a_literal('n')}</return></for>"
    )
    model = a_model(types, a_fact("x"), a_decision("d", typed, ["x"]))

    assert model.decide("d", {"x": [1, 2]}).value == [1, 2]
    assert model.decide("d", {"x": "a"}).value is None


def test_extensions_of_other_tools_are_passed_over() -> None:
    extension = "<extensionElements><other xmlns='urn:tool' name='x'/></extensionElements><tool xmlns='urn:tool'/>"
    xml = a_file(extension, a_decision("d", f"{extension}{a_literal('1')}")).replace(
        b"<decision ", b"<!-- a comment --><?tool?><decision "
    )

    assert dmn.load(xml).decide("d", {}).value == 1


def test_knowledge_and_its_sources_are_passed_over() -> None:
    source = "<knowledgeSource id='k' name='k'/><association/><textAnnotation id='t'/>"

    assert a_model(source, a_decision("d", a_literal("1"))).decide("d", {}).value == 1


def test_a_model_knows_its_name_and_its_address() -> None:
    model = a_model(a_decision("d", a_literal("1")), name="A  model", namespace="urn:here")

    assert (model.name, model.namespace) == ("A model", "urn:here")
    assert list(model.definitions.nodes) == ["_d"]


def test_names_of_parts_with_spaces_are_known_after_a_dot() -> None:
    types = a_type("person", parts="<itemComponent name='full name'><typeRef>string</typeRef></itemComponent>")
    rows = (
        "<relation><column name='the fee'/><row><literalExpression><text>5</text></literalExpression></row></relation>"
    )
    model = a_model(
        types,
        a_fact("p", "person"),
        a_decision("d", a_literal("p.full name"), ["p"]),
        a_decision("fees", rows),
        a_decision("first", a_literal("fees[1].the fee"), ["!fees"]),
        a_decision("box", a_context(("in part", a_context(("deep down", a_literal("7")))))),
        a_decision("reads", a_literal("box.in part.deep down"), ["!box"]),
        a_decision("made", a_function(a_context(("so far", a_literal("n"))), {"n": None})),
        a_decision("called", a_literal("made(3).so far"), ["!made"]),
        a_decision("table", a_table([], ["one part", "other part"], [["1", "2"]])),
        a_decision("looked up", a_literal("table.other part"), ["!table"]),
    )

    assert model.decide("d", {"p": {"full name": "A"}}).value == "A"
    assert model.decide("first", {}).value == 5
    assert model.decide("reads", {}).value == 7
    assert model.decide("called", {}).value == 3
    assert model.decide("looked up", {}).value == 2


def test_nothing_may_be_called_true() -> None:
    assert {code for code, _ in findings(a_fact("true"), a_decision("d", a_literal("true"), ["true"]))} == {
        "reserved_name"
    }


def test_the_refusal_counts_its_findings_for_the_log() -> None:
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(a_decision("d", a_literal("1 +")), a_decision("e", a_literal("+ 1 +")))
    assert refusal.value.context == {"findings": 2}
