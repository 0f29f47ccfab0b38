"""Files of other modellers: what we do not carry out is named with its element, and nothing is dropped in silence.

The constructs are those of the two conformance classes that modelling tools exchange, descriptive and analytic, as
such tools write them: another prefix, no lanes, empty conditions in XPath, extensions of their own, ids with a dash.
"""

from __future__ import annotations

import pytest
from lxml import etree

from rj_engine.workflows.engine import parsing
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.engine.lint import lint
from rj_engine.workflows.studio import foreign
from tests.workflows.foreign_files import FILES

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><model:definitions'
    ' xmlns:model="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tool="https://tool.example/style"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="_defs" targetNamespace="https://tool.example/a"'
    ' expressionLanguage="http://www.w3.org/1999/XPath" exporter="Another Modeller" exporterVersion="6.3">'
)
BODY = '<model:process id="exchanged" name="Exchanged" isExecutable="true">{0}</model:process></model:definitions>'
STYLE = '<model:extensionElements><tool:style colour="109,183,0"/></model:extensionElements>'
TRIGGERS = (
    "message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "link", "signal", "terminate",
)  # fmt: skip


def event(tag: str, trigger: str, more: str = "") -> str:
    return (
        f'<model:{tag} id="_the-one" name="The one"{more}>{STYLE}'
        f'<model:{trigger}EventDefinition id="_its-trigger"/></model:{tag}>'
    )


def plain(tag: str, inside: str = "", more: str = "") -> str:
    return f'<model:{tag} id="_the-one" name="The one"{more}>{STYLE}{inside}</model:{tag}>'


def task(name: str) -> str:
    return f'<model:userTask id="{name}" name="{name}">{STYLE}</model:userTask>'


KINDS = {
    **{
        f"{kind}": plain(kind)
        for kind in (
            "task", "manualTask", "serviceTask", "scriptTask", "receiveTask", "sendTask", "businessRuleTask",
            "callActivity", "adHocSubProcess", "transaction", "inclusiveGateway", "complexGateway", "callChoreography",
            "choreographyTask", "subChoreography",
        )
    },
    **{f"{kind} that catches {one}": event(kind, one) for kind in ("intermediateCatchEvent",) for one in TRIGGERS},
    **{f"{kind} that throws {one}": event(kind, one) for kind in ("intermediateThrowEvent",) for one in TRIGGERS},
    **{f"edge that catches {one}": event("boundaryEvent", one, ' attachedToRef="before"') for one in TRIGGERS},
    **{f"end that throws {one}": event("endEvent", one) for one in TRIGGERS},
    **{f"start on {one}": event("startEvent", one) for one in TRIGGERS},
    "sub-process by event": plain("subProcess", more=' triggeredByEvent="true"'),
    "loop": plain("userTask", '<model:standardLoopCharacteristics id="_loop"/>'),
    "many at once without a list": plain("userTask", '<model:multiInstanceLoopCharacteristics id="_many"/>'),
    "for compensation": plain("userTask", more=' isForCompensation="true"'),
    "script inside": plain("scriptTask", "<model:script>import os</model:script>"),
    "service that calls out": plain("serviceTask", more=' implementation="##WebService" operationRef="_op"'),
}  # fmt: skip


def drawn(element: str) -> bytes:
    """Start, a task, the element, a task, end: connected where its kind has arrows at all."""
    ways = [("begin", "before"), ("before", "_the-one"), ("_the-one", "after"), ("after", "finish")]
    if "startEvent" in element:
        ways = [("begin", "before"), ("before", "after"), ("_the-one", "after"), ("after", "finish")]
    if "endEvent" in element:
        ways = [("begin", "before"), ("before", "_the-one"), ("before", "after"), ("after", "finish")]
    if "boundaryEvent" in element or "triggeredByEvent" in element:
        ways = [("begin", "before"), ("before", "after"), ("_the-one", "after"), ("after", "finish")]
    flows = "".join(
        f'<model:sequenceFlow id="_flow-{number}" sourceRef="{one}" targetRef="{two}">{STYLE}</model:sequenceFlow>'
        for number, (one, two) in enumerate(ways)
    )
    ends = '<model:startEvent id="begin"/><model:endEvent id="finish"/>'
    return (HEAD + BODY.format(ends + task("before") + element + task("after") + flows)).encode()


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_carried_out_is_named_with_its_element_in_words(name: str) -> None:
    found = lint({"exchanged.bpmn": drawn(KINDS[name])}, clocks={})

    about = [one for one in found if one.element == "_the-one" and one.severity == "error"]
    assert about, [(one.code, one.element) for one in found]
    assert all(
        (one.message[0].isupper() or one.message[0] == "“") and one.message.endswith((".", "?")) for one in about
    )


@pytest.mark.parametrize("name", KINDS)
def test_no_such_file_runs_by_half(name: str) -> None:
    with pytest.raises(PathwayRefused):
        parsing.parse("exchanged.bpmn", {"exchanged.bpmn": drawn(KINDS[name])}, {})


def test_notes_groups_and_their_ties_are_left_as_they_are_and_data_is_named() -> None:
    told = (
        '<model:dataObject id="_data"/><model:dataObjectReference id="_data-ref" dataObjectRef="_data" name="File"/>'
        '<model:dataStoreReference id="_store-ref" name="Register"/>'
        '<model:textAnnotation id="_note"><model:text>Read me</model:text></model:textAnnotation>'
        '<model:group id="_group"/><model:association id="_tie" sourceRef="before" targetRef="_note"/>'
    )
    found = lint({"exchanged.bpmn": drawn(told + plain("userTask"))}, clocks={})

    assert not [one for one in found if one.element in {"_note", "_group", "_tie"}]
    named = {one.element for one in found if one.code == "element_not_supported"}
    assert named == {"_data", "_data-ref", "_store-ref"}


def test_an_empty_condition_in_another_language_is_no_condition() -> None:
    gate = (
        '<model:exclusiveGateway id="_the-one" name="Which?"/>'
        '<model:sequenceFlow id="_other-way" sourceRef="_the-one" targetRef="finish"><model:conditionExpression'
        ' xsi:type="model:tFormalExpression" language="http://www.w3.org/1999/XPath"/></model:sequenceFlow>'
    )
    found = {(one.code, one.element) for one in lint({"exchanged.bpmn": drawn(gate)}, clocks={})}

    assert {("flow_without_condition", "_flow-2"), ("flow_without_condition", "_other-way")} <= found


def named(text: str) -> set[tuple[str, str | None]]:
    """What is found in a whole file: code and element."""
    read = foreign.decoded(text.encode())
    return {(one.code, one.element) for one in lint({"whole.bpmn": read.encode()}, clocks={})}


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_of_another_tool_is_taken_and_each_limit_names_an_element_that_is_there(name: str) -> None:
    text = foreign.decoded(FILES[name].encode())
    there = {one.get("id") for one in etree.fromstring(text.encode()).iter()}

    assert foreign.refused("whole.bpmn", text) == []
    found = lint({"whole.bpmn": text.encode()}, clocks={})
    assert [one for one in found if one.severity == "error"]
    assert [one for one in found if one.element is not None and one.element not in there] == []


def test_pools_messages_stores_and_every_process_of_a_file_are_named() -> None:
    assert {
        ("many_processes", "WFP-6-1"), ("many_pools", "WFP-6-1"), ("not_executable", "WFP-6-1"),
        ("pool_without_process", "outside"), ("element_not_supported", "post"), ("element_not_supported", "books"),
        ("element_not_supported", "asked-anywhere"), ("element_not_supported", "_which"),
        ("element_not_supported", "_shout"), ("event_not_supported", "_late"), ("element_not_supported", "_file-ref"),
        ("extension_not_supported", "_read"), ("element_not_supported", "ID-2-pay"), ("event_sub_process", "ID-3-if"),
        ("event_not_supported", "ID-7-end"), ("notes_of_another_tool", None),
    } <= named(FILES["pools"])  # fmt: skip


def test_what_camunda_7_would_run_is_named_where_it_stands() -> None:
    assert {
        ("extension_not_supported", "Process_1abc"), ("extension_not_supported", "Activity_0a1"),
        ("element_not_supported", "Activity_0b2"), ("element_not_supported", "Activity_0c3"),
        ("timer_without_clock", "Activity_0a1"), ("form_of_another_engine", "Activity_0a1"),
        ("attribute_unused", "Process_1abc"), ("attribute_unused", "StartEvent_1"),
        ("attribute_unused", "Activity_0a1"),
    } <= named(FILES["camunda_7"])  # fmt: skip


def test_what_camunda_8_would_run_is_named_with_what_to_use_here() -> None:
    read = FILES["camunda_8"].encode()
    told = {one.element: one.message for one in lint({"whole.bpmn": read}, clocks={}) if "zeebe:" in one.message}

    assert told.keys() == {"Activity_8a", "Activity_8b", "Activity_8c", "Activity_8d"}
    assert "Import the decision" in told["Activity_8b"]
    assert not any("taskHeaders" in words or "versionTag" in words for words in told.values())


def test_a_step_without_an_id_is_named_by_its_line() -> None:
    text = FILES["unnamed"]
    found = [one for one in lint({"whole.bpmn": text.encode()}, clocks={}) if one.code == "id_missing"]

    assert [(one.element, one.line is not None) for one in found] == [("Plain", True)]
    assert "“Nameless”" in found[0].message
