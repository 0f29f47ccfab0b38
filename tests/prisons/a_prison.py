"""Walks the prison part on its own, with the shipped decisions and the calendar the ladder is counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from rj_engine import bpmn, clock, feel, forms
from rj_engine.demonstration import telling
from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.step import Decision, OpenTask, Step, Surroundings
from rj_engine.workflows.published.versions import Counted, counted_of, periods_of
from tests.bpmn.a_walk import definition, form, models, routed

SENT = date(2024, 1, 8)
"""A Monday; no bank holiday follows until the end of March."""
NOON = time(12)


def instant(day: date) -> datetime:
    """Noon of a London day."""
    return datetime.combine(day, NOON, clock.LONDON).astimezone(UTC)


def working_day(count: int, since: date = SENT) -> date:
    """The `count`-th working day after `since`."""
    return clock.add_working_days(since, count)


@dataclass
class Asking:
    """One asking of a prison, and the days on which things happened."""

    step: Step
    today: date
    done: list[tuple[str, date, Mapping[str, Any]]] = field(default_factory=list)

    @classmethod
    def begun(cls, request_kind: str = "access", **known: Any) -> Asking:
        """A run that begins with nothing but what is asked for."""
        variables = {"request_kind": request_kind, "harm_flags": [], "harmer_age_band": "25_64", **known}
        step = runner.start(definition("prison_permission"), variables, _surroundings(SENT))
        return cls(step, SENT)

    @classmethod
    def sent(cls, request_kind: str = "access", **known: Any) -> Asking:
        """A run in which the request arrived on the day it was sent."""
        asking = cls.begun(request_kind, **known)
        for step in ("confirm_place", "check_restrictions"):
            asking.do(step)
        event = {"event_mode": "live_video", "event_people": "Two of us.", "event_date_1": "2024-06-03"}
        asking.do("send_request", **(event if request_kind == "event" else {}))
        return asking.do("check_delivery", request_delivered_on=SENT.isoformat())

    @property
    def open(self) -> list[str]:
        """The ids of the tasks that are open."""
        return [task.element.rpartition("/")[2] for task in self.step.open_tasks]

    def task(self, name: str) -> OpenTask:
        """The open task of that id."""
        found = [task for task in self.step.open_tasks if task.element.endswith(f"/{name}")]
        assert found, f"{name} is not open, but {self.open}"
        return found[0]

    def do(self, name: str, **changed: Any) -> Asking:
        """Finish a task with an ordinary day's answers, changed; a question changed to None is not answered."""
        task = self.task(name)
        usual = telling.typical_answers()[task.form or ""]
        told = {key: self._dated(value) for key, value in {**usual, **changed}.items() if value is not None}
        hidden = forms.hidden_fields(form(task.form or ""), told, task.variables)
        with clock.at(instant(self.today)):
            kept = forms.validate(
                form(task.form or ""), {key: value for key, value in told.items() if key not in hidden}, task.variables
            )
        self.done.append((name, self.today, kept))
        values = routed("prison_permission", form(task.form or ""), kept)
        return self._to(
            runner.complete(
                definition("prison_permission"), self.step.state, task.key, values, _surroundings(self.today)
            )
        )

    def until_next(self) -> Asking:
        """Let the days pass until the next timer rings."""
        self.today = max(self.today, min(wait.due_at for wait in self.step.waits).astimezone(clock.LONDON).date())
        late = _surroundings(self.today, end=True)
        return self._to(runner.wake(definition("prison_permission"), self.step.state, late))

    def told(self, message: str) -> Asking:
        """A message comes in."""
        known = definition("prison_permission"), self.step.state, message
        return self._to(runner.catch(*known, {}, _surroundings(self.today)))

    @property
    def outcome(self) -> object:
        """Where it has come to."""
        return self.step.variables.get("prison_outcome")

    def _to(self, step: Step) -> Asking:
        self.step = step
        return self

    def _dated(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("today"):
            return date.fromordinal(self.today.toordinal() + int(value.removeprefix("today") or 0)).isoformat()
        return value


def _surroundings(today: date, *, end: bool = False) -> Surroundings:
    now = clock.end_of(today) if end else instant(today)
    periods, counted = periods_of(bpmn.clocks()), counted_of(bpmn.clocks())

    def decide(decision: str, context: Mapping[str, object]) -> Decision:
        decided = models()[decision].decide(decision, context)
        return Decision(feel.to_json(decided.value), decided.matched, decided.as_json())

    def due(name: str, data: Mapping[str, object]) -> datetime:
        if name in periods:
            return counted.get(name, Counted()).due(periods[name], data, now)
        return clock.start_of(date.fromisoformat(str(data[name])))

    return Surroundings(now=now, decide=decide, due=due)
