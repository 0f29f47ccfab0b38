"""What is left of a fact past the choices since it was told: a value that went another way comes here no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from rj_engine import feel
from rj_engine.feel.values.types import NULL
from rj_engine.workflows.engine.diagram import Diagram, Flow

MOST_FOLLOWED: Final = 60
"""Values of one fact that are each followed on their way; more are followed together."""


class Passing(NamedTuple):
    """What a fact holds while its way is followed back, and whether only ways that it surely takes count."""

    held: feel.Possible
    surely: bool


def passes(diagram: Diagram, flow: Flow, name: str, past: Passing) -> bool:
    """Whether a run may go this way, or surely does, while a fact holds this and every other fact anything."""
    if flow.id == diagram.nodes[flow.source].default:
        others = tuple(one.condition for one in diagram.outgoing(flow.source) if one.condition and one.id != flow.id)
        return _is_left(others, name, past)
    return flow.condition is None or _is_open(flow.condition, name, past)


@lru_cache(maxsize=4096)
def _is_open(condition: str, name: str, past: Passing) -> bool:
    table = _truths((condition,), name, past)
    if table is None:
        return not past.surely
    truth = table.conditions[0]
    return truth.is_sure and truth.holds == table.all if past.surely else bool(truth.holds)


@lru_cache(maxsize=4096)
def _is_left(others: tuple[str, ...], name: str, past: Passing) -> bool:
    """Whether none of the other ways is open."""
    table = _truths(others, name, past)
    if table is None:
        return not past.surely
    if past.surely:
        return not any(truth.holds for truth in table.conditions)
    left = table.all
    for truth in table.conditions:
        left &= ~truth.holds | truth.fails
    return bool(left)


def _truths(conditions: tuple[str, ...], name: str, past: Passing) -> feel.Truths | None:
    try:
        return feel.truths(conditions, {name: past.held})
    except feel.ExpressionRefused:
        return None


@dataclass(frozen=True, slots=True)
class Part:
    """One value that a fact can hold, or all that are not listed."""

    held: feel.Possible
    value: object = None
    is_listed: bool = True

    def is_in(self, told: feel.Possible) -> bool:
        """Whether somebody can have told it."""
        if not self.is_listed:
            return told.values != frozenset()
        if self.value is None:
            return told.nullable
        return told.values is None or self.value in told.values


def parts(possible: feel.Possible) -> Iterator[Part]:
    """What is followed each by itself."""
    if possible.nullable:
        yield Part(feel.constant(None))
    values = frozenset({True, False}) if possible.kind.name == "boolean" else possible.values
    if values is None or possible.kind.name == "list" or len(values) > MOST_FOLLOWED:
        rest = feel.Possible(possible.kind, possible.values, possible.least, possible.most, nullable=False)
        yield Part(rest, is_listed=False)
        return
    for value in values:
        yield Part(feel.Possible(feel.constant(value).kind, frozenset({value}), nullable=False), value)


def together(kept: list[Part]) -> feel.Possible:
    """All that is left; of nothing no value at all."""
    given = [one.held for one in kept if one.held.kind != NULL]
    if not given:
        return feel.Possible(NULL, frozenset(), nullable=bool(kept))
    either = feel.either(given)
    return either.with_null() if len(given) < len(kept) else either
