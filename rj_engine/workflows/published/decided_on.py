"""Facts that come to a decision as its table does not know them: another type, or a value it never foresaw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rj_engine import feel
from rj_engine.errors import Finding
from rj_engine.workflows.published.told import OUTSIDE, At, Told
from rj_engine.workflows.published.worded import KINDS, kind_of, listed

UNUSABLE: Final = "The decision here could not use it."


def findings(told: Told) -> Iterator[Finding]:
    """One for each fact that the forms and decisions before a decision tell and it does not take.

    What a case brings along from elsewhere is not held against it: other pathways have tables of their own. A value
    that may have gone another way before is a warning.
    """
    for process, diagram in told.drawn.diagrams.items():
        for node in diagram.nodes.values():
            taken = told.drawn.inputs.get(node.decision or "", {}) if node.kind == "businessRuleTask" else {}
            for name, one in taken.items():
                yield from _met(told, (process, node.id), name, one)


def _met(told: Told, at: At, name: str, taken: feel.Possible) -> Iterator[Finding]:
    fact = told.at(at, name)
    words = None if OUTSIDE in fact.by else _mistyped(name, fact.possible, taken)
    if words is not None:
        yield Finding("wrong_type", f"{words} {UNUSABLE}", "/".join(at))
    elif OUTSIDE not in fact.by and _unforeseen(name, fact.possible, taken):
        sure, perhaps = (_unforeseen(name, told.past(at, name, surely=one), taken) for one in (True, False))
        if sure or perhaps:
            severity = "error" if sure else "warning"
            yield Finding("unforeseen_value", f"{sure or perhaps} {UNUSABLE}", "/".join(at), severity=severity)


def _mistyped(name: str, told: feel.Possible, taken: feel.Possible) -> str | None:
    """A sentence about a fact of another type."""
    if told.kind.name not in KINDS or taken.kind.name not in KINDS or told.kind == taken.kind:
        return None
    return f"“{name}” is {kind_of(told)}; the table asks for {kind_of(taken)}."


def _unforeseen(name: str, told: feel.Possible, taken: feel.Possible) -> str | None:
    """A sentence about values that the table does not list."""
    more = (told.values or frozenset()) - (taken.values or frozenset())
    if taken.values is None or not more:
        return None
    return f"“{name}” can be {listed(more)}; the table knows {listed(taken.values, 'and')}."
