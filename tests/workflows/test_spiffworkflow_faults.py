"""Each silent fault of SpiffWorkflow 3.2: shown in the stock library, and cured or refused here.

When an upgrade of the library mends one, the first half of its test fails and tells us.
"""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine import parsing
from rj_engine.workflows.engine.guards import (
    DEPTH_LIMIT,
    STEP_BUDGET,
    BudgetSpent,
    EngineBroken,
    Stuck,
    TooDeep,
    TwoFlowsMatched,
    ValuesRefused,
)
from rj_engine.workflows.engine.lint import lint
from rj_engine.workflows.engine.runner import Decision
from rj_engine.workflows.engine.tokens import Journey
from tests.workflows.engine_drawing import END, START, a_process, a_task, arrow, path
from tests.workflows.engine_room import Case, World, a_case, a_pathway, diagram
from tests.workflows.engine_stock import Answers, stock, stock_do, stock_open

# A parallel join inside a loop -------------------------------------------------------------------------------------


def test_the_stock_join_in_a_loop_opens_the_next_task_too_early() -> None:
    workflow = stock(diagram("prepare_again"))
    for element in ("prepare_victim", "prepare_harmer"):
        stock_do(workflow, element)
    stock_do(workflow, "review", repeat=True)

    stock_do(workflow, "prepare_harmer")

    assert "review" in stock_open(workflow), "in the second turn nobody has prepared the victim"


def test_our_join_waits_for_its_own_turn_in_450_random_runs() -> None:
    pathway = a_pathway("prepare_again")
    chance = random.Random(20260601)
    for _ in range(450):
        case, turns = a_case(pathway, repeat=False), chance.randint(1, 4)
        for turn in range(1, turns + 1):
            order = ["prepare_victim", "prepare_harmer"]
            chance.shuffle(order)
            assert case.open == sorted(order)
            assert case.do(order[0]).open == [order[1]]
            assert case.do(order[1]).open == ["review"]
            case.do("review", repeat=turn < turns)
        assert case.step.ended


# What a stock join does to the variables ---------------------------------------------------------------------------


def test_the_stock_join_lets_an_untouched_branch_undo_an_answer() -> None:
    workflow = stock(diagram("both_prepared"), safe_to_meet="unknown")
    stock_do(workflow, "prepare_victim", safe_to_meet="no")
    stock_do(workflow, "prepare_harmer")
    assert workflow.data["safe_to_meet"] == "unknown"

    case = a_case(a_pathway("both_prepared"), safe_to_meet="unknown")
    case.do("prepare_victim", safe_to_meet="no").do("prepare_harmer")
    assert case.step.variables == {"safe_to_meet": "no"}


def test_the_stock_merge_of_lists_keeps_the_old_one() -> None:
    assert DeepMerge.merge({"modes": ["letter", "shuttle"]}, {"modes": ["conference"]}) == {"modes": ["letter"]}

    case = a_case(a_pathway("both_prepared"), modes=["letter", "shuttle"])
    case.do("prepare_victim", modes=["conference"]).do("prepare_harmer")
    assert case.step.variables == {"modes": ["conference"]}


def test_stock_branches_share_nested_objects_and_ours_have_none() -> None:
    workflow = stock(diagram("both_prepared"), plan={"safeguards": {"chosen": []}})
    stock_open(workflow)["prepare_victim"].data["plan"]["safeguards"]["chosen"].append("separate rooms")
    assert stock_open(workflow)["prepare_harmer"].data["plan"]["safeguards"]["chosen"] == ["separate rooms"]

    with pytest.raises(ValuesRefused):
        a_case(a_pathway("both_prepared"), plan={"safeguards": {}})


def test_what_a_reader_does_to_a_steps_variables_reaches_nothing() -> None:
    case = a_case(a_pathway("both_prepared"), modes=["letter"])
    before = case.step.state

    case.step.variables["modes"].append("conference")

    assert case.step.state == before
    assert case.do("prepare_victim").step.variables == {"modes": ["letter"]}


# The order of conditions -------------------------------------------------------------------------------------------


def a_gateway_with_both_true(first_height: int) -> bytes:
    shape = (
        '<bpmndi:BPMNShape xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="{0}_shape" bpmnElement="{0}">'
        '<dc:Bounds x="0" y="{1}" width="1" height="1"/></bpmndi:BPMNShape>'
    )
    source = a_process(
        "heights", START, END, a_task("contact"), a_task("hold"), '<bpmn:exclusiveGateway id="which"/>',
        path("begin", "which"), arrow("which", "contact", "level &lt;= 2"), arrow("which", "hold", "level &lt;= 3"),
        path("contact", "finish"), path("hold", "finish"), lane=["contact", "hold"],
    )  # fmt: skip
    shapes = shape.format("contact", first_height) + shape.format("hold", 100)
    return source.replace(b"</bpmn:definitions>", shapes.encode() + b"</bpmn:definitions>")


def test_the_stock_gateway_decides_by_height_on_the_page() -> None:
    assert list(stock_open(stock(a_gateway_with_both_true(50), level=1))) == ["contact"]
    assert list(stock_open(stock(a_gateway_with_both_true(150), level=1))) == ["hold"]

    with pytest.raises(TwoFlowsMatched):
        a_case(parsing.parse("heights", {"heights.bpmn": a_gateway_with_both_true(50)}), level=1)


# Depth and endless runs --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_stock_tree_goes_blind_and_calls_the_case_completed() -> None:
    workflow = stock(diagram("call_again"))
    turns = 0
    while stock_open(workflow) and turns < 400:
        stock_do(workflow, "call_victim", not_reached=True)
        turns += 1

    assert turns < 400
    assert workflow.is_completed(), "nobody ever said that the victim was reached"


def test_ours_goes_on_for_as_many_turns_as_it_takes() -> None:
    case = a_case(a_pathway("call_again"))
    for _ in range(400):
        case.do("call_victim", not_reached=True)

    assert case.open == ["call_victim"]
    assert case.do("call_victim", not_reached=False).step.ended


def test_a_command_that_does_not_come_to_rest_is_stopped() -> None:
    notices = [f"notice_{number}" for number in range(200)]
    send = (
        '<bpmn:sendTask id="{0}"><bpmn:extensionElements><camunda:properties><camunda:property name="notice" '
        'value="x"/></camunda:properties></bpmn:extensionElements></bpmn:sendTask>'
    )
    busy = a_process("busy", START, END, *(send.format(one) for one in notices), path("begin", *notices, "finish"))
    calls = [f'<bpmn:callActivity id="call_{number}" calledElement="busy"/>' for number in range(3)]
    main = a_process("main", START, END, *calls, path("begin", "call_0", "call_1", "call_2", "finish"))

    with pytest.raises(BudgetSpent) as broken:
        a_case(parsing.parse("main", {"main.bpmn": main, "busy.bpmn": busy}))

    assert broken.value.element.startswith("busy/notice_")


def test_a_run_that_grows_too_deep_is_stopped() -> None:
    assert STEP_BUDGET < DEPTH_LIMIT < 1_000, "the budget stops a command before the depth does"
    run = parsing.load(a_pathway("call_again")).new_run(Journey(depth=0))
    run.plant().run()
    (begin,) = run.tokens()

    with pytest.raises(TooDeep):
        begin.run()


def test_a_run_that_stops_short_of_its_end_is_never_called_completed() -> None:
    stuck = a_process(
        "stuck", START, END, a_task("ask"), '<bpmn:exclusiveGateway id="which" default="no"/>',
        '<bpmn:parallelGateway id="both"/>', '<bpmn:parallelGateway id="split"/>',
        path("begin", "ask", "which"), arrow("which", "both", "answer"), arrow("which", "split", name="no"),
        path("split", "both", "finish"), path("split", "other"), a_task("other"), path("other", "both"),
        lane=["ask", "other"],
    )  # fmt: skip

    with pytest.raises(Stuck):
        a_case(parsing.parse("stuck", {"stuck.bpmn": stuck})).do("ask", answer=True)


# After an error ----------------------------------------------------------------------------------------------------


def test_the_stock_engine_parks_a_failed_branch_in_silence_and_ours_gives_no_state() -> None:
    class Failing(Answers):
        def evaluate(self, *_given: object, **_others: object) -> object:
            raise WorkflowException("the decision cannot be read")

    workflow = stock(diagram("two_ways"))
    workflow.script_engine = Failing()
    with pytest.raises(WorkflowException):
        stock_do(workflow, "ask_victim", victim_decision="explore")
    workflow.script_engine = Answers()
    workflow.do_engine_steps()
    assert stock_open(workflow) == {}, "the same steps again raise nothing and move nothing"

    world = World(decisions={"rj_gate_result": Decision({"level": None}, matched=True, explained={})})
    case = a_case(a_pathway("gate"), world)
    with pytest.raises(EngineBroken):
        case.do("assess")
    world.decisions = {"rj_gate_result": Decision({"level": 1}, matched=True, explained={})}
    assert case.do("assess").open == ["contact_harmer"], "the command is replayed on the state from before"


# Multi-instance ----------------------------------------------------------------------------------------------------


def test_the_stock_sequence_keeps_the_loop_variable_and_then_fails_on_it() -> None:
    inside = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopDataInputRef>victims'
        '</bpmn:loopDataInputRef><bpmn:inputDataItem id="victim" name="victim"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    source = a_process("each", START, END, a_task("ask_each", inside=inside), path("begin", "ask_each", "finish"))
    workflow = stock(source, victims=["v1", "v2"])
    with pytest.raises(WorkflowException, match="already exists"):
        stock_do(workflow, "ask_each")

    case = a_case(a_pathway("one_by_one"), victims=["v1", "v2"]).do("ask_each").do("ask_each")
    assert case.open == ["review"]
    assert "victim" not in case.step.variables


def test_names_on_screens_are_those_of_the_diagram() -> None:
    case = a_case(a_pathway("one_by_one"), victims=["v1"])
    assert case.task("ask_each").element == "one_by_one/ask_each"
    assert case.task("ask_each").item == "v1"

    reminded = a_case(a_pathway("reminder")).do("first_contact")
    assert reminded.step.passed == ("reminder/first_contact", "reminder/finish")


# Timers ------------------------------------------------------------------------------------------------------------


def test_two_stock_timers_after_one_gateway_share_a_due_date_and_ours_do_not() -> None:
    workflow = stock(stock_race())
    (gateway,) = workflow.get_tasks(state=TaskState.WAITING, spec_name="await_reply")
    assert isinstance(gateway.internal_data["event_value"], str), "one due date for both"

    case = a_case(a_pathway("race"), World(days={"prison_chase": 10, "prison_limit": 30}))
    assert [wait.element for wait in case.step.waits] == ["race/chase_due", "race/limit_due"]
    assert len({wait.due_at for wait in case.step.waits}) == 2


def stock_race() -> bytes:
    return diagram("race").replace(b"prison_chase<", b'"P10D"<').replace(b"prison_limit<", b'"P30D"<')


def test_a_stock_month_from_the_end_of_january_is_march() -> None:
    start = datetime.fromisoformat("2026-01-31T09:00:00+00:00")
    month = TimerEventDefinition.get_timedelta_from_start(TimerEventDefinition.parse_iso_duration("P1M"), start)
    assert (start + month).date().isoformat() == "2026-03-03"

    assert [one.code for one in lint({"a.bpmn": a_timer("P1M")})] == ["timer_without_clock"]
    assert [one.code for one in lint({"a.bpmn": a_timer("P14D")})] == ["timer_without_clock"]
    assert lint({"a.bpmn": a_timer("first_contact")}) == []


def a_timer(text: str) -> bytes:
    timer = (
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="wait_timer"><bpmn:timeDuration>'
        f"{text}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    return a_process("a", START, END, timer, path("begin", "wait", "finish"))


def test_a_clock_that_knows_no_zone_stops_the_run() -> None:
    class Naive(World):
        def due(self, *_given: object) -> datetime:
            return datetime(2026, 6, 1, 9, 0)  # noqa: DTZ001 - the fault we look for

    with pytest.raises(EngineBroken) as broken:
        a_case(parsing.parse("a", {"a.bpmn": a_timer("first_contact")}), Naive())

    assert broken.value.element == "a/wait"


# Refused when a pathway is published -------------------------------------------------------------------------------

EVENT = '<bpmn:{0} id="{1}" {2}><bpmn:{3}EventDefinition id="{1}_definition"/></bpmn:{0}>'
SIDE = '<bpmn:userTask id="side" name="Side" camunda:formKey="a_form" camunda:dueDate="first_contact"/>'
EVENT_SUB_PROCESS = (
    '<bpmn:subProcess id="odd" triggeredByEvent="true"><bpmn:startEvent id="odd_begin"/><bpmn:endEvent id="odd_end"/>'
    f"{path('odd_begin', 'odd_end')}</bpmn:subProcess>"
)


@pytest.mark.parametrize(
    ("element", "code", "between"),
    [
        ('<bpmn:inclusiveGateway id="odd"/>', "element_not_supported", True),
        ('<bpmn:complexGateway id="odd"/>', "element_not_supported", True),
        ('<bpmn:adHocSubProcess id="odd"/>', "element_not_supported", True),
        ('<bpmn:transaction id="odd"/>', "element_not_supported", True),
        ('<bpmn:scriptTask id="odd"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>',
         "element_not_supported", True),
        ('<bpmn:serviceTask id="odd"/>', "element_not_supported", True),
        ('<bpmn:dataStoreReference id="odd"/>', "element_not_supported", False),
        (EVENT_SUB_PROCESS, "event_sub_process", False),
        (EVENT.format("intermediateCatchEvent", "odd", "", "conditional"), "event_not_supported", True),
        (EVENT.format("intermediateCatchEvent", "odd", "", "link"), "event_not_supported", True),
        (EVENT.format("intermediateThrowEvent", "odd", "", "link"), "element_not_supported", True),
        (EVENT.format("boundaryEvent", "odd", 'attachedToRef="ask"', "compensate"), "event_not_supported", False),
        (EVENT.format("boundaryEvent", "odd", 'attachedToRef="ask" cancelActivity="false"', "message"),
         "message_not_interrupting", False),
    ],
)  # fmt: skip
def test_what_spiffworkflow_gets_wrong_in_silence_is_refused(element: str, code: str, between: bool) -> None:
    through = ["begin", "ask", "odd", "finish"] if between else ["begin", "ask", "finish"]
    source = a_process("a", START, END, a_task("ask"), element, path(*through), lane=["ask"])

    findings = {finding.element: finding for finding in lint({"a.bpmn": source}) if finding.code == code}

    assert "odd" in findings
    assert len(findings["odd"].message.split()) > 4, "said in words its author understands"


def test_two_arrows_between_the_same_two_gateways_are_refused() -> None:
    gateways = '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>'
    arrows = arrow("split", "join") + arrow("split", "join", name="again")
    source = a_process("a", START, END, gateways, path("begin", "split"), arrows, path("join", "finish"))

    assert [(one.code, one.element) for one in lint({"a.bpmn": source})] == [("double_flow", "split")]


def test_a_condition_on_an_arrow_that_leaves_a_task_is_refused() -> None:
    source = a_process(
        "a", START, END, a_task("ask"), path("begin", "ask"), arrow("ask", "finish", "answer", "maybe"), lane=["ask"]
    )  # fmt: skip

    assert [(one.code, one.element) for one in lint({"a.bpmn": source})] == [("condition_ignored", "maybe")]


def test_more_than_one_arrow_out_of_a_task_is_refused() -> None:
    source = a_process(
        "a", START, END, a_task("ask"), a_task("other"), path("begin", "ask", "finish"), path("ask", "other", "finish"),
        lane=["ask", "other"],
    )  # fmt: skip

    assert [(one.code, one.element) for one in lint({"a.bpmn": source})] == [("many_ways_out", "ask")]


def test_a_case_is_driven_only_through_stored_bytes() -> None:
    case = a_case(a_pathway("two_ways"))
    assert isinstance(case, Case)
    assert isinstance(case.step.state, bytes)
