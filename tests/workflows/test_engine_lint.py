"""What an author is told before a pathway is published: one small diagram a fault, the code, and where."""

from __future__ import annotations

import pytest

from rj_engine.workflows.engine.lint import lint
from tests.workflows.engine_drawing import (
    BARE,
    CALL,
    END,
    LIST,
    RULE,
    START,
    TIMER,
    a_process,
    a_task,
    path,
)
from tests.workflows.engine_room import DIAGRAMS


def a_file(*parts: str, tasks: tuple[str, ...] = ("ask", "other"), key: str = "a") -> bytes:
    return a_process(key, START, END, *parts, lane=list(tasks), messages=("reply",))


def found(*parts: str, clocks: set[str] | None = None) -> list[tuple[str, str | None]]:
    return [(one.code, one.element) for one in lint({"a.bpmn": a_file(*parts)}, clocks)]


def ask_and_finish(*parts: str) -> tuple[str, ...]:
    return (a_task("ask"), path("begin", "ask", "finish"), *parts)


def test_a_sound_pathway_has_no_findings() -> None:
    assert found(*ask_and_finish()) == []


@pytest.mark.parametrize("file", sorted(DIAGRAMS.glob("*.bpmn")), ids=lambda file: file.stem)
def test_the_diagrams_of_these_tests_are_sound(file: object) -> None:
    sources = {one.name: one.read_bytes() for one in DIAGRAMS.glob("*.bpmn")}

    assert [one for one in lint(sources) if one.message.startswith(f"{file.name}:")] == []


ELEMENTS = {
    "a plain task": (('<bpmn:task id="odd"/>', path("begin", "odd", "finish")), [("element_not_supported", "odd")]),
    "a receive task": (
        ('<bpmn:receiveTask id="odd"/>', path("begin", "odd", "finish")), [("element_not_supported", "odd")],
    ),
    "an unknown word": (
        ('<bpmn:choreographyTask id="odd"/>', path("begin", "odd", "finish")), [("element_not_supported", "odd")],
    ),
    "a bare task": (
        (BARE, path("begin", "ask", "finish")),
        [("task_without_form", "ask"), ("task_without_due_date", "ask"), ("task_unnamed", "ask")],
    ),
    "a task in no lane": ((a_task("third"), path("begin", "third", "finish")), [("task_without_lane", "third")]),
    "a rule that decides nothing": (
        (RULE.format(""), path("begin", "rule", "finish")),
        [("rule_without_decision", "rule"), ("rule_without_result", "rule")],
    ),
    "a result under a reserved name": (
        (RULE.format('camunda:decisionRef="d" camunda:resultVariable="_gate"'), path("begin", "rule", "finish")),
        [("rule_without_result", "rule")],
    ),
    "a send task without a letter": (
        ('<bpmn:sendTask id="send"/>', path("begin", "send", "finish")), [("send_without_letter", "send")],
    ),
    "an event that waits for nothing": (
        ('<bpmn:intermediateCatchEvent id="wait"/>', path("begin", "wait", "finish")),
        [("event_count", "wait")],
    ),
    "a call input under a reserved name": (
        (
            CALL.format(
                "a", '<bpmn:extensionElements><camunda:in source="x" target="_y"/></bpmn:extensionElements>'
            ),
            path("begin", "call", "finish"),
        ),
        [("call_input", "call"), ("recursive_call", "call")],
    ),
    "a listener": (
        (a_task("ask", inside='<bpmn:extensionElements><camunda:taskListener class="x"/></bpmn:extensionElements>'),
         path("begin", "ask", "finish")), [("extension_not_supported", "ask")],
    ),
    "an expression on a rule": (
        (RULE.format('camunda:decisionRef="d" camunda:resultVariable="r" camunda:expression="${x}"'),
         path("begin", "rule", "finish")), [("extension_not_supported", "rule")],
    ),
    "a form key in CamelCase ids": (
        (a_task("askVictim"), path("begin", "askVictim", "finish")),
        [("id_not_snake_case", "askVictim"), ("id_not_snake_case", "from_begin_to_askVictim"),
         ("id_not_snake_case", "from_askVictim_to_finish"), ("task_without_lane", "askVictim")],
    ),
    "an id used twice": (
        (*ask_and_finish(), '<bpmn:textAnnotation id="ask"/>'), [("duplicate_id", "ask")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_that_would_go_wrong_is_named(name: str) -> None:
    parts, expected = ELEMENTS[name]

    assert found(*parts) == expected


TIMERS = {
    "names nothing": ("", "timer_without_clock"),
    "is empty": ("<bpmn:timeDuration/>", "timer_without_clock"),
    "is an ISO duration": ("<bpmn:timeDuration>P14D</bpmn:timeDuration>", "timer_without_clock"),
    "is an ISO date": ("<bpmn:timeDate>2026-06-01</bpmn:timeDate>", "timer_without_clock"),
    "is hidden by name": ("<bpmn:timeDate>_secret</bpmn:timeDate>", "timer_without_clock"),
    "repeats": ("<bpmn:timeCycle>R3/P1D</bpmn:timeCycle>", "timer_cycle"),
    "names no known clock": ("<bpmn:timeDuration>last_contact</bpmn:timeDuration>", "unknown_clock"),
}


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_names_a_clock_or_a_variable(name: str) -> None:
    text, code = TIMERS[name]

    assert found(TIMER.format(text), path("begin", "wait", "finish"), clocks={"first_contact"}) == [(code, "wait")]


def test_a_due_date_names_a_known_clock() -> None:
    assert found(*ask_and_finish(), clocks={"first_contact"}) == []
    assert found(*ask_and_finish(), clocks=set()) == [("unknown_clock", "ask")]


LOOPS = {
    "no list": ('<bpmn:multiInstanceLoopCharacteristics camunda:elementVariable="victim"/>', "loop_without_list"),
    "no name for each": (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="victims"/>', "loop_without_item",
    ),
    "the list's own name": (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="victims" camunda:elementVariable="victims"/>',
        "loop_without_item",
    ),
    "a count": (
        LIST.format("><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"),
        "loop_not_supported",
    ),
    "a looping marker": ("<bpmn:standardLoopCharacteristics/>", "standard_loop"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_a_multi_instance_says_what_it_goes_through(name: str) -> None:
    inside, code = LOOPS[name]

    assert found(a_task("ask", inside=inside), path("begin", "ask", "finish")) == [(code, "ask")]


def test_a_decision_is_not_repeated() -> None:
    rule = RULE.format('camunda:decisionRef="d" camunda:resultVariable="r"')
    repeated = rule.replace("/>", f">{LIST.format('/>')}</bpmn:businessRuleTask>")

    assert found(repeated, path("begin", "rule", "finish")) == [("loop_not_supported", "rule")]


def test_a_listener_is_refused_wherever_it_hangs() -> None:
    listener = '<bpmn:extensionElements><camunda:executionListener event="end" class="x"/></bpmn:extensionElements>'
    on_flow = f'<bpmn:sequenceFlow id="on" sourceRef="begin" targetRef="finish">{listener}</bpmn:sequenceFlow>'

    assert found(on_flow, listener) == [("extension_not_supported", "on"), ("extension_not_supported", "a")]


def test_who_and_when_are_not_said_twice() -> None:
    task = a_task("ask", more='camunda:assignee="demo" camunda:candidateGroups="leads"')

    findings = lint({"a.bpmn": a_file(task, path("begin", "ask", "finish"))})

    assert [(one.code, one.element, one.severity) for one in findings] == [("attribute_unused", "ask", "warning")] * 2


def test_two_files_with_the_same_process_are_refused() -> None:
    codes = [
        finding.code for finding in lint({"a.bpmn": a_file(*ask_and_finish()), "b.bpmn": a_file(*ask_and_finish())})
    ]

    assert codes == ["duplicate_process"]


def test_a_lane_is_named_for_a_role_and_for_the_screen() -> None:
    source = a_file(*ask_and_finish()).replace(b'id="lane_facilitator" name="Facilitator"', b'id="people"')

    assert [(one.code, one.element) for one in lint({"a.bpmn": source})] == [
        ("lane_id", "people"), ("lane_unnamed", "people"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('isExecutable="true"', 'isExecutable="false"', "not_executable"),
        ("</bpmn:definitions>", '<bpmn:process id="b"/></bpmn:definitions>', "many_processes"),
        ("</bpmn:definitions>",
         ('<bpmn:collaboration id="c"><bpmn:participant id="p1"/><bpmn:participant id="p2"/></bpmn:collaboration>'
         "</bpmn:definitions>"), "many_pools"),
    ],
)  # fmt: skip
def test_a_file_holds_one_executable_process(old: str, new: str, code: str) -> None:
    source = a_file(*ask_and_finish()).replace(old.encode(), new.encode())

    assert code in [one.code for one in lint({"a.bpmn": source})]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_xml"),
        (b"not xml", "not_xml"),
        (b"<a><b></a>", "not_xml"),
        (b"<a/>", "no_process"),
        (b"\xff\xfe<\x00a\x00", "not_utf8"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "not_utf8"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "doctype"),
        (b"<! doctype a><a/>", "doctype"),
        (b"<a>" + b" " * 600_000 + b"</a>", "too_large"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "not_xml"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_not_read(data: bytes, code: str) -> None:
    assert [one.code for one in lint({"a.bpmn": data})] == [code]


def test_a_process_has_at_most_300_elements() -> None:
    tasks = [f"task_{number}" for number in range(299)]
    source = a_process("a", START, END, *(a_task(one) for one in tasks), path("begin", *tasks, "finish"), lane=tasks)

    (finding,) = lint({"a.bpmn": source})

    assert (finding.code, finding.element) == ("too_many_elements", "a")


def test_sub_processes_are_nested_at_most_eight_deep() -> None:
    inside = a_task("ask")
    through = "ask"
    for depth in range(9):
        ends = f'<bpmn:startEvent id="begin_{depth}"/><bpmn:endEvent id="end_{depth}"/>'
        inside = (
            f'<bpmn:subProcess id="inner_{depth}">{ends}{inside}{path(f"begin_{depth}", through, f"end_{depth}")}'
            "</bpmn:subProcess>"
        )
        through = f"inner_{depth}"
    source = a_process("a", START, END, inside, path("begin", through, "finish"), lane=[through])

    assert [one.code for one in lint({"a.bpmn": source})] == ["too_deep"]


def test_every_finding_has_a_sentence_that_ends() -> None:
    for parts, _ in ELEMENTS.values():
        for finding in lint({"a.bpmn": a_file(*parts)}):
            assert finding.message[0].isupper() or finding.message[0] == "“"
            assert finding.message.endswith(".")
