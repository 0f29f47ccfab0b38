"""Facts that come to a decision as its table does not know them: another type, or a value it never foresaw."""

from __future__ import annotations

from collections.abc import Iterator

from rj_engine import dmn, feel
from rj_engine.dmn import foreseen
from rj_engine.dmn.elements import InputData
from rj_engine.errors import Finding
from rj_engine.workflows.engine.diagram import Node
from rj_engine.workflows.published.told import OUTSIDE, Told
from rj_engine.workflows.published.worded import KINDS, kind_of, listed


def findings(told: Told) -> Iterator[Finding]:
    """One for each fact that the forms and decisions before a decision tell and it does not take.

    What a case brings along from elsewhere is not held against it: other pathways have tables of their own.
    """
    for process, diagram in told.drawn.diagrams.items():
        for node in diagram.nodes.values():
            model = told.drawn.models.get(node.decision or "")
            if node.kind == "businessRuleTask" and model is not None:
                yield from _taken(told, process, node, model)


def _taken(told: Told, process: str, node: Node, model: dmn.Model) -> Iterator[Finding]:
    for one in model.definitions.nodes.values():
        fact = told.at((process, node.id), one.name) if isinstance(one, InputData) else None
        if isinstance(one, InputData) and fact is not None and OUTSIDE not in fact.by:
            words = _judged(one.name, fact.possible, foreseen.taken(model, one))
            if words is not None:
                yield Finding(words[0], f"{words[1]} The decision here could not use it.", f"{process}/{node.id}")


def _judged(name: str, told: feel.Possible, taken: feel.Possible) -> tuple[str, str] | None:
    """A code and a sentence about a fact that does not fit."""
    if told.kind.name in KINDS and taken.kind.name in KINDS and told.kind != taken.kind:
        return "wrong_type", f"“{name}” is {kind_of(told)}; the table asks for {kind_of(taken)}."
    more = (told.values or frozenset()) - (taken.values or frozenset())
    if taken.values is None or not more:
        return None
    return "unforeseen_value", f"“{name}” can be {listed(more)}; the table knows {listed(taken.values, 'and')}."
