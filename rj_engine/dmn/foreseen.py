"""What a decision can answer, as far as its text alone says: a type, and the values where all of them stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.cells import is_constant, parts
from rj_engine.dmn.model import Model
from rj_engine.dmn.type_book import TypeBook
from rj_engine.feel.expression import read
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.types import ANY, NULL, NUMBER, Type, list_of

ALONE: Final = ""
"""Stands for the name of an answer that is one value and no context."""
_GATHERED: Final = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
Answers = Mapping[str, feel.Possible]


def answers(model: Model, decision: str) -> Answers:
    """What each entry of a decision's answer can hold; of a single value under `ALONE`.

    That of a table which stands for itself is never null: without a row that matches nothing is decided.
    """
    found = _Foreseen(model).of(decision)
    node = model.definitions.nodes.get(decision)
    if isinstance(node, elements.Decision) and isinstance(node.logic, elements.DecisionTable):
        return found
    return {name: one.with_null() for name, one in found.items()}


def taken(model: Model, fact: elements.InputData) -> feel.Possible:
    """What an input of a file may be: its type, and its values where its author listed them."""
    reference = fact.variable.type_ref
    kind, definition = model.types.get(reference).base, model.types.definition(reference)
    while definition is not None and definition.allowed is None:
        definition = model.types.definition(definition.type_ref)
    texts = parts(definition.allowed.text) if definition is not None and definition.allowed is not None else []
    listed = texts and all(is_constant(text) for text in texts)
    return feel.Possible(kind, frozenset(_values(texts)) if listed else None)


class _Foreseen:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.nodes = model.definitions.nodes
        self.named = {node.variable.name: key for key, node in self.nodes.items()}
        self._open: set[str] = set()

    def of(self, decision: str) -> Answers:
        """The answers of one decision; anything where it leads back to itself."""
        node = self.nodes.get(decision)
        if not isinstance(node, elements.Decision) or decision in self._open:
            return {ALONE: feel.Possible()}
        self._open.add(decision)
        try:
            if isinstance(node.logic, elements.DecisionTable):
                return dict(_of_table(*self.model.table(decision)))
            if isinstance(node.logic, elements.Literal):
                return self._of_text(node.logic.text)
        finally:
            self._open.discard(decision)
        return {ALONE: feel.Possible()}

    def _of_text(self, text: str) -> Answers:
        try:
            return self._said(read(text))
        except feel.ExpressionRefused:
            return {ALONE: feel.Possible()}

    def _said(self, node: tree.Node) -> Answers:
        if isinstance(node, tree.If):
            ways = [self._said(one) for one in (node.yes, node.no) if not _is_null(one)]
            names = dict.fromkeys(name for way in ways for name in way)
            return {name: feel.either(way.get(name, feel.Possible()) for way in ways) for name in names}
        if isinstance(node, tree.ContextOf):
            return {key: self._one(value) for key, value in zip(node.keys, node.values, strict=True)}
        return {ALONE: self._one(node)}

    def _one(self, node: tree.Node) -> feel.Possible:
        if isinstance(node, tree.Literal):
            return feel.constant(node.value)
        if isinstance(node, tree.Name) and node.name in self.named:
            return self.of(self.named[node.name]).get(ALONE, feel.Possible())
        return feel.Possible()


def _is_null(node: tree.Node) -> bool:
    return isinstance(node, tree.Literal) and node.value is None


def _of_table(box: elements.DecisionTable, types: TypeBook) -> Iterator[tuple[str, feel.Possible]]:
    for index, output in enumerate(box.outputs):
        one = _of_column(box, index, types)
        name = (output.name or "") if len(box.outputs) > 1 else ALONE
        if box.hit_policy not in _GATHERED or box.aggregation in {"MIN", "MAX"}:
            yield name, one
        elif box.aggregation is not None:
            yield name, feel.Possible(NUMBER, nullable=False)
        elif name == ALONE:
            yield name, feel.Possible(list_of(one.kind), one.values, nullable=False)
    if len(box.outputs) > 1 and box.hit_policy in _GATHERED:
        yield ALONE, feel.Possible()


def _of_column(box: elements.DecisionTable, index: int, types: TypeBook) -> feel.Possible:
    """What the cells of a column give; where one does not fit the column, which is told at it, all that it lists."""
    output = box.outputs[index]
    texts = [row.answers[index].text for row in box.rows]
    texts += [output.default.text] if output.default is not None else []
    kind, allowed = column_of(box, index, types)
    if not all(is_constant(text) for text in texts):
        return feel.Possible(kind)
    said = feel.either(feel.constant(value) for value in _values(texts))
    if said.kind not in {kind, NULL} and kind != ANY:
        return feel.Possible(kind, allowed or None)
    fits = not allowed or (said.values or frozenset()) <= allowed
    return feel.Possible(said.kind if kind == ANY else kind, said.values if fits else allowed, nullable=said.nullable)


def column_of(box: elements.DecisionTable, index: int, types: TypeBook) -> tuple[Type, frozenset[object]]:
    """The type of an output column and its values, none where they are not listed one by one."""
    output = box.outputs[index]
    reference = output.type_ref or (box.type_ref if len(box.outputs) == 1 else None)
    definition = types.definition(reference)
    declared = output.values or (definition.allowed if definition is not None else None)
    kind = types.get(reference).base
    listed = parts(declared.text) if declared is not None and kind.name != "list" else []
    return kind, frozenset(_values(listed) if all(is_constant(text) for text in listed) else ())


def _values(texts: Iterable[str]) -> list[object]:
    return [feel.compile_expression(text).evaluate({}) for text in dict.fromkeys(texts)]
