"""A running case and a new version of its pathway."""

from __future__ import annotations

import pytest

from rj_engine.workflows.engine import parsing, runner
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.migrate import MoveRefused, move
from tests.workflows.engine_drawing import a_task, arrow
from tests.workflows.engine_room import World, a_case, a_pathway, diagram


def a_new_version(name: str, *changes: tuple[str, str], called: str | None = None) -> Definition:
    """The pathway with pieces of its XML replaced."""
    sources = {f"{one}.bpmn": diagram(one) for one in (name, *([called] if called else []))}
    for old, new in changes:
        assert old.encode() in b"".join(sources.values())
        sources = {file: data.replace(old.encode(), new.encode()) for file, data in sources.items()}
    return parsing.parse(name, sources)


def test_an_open_task_keeps_its_key_and_gets_the_new_form() -> None:
    case = a_case(a_pathway("two_ways"))
    new = a_new_version("two_ways", ('formKey="a_form"', 'formKey="a_better_form"'))

    moved = move(case.step.state, case.definition, new)
    step = runner.look(new, moved.state)

    assert [(task.key, task.form) for task in step.open_tasks] == [(case.task("ask_victim").key, "a_better_form")]
    assert moved.sees == ("two_ways/ask_harmer", "two_ways/ask_victim")
    assert moved.misses == ()


def test_a_timer_keeps_the_instant_it_was_given() -> None:
    world = World(days={"first_contact_reminder": 2, "first_contact_limit": 5, "longer": 50})
    case = a_case(a_pathway("reminder"), world)
    new = a_new_version("reminder", (">first_contact_limit<", ">longer<"))

    moved = move(case.step.state, case.definition, new)

    assert runner.look(new, moved.state).waits == case.step.waits
    assert moved.misses == ("reminder/give_up",)


def test_what_has_been_passed_is_missed() -> None:
    case = a_case(a_pathway("withdrawal")).do("first_contact")
    new = a_new_version("withdrawal", ('id="first_contact" name="first_contact"', 'id="first_contact" name="Ring"'))

    moved = move(case.step.state, case.definition, new)

    assert moved.misses == ("withdrawal/first_contact",)
    assert runner.look(new, moved.state).open_tasks[0].element == "withdrawal/preparation"


def test_a_changed_condition_ahead_is_seen() -> None:
    case = a_case(a_pathway("two_ways"))
    new = a_new_version("two_ways", ('= "explore"', '= "perhaps"'))

    moved = move(case.step.state, case.definition, new)
    values = {"victim_decision": "perhaps"}
    step = runner.complete(new, moved.state, case.task("ask_victim").key, values, case.world.surroundings)

    assert moved.sees == ("two_ways/victim_choice",)
    assert [task.element for task in step.open_tasks] == ["two_ways/ask_harmer"]


def test_a_run_does_not_lose_the_element_it_waits_at() -> None:
    case = a_case(a_pathway("two_ways"))
    new = a_new_version("two_ways", ('"ask_victim"', '"ask_the_victim"'), (">ask_victim<", ">ask_the_victim<"))

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [(one.code, one.element) for one in refused.value.findings] == [("element_gone", "two_ways/ask_victim")]


def test_a_removed_element_that_nobody_waits_at_is_no_hindrance() -> None:
    case = a_case(a_pathway("two_ways")).do("ask_victim", victim_decision="explore")
    new = a_new_version("two_ways", ('"ask_victim"', '"ask_the_victim"'), (">ask_victim<", ">ask_the_victim<"))

    moved = move(case.step.state, case.definition, new)

    assert moved.misses == ("two_ways/ask_the_victim", "two_ways/begin")


def test_a_running_timer_that_is_gone_refuses_the_move() -> None:
    case = a_case(a_pathway("reminder"))
    new = a_new_version("reminder", ('"remind"', '"nudge"'))

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [one.element for one in refused.value.findings] == ["reminder/remind"]


def test_a_branch_that_waits_at_a_join_must_still_lead_to_it() -> None:
    case = a_case(a_pathway("both_prepared")).do("prepare_victim")
    middle = f'{a_task("check_in")}<bpmn:sequenceFlow id="on" sourceRef="check_in" targetRef="join"/>'
    new = a_new_version(
        "both_prepared",
        ('sourceRef="prepare_victim" targetRef="join"', 'sourceRef="prepare_victim" targetRef="check_in"'),
        ('<bpmn:startEvent id="begin"/>', f'<bpmn:startEvent id="begin"/>{middle}'),
        ("</bpmn:lane>", "<bpmn:flowNodeRef>check_in</bpmn:flowNodeRef></bpmn:lane>"),
    )

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [(one.code, one.element) for one in refused.value.findings] == [("element_rejoined", "both_prepared/join")]


def test_a_new_event_on_the_edge_of_an_open_task_is_missed() -> None:
    case = a_case(a_pathway("both_prepared"))
    edge = (
        '<bpmn:boundaryEvent id="too_late" attachedToRef="prepare_victim"><bpmn:timerEventDefinition id="timer">'
        "<bpmn:timeDuration>limit</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        '<bpmn:endEvent id="late"/><bpmn:sequenceFlow id="lately" sourceRef="too_late" targetRef="late"/>'
    )
    new = a_new_version("both_prepared", ('<bpmn:startEvent id="begin"/>', f'<bpmn:startEvent id="begin"/>{edge}'))

    moved = move(case.step.state, case.definition, new)

    assert moved.misses == ("both_prepared/late", "both_prepared/too_late")
    assert runner.look(new, moved.state).waits == ()


def test_a_task_inside_a_called_process_moves_with_it() -> None:
    case = a_case(a_pathway("caller", "called")).do("plan")
    new = a_new_version("caller", ('name="sign_off"', 'name="Sign the assessment"'), called="called")

    moved = move(case.step.state, case.definition, new)

    assert moved.sees == ("called/sign_off",)
    assert [task.key for task in runner.look(new, moved.state).open_tasks] == [case.task("assessment").key]


def test_a_call_that_now_leads_elsewhere_refuses_the_move() -> None:
    case = a_case(a_pathway("caller", "called")).do("plan")
    sources = {
        "caller.bpmn": diagram("caller").replace(b'calledElement="called"', b'calledElement="two_ways"'),
        "two_ways.bpmn": diagram("two_ways"),
    }

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, parsing.parse("caller", sources))

    assert [one.element for one in refused.value.findings] == ["called/assessment"]


def test_a_call_that_leads_elsewhere_refuses_even_if_its_process_is_still_called() -> None:
    case = a_case(a_pathway("caller", "called")).do("plan")
    again = '<bpmn:callActivity id="once_more" calledElement="called"/>'
    again += arrow("decide", "once_more") + arrow("once_more", "finish")
    caller = diagram("caller").replace(b'calledElement="called"', b'calledElement="two_ways"')
    caller = caller.replace(b'<bpmn:startEvent id="begin"/>', f'<bpmn:startEvent id="begin"/>{again}'.encode())
    caller = caller.replace(
        b'<bpmn:sequenceFlow id="from_decide_to_finish" sourceRef="decide" targetRef="finish"/>', b""
    )
    sources = {"caller.bpmn": caller, "called.bpmn": diagram("called"), "two_ways.bpmn": diagram("two_ways")}

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, parsing.parse("caller", sources))

    assert [one.code for one in refused.value.findings] == ["element_gone"]


def test_a_race_may_gain_a_runner_but_not_lose_one() -> None:
    case = a_case(a_pathway("race"))
    gained = '<bpmn:intermediateCatchEvent id="third"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration>limit'
    gained += "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    gained += arrow("await_reply", "third") + arrow("third", "escalate")
    start = '<bpmn:startEvent id="begin"/>'

    moved = move(case.step.state, case.definition, a_new_version("race", (start, start + gained)))
    assert len(runner.look(case.definition, moved.state).waits) == 2

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, a_new_version("race", ('"limit_due"', '"latest"')))
    assert [(one.code, one.element) for one in refused.value.findings] == [("element_rejoined", "race/await_reply")]


START = '<bpmn:startEvent id="begin"/>'


def test_a_new_branch_that_the_run_has_not_begun_refuses_the_move() -> None:
    case = a_case(a_pathway("both_prepared")).do("prepare_victim")
    third = a_task("prepare_supporter") + arrow("split", "prepare_supporter") + arrow("prepare_supporter", "join")
    lane = ("</bpmn:lane>", "<bpmn:flowNodeRef>prepare_supporter</bpmn:flowNodeRef></bpmn:lane>")
    new = a_new_version("both_prepared", (START, START + third), lane)

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [one.code for one in refused.value.findings] == ["branches_changed"]


def test_a_branch_beside_the_open_task_refuses_the_move() -> None:
    case = a_case(a_pathway("two_ways"))
    beside = '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>' + a_task("tell_officer")
    beside += arrow("split", "tell_officer") + arrow("tell_officer", "join")
    beside += arrow("split", "ask_victim") + arrow("ask_victim", "join") + arrow("join", "victim_choice")
    new = a_new_version(
        "two_ways",
        (START, START + beside),
        ('sourceRef="begin" targetRef="ask_victim"', 'sourceRef="begin" targetRef="split"'),
        (arrow("ask_victim", "victim_choice"), ""),
        ("</bpmn:lane>", "<bpmn:flowNodeRef>tell_officer</bpmn:flowNodeRef></bpmn:lane>"),
    )

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [one.code for one in refused.value.findings] == ["branches_changed"]
    assert "several things beside each other" in refused.value.findings[0].message


def test_branches_put_one_after_the_other_refuse_the_move_of_a_run_that_has_both_open() -> None:
    case = a_case(a_pathway("both_prepared"))
    new = a_new_version(
        "both_prepared",
        ('sourceRef="split" targetRef="prepare_harmer"', 'sourceRef="prepare_victim" targetRef="prepare_harmer"'),
        (arrow("prepare_victim", "join"), ""),
    )

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [one.code for one in refused.value.findings] == ["branches_changed"]


def test_a_task_put_into_a_branch_is_no_hindrance() -> None:
    case = a_case(a_pathway("both_prepared"))
    middle = a_task("check_in") + arrow("check_in", "join")
    new = a_new_version(
        "both_prepared",
        ('sourceRef="prepare_victim" targetRef="join"', 'sourceRef="prepare_victim" targetRef="check_in"'),
        (START, START + middle),
        ("</bpmn:lane>", "<bpmn:flowNodeRef>check_in</bpmn:flowNodeRef></bpmn:lane>"),
    )

    moved = move(case.step.state, case.definition, new)
    case.definition, case.step = new, runner.look(new, moved.state)
    case.do("prepare_victim").do("check_in").do("prepare_harmer")

    assert case.step.ended


@pytest.mark.parametrize(
    "change",
    [
        ('camunda:collection="victims"', 'camunda:collection="others"'),
        ('camunda:elementVariable="victim"', 'camunda:elementVariable="person"'),
        ('isSequential="false"', 'isSequential="true"'),
    ],
)
def test_a_run_inside_a_list_goes_through_the_same_list(change: tuple[str, str]) -> None:
    case = a_case(a_pathway("all_at_once"), victims=["v1", "v2"])

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, a_new_version("all_at_once", change))

    assert {(one.code, one.element) for one in refused.value.findings} == {("inside_changed", "all_at_once/talk")}


def test_a_timer_hung_on_another_element_refuses_the_move() -> None:
    case = a_case(a_pathway("reminder"))
    new = a_new_version(
        "reminder",
        (
            'id="remind" name="remind" attachedToRef="first_contact"',
            'id="remind" name="remind" attachedToRef="lead_review"',
        ),
    )

    with pytest.raises(MoveRefused) as refused:
        move(case.step.state, case.definition, new)

    assert [(one.code, one.element) for one in refused.value.findings] == [("element_rejoined", "reminder/remind")]


def test_values_that_only_the_new_version_keeps_are_given_with_the_move() -> None:
    case = a_case(a_pathway("two_ways"))

    moved = move(case.step.state, case.definition, case.definition, {"harmer_reply": "yes"})

    assert runner.look(case.definition, moved.state).variables["harmer_reply"] == "yes"
    assert moved.stands == {("ask_victim",)}
