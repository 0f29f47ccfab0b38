"""What one command costs the engine in CPU, beside SpiffWorkflow's own step without storage on the same diagram.

A command is load → complete → run → save: stored bytes in, stored bytes out. Each figure is the median of many.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

from rj_engine.workflows.engine import parsing, runner
from tests.bench.figures import Figure
from tests.workflows.engine_drawing import END, START, a_process, a_task, arrow, path
from tests.workflows.engine_room import Case, World, a_case, a_pathway
from tests.workflows.engine_stock import stock, stock_do, stock_open

TASKS = 120
VARIABLES = 28
ROUNDS = 60
TARGETS_MS = {0: 1.0, 24: 3.0, 110: 10.0}


def a_long_pathway() -> bytes:
    """120 user tasks in a row; after every fourth a gateway that may end the case."""
    names = [f"task_{number}" for number in range(1, TASKS + 1)]
    parts, last = [START, END, *(a_task(name) for name in names)], "begin"
    for number, name in enumerate(names, 1):
        parts.append(path(last, name))
        last = name
        if number % 4 == 0 and number < TASKS:
            last = f"choice_{number}"
            parts.append(f'<bpmn:exclusiveGateway id="{last}" default="from_{last}_to_task_{number + 1}"/>')
            parts += [path(name, last), arrow(last, "finish", 'answer_1 = "stop"')]
    parts.append(path(last, "finish"))
    return a_process("long_pathway", *parts, lane=names)


def a_crowded_case() -> Case:
    """Ten victims in called processes at once beside a prison's reply, inside a sub-process that may be stopped."""
    answers = {f"answer_{number}": f"What was said at task {number}" for number in range(VARIABLES)}
    return a_case(a_pathway("whole_case", "called"), victims=[f"v{number}" for number in range(10)], **answers)


def _cpu_ms(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.process_time_ns()
        action()
        spent.append((time.process_time_ns() - begun) / 1e6)
    return statistics.median(spent)


def _stock_ms(source: bytes, done: int) -> float:
    """One completion and the stock engine's steps after it, in memory; nothing stored."""
    workflow = stock(source)

    def one_more() -> None:
        (element,) = stock_open(workflow)
        stock_do(workflow, element, **{f"answer_{done % VARIABLES}": "yes"})

    for _ in range(done):
        one_more()
    return _cpu_ms(one_more, rounds=5)


def figures() -> list[Figure]:
    """CPU and size of a new case, after 24 user tasks and after 110."""
    source = a_long_pathway()
    definition = parsing.parse("long_pathway", {"long_pathway.bpmn": source})
    world = World().surroundings
    step = runner.start(definition, {}, world)
    found: list[Figure] = []

    def note(name: str, value: float, unit: str, target: float | None) -> None:
        found.append(Figure(name, value, unit, target))

    for done in range(TASKS):
        key = step.open_tasks[0].key
        values = {f"answer_{done % VARIABLES}": f"What was said at task {done}"}
        if done in TARGETS_MS:
            command = _cpu_ms(lambda: runner.complete(definition, step.state, key, values, world))  # noqa: B023 - run at once
            note(f"engine_cpu_after_{done}_tasks", command, "ms", TARGETS_MS[done])
            note(f"engine_cpu_after_{done}_tasks_floor", _stock_ms(source, done), "ms", None)
            note(f"engine_state_after_{done}_tasks", len(step.state) / 1024, "KiB", 2 if done == 0 else 10)
        step = runner.complete(definition, step.state, key, values, world)
    note("engine_state_finished", len(step.state) / 1024, "KiB", 10)
    crowded = a_crowded_case()
    task = next(task for task in crowded.step.open_tasks if task.element == "called/assessment")
    ask = partial(runner.complete, crowded.definition, crowded.step.state, task.key, {}, world)
    note("engine_cpu_crowded_case", _cpu_ms(ask), "ms", 10.0)
    note("engine_state_crowded_case", len(crowded.step.state) / 1024, "KiB", 10)
    note("engine_parse", _cpu_ms(lambda: _parse_afresh(source), rounds=5), "ms", None)
    return found


def _parse_afresh(source: bytes) -> None:
    parsing.compile_process.cache_clear()
    parsing.parse("long_pathway", {"long_pathway.bpmn": source})
