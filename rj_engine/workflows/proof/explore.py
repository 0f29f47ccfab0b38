"""A walk over every state a pathway can reach, with the engine that runs the cases.

Each open task is answered in every way that leads anywhere different, each timer rings at any moment, each message
that would be heard arrives at any moment, and each decision gives every answer its table holds. What comes out is a
finite graph; `invariants` looks at its paths.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Final

from rj_engine.errors import RjError
from rj_engine.workflows.engine import codec, runner
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.step import Decision, OpenTask, Step, Surroundings, Wait
from rj_engine.workflows.proof.outcomes import Answers, Outcomes, answers_of, told_answers
from rj_engine.workflows.proof.reads import Reads
from rj_engine.workflows.proof.sameness import Sameness
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.task.tasks import routing_values

TOLD_APART: Final = ("stage", "request_kind")
"""What a called part is told, by which the same answer in it comes to mean another fact."""
MOST_STATES: Final = 50_000
BEFORE: Final = datetime(2030, 1, 1, tzinfo=UTC)
NOW: Final = datetime(2030, 6, 1, tzinfo=UTC)
FAR: Final = datetime(2040, 1, 1, tzinfo=UTC)
NO_DATE: Final = "A wait has no date to wait for."


class TooManyStates(RjError):
    """This pathway has too many states to be proved whole."""

    code = "too_many_states"


Move = Callable[[Surroundings], Step]


@dataclass(frozen=True, slots=True)
class Edge:
    """One move, and where it leads."""

    kind: str
    """start, task, timer or message."""
    element: str
    """`process/id` of the task or timer; the name of a message."""
    name: str
    task: OpenTask | None
    answers: Answers
    decided: tuple[tuple[str, object], ...]
    sends: tuple[tuple[str, Mapping[str, str]], ...]
    to: int
    label: Hashable
    """Equal for two moves from which the same goes on record."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A move that the engine refuses to make, ever."""

    state: int
    name: str
    element: str
    answers: Answers
    sentence: str
    at: str | None


@dataclass(frozen=True, slots=True)
class State:
    """A place to stand: what is open there, what is waited for, or how it ended."""

    tasks: tuple[OpenTask, ...]
    waits: tuple[Wait, ...]
    messages: frozenset[str]
    end: str | None
    variables: Mapping[str, object]


@dataclass
class Graph:
    """Every state and every move of one pathway."""

    published: Published
    states: list[State] = field(default_factory=list)
    edges: list[list[Edge]] = field(default_factory=list)
    starts: list[Edge] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    told_apart: frozenset[str] = frozenset()
    """Questions of which the answers lead different ways."""

    @property
    def moves(self) -> int:
        """How many moves there are."""
        return sum(map(len, self.edges)) + len(self.starts)

    @cached_property
    def opened(self) -> frozenset[str]:
        """Elements of tasks that open in some state."""
        return frozenset(task.element for state in self.states for task in state.tasks)


class Crossroads:
    """Answers decisions for one step, so that repeated steps together try every combination of answers."""

    def __init__(self, possible: Callable[[str], list[object]]) -> None:
        self.possible = possible
        self.script: list[int] = []
        self.widths: list[int] = []

    def decide(self, decision: str, _facts: Mapping[str, object]) -> Decision:
        """The answer this repetition is about."""
        answers, place = self.possible(decision), len(self.widths)
        self.widths.append(len(answers))
        chosen = self.script[place] if place < len(self.script) else 0
        return Decision(answers[chosen], matched=True, explained={})

    def next_way(self) -> bool:
        """Turn to the next combination; False when all have been tried."""
        taken = (self.script + [0] * len(self.widths))[: len(self.widths)]
        while taken and taken[-1] + 1 >= self.widths[len(taken) - 1]:
            taken.pop()
        if not taken:
            return False
        taken[-1] += 1
        self.script, self.widths = taken, []
        return True


class Explorer:
    """Walks one pathway."""

    def __init__(self, published: Published, noted: Mapping[str, frozenset[str]], seen: frozenset[str]) -> None:
        """`noted` are answers a watcher reads, `seen` variables it reads at tasks that keep a record."""
        self.published = published
        self.reads = Reads(published.definition, published.forms, seen)
        self.outcomes = Outcomes(self.reads.parts, published.definition.reads, noted)
        self.sameness = Sameness(self.reads)
        self.graph = Graph(published, told_apart=frozenset({*noted, *self.reads.parts}))
        self._known: dict[str, int] = {}
        self._left: deque[tuple[int, bytes]] = deque()
        self._told = told_answers()
        self._answers: dict[str, list[object]] = {}
        self._ways: dict[tuple[str, str], list[Answers]] = {}

    def walk(self, seeds: Iterable[Mapping[str, object]]) -> Graph:
        """The whole graph, begun from each of these sets of variables."""
        for seed in seeds:
            begin = partial(runner.start, self.published.definition, seed)
            self._try(begin, self.graph.starts.append, "start")
        while self._left:
            number, state = self._left.popleft()
            self._from(number, state)
        return self.graph

    def _possible(self, decision: str) -> list[object]:
        if decision not in self._answers:
            self._answers[decision] = answers_of(decision, self.published.models, self._told)
        return self._answers[decision]

    def _from(self, number: int, stored: bytes) -> None:
        state = self.graph.states[number]
        definition, keep = self.published.definition, self.graph.edges[number].append
        for task in state.tasks:
            for answers in self._ways_of(task):
                values = routing_values(self.published, task.form, answers) if task.form else {}
                move = partial(runner.complete, definition, stored, task.key, values)
                self._try(move, keep, "task", task.element, task.name, task, answers, number)
        packed = codec.unpack(stored) if state.waits else {}
        for wait in state.waits:
            rung = codec.ringing(packed, wait.key, BEFORE.isoformat())
            self._try(partial(runner.wake, definition, rung), keep, "timer", wait.element, wait.name, at=number)
        for message in sorted(state.messages):
            arrives = partial(runner.catch, definition, stored, message, {})
            self._try(arrives, keep, "message", message, message.replace("_", " "), at=number)

    def _ways_of(self, task: OpenTask) -> list[Answers]:
        if task.form is None:
            return [{}]
        form = self.published.forms[task.form]
        about = {name: task.variables.get(name) for name in self.reads_of_form(task.form)}
        known = task.form, repr(about)
        if known not in self._ways:
            self._ways[known] = self.outcomes.of(form, about)
        return self._ways[known]

    def reads_of_form(self, form: str) -> list[str]:
        """Variables that settle which questions of a form are asked."""
        fields = self.published.forms[form].fields
        names = {name for one in fields.values() for condition in one.conditions for name in condition.expression.names}
        return sorted(names - fields.keys())

    def _try(
        self,
        move: Move,
        keep: Callable[[Edge], None],
        kind: str,
        element: str = "",
        name: str = "",
        task: OpenTask | None = None,
        answers: Answers | None = None,
        at: int = -1,
    ) -> None:
        """Make one move in every way its decisions may come out."""
        told = tuple(str(task.variables.get(name)) for name in TOLD_APART) if task else ()
        for step in self.ways(move):
            if isinstance(step, EngineBroken):
                where = step.element or element
                self.graph.broken.append(Broken(at, name, element, answers or {}, step.sentence, where))
                continue
            decided = tuple((one.decision, one.value) for one in step.decided)
            sends = tuple((one.element, one.properties) for one in step.sends)
            label = kind, element, told, repr(answers), repr(decided)
            keep(Edge(kind, element, name, task, answers or {}, decided, sends, self._number(step), label))

    def ways(self, move: Move) -> Iterator[Step | EngineBroken]:
        """Each way one move can go, or why the engine does not make it."""
        crossroads = Crossroads(self._possible)
        while True:
            try:
                yield move(Surroundings(NOW, crossroads.decide, self._due))
            except EngineBroken as broken:
                yield broken
            if not crossroads.next_way():
                return

    def _due(self, name: str, variables: Mapping[str, object]) -> datetime:
        if name not in self.published.periods and not variables.get(name):
            raise EngineBroken(NO_DATE, variable=name)
        return FAR

    def _number(self, step: Step) -> int:
        key = self.sameness.key(codec.unpack(step.state))
        if (number := self._known.get(key)) is None:
            number = self._known[key] = len(self.graph.states)
            if number >= MOST_STATES:
                raise TooManyStates(f"The walk stopped at {MOST_STATES} states.")
            end = step.end_event if step.ended else None
            self.graph.states.append(State(step.open_tasks, step.waits, step.messages, end, step.variables))
            self.graph.edges.append([])
            self._left.append((number, step.state))
        return number


def ends(graph: Graph) -> Iterator[int]:
    """The states in which the run is over."""
    return (number for number, state in enumerate(graph.states) if state.end is not None)
