"""The stored state: exact, small, and readable for ever."""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine import codec, parsing, runner
from rj_engine.workflows.engine.events import awaited
from rj_engine.workflows.engine.guards import ElementGone, EngineBroken, StateUnreadable
from rj_engine.workflows.engine.runner import Decision
from rj_engine.workflows.engine.tokens import Journey, Run
from tests.workflows.engine_room import MORNING, Case, World, a_case, a_pathway, diagram

PATHWAYS = {
    "two_ways": ("two_ways",),
    "both_prepared": ("both_prepared",),
    "prepare_again": ("prepare_again",),
    "withdrawal": ("withdrawal",),
    "reminder": ("reminder",),
    "race": ("race",),
    "pause": ("pause",),
    "caller": ("caller", "called"),
    "one_by_one": ("one_by_one",),
    "all_at_once": ("all_at_once",),
    "gate": ("gate",),
    "all_stop": ("all_stop",),
    "whole_case": ("whole_case", "called"),
}
GOLDEN = Path(__file__).parent / "golden"


def a_world() -> World:
    days = {"prison_chase": 10, "prison_limit": 30, "first_contact_reminder": 2, "first_contact_limit": 5}
    decision = Decision({"level": 2}, matched=True, explained={})
    return World(days=days, decisions={"rj_gate_result": decision})


def some_answers(chance: random.Random) -> dict[str, object]:
    return {
        "victim_decision": chance.choice(["explore", "no"]),
        "repeat": chance.random() < 0.6,
        "answer": chance.choice(["yes", "no"]),
        "return_on": chance.choice(["2026-06-20", "2020-01-01"]),
        "modes": chance.sample(["letter", "shuttle", "conference"], chance.randint(0, 3)),
        "note": chance.choice(["", "Grüße, “quoted” “twice”", "x" * 300]),
    }


class Kept:
    """The same commands on a run that is never stored: what the codec must not change."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.run: Run = parsing.load(case.definition).new_run(Journey(surroundings=case.world.surroundings))
        self.run.scope.update({"victims": ["v1", "v2", "v3"], "repeat": False})
        self.run.plant().run()
        self.settle()

    def settle(self) -> None:
        runner._advance(self.run)
        runner._at_rest(self.run)

    def finish(self, element: str, item: object, values: dict[str, object]) -> None:
        token = next(
            one for one in self.run.tokens(TaskState.READY)
            if one.element == element and runner._item(one) == item
        )  # fmt: skip
        token.scope.update(values)
        token.run()
        self.settle()

    def wake(self) -> None:
        now = self.case.world.now.isoformat()
        for one in sorted((one for one in awaited(self.run) if one.due and one.due <= now), key=lambda one: one.due):
            if one.still_waits():
                one.happen()
                self.settle()

    def hear(self, message: str) -> None:
        runner._let_happen(self.run, [one for one in awaited(self.run) if one.definition.name == message])
        self.settle()


def one_random_move(case: Case, kept: Kept, chance: random.Random) -> None:
    moves = [("task", task) for task in case.step.open_tasks]
    moves += [("wake", None)] * bool(case.step.waits) + [("hear", one) for one in sorted(case.step.messages)]
    kind, what = chance.choice(moves)
    if kind == "task":
        values = some_answers(chance)
        case.step = runner.complete(case.definition, case.step.state, what.key, values, case.world.surroundings)
        kept.finish(what.element, what.item, values)
    elif kind == "wake":
        kept.run.journey.surroundings = replace(case.world.surroundings, now=case.world.now + timedelta(days=4))
        case.after(days=4)
        kept.wake()
    else:
        case.hears(what)
        kept.hear(what)
    kept.run.journey.steps = 0


@pytest.mark.parametrize("name", PATHWAYS)
def test_going_on_from_the_stored_state_is_going_on(name: str) -> None:
    definition = a_pathway(*PATHWAYS[name])
    for seed in range(100 if name == "whole_case" else 25):
        chance = random.Random(f"{name} {seed}")
        case = a_case(definition, a_world(), victims=["v1", "v2", "v3"], repeat=False)
        kept = Kept(case)
        for _ in range(40):
            again = codec.encode(codec.decode(case.step.state, parsing.load(definition).new_run(Journey())))
            assert again == case.step.state
            assert codec.likeness(codec.encode(kept.run)) == codec.likeness(case.step.state)
            assert [wait.due_at for wait in case.step.waits] == [
                wait.due_at for wait in runner._facts(definition, kept.run, b"").waits
            ]
            if case.step.ended:
                break
            one_random_move(case, kept, chance)


def test_no_stock_script_engine_is_there_after_a_load() -> None:
    case = a_case(a_pathway("withdrawal"))
    run = codec.decode(case.step.state, parsing.load(case.definition).new_run(Journey()))

    for walk in run.walks():
        assert type(walk.script_engine).__module__ == "rj_engine.workflows.engine.scripting"
        assert type(walk.script_engine.environment).__module__ == "rj_engine.workflows.engine.scripting"


def test_a_new_case_is_small_and_a_finished_one_smaller() -> None:
    answers = {f"answer_{number}": f"The victim said {number}" for number in range(28)}
    case = a_case(a_pathway("withdrawal"), **answers)
    assert len(case.step.state) <= 2 * 1024

    case.do("first_contact").do("preparation")
    assert case.step.ended
    assert len(case.step.state) <= 10 * 1024


def test_the_state_holds_no_specification_and_no_history() -> None:
    case = a_case(a_pathway("withdrawal")).do("first_contact")

    packed = json.loads(zlib.decompress(case.step.state[1:]))

    assert [record[2] for record in packed["t"]] == [
        "stages.BoundaryEventSplit", "stages", "victim_stops", "preparation",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "state",
    [b"", b"\x00abc", b"\x01", b"\x01abc", b"\x02" + zlib.compress(b"{}"), b"\x01" + zlib.compress(b"[]"),
     b"\x01" + zlib.compress(b'{"e":1}'), b"\x01" + zlib.compress(b"not json"),
     b"\x01" + zlib.compress(b" " * 9_000_000)],
)  # fmt: skip
def test_a_state_that_cannot_be_read_says_so(state: bytes) -> None:
    with pytest.raises(StateUnreadable):
        runner.look(a_pathway("two_ways"), state)


def test_a_state_at_an_element_that_is_gone_says_which() -> None:
    case = a_case(a_pathway("two_ways"))

    with pytest.raises(ElementGone) as gone:
        runner.look(a_pathway("both_prepared"), case.step.state)

    assert gone.value.element == "both_prepared/ask_victim"


def test_a_call_that_is_a_call_no_more_says_so() -> None:
    case = a_case(a_pathway("caller", "called")).do("plan")
    task = diagram("caller").replace(b"bpmn:callActivity", b"bpmn:userTask").replace(b' calledElement="called"', b"")
    task = task.replace(b'id="assess"', b'id="assess" camunda:formKey="f" camunda:dueDate="d"')
    task = task.replace(b"</bpmn:lane>", b"<bpmn:flowNodeRef>assess</bpmn:flowNodeRef></bpmn:lane>", 1)

    with pytest.raises(EngineBroken) as broken:
        runner.look(parsing.parse("caller", {"caller.bpmn": task}), case.step.state)

    assert broken.value.element == "caller/assess"


def test_stock_code_gets_a_copy_of_the_variables() -> None:
    case = a_case(a_pathway("two_ways"), modes=["letter"])
    run = codec.decode(case.step.state, parsing.load(case.definition).new_run(Journey()))
    (token,) = run.tokens()

    token.data["modes"] = "none"
    token.data = {"modes": "none"}

    assert token.data == {"modes": ["letter"]}


def test_states_that_differ_only_in_ids_and_instants_are_alike() -> None:
    first = a_case(a_pathway("reminder"), a_world())
    second = a_case(a_pathway("reminder"), World(now=MORNING + timedelta(days=400)))

    assert first.step.state != second.step.state
    assert codec.likeness(first.step.state) == codec.likeness(second.step.state)
    assert codec.likeness(first.step.state) != codec.likeness(first.after(days=3).step.state)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_states_stored_by_earlier_versions_are_still_read(file: Path) -> None:
    """A change that fails here loses running cases: raise the version byte and read both."""
    golden = json.loads(file.read_text())
    definition = a_pathway(*PATHWAYS[golden["pathway"]])

    step = runner.look(definition, bytes.fromhex(golden["state"]))

    assert [[task.element, task.key, task.item] for task in step.open_tasks] == golden["open_tasks"]
    assert [[wait.element, wait.key, wait.due_at.isoformat()] for wait in step.waits] == golden["waits"]
    assert sorted(step.messages) == golden["messages"]
    assert step.variables == golden["variables"]
    assert [step.ended, step.end_event] == golden["ended"]


def test_there_are_golden_states_of_every_kind_of_element() -> None:
    assert {json.loads(file.read_text())["pathway"] for file in GOLDEN.glob("*.json")} >= set(PATHWAYS)
