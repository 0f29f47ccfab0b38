"""Builders for engine tests: a pathway from the diagrams beside, a world with a clock and decisions, a run to drive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rj_engine.workflows.engine import parsing, runner
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.runner import Decision, OpenTask, Step, Surroundings

DIAGRAMS = Path(__file__).parent / "diagrams"
MORNING = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def diagram(name: str) -> bytes:
    """One diagram file."""
    return (DIAGRAMS / f"{name}.bpmn").read_bytes()


def a_pathway(main: str, *called: str) -> Definition:
    """The definition of a diagram and those it calls."""
    return parsing.parse(main, {f"{name}.bpmn": diagram(name) for name in (main, *called)})


@dataclass
class World:
    """Surroundings a test can move: the time, the clocks in days, the answers of decisions."""

    now: datetime = MORNING
    days: Mapping[str, int] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def due(self, key: str, variables: Mapping[str, object]) -> datetime:
        if isinstance(variables.get(key), str):
            return datetime.fromisoformat(str(variables[key])).replace(tzinfo=UTC)
        return self.now + timedelta(days=self.days.get(key, 10))

    def decide(self, key: str, variables: Mapping[str, object]) -> Decision:
        self.asked.append((key, dict(variables)))
        return self.decisions[key]

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(self.now, self.decide, self.due)


@dataclass
class Case:
    """A run that remembers its last step; every command goes through the stored bytes."""

    definition: Definition
    world: World
    step: Step

    @property
    def open(self) -> list[str]:
        """Ids of the open tasks, sorted."""
        return sorted(task.element.partition("/")[2] for task in self.step.open_tasks)

    def task(self, element: str, item: object = None) -> OpenTask:
        found = [one for one in self.step.open_tasks if one.element.endswith(f"/{element}")]
        return next(one for one in found if item is None or one.item == item)

    def do(self, element: str, item: object = None, **values: object) -> Case:
        key = self.task(element, item).key
        self.step = runner.complete(self.definition, self.step.state, key, values, self.world.surroundings)
        return self

    def after(self, **time: float) -> Case:
        self.world.now += timedelta(**time)
        self.step = runner.wake(self.definition, self.step.state, self.world.surroundings)
        return self

    def hears(self, message: str, **values: object) -> Case:
        self.step = runner.catch(self.definition, self.step.state, message, values, self.world.surroundings)
        return self


def a_case(definition: Definition, world: World | None = None, **variables: object) -> Case:
    """A run just started."""
    world = world or World()
    return Case(definition, world, runner.start(definition, variables, world.surroundings))
