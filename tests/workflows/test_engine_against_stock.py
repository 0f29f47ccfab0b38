"""On diagrams without loops SpiffWorkflow's own token flow is sound: there ours must open the same tasks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from rj_engine.workflows.engine import parsing
from tests.workflows.engine_drawing import END, START, a_process, a_task, arrow, path
from tests.workflows.engine_room import a_case
from tests.workflows.engine_stock import stock, stock_do, stock_open


@dataclass
class Sketch:
    """Draws a random pathway of tasks, choices, parallel branches and sub-processes, each closed again."""

    chance: random.Random
    parts: list[str] = field(default_factory=list)
    lanes: list[str] = field(default_factory=list)
    count: int = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"

    def block(self, depth: int) -> tuple[str, str]:
        """Draws something with one way in and one way out; gives the first and the last element."""
        kinds = ["task"] if depth == 0 else ["task", "row", "choice", "branches", "inner"]
        return getattr(self, self.chance.choice(kinds))(depth - 1)

    def task(self, _depth: int) -> tuple[str, str]:
        task = self.name("task")
        self.parts.append(a_task(task))
        self.lanes.append(task)
        return task, task

    def row(self, depth: int) -> tuple[str, str]:
        first, second = self.block(depth), self.block(depth)
        self.parts.append(path(first[1], second[0]))
        return first[0], second[1]

    def choice(self, depth: int) -> tuple[str, str]:
        (ask, _), split, join = self.task(0), self.name("choice"), self.name("merge")
        one, two = self.block(depth), self.block(depth)
        default = f"from_{split}_to_{two[0]}"
        self.parts += [f'<bpmn:exclusiveGateway id="{split}" default="{default}"/>', path(ask, split)]
        self.parts += [f'<bpmn:exclusiveGateway id="{join}"/>', arrow(split, one[0], f'{ask} = "yes"')]
        self.parts += [path(split, two[0]), path(one[1], join), path(two[1], join)]
        return ask, join

    def branches(self, depth: int) -> tuple[str, str]:
        split, join = self.name("split"), self.name("join")
        self.parts += [f'<bpmn:parallelGateway id="{one}"/>' for one in (split, join)]
        for _ in range(self.chance.randint(2, 3)):
            first, last = self.block(depth)
            self.parts += [path(split, first), path(last, join)]
        return split, join

    def inner(self, depth: int) -> tuple[str, str]:
        inner, outside = self.name("inner"), self.parts
        self.parts = []
        first, last = self.block(depth)
        ends = f'<bpmn:startEvent id="{inner}_begin"/><bpmn:endEvent id="{inner}_end"/>'
        self.parts += [ends, path(f"{inner}_begin", first), path(last, f"{inner}_end")]
        drawn = f'<bpmn:subProcess id="{inner}">{"".join(self.parts)}</bpmn:subProcess>'
        self.parts = [*outside, drawn]
        self.lanes.append(inner)
        return inner, inner

    def pathway(self) -> bytes:
        first, last = self.block(4)
        flows = [path("begin", first), path(last, "finish")]
        return a_process("sketch", START, END, *self.parts, *flows, lane=self.lanes)


@pytest.mark.parametrize("seed", range(60))
def test_the_same_tasks_open_in_the_same_order_of_work(seed: int) -> None:
    chance = random.Random(seed)
    source = Sketch(chance).pathway()
    workflow = stock(source)
    case = a_case(parsing.parse("sketch", {"sketch.bpmn": source}))

    while tasks := sorted(stock_open(workflow)):
        assert case.open == tasks
        chosen, answer = chance.choice(tasks), chance.choice(["yes", "no"])
        stock_do(workflow, chosen, **{chosen: answer})
        case.do(chosen, **{chosen: answer})

    assert workflow.is_completed()
    assert case.step.ended
    assert case.step.variables == workflow.data
