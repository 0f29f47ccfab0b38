"""Facts that come to a decision as its table does not know them: another type, or a value it never foresaw."""

from __future__ import annotations

from collections.abc import Iterator

from rj_engine import feel
from rj_engine.errors import Finding
from rj_engine.workflows.published.told import OUTSIDE, Fact, Told
from rj_engine.workflows.published.worded import KINDS, kind_of, listed


def findings(told: Told) -> Iterator[Finding]:
    """One for each fact that the forms and decisions before a decision tell and it does not take.

    What a case brings along from elsewhere is not held against it: other pathways have tables of their own.
    """
    for process, diagram in told.drawn.diagrams.items():
        for node in diagram.nodes.values():
            taken = told.drawn.inputs.get(node.decision or "", {}) if node.kind == "businessRuleTask" else {}
            for name, one in taken.items():
                yield from _met(name, told.at((process, node.id), name), one, f"{process}/{node.id}")


def _met(name: str, fact: Fact, taken: feel.Possible, element: str) -> Iterator[Finding]:
    words = None if OUTSIDE in fact.by else _judged(name, fact.possible, taken)
    if words is not None:
        yield Finding(words[0], f"{words[1]} The decision here could not use it.", element)


def _judged(name: str, told: feel.Possible, taken: feel.Possible) -> tuple[str, str] | None:
    """A code and a sentence about a fact that does not fit."""
    if told.kind.name in KINDS and taken.kind.name in KINDS and told.kind != taken.kind:
        return "wrong_type", f"“{name}” is {kind_of(told)}; the table asks for {kind_of(taken)}."
    more = (told.values or frozenset()) - (taken.values or frozenset())
    if taken.values is None or not more:
        return None
    return "unforeseen_value", f"“{name}” can be {listed(more)}; the table knows {listed(taken.values, 'and')}."
