"""Ways out of a gateway are held against what the forms and decisions before it can tell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from rj_engine import bpmn, dmn
from rj_engine.errors import Finding
from rj_engine.forms import parse as parse_form
from rj_engine.workflows.engine import lint
from rj_engine.workflows.published import checking, publishing, versions, ways
from rj_engine.workflows.published.publishing import SHIPPED
from rj_engine.workflows.studio import checks
from tests.workflows.engine_drawing import CALL, END, GATE, MESSAGE, START, a_process, a_task, arrow, path

ROOT = Path(__file__).parents[2]
CHECKS = ("ways", "compared", "decided_on", "output_cells", "unheard")
NO_FINDINGS = {"always_null", "not_a_condition"}
"""Codes of FEEL itself, told of any expression."""
YES_OR_NO = {"key": "agrees", "type": "radio", "offers": ["yes", "no"], "required": True}
HOW = {"key": "how_it_goes_on", "type": "radio", "offers": ["meeting", "letter", "stop"], "required": True}
COUNT = {"key": "people_count", "type": "number", "required": True, "min": 1, "max": 9}
TICK = {"key": "is_urgent", "type": "checkbox"}
SCOPES = {"key": "scopes_given", "type": "checklist", "offers": ["call", "visit", "write"]}
WHEN = {"key": "next_visit_on", "type": "datetime", "required": True}
WEIGH = '<bpmn:businessRuleTask id="weigh" name="Weigh" camunda:decisionRef="weighed" camunda:resultVariable="weight"/>'


def a_form(*asked: Mapping[str, Any]) -> dict[str, Any]:
    """A form with these questions."""
    return {"a_form": parse_form(json.dumps({"id": "a_form", "components": [component(one) for one in asked]}))}


def component(asked: Mapping[str, Any]) -> dict[str, Any]:
    found = {"key": asked["key"], "type": asked["type"], "label": asked["key"], "validate": {}}
    found["validate"] = {name: asked[name] for name in ("required", "min", "max") if name in asked}
    if "offers" in asked:
        found["values"] = [{"value": one, "label": one} for one in asked["offers"]]
    if "hide" in asked:
        found["conditional"] = {"hide": f"={asked['hide']}"}
    if "unasked" in asked:
        found["properties"] = {"unasked": asked["unasked"]}
    return found


def a_choice(*conditions: str | None, before: str = "") -> bytes:
    """A task, a gateway after it and one way out for each condition; None is the default."""
    parts = [START, END, a_task("ask"), before or WEIGH, path("begin", "ask", "weigh", "which")]
    named = [f"way_{number}" for number in range(len(conditions))]
    default = next((f"to_{name}" for name, one in zip(named, conditions, strict=True) if one is None), None)
    parts.append(GATE.format(f' default="{default}"' if default else ""))
    for name, condition in zip(named, conditions, strict=True):
        parts += [a_task(name), arrow("which", name, condition, f"to_{name}"), path(name, "finish")]
    return a_process("a_choice", *parts, lane=["ask", *named])


def a_table(*answers: str, kind: str = "string") -> dict[str, dmn.Model]:
    """A decision that may give these."""
    return {"weighed": dmn.load(a_table_text(*answers, kind=kind).encode())}


def a_table_text(*answers: str, kind: str = "string") -> str:
    """The file of such a decision."""
    rows = "".join(
        f'<rule id="row_{number}"><inputEntry id="in_{number}"><text>{number}</text></inputEntry>'
        f'<outputEntry id="out_{number}"><text>{answer}</text></outputEntry></rule>'
        for number, answer in enumerate(answers)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
        '<inputData id="people_count" name="people_count"><variable name="people_count" typeRef="number"/></inputData>'
        '<decision id="weighed" name="weighed"><variable name="weighed"/><informationRequirement id="needs">'
        '<requiredInput href="#people_count"/></informationRequirement>'
        '<decisionTable id="table" hitPolicy="UNIQUE"><input id="asks"><inputExpression id="text" typeRef="number">'
        f'<text>people_count</text></inputExpression></input><output id="out" typeRef="{kind}"/>{rows}'
        "</decisionTable></decision></definitions>"
    )


def found(source: bytes, forms: Mapping[str, Any], models: Mapping[str, dmn.Model] | None = None) -> list[Finding]:
    """What is said about a gateway."""
    return ways.of("a_choice", {"a_choice.bpmn": source}, forms, models or {})


def only(findings: list[Finding]) -> Finding:
    """The one finding."""
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize("pathway", SHIPPED)
def test_no_pathway_that_ships_is_blamed_for_its_ways(pathway: str) -> None:
    published = versions.unpack(UUID(int=0), 0, publishing.shipped(pathway))

    assert ways.of(pathway, published.definition.sources, published.forms, published.models) == []


def test_a_value_that_the_question_does_not_offer_is_told_with_the_nearest_it_does() -> None:
    told = only(found(a_choice('agrees = "yess"', None), a_form(YES_OR_NO)))

    assert (told.code, told.element) == ("unlisted_value", "a_choice/to_way_0")
    assert told.message == "“agrees” is never “yess”. Did you mean “yes”? “agrees” can be “no” or “yes”."


@pytest.mark.parametrize(
    "condition",
    [
        'list contains(["meeting", "lettr"], how_it_goes_on)',
        'how_it_goes_on in ("meeting", "lettr")',
        'how_it_goes_on = "stop" or not("lettr" = how_it_goes_on)',
    ],
)
def test_an_unlisted_value_is_found_wherever_the_condition_names_it(condition: str) -> None:
    assert "“letter”" in only(found(a_choice(condition, None), a_form(HOW))).message


def test_an_item_that_a_list_never_holds_is_told() -> None:
    told = only(found(a_choice('list contains(scopes_given, "cal")', None), a_form(SCOPES)))

    assert told.code == "unlisted_value"
    assert "“scopes_given” can hold “call”, “visit” and “write”." in told.message


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('people_count = "three"', "“people_count” is a number, and “three” is text"),
        ("how_it_goes_on = 3", "“how_it_goes_on” is text, and 3 is no text"),
        ('is_urgent = "yes"', "“is_urgent” is ticked or not, and “yes” is text"),
        ('people_count &gt; "3"', "“people_count” is a number, and “3” is text"),
        ("how_it_goes_on &gt; people_count", "cannot be compared"),
        ('next_visit_on &gt; date("2026-01-01")', "cannot be compared. “next_visit_on” is text."),
    ],
)
def test_a_fact_compared_with_something_of_another_type_is_told_in_plain_words(condition: str, words: str) -> None:
    told = only(found(a_choice(condition, None), a_form(HOW, COUNT, TICK, WHEN)))

    assert told.code == "wrong_type"
    assert words in told.message


@pytest.mark.parametrize(
    "condition",
    [
        'agrees = "yes" and agrees = "no"',
        "people_count &gt; 9",
        "people_count &gt; 5 and people_count &lt; 3",
        'agrees != "yes" and agrees != "no"',
        "agrees = null",
        'list contains(scopes_given, "call") and not(list contains(scopes_given, "call"))',
    ],
)
def test_a_way_that_no_answer_leads_into_is_told(condition: str) -> None:
    told = only(found(a_choice(condition, None), a_form(YES_OR_NO, COUNT, SCOPES)))

    assert (told.code, told.severity, told.element) == ("never_taken", "error", "a_choice/to_way_0")


@pytest.mark.parametrize("condition", ['agrees = "yes" or agrees = "no"', "people_count &gt;= 1", "agrees != null"])
def test_a_way_that_every_answer_leads_into_is_told(condition: str) -> None:
    told = only(found(a_choice(condition, None), a_form(YES_OR_NO, COUNT)))

    assert (told.code, told.element) == ("always_taken", "a_choice/to_way_0")


def test_two_ways_that_are_open_at_once_are_told_with_the_answer_that_opens_both() -> None:
    told = only(found(a_choice('how_it_goes_on != "stop"', 'how_it_goes_on != "letter"', None), a_form(HOW)))

    assert (told.code, told.severity, told.element) == ("ways_overlap", "error", "a_choice/to_way_0")
    both = "are both open when “how_it_goes_on” is “meeting”. Only one may be."
    assert told.message == f"This way out and the one to “way_1” {both}"


def test_answers_of_one_form_that_open_two_ways_are_told_only_where_the_form_lets_them_come_together() -> None:
    hidden = {**HOW, "hide": 'agrees = "no"'}
    drawn = a_choice('agrees = "no"', 'how_it_goes_on = "stop"', None)

    assert only(found(drawn, a_form(YES_OR_NO, HOW))).code == "ways_overlap"
    assert found(drawn, a_form(YES_OR_NO, hidden)) == []


def test_a_listed_value_without_a_way_is_told_where_there_is_no_default() -> None:
    told = only(found(a_choice('how_it_goes_on = "stop"', 'how_it_goes_on = "letter"'), a_form(HOW)))

    assert (told.code, told.element) == ("no_way_on", "a_choice/which")
    assert told.message == "No way leads on when “how_it_goes_on” is “meeting”. Add a way for it, or a default."
    assert found(a_choice('how_it_goes_on = "stop"', 'how_it_goes_on != "stop"'), a_form(HOW)) == []


def test_a_question_that_may_be_left_out_leaves_no_way_when_it_is() -> None:
    drawn = a_choice('agrees = "yes"', 'agrees = "no"')

    assert found(drawn, a_form(YES_OR_NO)) == []
    assert "“agrees” is not answered" in only(found(drawn, a_form({**YES_OR_NO, "required": False}))).message


SPOKE = {**YES_OR_NO, "key": "spoke"}
WORRY = {**YES_OR_NO, "key": "worry", "hide": 'spoke = "no"', "unasked": "no"}


def test_a_question_that_nobody_asks_holds_what_it_stands_for() -> None:
    drawn = a_choice('worry = "yes"', 'worry = "no"')

    assert found(drawn, a_form(SPOKE, WORRY)) == []
    assert "“worry” is “later”" in only(found(drawn, a_form(SPOKE, {**WORRY, "unasked": "later"}))).message


def test_a_way_for_what_an_unasked_question_stands_for_is_taken() -> None:
    both = 'spoke = "no" and worry = "no"'

    assert found(a_choice(both, None), a_form(SPOKE, WORRY)) == []
    told = only(found(a_choice('spoke = "no" and worry = "yes"', None), a_form(SPOKE, WORRY)))
    assert (told.code, told.element) == ("never_taken", "a_choice/to_way_0")


def test_a_question_that_is_not_asked_hides_no_other_by_what_it_stands_for() -> None:
    asked = {**YES_OR_NO, "key": "who_worries", "hide": 'worry = "no"'}
    drawn = a_choice('worry = "no" and who_worries = "yes"', None)

    assert found(drawn, a_form(SPOKE, WORRY, asked)) == []


def test_a_number_is_held_against_the_least_and_most_its_question_takes() -> None:
    assert found(a_choice("people_count &lt; 5", "people_count &gt;= 5"), a_form(COUNT)) == []
    assert "is 5" in only(found(a_choice("people_count &lt; 5", "people_count &gt; 5"), a_form(COUNT))).message


def test_a_value_that_no_row_of_the_decision_gives_is_told_with_the_nearest_one_that_does() -> None:
    table = a_table('"light"', '"heavy"')

    told = only(found(a_choice('weight = "hevy"', None), a_form(COUNT), table))
    assert (told.code, "Did you mean “heavy”?" in told.message) == ("unlisted_value", True)
    assert found(a_choice('weight = "light"', 'weight = "heavy"'), a_form(COUNT), table) == []


def test_a_row_whose_answer_no_way_takes_is_told() -> None:
    table = a_table('"light"', '"heavy"', '"none"')

    told = only(found(a_choice('weight = "light"', 'weight = "heavy"'), a_form(COUNT), table))

    assert (told.code, "“weight” is “none”" in told.message) == ("no_way_on", True)


def test_a_decision_that_counts_is_compared_with_numbers() -> None:
    told = only(found(a_choice('weight = "2"', None), a_form(COUNT), a_table("1", "2", kind="number")))

    assert told.code == "wrong_type"


def test_what_a_case_brings_along_or_a_message_brings_may_be_anything_that_is_ever_asked() -> None:
    heard = MESSAGE.format("weigh", "message_told")
    drawn = a_choice('consent_given = "yes"', 'consent_given = "no"', before=heard)

    assert found(drawn, a_form(YES_OR_NO)) == []


def test_a_condition_that_is_not_feel_is_left_to_the_check_of_the_diagram() -> None:
    drawn = a_choice('agrees = "', None)

    assert found(drawn, a_form(YES_OR_NO)) == []
    assert "invalid_feel" in {one.code for one in lint.lint({"a_choice.bpmn": drawn})}


def test_an_answer_that_the_table_does_not_know_is_told_at_the_decision() -> None:
    asked = {"key": "people_count", "type": "radio", "offers": ["1", "2"], "required": True}

    told = only(found(a_choice("weight = 1", None), a_form(asked), a_table("1", "2", kind="number")))

    assert (told.code, told.element) == ("wrong_type", "a_choice/weigh")
    assert told.message.startswith("“people_count” is text; the table asks for a number.")


def test_a_value_that_the_table_does_not_list_is_told_at_the_decision() -> None:
    offered = {"key": "told_as", "type": "radio", "offers": ["harm", "two_sides", "gossip"], "required": True}
    table = listing(a_table_text('"light"', '"heavy"'), '"harm", "two_sides"')

    told = only(found(a_choice('weight = "light"', None), a_form(offered), {"weighed": dmn.load(table.encode())}))

    assert (told.code, told.element) == ("unforeseen_value", "a_choice/weigh")
    assert "“told_as” can be “gossip”; the table knows “harm” and “two_sides”." in told.message


def listing(table: str, values: str) -> str:
    """The table asking for a fact of which the values are listed."""
    item = (
        f'<itemDefinition id="t" name="t"><typeRef>string</typeRef><allowedValues id="v"><text>{values}</text>'
        '</allowedValues></itemDefinition><inputData id="people_count"'
    )
    named = table.replace('<inputData id="people_count"', item).replace(
        'typeRef="number"/></inputData>', 'typeRef="t"/></inputData>'
    )
    return named.replace("people_count", "told_as")


def test_every_finding_about_ways_and_decisions_stands_in_the_page_for_authors() -> None:
    told = (ROOT / "docs/change-a-pathway.md").read_text(encoding="utf-8")
    rooms = [ROOT / "rj_engine/workflows/published" / f"{name}.py" for name in CHECKS]
    codes = {code for room in rooms for code in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', room.read_text(encoding="utf-8"))}

    assert {"never_taken", "unlisted_output", "unforeseen_value", "unlisted_value"} <= codes
    assert {code for code in codes - NO_FINDINGS if f"`{code}`" not in told} == set()


def test_a_file_that_is_checked_alone_is_held_against_the_forms_that_ship() -> None:
    text = bpmn.pathways()["complaint"].decode()
    slip = text.replace('"upheld", "partly"', '"upheld", "partley"')
    assert slip != text

    told = [one for one in checking.check({"complaint.bpmn": slip.encode()}) if one.code == "unlisted_value"]

    assert "Did you mean “partly”?" in only(told).message
    assert checking.check({"complaint.bpmn": text.encode()}) == []


def test_choices_are_told_while_something_else_of_the_draft_is_still_wrong() -> None:
    bundle = publishing.shipped("complaint")
    text = bundle.diagrams["complaint.bpmn"]
    slip = text.replace('"upheld", "partly"', '"upheld", "partley"').replace("camunda:dueDate=", "camunda:later=", 1)

    told = {one.finding.code: one.file for one in checks.noted(checks.with_file(bundle, "complaint.bpmn", slip))}

    assert told.keys() == {"task_without_due_date", "unlisted_value", "attribute_unused"} & told.keys()
    assert {told["task_without_due_date"], told["unlisted_value"]} == {"complaint.bpmn"}


def test_a_choice_at_the_end_of_a_long_part_of_a_long_pathway_is_weighed() -> None:
    steps = [f"step_{number}" for number in range(280)]
    tasks = [a_task(one).replace("a_form", "another_form") for one in steps]
    calling = [START, END, a_task("ask"), *tasks, CALL.format("a_part", ""), path("begin", "ask", *steps, "call")]
    ways_out = [arrow("which", "finish", f'agrees = "{one}"', f"to_{one}") for one in ("yes", "maybe")]
    called = [START, END, *tasks, GATE.format(""), path("begin", *steps, "which"), *ways_out]
    sources = {
        "a_choice.bpmn": a_process("a_choice", *calling, path("call", "finish"), lane=["ask", *steps]),
        "a_part.bpmn": a_process("a_part", *called, lane=steps),
    }

    told = only(ways.of("a_choice", sources, a_form(YES_OR_NO), {}))

    assert (told.code, told.element) == ("unlisted_value", "a_part/to_maybe")


def test_a_pathway_that_calls_itself_with_what_it_was_handed_is_weighed() -> None:
    taken = '<bpmn:extensionElements><camunda:in source="agrees" target="agrees"/></bpmn:extensionElements>'
    ways_out = [arrow("which", "finish", f'agrees = "{one}"', f"to_{one}") for one in ("yes", "maybe")]
    parts = [START, END, a_task("ask"), CALL.format("a_choice", taken), GATE.format(""), *ways_out]
    drawn = a_process("a_choice", *parts, path("begin", "call", "ask", "which"), lane=["ask"])

    assert only(found(drawn, a_form(YES_OR_NO))).element == "a_choice/to_maybe"
