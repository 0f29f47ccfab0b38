"""What a journey says: a case told in JSON; one journey may begin as another does and tell only what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Journey:
    """One case from its referral to wherever the telling stops.

    `referral` is {who, answers}; each of `steps` is {task, who, after, answers, then}, {withdraw, who, words},
    {event, who, answers}, {renew, who} or, where only time passes, {after, then}; a step that must not be taken says
    `refused` and the code. `answers` holds what differs from an ordinary day, by task; `ends` is what is true of the
    case at the end; `tags` are ledger tags that come in this order.
    """

    title: str
    starts: str
    referral: Told
    steps: tuple[Told, ...]
    answers: Mapping[str, Told]
    ends: Told
    tags: tuple[str, ...]
    begins: Told = field(default_factory=dict)
    """What is told at once beside the front door, where the journey is of what begins with that: {event, who, answers}.

    What the front door has open then stays open, and is not counted among what is open later.
    """

    def given(self, step: Told) -> dict[str, Any]:
        """What is answered in `step` besides an ordinary day's answers."""
        return {**self.answers.get(str(step["task"]), {}), **step.get("answers", {})}


@cache
def typical_answers() -> dict[str, dict[str, Any]]:
    """For each form the answers of an ordinary day, so that a journey need tell only what matters in it."""
    found: dict[str, dict[str, Any]] = shipped("typical_answers.json")
    return found


def shipped(name: str) -> Any:
    """A JSON file of the demonstration."""
    return json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def beginning(name: str) -> Told:
    """A journey of the demonstration, as it is written."""
    told: Told = shipped(f"journeys/{name}.json")
    return told


def whole(told: Told, find: Callable[[str], Told] = beginning) -> Journey:
    """The journey that `told` tells, the one it begins as (`begins_as`) put before it.

    Of a beginning, the steps up to the last one named `as_far_as` are taken (all, where nothing is said) and nothing
    of its end.
    """
    name = told.get("begins_as")
    before = whole(find(name), find) if name else Journey("", "", {"who": "coordinator", "answers": {}}, (), {}, {}, ())
    referral = told.get("referral", {})
    return Journey(
        title=told["title"],
        starts=told.get("starts", before.starts),
        referral={
            "who": referral.get("who", before.referral["who"]),
            "answers": {**before.referral["answers"], **referral.get("answers", {})},
        },
        steps=(*_as_far_as(before.steps, told.get("as_far_as")), *told.get("steps", ())),
        answers=_merged(before.answers, told.get("answers", {})),
        ends=told.get("ends", {}),
        tags=tuple(told.get("tags", ())),
        begins=told.get("begins", before.begins),
    )


def variations(told: Told) -> Iterator[Told]:
    """The journey itself, and each of its `variations`: the same steps, other answers, another end."""
    yield told
    for variation in told.get("variations", ()):
        yield {**told, **variation, "answers": _merged(told.get("answers", {}), variation.get("answers", {}))}


def _as_far_as(steps: tuple[Told, ...], task: str | None) -> tuple[Told, ...]:
    if task is None:
        return steps
    last = max(place for place, step in enumerate(steps, start=1) if step.get("task") == task)
    return steps[:last]


def _merged(under: Mapping[str, Told], over: Mapping[str, Told]) -> dict[str, Told]:
    return {task: {**under.get(task, {}), **over.get(task, {})} for task in [*under, *(over.keys() - under.keys())]}
