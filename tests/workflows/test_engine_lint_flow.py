"""What an author is told about arrows, gateways, conditions, circles and calls."""

from __future__ import annotations

import pytest

from rj_engine.workflows.engine.lint import lint
from tests.workflows.engine_drawing import (
    CALL,
    EDGE,
    END,
    GATE,
    INNER,
    LIST,
    MESSAGE,
    RULE,
    START,
    TIMER,
    a_process,
    a_task,
    arrow,
    path,
)


def a_file(*parts: str, tasks: tuple[str, ...] = ("ask", "other"), key: str = "a") -> bytes:
    return a_process(key, START, END, *parts, lane=list(tasks), messages=("reply",))


def found(*parts: str, clocks: set[str] | None = None) -> list[tuple[str, str | None]]:
    return [(one.code, one.element) for one in lint({"a.bpmn": a_file(*parts)}, clocks)]


def ask_and_finish(*parts: str) -> tuple[str, ...]:
    return (a_task("ask"), path("begin", "ask", "finish"), *parts)


FLOWS = {
    "an arrow to nothing": ((*ask_and_finish(), arrow("ask", "gone", name="lost")), "dangling_flow", "lost"),
    "an arrow into the start": (
        (a_task("ask"), path("begin", "ask"), GATE.format(' default="home"'), path("ask", "which"),
         arrow("which", "begin", "again", "back"), arrow("which", "finish", name="home")), "flow_into_start", "back",
    ),
    "an arrow out of an end": (
        (*ask_and_finish(), a_task("other"), path("finish", "other"), path("other", "finish")),
        "flow_out_of_end", "from_finish_to_other",
    ),
    "an arrow across an edge": (
        (INNER.format('<bpmn:startEvent id="inner_begin"/><bpmn:endEvent id="inner_end"/>'
                      + path("inner_begin", "inner_end")), path("begin", "inner", "finish"),
         arrow("inner", "inner_end", name="across")), "flow_across", "across",
    ),
    "a way out without condition": (
        (GATE.format(""), a_task("ask"), path("begin", "which", "finish"), arrow("which", "ask", "yes"),
         path("ask", "finish")), "flow_without_condition", "from_which_to_finish",
    ),
    "a condition on the default": (
        (GATE.format(' default="home"'), a_task("ask"), path("begin", "which"), arrow("which", "finish", "no", "home"),
         arrow("which", "ask", "yes"), path("ask", "finish")), "condition_ignored", "home",
    ),
    "a condition on the only way": (
        (GATE.format(""), path("begin", "which"), arrow("which", "finish", "yes", "only")), "condition_ignored", "only",
    ),
    "a condition after a parallel gateway": (
        ('<bpmn:parallelGateway id="split"/>', a_task("ask"), a_task("other"), path("begin", "split"),
         arrow("split", "ask", "yes", "maybe"), path("split", "other", "finish"), path("ask", "finish")),
        "condition_ignored", "maybe",
    ),
    "a default that is not there": (
        (GATE.format(' default="gone"'), path("begin", "which", "finish")), "dangling_default", "which",
    ),
    "two arrows out of the start": (
        (a_task("ask"), a_task("other"), path("begin", "ask", "finish"), path("begin", "other", "finish")),
        "many_ways_out", "begin",
    ),
    "an event on nothing": ((*ask_and_finish(), EDGE.format("gone"), path("edge", "finish")),
                            "dangling_boundary", "edge"),
    "an event on a decision": (
        (RULE.format('camunda:decisionRef="d" camunda:resultVariable="r"'), path("begin", "rule", "finish"),
         EDGE.format("rule"), path("edge", "finish")), "boundary_not_supported", "edge",
    ),
    "a race of one": (
        ('<bpmn:eventBasedGateway id="race"/>', MESSAGE.format("reply", "message_reply"),
         path("begin", "race", "reply", "finish")), "race_of_one", "race",
    ),
    "a race to a task": (
        ('<bpmn:eventBasedGateway id="race"/>', MESSAGE.format("reply", "message_reply"), a_task("ask"),
         path("begin", "race", "reply", "finish"), path("race", "ask", "finish")), "race_target", "from_race_to_ask",
    ),
    "a race for the same message": (
        ('<bpmn:eventBasedGateway id="race"/>', MESSAGE.format("reply", "message_reply"),
         MESSAGE.format("again", "message_reply"), path("begin", "race", "reply", "finish"),
         path("race", "again", "finish")), "race_same_message", "race",
    ),
    "a message without a name": (
        (MESSAGE.format("reply", "message_gone"), path("begin", "reply", "finish")), "message_unnamed", "reply",
    ),
    "nothing leads there": ((*ask_and_finish(), a_task("other"), path("other", "finish")), "unreachable", "other"),
    "no way on": ((*ask_and_finish(), EDGE.format("ask")), "no_way_to_end", "edge"),
    "no start inside": (
        (INNER.format('<bpmn:endEvent id="inner_end"/>'), path("begin", "inner", "finish")), "start_count", "inner",
    ),
    "no end inside": (
        (INNER.format('<bpmn:startEvent id="inner_begin"/>'), path("begin", "inner", "finish")), "no_end", "inner",
    ),
    "a call to nobody": ((CALL.format("", ""), path("begin", "call", "finish")), "call_without_process", "call"),
    "a call to the unknown": ((CALL.format("gone", ""), path("begin", "call", "finish")), "unknown_process", "call"),
    "a call to itself": ((CALL.format("a", ""), path("begin", "call", "finish")), "recursive_call", "call"),
    "an input without value": (
        (CALL.format("a", '<bpmn:extensionElements><camunda:in target="stage"/></bpmn:extensionElements>'),
         path("begin", "call", "finish")), "call_input", "call",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOWS)
def test_an_arrow_that_leads_astray_is_named(name: str) -> None:
    parts, code, element = FLOWS[name]

    assert (code, element) in found(*parts)


def test_a_condition_that_is_not_feel_is_told_with_its_place() -> None:
    source = a_file(
        GATE.format(' default="home"'), a_task("ask"), path("begin", "which"),
        arrow("which", "ask", "victim = ", "yes"),
        arrow("which", "finish", name="home"), path("ask", "finish"),
    )  # fmt: skip

    (finding,) = lint({"a.bpmn": source})

    assert (finding.code, finding.element) == ("invalid_feel", "yes")
    assert finding.line == 1
    assert finding.column


@pytest.mark.parametrize(
    ("condition", "code"),
    [("1", "not_a_condition"), ("9 ** 9 ** 9 ** 9", "not_a_condition"), ("null", "not_a_condition"),
     ("1 = 1", "decides_nothing"), ("false", "decides_nothing"), ("answer and 1", "wrong_type")],
)  # fmt: skip
def test_a_condition_that_can_decide_nothing_is_refused(condition: str, code: str) -> None:
    source = a_file(
        GATE.format(' default="home"'), a_task("ask"), path("begin", "which"),
        arrow("which", "ask", condition, "yes"),
        arrow("which", "finish", name="home"), path("ask", "finish"),
    )  # fmt: skip

    found = [finding for finding in lint({"a.bpmn": source}) if finding.element == "yes"]

    assert code in [finding.code for finding in found if finding.severity == "error"]


@pytest.mark.parametrize(
    "inside",
    [
        '<bpmn:extensionElements><camunda:in sourceExpression="1 +" target="stage"/></bpmn:extensionElements>',
        (
            '<bpmn:extensionElements><camunda:properties><camunda:property name="starts" value="= 1 +"/>'
            "</camunda:properties></bpmn:extensionElements>"
        ),
    ],
)
def test_feel_in_calls_and_properties_is_read_too(inside: str) -> None:
    parts = CALL.format("b", inside), path("begin", "call", "finish")
    other = a_file(a_task("ask"), path("begin", "ask", "finish"), key="b")

    findings = lint({"a.bpmn": a_file(*parts), "b.bpmn": other})

    assert [(one.code, one.element) for one in findings] == [("invalid_feel", "call")]
    assert findings[0].message.startswith("a.bpmn: ")


def test_a_python_condition_is_refused() -> None:
    source = a_file(
        GATE.format(' default="home"'), a_task("ask"), path("begin", "which"),
        arrow("which", "ask", "__import__('os').popen('id')", "yes"), arrow("which", "finish", name="home"),
        path("ask", "finish"),
    )  # fmt: skip

    assert "invalid_feel" in {one.code for one in lint({"a.bpmn": source})}


def test_another_expression_language_is_refused() -> None:
    source = a_file(
        GATE.format(' default="home"'), a_task("ask"), path("begin", "which"), arrow("which", "ask", "yes", "way"),
        arrow("which", "finish", name="home"), path("ask", "finish"),
    ).replace(b"<bpmn:conditionExpression ", b'<bpmn:conditionExpression language="javascript" ')  # fmt: skip

    assert [(one.code, one.element) for one in lint({"a.bpmn": source})] == [("condition_language", "way")]


def a_circle(*inside: str) -> list[tuple[str, str | None]]:
    return [
        one for one in found(
            *inside, '<bpmn:exclusiveGateway id="again"/>', GATE.format(' default="home"'), path("begin", "again"),
            path("middle", "which"), path("again", "middle"), arrow("which", "again", "more"),
            arrow("which", "finish", name="home"),
        ) if one[0] == "endless_circle"
    ]  # fmt: skip


def test_a_circle_needs_a_person_or_a_timer() -> None:
    rule = '<bpmn:businessRuleTask id="middle" camunda:decisionRef="d" camunda:resultVariable="r"/>'

    assert a_circle(rule) == [("endless_circle", "middle")]
    assert a_circle(a_task("middle")) == []
    assert a_circle(TIMER.format("<bpmn:timeDuration>limit</bpmn:timeDuration>").replace('"wait', '"middle')) == []


def test_a_circle_through_an_empty_list_would_never_stop() -> None:
    assert a_circle(a_task("middle", inside=LIST.format("/>"))) == [("endless_circle", "middle")]


def test_a_sub_process_stops_a_circle_only_if_every_way_through_it_waits() -> None:
    inner = '<bpmn:startEvent id="in_begin"/><bpmn:endEvent id="in_end"/>'
    waits = inner + a_task("in_ask") + path("in_begin", "in_ask", "in_end")
    skips = (
        inner + a_task("in_ask") + '<bpmn:exclusiveGateway id="in_which" default="in_home"/>'
        + path("in_begin", "in_which") + arrow("in_which", "in_ask", "yes") + path("in_ask", "in_end")
        + arrow("in_which", "in_end", name="in_home")
    )  # fmt: skip

    assert a_circle(INNER.format(waits).replace('"inner"', '"middle"')) == []
    assert a_circle(INNER.format(skips).replace('"inner"', '"middle"')) == [("endless_circle", "middle")]


def test_a_call_stops_a_circle_if_the_called_process_waits() -> None:
    main = a_file(
        CALL.format("b", ""), '<bpmn:exclusiveGateway id="again"/>', GATE.format(' default="home"'),
        path("begin", "again", "call", "which"), arrow("which", "again", "more"), arrow("which", "finish", name="home"),
    )  # fmt: skip
    waits = a_file(a_task("ask"), path("begin", "ask", "finish"), key="b")
    skips = a_file(path("begin", "finish"), key="b")

    assert lint({"a.bpmn": main, "b.bpmn": waits}) == []
    assert [one.code for one in lint({"a.bpmn": main, "b.bpmn": skips})] == ["endless_circle"]


def test_calls_that_lead_back_are_found_in_both_files() -> None:
    one = a_file(CALL.format("b", ""), path("begin", "call", "finish"))
    two = a_file(CALL.format("a", ""), path("begin", "call", "finish"), key="b")

    assert [finding.code for finding in lint({"a.bpmn": one, "b.bpmn": two})] == ["recursive_call", "recursive_call"]


def test_a_condition_may_be_written_as_modellers_write_it() -> None:
    for text in ("yes", "= yes", "${yes}"):
        source = a_file(
            GATE.format(' default="home"'),
            a_task("ask"),
            path("begin", "which"),
            arrow("which", "ask", text),
            arrow("which", "finish", name="home"),
            path("ask", "finish"),
        )
        assert lint({"a.bpmn": source}) == []
