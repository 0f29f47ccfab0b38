"""What a run does, element by element."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from rj_engine.workflows.engine import parsing, runner
from rj_engine.workflows.engine.guards import (
    EngineBroken,
    NothingWaits,
    TaskNotOpen,
)
from tests.workflows.engine_drawing import END, START, a_process, a_task, arrow, path
from tests.workflows.engine_room import MORNING, Case, World, a_case, a_pathway, diagram


def test_the_first_task_is_open_with_its_lane_form_and_clock() -> None:
    case = a_case(a_pathway("two_ways"))

    task = case.task("ask_victim")

    assert (task.lane, task.form, task.due) == ("facilitator", "a_form", "first_contact")
    assert case.step.passed == ("two_ways/begin",)
    assert not case.step.ended


def test_an_answer_chooses_the_way() -> None:
    case = a_case(a_pathway("two_ways")).do("ask_victim", victim_decision="explore")

    assert case.open == ["ask_harmer"]
    assert case.step.passed == ("two_ways/ask_victim", "two_ways/victim_choice")
    assert case.step.variables == {"victim_decision": "explore"}


def test_the_default_way_is_taken_when_no_condition_holds() -> None:
    case = a_case(a_pathway("two_ways")).do("ask_victim", victim_decision="no")

    assert case.step.ended
    assert case.step.end_event == "two_ways/finish"
    assert case.step.open_tasks == ()


def test_a_task_can_be_completed_once() -> None:
    case = a_case(a_pathway("two_ways"))
    key = case.task("ask_victim").key
    case.do("ask_victim", victim_decision="explore")

    with pytest.raises(TaskNotOpen):
        runner.complete(case.definition, case.step.state, key, {}, case.world.surroundings)


def test_the_key_of_a_task_stays_while_others_move() -> None:
    case = a_case(a_pathway("both_prepared"))
    key = case.task("prepare_harmer").key

    case.do("prepare_victim")

    assert case.task("prepare_harmer").key == key


def test_the_join_waits_for_both() -> None:
    case = a_case(a_pathway("both_prepared")).do("prepare_victim")
    assert not case.step.ended

    case.do("prepare_harmer")

    assert case.step.ended


def test_looking_changes_nothing() -> None:
    case = a_case(a_pathway("withdrawal"))

    seen = runner.look(case.definition, case.step.state)

    assert seen.state == case.step.state
    assert seen.open_tasks == case.step.open_tasks
    assert seen.messages == {"victim_withdraws"}
    assert seen.passed == ()


def test_a_victim_who_withdraws_ends_the_stages_at_once() -> None:
    case = a_case(a_pathway("withdrawal")).do("first_contact", contacted=True).hears("victim_withdraws", reason="hers")

    assert case.open == ["aftercare"]
    assert case.step.messages == frozenset()
    assert case.step.variables == {"contacted": True, "reason": "hers"}, "what was known before must not be lost"

    assert case.do("aftercare").step.end_event == "withdrawal/withdrawn"


def test_a_message_nobody_waits_for_is_refused() -> None:
    case = a_case(a_pathway("withdrawal")).do("first_contact").do("preparation")

    with pytest.raises(NothingWaits):
        case.hears("victim_withdraws")


def test_a_lane_reaches_into_the_sub_process() -> None:
    assert a_case(a_pathway("withdrawal")).task("first_contact").lane == "facilitator"


def test_a_reminder_leaves_the_task_open_and_comes_once() -> None:
    world = World(days={"first_contact_reminder": 2, "first_contact_limit": 5})
    case = a_case(a_pathway("reminder"), world)
    assert [wait.due_at for wait in case.step.waits] == [MORNING + timedelta(days=2), MORNING + timedelta(days=5)]

    assert case.after(days=3).open == ["chase", "first_contact"]
    assert case.after(days=1).open == ["chase", "first_contact"]

    case.do("first_contact")
    assert case.open == ["chase"], "the reminder's own path goes on"
    assert case.step.waits == (), "no clock runs on for a task that is done"
    assert case.do("chase").step.ended


def test_a_limit_takes_the_task_away() -> None:
    world = World(days={"first_contact_reminder": 2, "first_contact_limit": 5})
    case = a_case(a_pathway("reminder"), world).after(days=6)

    assert case.open == ["chase", "lead_review"]


def test_a_timer_fires_at_its_instant_and_not_before() -> None:
    world = World(days={"first_contact_limit": 5, "first_contact_reminder": 90})
    case = a_case(a_pathway("reminder"), world)

    assert case.after(days=5, seconds=-1).open == ["first_contact"]
    assert case.after(seconds=1).open == ["lead_review"]


def test_a_due_time_is_fixed_when_the_wait_starts() -> None:
    case = a_case(a_pathway("pause")).do("agree_date", return_on="2026-09-01")
    first = case.step.waits

    case.world.days = {"return_on": 99}

    assert runner.look(case.definition, case.step.state).waits == first
    assert case.after(days=91).step.waits == first
    assert case.after(days=1).open == ["call_back"]


def test_a_date_in_the_past_fires_at_the_next_waking() -> None:
    case = a_case(a_pathway("pause")).do("agree_date", return_on="2020-01-01")

    assert case.open == []
    assert case.after(seconds=0).open == ["call_back"]


@pytest.mark.parametrize(
    ("move", "opened"),
    [
        (lambda case: case.hears("prison_replies"), "read_reply"),
        (lambda case: case.after(days=11), "chase_prison"),
        (lambda case: case.after(days=31), "chase_prison"),
    ],
)
def test_the_first_event_wins_the_race(move: Callable[[Case], Case], opened: str) -> None:
    case = a_case(a_pathway("race"), World(days={"prison_chase": 10, "prison_limit": 30}))
    assert len({wait.due_at for wait in case.step.waits}) == 2, "each timer has its own due time"

    move(case)

    assert case.open == [opened]
    assert case.step.waits == ()
    assert case.step.messages == frozenset()


def test_a_called_process_gets_and_gives_the_variables() -> None:
    case = a_case(a_pathway("caller", "called")).do("plan", concern="none")
    assert case.task("assessment").element == "called/assessment"
    assert case.task("assessment").variables == {"concern": "none", "stage": "initial"}

    case.do("assessment", risk="low").do("sign_off")

    assert case.open == ["decide"]
    assert case.step.variables == {"concern": "none", "risk": "low"}, "an input of the call stays inside it"


def test_what_was_found_in_a_called_process_survives_its_interruption() -> None:
    case = a_case(a_pathway("caller", "called")).do("plan").do("assessment", contacted=True).hears("victim_withdraws")

    assert case.step.end_event == "caller/stopped"
    assert case.step.variables == {"contacted": True}


def test_two_calls_of_the_same_process_do_not_take_each_others_answers_for_their_own() -> None:
    both = a_process(
        "both",
        START,
        END,
        '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>',
        *(f'<bpmn:callActivity id="prepare_{one}" calledElement="meeting"/>' for one in ("victim", "harmer")),
        path("begin", "split", "prepare_victim", "join", "finish"),
        path("split", "prepare_harmer", "join"),
    )
    meeting = a_process(
        "meeting",
        START,
        END,
        a_task("ask"),
        a_task("check"),
        a_task("go_on"),
        '<bpmn:exclusiveGateway id="agreed" default="not_agreed"/>',
        path("begin", "ask", "check", "agreed"),
        arrow("agreed", "go_on", "answer = 1"),
        arrow("agreed", "finish", name="not_agreed"),
        path("go_on", "finish"),
        lane=["ask", "check", "go_on"],
    )
    case = a_case(parsing.parse("both", {"both.bpmn": both, "meeting.bpmn": meeting}))
    first, second = case.step.open_tasks
    case.step = runner.complete(case.definition, case.step.state, first.key, {"answer": 1}, case.world.surroundings)
    case.step = runner.complete(case.definition, case.step.state, second.key, {"answer": 2}, case.world.surroundings)

    answers = [task.variables["answer"] for task in case.step.open_tasks]
    case.do("check").do("check")

    assert answers == [1, 2]
    assert case.open == ["go_on"], "the one who agreed goes on, the other does not"
    assert case.step.variables == {"answer": 2}
    assert case.do("go_on").step.variables == {"answer": 1}, "what returned last is kept"


def test_each_victim_is_asked_in_turn() -> None:
    case = a_case(a_pathway("one_by_one"), victims=["v1", "v2"])
    assert [(task.item, task.variables["victim"]) for task in case.step.open_tasks] == [("v1", "v1")]

    case.do("ask_each", answer="yes")
    assert [(task.item, task.variables["victim"]) for task in case.step.open_tasks] == [("v2", "v2")]

    case.do("ask_each", answer="no")
    assert case.open == ["review"]
    assert case.step.variables == {"victims": ["v1", "v2"], "answer": "no"}, "the loop variable is dropped"


def test_an_empty_list_is_passed() -> None:
    case = a_case(a_pathway("one_by_one"), victims=[])

    assert case.open == ["review"]
    assert "one_by_one/ask_each" in case.step.passed


def test_a_missing_list_stops_the_run() -> None:
    with pytest.raises(EngineBroken) as broken:
        a_case(a_pathway("one_by_one"))

    assert broken.value.element == "one_by_one/ask_each"


def test_victims_spoken_to_at_once_keep_their_answers_apart() -> None:
    case = a_case(a_pathway("all_at_once"), victims=["v1", "v2", "v3"])
    assert [task.item for task in case.step.open_tasks] == ["v1", "v2", "v3"]

    case.do("ask", item="v1", answer="no").do("ask", item="v2", answer="yes").do("ask", item="v3", answer="no")

    assert case.open == ["explain"]
    assert case.task("explain").variables["victim"] == "v2"
    assert case.do("explain").open == ["review"]
    assert case.step.variables["victims"] == ["v1", "v2", "v3"]
    assert "victim" not in case.step.variables


def test_a_withdrawal_stops_every_turn() -> None:
    case = a_case(a_pathway("all_at_once"), victims=["v1", "v2", "v3"]).hears("victim_withdraws")

    assert case.step.end_event == "all_at_once/stopped"
    assert len(case.step.state) < 120


def test_a_terminate_end_stops_everything_else() -> None:
    case = a_case(a_pathway("all_stop")).do("close_case")

    assert case.step.end_event == "all_stop/all_over"
    assert case.step.open_tasks == ()


def test_a_terminate_end_inside_a_sub_process_stops_only_that() -> None:
    inside = (
        '<bpmn:startEvent id="in_begin"/><bpmn:parallelGateway id="in_split"/><bpmn:endEvent id="in_end"/>'
        '<bpmn:endEvent id="in_stop"><bpmn:terminateEventDefinition id="in_stop_now"/></bpmn:endEvent>'
    )
    inside += a_task("watch") + a_task("stop") + path("in_begin", "in_split", "watch", "in_end")
    inside += path("in_split", "stop", "in_stop")
    source = a_process(
        "a",
        START,
        END,
        f'<bpmn:subProcess id="inner">{inside}</bpmn:subProcess>',
        a_task("after"),
        path("begin", "inner", "after", "finish"),
        lane=["inner", "after"],
    )

    case = a_case(parsing.parse("a", {"a.bpmn": source})).do("stop")

    assert case.open == ["after"]
    assert "a/inner" in case.step.passed


def test_a_thousand_calls_leave_no_trace_in_the_state() -> None:
    case = a_case(a_pathway("call_again"))
    size = len(case.step.state)

    for _ in range(1_000):
        case.do("call_victim", not_reached=True)

    assert len(case.step.state) < size + 40
    assert case.do("call_victim", not_reached=False).step.ended


def test_a_message_awaited_at_two_levels_is_heard_at_the_outer_one() -> None:
    inner_edge = (
        '<bpmn:boundaryEvent id="inner_stop" attachedToRef="first_contact"><bpmn:messageEventDefinition '
        'id="inner_message" messageRef="message_victim_withdraws"/></bpmn:boundaryEvent>'
        '<bpmn:endEvent id="inner_stopped"/>'
    )
    inner_edge += arrow("inner_stop", "inner_stopped")
    start = '<bpmn:startEvent id="stages_begin"/>'
    source = diagram("withdrawal").replace(start.encode(), f"{start}{inner_edge}".encode())

    case = a_case(parsing.parse("withdrawal", {"withdrawal.bpmn": source})).hears("victim_withdraws")

    assert case.open == ["aftercare"]
    assert case.step.passed == ("withdrawal/victim_stops",)


def test_a_timer_that_ends_a_stage_silences_the_later_ones_inside_it() -> None:
    world = World(days={"prison_limit": 5, "prison_chase": 6})
    case = a_case(a_pathway("whole_case", "called"), world, victims=["v1"]).after(days=7)

    assert case.open == ["lead_review"]
    assert case.step.passed == ("whole_case/long_stop",)
    assert case.step.waits == ()


def test_timers_fire_in_the_order_of_their_instants() -> None:
    world = World(days={"prison_limit": 6, "prison_chase": 5})
    case = a_case(a_pathway("whole_case", "called"), world, victims=["v1"]).after(days=7)

    assert case.step.passed == ("whole_case/await_prison", "whole_case/chase_due", "whole_case/long_stop")
    assert case.open == ["lead_review"]


def test_an_ended_run_stays_as_it_is() -> None:
    case = a_case(a_pathway("two_ways")).do("ask_victim", victim_decision="no")
    before = case.step.state

    assert case.after(days=30).step.state == before
    assert case.step.ended
    with pytest.raises(NothingWaits):
        case.hears("victim_withdraws")
