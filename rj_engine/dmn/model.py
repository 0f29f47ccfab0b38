"""A DMN model ready to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.decided import Decided
from rj_engine.dmn.evaluation import Evaluation, Parts
from rj_engine.dmn.linking import Link
from rj_engine.dmn.refusals import UnknownDecision
from rj_engine.dmn.run import STEPS, Run
from rj_engine.dmn.type_book import TypeBook
from rj_engine.errors import Finding

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Named:
    """A decision, service or knowledge model by id and name."""

    id: str
    name: str


class Model:
    """One DMN file and those it imports, compiled once; safe to share between threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def name(self) -> str:
        """The model's own name."""
        return self._parts.definitions.name

    @property
    def namespace(self) -> str:
        """The address other models import it by."""
        return self._parts.definitions.namespace

    @property
    def version(self) -> str:
        """The version of DMN the file is written in."""
        return self._parts.definitions.version

    @property
    def definitions(self) -> elements.Definitions:
        """What the file says, for analysis."""
        return self._parts.definitions

    @property
    def findings(self) -> list[Finding]:
        """What an author should be told although the file can be used."""
        return list(self._parts.definitions.findings)

    @property
    def types(self) -> TypeBook:
        """The types it speaks of, for analysis."""
        return self._parts.types

    @property
    def decisions(self) -> list[Named]:
        """The decisions of this file, in its order."""
        return self._named(elements.Decision)

    @property
    def invocables(self) -> list[Named]:
        """The decision services and knowledge models of this file."""
        return self._named(elements.Service, elements.KnowledgeModel)

    def decide(self, name_or_id: str, context: Mapping[str, object], *, clock: Clock | None = None) -> Decided:
        """Answer one decision from the facts in `context`, with all it requires.

        Facts are taken by the name of their input data; one that is missing or of another type is null, with a
        warning where it was given. A decision of an imported model goes by `import.decision`. Without a clock
        `now()` and `today()` are null. Refuses: a decision that is not there.
        """
        link = self._link(name_or_id)
        run = Run(context, feel.Run(clock, STEPS))
        evaluation = Evaluation(self._parts, run)
        return _decided(link.name, lambda: evaluation.at(link), run)

    def call(self, name_or_id: str, arguments: Mapping[str, object], *, clock: Clock | None = None) -> Decided:
        """Call a decision service or knowledge model by the names of its parameters."""
        node = self._find(name_or_id, elements.Service, elements.KnowledgeModel)
        run = Run(arguments, feel.Run(clock, STEPS))
        evaluation = Evaluation(self._parts, run)
        return _decided(node.name, lambda: evaluation.called(node.element), run)

    def table(self, name_or_id: str) -> tuple[elements.DecisionTable, TypeBook]:
        """The table of a decision with the types it speaks of, for analysis. Refuses: a decision without a table."""
        node = self._find(name_or_id, elements.Decision)
        logic = node.logic if isinstance(node, elements.Decision) else None
        if not isinstance(logic, elements.DecisionTable):
            raise UnknownDecision(f"{node.name} is not a decision table.")
        return logic, self._parts.types

    def _named(self, *kinds: type[elements.Node]) -> list[Named]:
        nodes = self._parts.definitions.nodes.values()
        return [Named(node.element, node.name) for node in nodes if isinstance(node, kinds)]

    def _link(self, name_or_id: str) -> Link:
        for prefix, parts in self._parts.imported.items():
            found = _node(parts, name_or_id.removeprefix(f"{prefix}."), elements.Decision)
            if found is not None and name_or_id.startswith(f"{prefix}."):
                return Link(prefix, found.element, name_or_id)
        node = self._find(name_or_id, elements.Decision)
        return Link(None, node.element, node.name)

    def _find(self, name_or_id: str, *kinds: type[elements.Node]) -> elements.Node:
        found = _node(self._parts, name_or_id, *kinds)
        if found is None:
            raise UnknownDecision(f"There is no decision called {name_or_id[:80]!r} in {self.name}.")
        return found


def _decided(name: str, answer: Callable[[], object], run: Run) -> Decided:
    try:
        value = answer()
    except RecursionError:
        run.fail("too_deep", f"{name} leads through too many expressions within one another.")
        value = None
    return Decided(name, value, run.fired, run.inputs, run.warnings, run.matched)


def _node(parts: Parts, name_or_id: str, *kinds: type[elements.Node]) -> elements.Node | None:
    nodes = parts.definitions.nodes
    found = nodes.get(name_or_id)
    if isinstance(found, kinds):
        return found
    wanted = " ".join(name_or_id.split())
    return next((node for node in nodes.values() if isinstance(node, kinds) and node.name == wanted), None)
