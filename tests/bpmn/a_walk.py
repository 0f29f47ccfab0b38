"""Builds the world a run needs from the shipped data, and walks runs through it with answers people could give."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from rj_engine import bpmn, dmn, feel, forms
from rj_engine.workflows.engine import parsing, runner
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.step import Decision, OpenTask, Step, Surroundings
from rj_engine.workflows.published.versions import facts_read

LIKELY = 0.95
MOVES = {"task": 60, "wait": 30, "message": 1}
BEGIN = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
Chooser = Callable[[OpenTask, forms.Field, random.Random], object]


@cache
def models() -> Mapping[str, dmn.Model]:
    """Decision id to the shipped model that holds it."""
    loaded = [dmn.load(text) for text in bpmn.decisions().values()]
    return {decision.id: model for model in loaded for decision in model.decisions}


@cache
def definition(pathway: str) -> Definition:
    """A shipped pathway with everything it calls."""
    sources = {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}
    inputs = {name: facts_read(model)[name] for name, model in models().items()}
    return parsing.parse(f"{pathway}.bpmn", sources, inputs)


@cache
def form(key: str) -> forms.Form:
    """A shipped form."""
    return forms.parse(bpmn.forms()[key])


def surroundings(now: datetime) -> Surroundings:
    """The shipped decisions and clocks; every clock runs a week, a date is that morning."""

    def decide(decision: str, context: Mapping[str, object]) -> Decision:
        decided = models()[decision].decide(decision, context)
        return Decision(feel.to_json(decided.value), decided.matched, decided.as_json())

    def due(name: str, data: Mapping[str, object]) -> datetime:
        if name in bpmn.clocks():
            return now + timedelta(days=7)
        return datetime.combine(date.fromisoformat(str(data[name])), datetime.min.time(), UTC)

    return Surroundings(now=now, decide=decide, due=due)


def routed(pathway: str, asked: forms.Form, answers: Mapping[str, object]) -> dict[str, object]:
    """What steers the run, as the product routes it: an answer not given clears what an earlier turn left behind."""
    reads = definition(pathway).reads
    return {
        name: answers.get(name, field.properties.get("unasked", field.empty))
        for name, field in asked.fields.items()
        if name in reads
    }


@dataclass
class Walk:
    """One run on its way, and what it met."""

    pathway: str
    step: Step
    now: datetime = BEGIN
    passed: list[str] = field(default_factory=list)
    answers: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    sends: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, pathway: str, variables: Mapping[str, object]) -> Walk:
        """Begin a run."""
        known = routed(pathway, form("referral"), variables)
        step = runner.start(definition(pathway), known, surroundings(BEGIN))
        return cls(pathway, step, passed=list(step.passed))

    def task(self, name: str) -> OpenTask:
        """The open task of that element id."""
        found = [task for task in self.step.open_tasks if task.element.endswith("/" + name)]
        assert found, f"{name} is not open, but {[task.element for task in self.step.open_tasks]}"
        return found[0]

    def do(self, name: str, **answers: object) -> Walk:
        """Complete a task with these answers and the likeliest ones for whatever else must be told."""
        task = self.task(name)
        full = dict(filled(task, lambda _task, asked, _chance: answers.get(asked.key, first_choice(asked))))
        unasked = {key: value for key, value in answers.items() if full.get(key) != value}
        assert not unasked, f"{name} does not ask {unasked}"
        return self.complete(task, full)

    def complete(self, task: OpenTask, answers: Mapping[str, object]) -> Walk:
        """Complete a task with checked answers."""
        checked = forms.validate(form(task.form or ""), answers, task.variables)
        values = routed(self.pathway, form(task.form or ""), checked)
        self.answers.append((task.element, checked))
        return self._to(
            runner.complete(definition(self.pathway), self.step.state, task.key, values, surroundings(self.now))
        )

    def wait(self) -> Walk:
        """Let time pass until the next timer."""
        self.now = max(self.now, min(wait.due_at for wait in self.step.waits))
        return self._to(runner.wake(definition(self.pathway), self.step.state, surroundings(self.now)))

    def message(self, name: str) -> Walk:
        """A message comes in."""
        return self._to(runner.catch(definition(self.pathway), self.step.state, name, {}, surroundings(self.now)))

    def _to(self, step: Step) -> Walk:
        self.step = step
        self.passed += step.passed
        self.sends += [send.properties["letter"] for send in step.sends]
        return self

    @property
    def ending(self) -> str | None:
        """The end event reached."""
        return self.step.end_event


def first_choice(asked: forms.Field) -> object:
    """The first answer on offer, which the forms write as the likeliest; ticks and optional words are left out."""
    if asked.chooses:
        return asked.options[0].value if asked.options else "someone"
    if asked.type == "date":
        return _day(asked, 14)
    if asked.type == "time":
        return "10:00"
    if not asked.required and asked.key != "consent_scopes":
        return None
    return {"number": 1, "checklist": [each.value for each in asked.options]}.get(asked.type, "Something was said.")


def by_chance(_task: OpenTask, asked: forms.Field, chance: random.Random) -> object:
    """Any answer a person could give."""
    if asked.chooses:
        return chance.choice(asked.options).value if asked.options else "someone"
    if asked.type == "checklist":
        ticked = [each.value for each in asked.options if chance.random() < 0.5]
        return ticked or ([asked.options[0].value] if asked.required else [])
    if asked.type == "number":
        return chance.randint(int(asked.limits.minimum or 0), int(asked.limits.maximum or 10))
    if asked.type == "time":
        return f"{chance.randint(9, 17)}:30"
    return _day(asked, chance.randint(1, 60)) if asked.type == "date" else "Something was said."


def mostly_likely(task: OpenTask, asked: forms.Field, chance: random.Random) -> object:
    """The likeliest answer, nearly always."""
    return first_choice(asked) if chance.random() < LIKELY else by_chance(task, asked, chance)


def filled(task: OpenTask, choose: Chooser, chance: random.Random | None = None) -> Iterator[tuple[str, Any]]:
    """Answers to every question that is asked, in an order that decides what is hidden first."""
    asked, answers = form(task.form or ""), dict[str, object]()
    for key in asked.ordered:
        if key not in forms.hidden_fields(asked, answers, task.variables):
            answers[key] = choose(task, asked.fields[key], chance or random.Random(0))
    hidden = forms.hidden_fields(asked, answers, task.variables)
    yield from ((key, value) for key, value in answers.items() if key not in hidden and value is not None)


def _day(asked: forms.Field, days: int) -> str:
    """A day on the side of today that the question wants."""
    from rj_engine import clock

    ahead = -days if asked.kind == "date_past" else days
    return (clock.today() + timedelta(days=ahead)).isoformat()


def wander(pathway: str, variables: Mapping[str, object], chance: random.Random, most: int = 250) -> Walk:
    """Walk by chance to an end: any task, any timer, now and then a message."""
    walk = Walk.start(pathway, variables)
    for _ in range(most):
        if walk.step.ended:
            return walk
        can = {"task": walk.step.open_tasks, "wait": walk.step.waits, "message": walk.step.messages}
        kinds = [kind for kind, there in can.items() if there]
        kind = chance.choices(kinds, [MOVES[kind] for kind in kinds])[0]
        if kind == "wait":
            walk.wait()
        elif kind == "message":
            walk.message(chance.choice(sorted(walk.step.messages)))
        else:
            task = chance.choice(walk.step.open_tasks)
            walk.complete(task, dict(filled(task, mostly_likely, chance)))
    return walk
