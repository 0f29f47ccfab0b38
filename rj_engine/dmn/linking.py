"""Joins the nodes of a model by what they require, and refuses circles before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rj_engine.dmn import elements
from rj_engine.errors import Finding

LONGEST_CHAIN: Final = 60
"""Decisions that need one another in a row."""


@dataclass(frozen=True, slots=True)
class Link:
    """One thing required: where it is, and the name it goes by here."""

    prefix: str | None
    """Import name; None for the model itself."""
    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A model with the models it imports."""

    definitions: elements.Definitions
    imported: Mapping[str, elements.Definitions]
    """By import name."""

    def link(self, target: str) -> Link | None:
        """What `#id` or `namespace#id` points at, or None."""
        namespace, _, element = target.rpartition("#")
        if not namespace:
            node = self.definitions.nodes.get(element)
            return None if node is None else Link(None, element, node.variable.name)
        for prefix, definitions in self.imported.items():
            if definitions.namespace == namespace and (node := definitions.nodes.get(element)) is not None:
                return Link(prefix, element, node.variable.name)
        return None


def links(around: Neighbours, node: elements.Node, targets: Iterable[str]) -> list[Link]:
    """Everything a node requires; a target that does not exist is a finding."""
    found = []
    for target in targets:
        link = around.link(target)
        if link is None:
            message = f"{node.name} requires {target[:80]!r}, which is not in the model or its imports."
            around.definitions.findings.append(
                Finding("dangling_reference", message, element=node.element, line=node.line)
            )
        else:
            found.append(link)
    return found


def circles(definitions: elements.Definitions, wanted: Mapping[str, list[Link]]) -> Iterator[Finding]:
    """Decisions that need themselves in the end, and chains too long to follow."""
    heights: dict[str, int] = {}
    for start in wanted:
        trail: list[str] = []
        yield from _climb(start, definitions, wanted, heights, trail)


def _climb(
    start: str,
    definitions: elements.Definitions,
    wanted: Mapping[str, list[Link]],
    heights: dict[str, int],
    trail: list[str],
) -> Iterator[Finding]:
    if start in heights:
        return
    node = definitions.nodes[start]
    if start in trail or len(trail) > LONGEST_CHAIN:
        what = "needs its own answer" if start in trail else f"stands behind more than {LONGEST_CHAIN} others"
        heights[start] = 0
        yield Finding("circular_requirement", f"{node.name} {what}.", element=start, line=node.line)
        return
    trail.append(start)
    for link in wanted[start]:
        if link.prefix is None and link.node in wanted:
            yield from _climb(link.node, definitions, wanted, heights, trail)
    trail.pop()
    heights[start] = 1


def known_names(definitions: elements.Definitions) -> frozenset[str]:
    """Names that stand after a dot: parts of types, lines of contexts, outputs and columns."""
    found: set[str] = set()
    for item in definitions.types.values():
        found.update(_part_names(item))
    for node in definitions.nodes.values():
        if isinstance(node, elements.Decision | elements.KnowledgeModel):
            found.update(_inner_names(node.logic))
    return frozenset(name for name in found if not name.isidentifier())


def _part_names(item: elements.ItemDefinition) -> Iterator[str]:
    for part in item.components:
        yield part.name
        yield from _part_names(part)


def _inner_names(box: elements.Boxed | None) -> Iterator[str]:
    if isinstance(box, elements.Context):
        for entry in box.entries:
            if entry.variable is not None:
                yield entry.variable.name
            yield from _inner_names(entry.value)
    elif isinstance(box, elements.FunctionDefinition):
        yield from _inner_names(box.body)
    elif isinstance(box, elements.Relation):
        yield from (column.name for column in box.columns)
    elif isinstance(box, elements.DecisionTable):
        yield from (output.name for output in box.outputs if output.name)
