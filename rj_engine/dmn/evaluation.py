"""Answers the nodes of one model within one run: DMN 1.5, 6.3 and 10.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.functions import make_function
from rj_engine.dmn.linking import Link
from rj_engine.dmn.run import Evaluate, Frame, Run
from rj_engine.dmn.type_book import TypeBook
from rj_engine.dmn.types import Kind, convert, fit


@dataclass(slots=True)
class Parts:
    """A model compiled: its nodes as something to run, joined by what they require."""

    definitions: elements.Definitions
    types: TypeBook
    imported: dict[str, Parts] = field(default_factory=dict)
    """By import name."""
    links: dict[str, list[Link]] = field(default_factory=dict)
    logic: dict[str, Evaluate] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    """The type of each node's variable; of a function, of its result."""
    plain: dict[str, tuple[str, frozenset[object]]] = field(default_factory=dict)
    """Facts that are words from a list, with their name and the list: they need no further look."""
    parameters: dict[str, list[tuple[str, Kind]]] = field(default_factory=dict)
    """Of knowledge models and services."""


class Evaluation:
    """The nodes of one model, each answered at most once."""

    def __init__(
        self,
        parts: Parts,
        run: Run,
        path: tuple[str, ...] = (),
        given: Mapping[str, object] | None = None,
    ) -> None:
        """`path` holds the import names that led here; `given` the only facts a called service sees."""
        self.parts = parts
        self.run = run
        self.path = path
        self._answered: dict[str, object] = dict(given or {})
        self._isolated = given is not None
        self._imported: dict[str, Evaluation] = {}

    def value(self, element: str) -> object:
        """The value of a node: a fact, an answer or a function."""
        if element in self._answered:
            return self._answered[element]
        if element in self.parts.plain and not self.path and not self._isolated:
            name, values = self.parts.plain[element]
            raw = self.run.context.get(name)
            if type(raw) is str and raw in values:
                self._answered[element] = self.run.inputs[name] = raw
                return raw
        node = self.parts.definitions.nodes[element]
        if isinstance(node, elements.InputData):
            found = None if self._isolated else self._input(node)
        elif isinstance(node, elements.Decision):
            found = self._decide(element)
        else:
            found = self._function(node)
        self._answered[element] = found
        return found

    def called(self, element: str) -> object:
        """The result of a service or knowledge model whose arguments are the run's facts."""
        node = self.parts.definitions.nodes[element]
        try:
            parameters = self.parts.parameters[element]
            given = {name: self._fact(name, kind, self.run.context.get(name)) for name, kind in parameters}
            found = convert(self._answer(node, given), self.parts.kinds[element], self.run.feel)
        except feel.ExpressionRefused as refusal:
            self.run.refuse(refusal.findings)
            return None
        if found.problem is not None:
            self.run.warn("wrong_type", f"The result of {node.name} {found.problem}, so it is null.", element)
        return found.value

    def _decide(self, element: str) -> object:
        logic = self.parts.logic.get(element)
        if logic is None:
            return None
        try:
            return logic(Frame(self._names(self.parts.links[element]), self.run))
        except feel.ExpressionRefused as refusal:
            self.run.refuse(refusal.findings)
            return None

    def _names(self, links: Iterable[Link]) -> dict[str, object]:
        names: dict[str, object] = {}
        there: dict[str, dict[str, object]] = {}
        answered = self._answered
        for link in links:
            if link.prefix is None:
                node = link.node
                names[link.name] = answered[node] if node in answered else self.value(node)
                continue
            value = self._there(link.prefix).value(link.node)
            if link.prefix:
                there.setdefault(link.prefix, {})[link.name] = value
            else:
                names[link.name] = value
        return {**names, **there} if there else names

    def _there(self, prefix: str) -> Evaluation:
        if prefix not in self._imported:
            given: dict[str, object] | None = {} if self._isolated else None
            self._imported[prefix] = Evaluation(
                self.parts.imported[prefix], self.run, (*self.path, *([prefix] if prefix else [])), given
            )
        return self._imported[prefix]

    def _input(self, node: elements.InputData) -> object:
        name, context = node.variable.name, self.run.context
        raw = context[name] if not self.path and name in context else self._given(name)
        return self._fact(name, self.parts.kinds[node.element], raw)

    def _given(self, name: str) -> object:
        """A fact of an imported model may stand under its import names, nested or with dots, or by its name alone."""
        context = self.run.context
        inner: object = context
        for step in self.path:
            inner = inner.get(step) if isinstance(inner, Mapping) else None
        if isinstance(inner, Mapping) and name in inner:
            return inner[name]
        for key in (".".join([*self.path, name]), f"{{{self.parts.definitions.namespace}}}{name}", name):
            if key in context:
                return context[key]
        return None

    def _fact(self, name: str, kind: Kind, raw: object) -> object:
        value, problem = fit(raw if type(raw) is str else feel.to_feel(raw), kind, self.run)
        if problem is not None:
            self.run.warn("wrong_type", f"{name} {problem}, so it is read as null.", name)
        self.run.inputs[".".join([*self.path, name]) if self.path else name] = value
        return value

    def _function(self, node: elements.Node) -> feel.Function:
        kind = self.parts.kinds[node.element]
        parameters = self.parts.parameters[node.element]
        return make_function(node.name, parameters, lambda given: self._answer(node, given), kind, self.run)

    def _answer(self, node: elements.Node, given: dict[str, object]) -> object:
        if isinstance(node, elements.Service):
            return self._serve(node, given)
        logic = self.parts.logic.get(node.element)
        if logic is None:
            return None
        names = self._names(self.parts.links[node.element])
        return logic(Frame({**names, **given}, self.run))

    def _serve(self, node: elements.Service, given: dict[str, object]) -> object:
        inner = Evaluation(self.parts, self.run, self.path, given={})
        inputs, outputs = self.parts.links[node.element], self.parts.links[f"{node.element}#outputs"]
        for link in inputs:
            inner.place(link, given[link.name])
        answers = {link.name: inner.at(link) for link in outputs}
        return next(iter(answers.values()), None) if len(outputs) == 1 else answers

    def place(self, link: Link, value: object) -> None:
        """Give a node its value from outside, so that it is not asked."""
        home = self if link.prefix is None else self._there(link.prefix)
        home._answered[link.node] = value  # noqa: SLF001 - the same class

    def at(self, link: Link) -> object:
        """The value behind a link."""
        return self.value(link.node) if link.prefix is None else self._there(link.prefix).value(link.node)
