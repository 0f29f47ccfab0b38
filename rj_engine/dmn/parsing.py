"""Reads a whole DMN file into `elements`."""

from __future__ import annotations

from typing import Final

from lxml import etree

from rj_engine.dmn import elements
from rj_engine.dmn.boxed_parsing import BoxedParser
from rj_engine.dmn.documents import NAMESPACES, read
from rj_engine.dmn.xml_reading import child, children, line_of, local, name_of, text_of

DEEPEST_TYPE: Final = 20

_NODES: Final = ("inputData", "decision", "businessKnowledgeModel", "decisionService")


def parse(xml: bytes) -> elements.Definitions:
    """The model in the file; what cannot be read in it stands in its `findings`."""
    root = read(xml)
    definitions = elements.Definitions(
        name=name_of(root),
        namespace=root.get("namespace", ""),
        version=NAMESPACES[etree.QName(root).namespace or ""],
        prefixes={prefix or "": address for prefix, address in root.nsmap.items()},
    )
    parser = BoxedParser(definitions.findings)
    for one in children(root, "import"):
        definitions.imports.append(elements.Import(name_of(one), one.get("namespace", "")))
    for one in children(root, "itemDefinition"):
        found = _item(parser, one)
        if found.name in definitions.types:
            parser.note("duplicate_name", f"Two types are called {found.name!r}.", one)
        definitions.types[found.name] = found
    _unique_ids(parser, root)
    for one in children(root, *_NODES):
        node = _node(parser, one, definitions.namespace)
        definitions.nodes[node.element] = node
    return definitions


def _unique_ids(parser: BoxedParser, root: etree._Element) -> None:
    """An id that stands twice would leave a row that fired, or a finding, without its place."""
    seen: set[str] = set()
    for one in root.iter():
        name = one.get("id")
        if name is not None and name in seen:
            parser.note("duplicate_id", f"Two elements have the id {name!r}.", one)
        seen.add(name or "")


def _item(parser: BoxedParser, element: etree._Element, depth: int = 0) -> elements.ItemDefinition:
    components = list(children(element, "itemComponent"))
    if depth >= DEEPEST_TYPE and components:
        parser.note("type_too_large", f"Types stand within types more than {DEEPEST_TYPE} deep.", element)
        components = []
    function = child(element, "functionItem")
    parts = None
    if function is not None:
        parts = (
            tuple(parser.variable(one) for one in children(function, "parameters")),
            function.get("outputTypeRef"),
        )
    return elements.ItemDefinition(
        name=parser.variable(element).name,
        type_ref=(text_of(element, "typeRef") or "").strip() or None,
        is_collection=element.get("isCollection") == "true",
        allowed=parser.unary(element, "allowedValues"),
        constraint=parser.unary(element, "typeConstraint"),
        components=tuple(_item(parser, one, depth + 1) for one in components),
        function=parts,
        element=element.get("id") or name_of(element),
        line=line_of(element),
    )


def _node(parser: BoxedParser, element: etree._Element, namespace: str) -> elements.Node:
    name = parser.variable(element).name
    variable = child(element, "variable")
    node: elements.NodePlace = {
        "element": element.get("id") or name,
        "name": name,
        "variable": elements.Variable(name) if variable is None else parser.variable(variable),
        "line": line_of(element),
    }
    kind = local(element)
    if kind == "inputData":
        return elements.InputData(**node)
    if kind == "decisionService":
        return elements.Service(
            outputs=_targets(element, namespace, "outputDecision"),
            input_decisions=_targets(element, namespace, "inputDecision"),
            input_data=_targets(element, namespace, "inputData"),
            **node,
        )
    requires = _requirements(element, namespace)
    if kind == "decision":
        question = (text_of(element, "question") or "").strip() or None
        return elements.Decision(logic=parser.logic(element), requires=requires, question=question, **node)
    encapsulated = child(element, "encapsulatedLogic")
    logic = None if encapsulated is None else parser.function(encapsulated)
    return elements.KnowledgeModel(logic=logic, requires=requires, **node)


def _requirements(element: etree._Element, namespace: str) -> tuple[str, ...]:
    wanted: list[str] = []
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        wanted += _targets(requirement, namespace, "requiredDecision", "requiredInput", "requiredKnowledge")
    return tuple(wanted)


def _targets(element: etree._Element, namespace: str, *names: str) -> tuple[str, ...]:
    """What the children point at: `#id` here, `namespace#id` in another model."""
    return tuple(one.get("href", "").removeprefix(namespace) for one in children(element, *names))
