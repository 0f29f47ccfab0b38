"""Opens a DMN file with those it imports and compiles it: everything that can be refused is refused here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rj_engine.dmn import elements
from rj_engine.dmn.boxes import compile_boxed, typed
from rj_engine.dmn.evaluation import Parts
from rj_engine.dmn.linking import Neighbours, circles, known_names, links
from rj_engine.dmn.model import Model
from rj_engine.dmn.parsing import parse
from rj_engine.dmn.refusals import DecisionRefused
from rj_engine.dmn.scopes import Scope
from rj_engine.dmn.type_book import TypeBook
from rj_engine.dmn.types import Kind
from rj_engine.errors import Finding


def load(xml: bytes, imports: Mapping[str, bytes] | None = None, *, lenient: bool = False) -> Model:
    """A model from its file, and the files it imports (under any key; they are known by their namespace).

    Refuses, with findings that name element and line: what is not DMN 1.1 to 1.5, what points nowhere or in
    circles, unknown types, text that is not FEEL, functions outside FEEL. `lenient` keeps those findings in the
    model instead and makes the part concerned null, as a conformance kit asks; no live file is opened so.
    """
    library = {one.namespace: one for one in (parse(file) for file in (imports or {}).values())}
    assembly = _Assembly(library)
    parts = assembly.parts(parse(xml), ())
    errors = [one for one in assembly.findings() if one.severity == "error"]
    if errors and not lenient:
        raise DecisionRefused(errors)
    return Model(parts)


class _Assembly:
    """The models of one load, each compiled once."""

    def __init__(self, library: Mapping[str, elements.Definitions]) -> None:
        self._library = library
        self._done: dict[str, Parts] = {}

    def findings(self) -> Iterator[Finding]:
        for parts in self._done.values():
            yield from parts.definitions.findings

    def parts(self, definitions: elements.Definitions, trail: tuple[str, ...]) -> Parts:
        imported: dict[str, Parts] = {}
        for one in definitions.imports:
            if (found := self._import(definitions, one, (*trail, definitions.namespace))) is not None:
                imported[one.name] = found
        books = {name: parts.types for name, parts in imported.items()}
        types = TypeBook(definitions, books, definitions.findings)
        parts = Parts(definitions, types, imported)
        self._done[definitions.namespace] = parts
        _Compiler(parts).compile()
        return parts

    def _import(self, definitions: elements.Definitions, one: elements.Import, trail: tuple[str, ...]) -> Parts | None:
        if one.namespace in trail:
            definitions.findings.append(Finding("circular_import", f"{one.namespace} imports itself in the end."))
            return None
        if one.namespace in self._done:
            return self._done[one.namespace]
        if one.namespace not in self._library:
            message = f"The model imports {one.namespace!r}, which was not given."
            definitions.findings.append(Finding("import_missing", message))
            return None
        return self.parts(self._library[one.namespace], trail)


class _Compiler:
    """Compiles the nodes of one model."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._definitions = parts.definitions
        self._around = Neighbours(parts.definitions, {name: one.definitions for name, one in parts.imported.items()})
        self._members = known_names(parts.definitions).union(
            *(known_names(one) for one in self._around.imported.values())
        )

    def compile(self) -> None:
        nodes = self._definitions.nodes
        for node in nodes.values():
            self._link(node)
        wanted = {name: self._parts.links[name] for name, node in nodes.items() if isinstance(node, elements.Decision)}
        self._definitions.findings.extend(circles(self._definitions, wanted))
        for node in nodes.values():
            self._node(node)

    def _link(self, node: elements.Node) -> None:
        table = self._parts.links
        if isinstance(node, elements.Service):
            table[node.element] = links(self._around, node, (*node.input_data, *node.input_decisions))
            table[f"{node.element}#outputs"] = links(self._around, node, node.outputs)
        elif isinstance(node, elements.Decision | elements.KnowledgeModel):
            table[node.element] = links(self._around, node, node.requires)

    def _node(self, node: elements.Node) -> None:
        scope = self._scope(node)
        kind = scope.kind(node.variable.type_ref, node.element, node.line)
        if isinstance(node, elements.Decision) and node.logic is not None:
            logic = compile_boxed(node.logic, scope)
            self._parts.logic[node.element] = typed(logic, kind, node.name, node.element)
        elif isinstance(node, elements.KnowledgeModel):
            self._knowledge(node, scope)
            kind = _result(kind)
        elif isinstance(node, elements.Service):
            self._parts.parameters[node.element] = [
                (link.name, self._kind_behind(link.prefix, link.node)) for link in self._parts.links[node.element]
            ]
            kind = _result(kind)
        elif isinstance(node, elements.InputData) and kind.plain:
            self._parts.plain[node.element] = (node.variable.name, kind.plain)
        self._parts.kinds[node.element] = kind

    def _knowledge(self, node: elements.KnowledgeModel, scope: Scope) -> None:
        self._parts.parameters[node.element] = []
        if node.logic is None:
            return
        self._parts.parameters[node.element] = [
            (one.name, scope.kind(one.type_ref, node.element, node.line)) for one in node.logic.parameters
        ]
        inner = scope.with_names(one.name for one in node.logic.parameters)
        self._parts.logic[node.element] = compile_boxed(node.logic.body, inner)

    def _kind_behind(self, prefix: str | None, element: str) -> Kind:
        parts = self._parts if prefix is None else self._parts.imported[prefix]
        return parts.types.get(parts.definitions.nodes[element].variable.type_ref)

    def _scope(self, node: elements.Node) -> Scope:
        names = set(self._members)
        for link in self._parts.links.get(node.element, ()):
            names.add(link.name)
            if link.prefix:
                names.add(link.prefix)
        return Scope(frozenset(names), self._parts.types, self._definitions.findings, node.name)


def _result(kind: Kind) -> Kind:
    """The result of a function's type; before DMN 1.2 the variable had the type of the result itself."""
    return Kind(kind.base.item) if kind.base.name == "function" and kind.base.item is not None else kind
