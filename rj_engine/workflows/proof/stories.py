"""A path through a pathway as somebody would tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rj_engine.forms import Field
from rj_engine.workflows.proof.explore import Edge
from rj_engine.workflows.proof.invariants import Breach
from rj_engine.workflows.published.versions import Published


@dataclass(frozen=True, slots=True)
class Story:
    """How a case comes to where an invariant is broken."""

    steps: tuple[str, ...]
    what: str
    elements: tuple[str, ...]
    """`process/id` of the tasks, timers and messages on the way."""

    def __str__(self) -> str:
        """In one line."""
        return " → ".join([*self.steps, self.what])


def story(breach: Breach) -> Story:
    """The shortest way to a breach."""
    published = breach.walked.graph.published
    path = breach.walked.path(breach.node) if breach.node is not None else []
    elements = tuple(edge.element for edge in path if edge.element)
    return Story(
        steps=tuple(told for edge in path for told in _told(published, edge, breach.walked.graph.told_apart)),
        what=breach.words,
        elements=(*elements, breach.element) if breach.element else elements,
    )


def _told(published: Published, edge: Edge, apart: frozenset[str]) -> Iterator[str]:
    if edge.kind == "start":
        yield "Start"
    elif edge.kind == "timer":
        yield f"time passes ({edge.name or 'a clock'})"
    elif edge.kind == "message":
        yield f"message: {edge.name}"
    else:
        yield f"“{edge.name}”{_answers(published, edge, apart)}"
    for decision, value in edge.decided:
        yield f"[{decision}: {_short(value)}]"


def _short(value: object) -> str:
    return ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)


def _answers(published: Published, edge: Edge, apart: frozenset[str]) -> str:
    form = published.forms.get(edge.task.form or "") if edge.task else None
    if form is None:
        return ""
    fields = [(form.fields[key], value) for key, value in edge.answers.items() if key in apart]
    told = [_answer(field, value) for field, value in fields if field.type != "date"]
    return f" ({'; '.join(told)})" if told else ""


def _answer(field: Field, value: object) -> str:
    labels = {option.value: option.label for option in field.options}
    values = value if isinstance(value, list) else [value]
    return f"{field.label} {', '.join(labels.get(str(one), str(one)) for one in values) or 'nothing ticked'}"
