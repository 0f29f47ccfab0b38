"""From diagrams to a definition: what is read, what steers, what is refused."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rj_engine.errors import Finding
from rj_engine.workflows.engine import parsing, runner, specs
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.lint import lint
from rj_engine.workflows.engine.parsing import PathwayRefused
from rj_engine.workflows.engine.scripting import NoScripts
from rj_engine.workflows.engine.tokens import Journey
from tests.workflows.engine_drawing import END, START, a_process, a_task, arrow, path
from tests.workflows.engine_room import DIAGRAMS, World, a_case, a_pathway, diagram

SOURCES = {file.name: file.read_bytes() for file in DIAGRAMS.glob("*.bpmn")}


def test_a_definition_tells_what_it_needs() -> None:
    gate = parsing.parse("gate", SOURCES, {"rj_gate_result": ["harm", "custody"]})

    assert gate.decisions == {"rj_gate_result"}
    assert gate.reads == {"gate_level", "harm", "custody"}
    assert gate.clocks == {"first_contact"}
    assert gate.forms == {"a_form"}
    assert gate.called == frozenset()
    assert gate.messages == frozenset()
    assert gate.main == "gate.bpmn"


def test_timers_calls_lists_and_end_events_steer_too() -> None:
    assert parsing.parse("pause", SOURCES).reads == {"return_on"}
    assert parsing.parse("race", SOURCES).clocks == {"first_contact", "prison_chase", "prison_limit"}
    assert parsing.parse("one_by_one", SOURCES).reads == {"victims"}
    assert parsing.parse("withdrawal", SOURCES).messages == {"victim_withdraws"}
    starts = (
        '<bpmn:endEvent id="finish"><bpmn:extensionElements><camunda:properties><camunda:property name="starts" '
        'value="=route"/></camunda:properties></bpmn:extensionElements></bpmn:endEvent>'
    )
    source = a_process("a", START, starts, path("begin", "finish"))
    assert parsing.parse("a", {"a.bpmn": source}).reads == {"route"}


def test_only_what_the_pathway_reaches_belongs_to_it() -> None:
    caller = parsing.parse("caller.bpmn", SOURCES)

    assert set(caller.sources) == {"caller.bpmn", "called.bpmn"}
    assert caller.called == {"called"}
    assert caller.checksum == parsing.parse("caller", {**SOURCES, "odd.bpmn": b"not xml"}).checksum
    changed = {**SOURCES, "called.bpmn": SOURCES["called.bpmn"].replace(b'name="sign_off"', b'name="Sign"')}
    assert caller.checksum != parsing.parse("caller", changed).checksum


def test_an_element_carries_what_its_author_wrote() -> None:
    inside = (
        "<bpmn:documentation>Ring only in the morning.</bpmn:documentation><bpmn:extensionElements>"
        '<camunda:properties><camunda:property name="effect" value="contact_victim"/></camunda:properties>'
        "</bpmn:extensionElements>"
    )
    source = a_process("a", START, END, a_task("ring", inside=inside), path("begin", "ring", "finish"), lane=["ring"])

    element = parsing.parse("a", {"a.bpmn": source}).elements["a/ring"]

    assert element.documentation == "Ring only in the morning."
    assert element.properties == {"effect": "contact_victim"}
    assert (element.kind, element.lane, element.form, element.due) == (
        "userTask", "facilitator", "a_form", "first_contact",
    )  # fmt: skip
    assert element.key == "a/ring"


def test_the_task_specification_carries_it_as_well() -> None:
    specs_by_id = parsing.load(a_pathway("gate")).spec.task_specs

    letter, task, rule = (specs_by_id[one] for one in ("tell_lead", "assess", "ask_gate"))
    assert letter.extensions == {"form": None, "due": None, "properties": {"notice": "gate_decided"}}
    assert task.extensions == {"form": "a_form", "due": "first_contact", "properties": {}}
    assert (task.bpmn_name, task.lane) == ("assess", "facilitator")
    assert (rule.decision, rule.result) == ("rj_gate_result", "gate")


def test_a_refused_pathway_says_everything_at_once() -> None:
    source = a_process("a", START, END, '<bpmn:userTask id="ask"/>', path("begin", "ask", "finish"))

    with pytest.raises(PathwayRefused) as refused:
        parsing.parse("a", {"a.bpmn": source})

    assert len(refused.value.findings) == 4
    assert refused.value.sentence == "This pathway cannot be used as it is drawn: 4 things to put right."


def test_a_pathway_that_is_not_there_is_refused() -> None:
    with pytest.raises(PathwayRefused) as refused:
        parsing.parse("gone", {"odd.bpmn": b"not xml"})

    assert [finding.code for finding in refused.value.findings] == ["not_xml", "unknown_process"]


def test_a_warning_lets_a_pathway_pass() -> None:
    source = a_process("a", START, END, path("begin", "finish").replace("from_begin", "Flow_0kX"))

    assert [finding.severity for finding in lint({"a.bpmn": source})] == ["warning"]
    assert parsing.parse("a", {"a.bpmn": source}).key == "a"


def test_a_diagram_is_compiled_once_however_often_it_is_used() -> None:
    specs.compile_process.cache_clear()
    for _ in range(5):
        a_case(a_pathway("caller", "called"))

    assert specs.compile_process.cache_info().misses == 2


def test_what_the_library_cannot_read_is_a_finding() -> None:
    with pytest.raises(PathwayRefused) as refused:
        specs.compile_process(SOURCES["caller.bpmn"].replace(b"bpmn:userTask", b"bpmn:oddTask"))

    assert [finding.code for finding in refused.value.findings] == ["not_parsed"]
    for data in (b"not xml", b"<a/>"):
        with pytest.raises(PathwayRefused):
            specs.compile_process(data)


def test_the_drawing_has_no_say_in_what_a_pathway_does() -> None:
    broken = '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="d"><di:BPMNPlane id="p">{0}'
    shape = '<di:BPMNShape id="s" bpmnElement="begin"><dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    drawn = broken.format(shape + ' x="left" y="up"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>')
    source = diagram("two_ways").replace(b"</bpmn:definitions>", drawn.encode() + b"</bpmn:definitions>")

    assert a_case(parsing.parse("two_ways", {"two_ways.bpmn": source})).open == ["ask_victim"]


def test_the_longest_chain_that_is_allowed_can_be_parsed_and_run() -> None:
    tasks = [f"task_{number}" for number in range(298)]
    source = a_process("a", START, END, *(a_task(one) for one in tasks), path("begin", *tasks, "finish"), lane=tasks)

    case = a_case(parsing.parse("a", {"a.bpmn": source}))
    for task in tasks:
        case.do(task)

    assert case.step.ended


def test_runs_of_one_pathway_share_its_specification_and_nothing_else() -> None:
    pathway = a_pathway("all_at_once")
    before = {name: list(spec._outputs) for name, spec in parsing.load(pathway).spec.task_specs.items()}
    faults: list[object] = []

    def run(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(10):
            victims = [f"v{number}" for number in range(chance.randint(0, 4))]
            case = a_case(pathway, victims=victims)
            while not case.step.ended:
                task = chance.choice(case.step.open_tasks)
                case.step = runner.complete(pathway, case.step.state, task.key, {"answer": "no"}, World().surroundings)
            if case.step.variables["victims"] != victims:
                faults.append(case)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert {name: list(spec._outputs) for name, spec in parsing.load(pathway).spec.task_specs.items()} == before


@pytest.mark.parametrize("verb", ["evaluate", "execute", "call_service", "validate"])
def test_no_script_is_ever_run(verb: str) -> None:
    run = parsing.load(a_pathway("two_ways")).new_run(Journey())

    assert isinstance(run.script_engine, NoScripts)
    with pytest.raises(EngineBroken):
        getattr(run.script_engine.environment, verb)("__import__('os').popen('id')", {})


def test_a_condition_that_would_be_code_elsewhere_is_never_evaluated() -> None:
    source = a_process(
        "a", START, END, '<bpmn:exclusiveGateway id="which" default="home"/>', a_task("ask"),
        path("begin", "which"), arrow("which", "ask", "open(&quot;x&quot;).read()"),
        arrow("which", "finish", name="home"), path("ask", "finish"), lane=["ask"],
    )  # fmt: skip

    with pytest.raises((PathwayRefused, EngineBroken)):
        a_case(parsing.parse("a", {"a.bpmn": source}))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(sorted(SOURCES)),
    place=st.floats(0, 1),
    length=st.integers(0, 60),
    put=st.one_of(
        st.binary(max_size=20), st.sampled_from([b'id=""', b"<bpmn:scriptTask/>", b"</bpmn:process>", b'""'])
    ),
)
def test_no_file_makes_the_linter_fail(name: str, place: float, length: int, put: bytes) -> None:
    data = SOURCES[name]
    at = int(place * len(data))

    findings = lint({**SOURCES, name: data[:at] + put + data[at + length :]})

    assert all(isinstance(finding, Finding) and finding.message for finding in findings)


def test_ids_that_are_missing_altogether_are_findings() -> None:
    source = diagram("withdrawal").replace(b' id="stages"', b"").replace(b' id="victim_stops"', b"")

    assert {finding.code for finding in lint({"a.bpmn": source})} >= {"id_missing", "dangling_flow"}
