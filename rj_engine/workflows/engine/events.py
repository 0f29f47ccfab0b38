"""Timers and messages: our own definitions, and the list of what a run waits for."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001, ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine.elements import Walked
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.tokens import Run, Token


class ClockTimer(EventDefinition):
    """A timer that names a clock or a variable; the instant comes from outside, once, when the wait begins."""

    def __init__(self, name: str, clock: str) -> None:
        super().__init__(name)
        self.clock = clock

    def due_text(self, token: Token) -> str:
        """The due instant in UTC as ISO text."""
        due = token.workflow.top_workflow.journey.surroundings.due(self.clock, token.scope.flat())
        if not isinstance(due, datetime) or due.tzinfo is None:
            raise EngineBroken(f"The clock {self.clock} gave no instant.", element=token.element)
        return due.astimezone(UTC).isoformat()


class MessageWait(EventDefinition):
    """A message by its name; what it carries goes straight into the variables."""


class _Catching(Walked):
    """Waits until it is told that its event has happened."""

    event_definition: Any

    def _update_hook(self, token: Token) -> bool:
        if token.internal_data.pop("fired", False) or not isinstance(self.event_definition, ClockTimer | MessageWait):
            return True
        if isinstance(self.event_definition, ClockTimer) and "event_value" not in token.internal_data:
            token.internal_data["event_value"] = self.event_definition.due_text(token)
        token._set_state(TaskState.WAITING)
        return False

    def _on_ready_hook(self, token: Token) -> None:
        """Nothing to put away."""

    def _run_hook(self, token: Token) -> bool:
        return True

    def _on_cancel(self, token: Token) -> None:
        """Nothing to put away."""


class CatchEvent(_Catching, defaults.IntermediateCatchEvent):
    """A timer or message in the flow."""


class BoundaryEvent(_Catching, defaults.BoundaryEvent):
    """A timer or message on the edge of an element."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """One thing a run waits for."""

    token: Token
    spec: Any
    """Of the event itself, also behind an event-based gateway."""
    definition: ClockTimer | MessageWait
    due: str | None
    choice: str | None = None

    @property
    def is_wait(self) -> bool:
        """Whether the way goes on here: a timer, or a message in the flow; one on an edge only takes it elsewhere."""
        return self.due is not None or isinstance(self.spec, CatchEvent)

    @property
    def key(self) -> str:
        """Stable while it waits."""
        return f"{self.token.id.hex}.{self.choice}" if self.choice else self.token.id.hex

    def still_waits(self) -> bool:
        """False once something else has taken the run elsewhere."""
        return bool(self.token.state == TaskState.WAITING)

    def happen(self) -> None:
        """Let the event happen; the run has yet to be moved on."""
        self.token.internal_data["chosen" if self.choice else "fired"] = self.choice or True
        self.token.task_spec._update(self.token)


def awaited(run: Run) -> Iterator[Awaited]:
    """Every timer and message the run waits for now, the outermost part first."""
    for token in run.tokens(TaskState.WAITING):
        spec = token.task_spec
        for name, definition in getattr(spec, "choices", {}).items():
            due = token.internal_data.get("dues", {}).get(name)
            yield Awaited(token, token.workflow.spec.task_specs[name], definition, due, name)
        definition = getattr(spec, "event_definition", None)
        if isinstance(definition, ClockTimer | MessageWait):
            yield Awaited(token, spec, definition, token.internal_data.get("event_value"))
