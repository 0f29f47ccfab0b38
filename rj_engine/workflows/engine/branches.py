"""Whether the branches of a run still come together in a changed drawing.

A join waits for one token from each arrow. A run that was split before the change may hold fewer branches than the
new join waits for, or more than the new drawing brings together: it would then stand still, or do something twice.
Where conditions lead is left open here, so a fault counts only where the old drawing did not have it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.diagram import Diagram, Node
from rj_engine.workflows.engine.lint import read_sources

MOST: Final = 4_000
"""Markings looked at; a drawing with more is taken for one that cannot be followed."""
Place = tuple[str, str]
"""An element, and the arrow's source by which a token waits at it where it is a join; else empty."""
Marking = frozenset[Place]


@dataclass(frozen=True, slots=True)
class Net:
    """One drawing as the ways that tokens can go."""

    nodes: Mapping[str, Node]
    targets: Mapping[str, tuple[str, ...]]
    edges: Mapping[str, tuple[str, ...]]
    """Element to the events on its edge that end it."""
    joins: Mapping[str, frozenset[str]]
    """Join to the sources of its arrows."""
    known: dict[tuple[Marking, frozenset[str]], bool] = field(default_factory=dict)

    def faults(self, marking: Marking, asleep: frozenset[str] = frozenset()) -> bool:
        """Whether a run that stands so may stop for ever, or come twice to the same place; `asleep` never happen."""
        key = marking, asleep
        if (found := self.known.get(key)) is None:
            found = self.known[key] = self._faults(marking, asleep)
        return found

    def _faults(self, marking: Marking, asleep: frozenset[str]) -> bool:
        seen, left = {marking}, [marking]
        while left:
            here = left.pop()
            ways = list(self._ways(here, asleep))
            if (here and not ways) or None in ways or len(seen) > MOST:
                return True
            fresh = {way for way in ways if way is not None} - seen
            seen |= fresh
            left.extend(fresh)
        return False

    def _ways(self, marking: Marking, asleep: frozenset[str]) -> Iterator[Marking | None]:
        """Every marking that may come next; None where a token would come to where one stands already."""
        for place in marking:
            name, via = place
            if via:
                continue
            rest, node = marking - {place}, self.nodes[name]
            targets = self.targets.get(name, ())
            if node.kind == "endEvent" and any(event.kind == "terminate" for event in node.events):
                yield frozenset()
            elif node.kind in {"exclusiveGateway", "eventBasedGateway"}:
                yield from (self._arrived(rest, name, (target,)) for target in targets)
            else:
                yield self._arrived(rest, name, targets)
            for edge in (each for each in self.edges.get(name, ()) if each not in asleep):
                yield self._arrived(rest, edge, self.targets.get(edge, ()))

    def _arrived(self, rest: Marking, source: str, targets: tuple[str, ...]) -> Marking | None:
        marking = set(rest)
        for target in targets:
            sources = self.joins.get(target)
            place = (target, source if sources else "")
            if place in marking:
                return None
            marking.add(place)
            waiting = {(target, each) for each in sources or ()}
            if waiting and waiting <= marking:
                marking -= waiting
                marking.add((target, ""))
        return frozenset(marking)


@lru_cache(maxsize=32)
def drawings(definition: Definition) -> Mapping[str, Diagram]:
    """The drawings of a definition, by process."""
    return {diagram.process: diagram for diagram in read_sources(definition.sources)[0]}


@lru_cache(maxsize=32)
def nets(definition: Definition) -> Mapping[str, Net]:
    """Process to its drawing as ways."""
    return {process: _net(diagram) for process, diagram in drawings(definition).items()}


def _net(diagram: Diagram) -> Net:
    nodes = diagram.nodes
    joins = {key for key, node in nodes.items() if node.kind == "parallelGateway" and len(diagram.incoming(key)) > 1}
    return Net(
        nodes=nodes,
        targets={key: tuple(flow.target for flow in diagram.outgoing(key)) for key in nodes},
        edges={key: tuple(one.id for one in diagram.boundaries(key) if one.interrupting) for key in nodes},
        joins={key: frozenset(flow.source for flow in diagram.incoming(key)) for key in joins},
    )


def come_apart(old: Net, new: Net, marking: Marking) -> bool:
    """Whether branches that came together in the old drawing do not in the new one, for a run that stands so.

    An event that was put on the edge of something open does not arm itself.
    """
    if (old.targets, old.edges, old.joins) == (new.targets, new.edges, new.joins):
        return False
    asleep = {edge for name, _ in marking for edge in set(new.edges[name]) - set(old.edges[name])}
    return new.faults(marking, frozenset(asleep)) and not old.faults(marking)
