"""What goes into one step of a run and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table's answer."""

    value: object
    matched: bool
    explained: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a step may know of the world: the time, the decisions and the clocks."""

    now: datetime
    """An aware instant."""
    decide: Callable[[str, Mapping[str, object]], Decision]
    """Decision key and flat variables to its answer; what it raises passes through."""
    due: Callable[[str, Mapping[str, object]], datetime]
    """Clock key, or the name of a variable holding an ISO date, to an aware instant."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Something a person has to do."""

    key: str
    """Stays the same for as long as the task is open."""
    element: str
    """`process/id`."""
    name: str
    lane: str | None
    """Key in `bpmn/roles.json`."""
    form: str | None
    due: str | None
    """A clock key."""
    properties: Mapping[str, str]
    item: object | None
    """The item of a multi-instance this one is about."""
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wait:
    """A timer that runs; its instant was fixed when the wait began."""

    key: str
    element: str
    due_at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Listening:
    """A place in the flow that goes on only when a message arrives; one that merely hears it on an edge is none."""

    key: str
    element: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was taken in this step."""

    element: str
    decision: str
    value: object
    explained: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Send:
    """A letter or notice that this step asks for."""

    element: str
    properties: Mapping[str, str]
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run stands after a command, and what happened on the way."""

    state: bytes
    open_tasks: tuple[OpenTask, ...]
    waits: tuple[Wait, ...]
    messages: frozenset[str]
    """Names of messages that would be caught now."""
    listening: tuple[Listening, ...]
    decided: tuple[Decided, ...]
    sends: tuple[Send, ...]
    passed: tuple[str, ...]
    """`process/id` of the elements completed in this step, in order."""
    variables: Mapping[str, object]
    """Of the run itself, not of the processes it has called."""
    ended: bool
    end_event: str | None
    """`process/id`."""
