"""Which answers can still matter from where: two runs that differ only in the others go the same ways from here on.

A gateway does not read a variable but parts of conditions on it, so a part's outcome is all that has to be kept of it
until an element writes the variable anew. The calls of a pathway are unrolled, so that one part called twice is two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rj_engine import feel
from rj_engine.errors import Finding
from rj_engine.forms import Form
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.diagram import Diagram, Node, feel_text, read_diagram
from rj_engine.workflows.engine.xml import read_xml

Where = tuple[str, ...]
"""The elements that hold a place, outermost first, and the element itself."""
HOLDERS = frozenset({"callActivity", "subProcess"})


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is read of one variable; without an expression its value as it is."""

    variable: str
    says: str
    expression: feel.Expression | None = field(default=None, compare=False)

    def of(self, value: object) -> object:
        """What it comes to."""
        return value if self.expression is None else feel.to_json(self.expression.evaluate({self.variable: value}))


@dataclass(frozen=True, slots=True)
class Place:
    """An element in one of the calls it is reached by."""

    where: Where
    diagram: Diagram
    node: Node
    private: frozenset[str]
    """Variables that some call around it was given as inputs of its own."""


def diagrams_of(definition: Definition) -> dict[str, Diagram]:
    """The diagrams of a definition by process."""
    read = [(name, read_xml(data)) for name, data in definition.sources.items()]
    found = [read_diagram(name, root) for name, root in read if not isinstance(root, Finding)]
    return {diagram.process: diagram for diagram in found if diagram is not None}


class Reads:
    """What each place of a pathway reads, and what is still to be read from it on."""

    def __init__(self, definition: Definition, forms: Mapping[str, Form], noted: frozenset[str] = frozenset()) -> None:
        """`noted` are variables that a watcher reads at tasks that keep a record, beside the pathway itself."""
        self.definition = definition
        self.diagrams = diagrams_of(definition)
        self.forms = forms
        self.noted = noted
        self.places = {place.where: place for place in self._unrolled(definition.key, None, (), frozenset())}
        self.live = self._live()

    @cached_property
    def parts(self) -> Mapping[str, tuple[Part, ...]]:
        """Every part that anything in the pathway reads, by variable."""
        found: dict[str, dict[str, Part]] = {}
        for place in self.places.values():
            for part in self.read_at(place):
                found.setdefault(part.variable, {})[part.says] = part
        return {name: tuple(parts.values()) for name, parts in found.items()}

    def _unrolled(self, process: str, inside: str | None, above: Where, private: frozenset[str]) -> Iterator[Place]:
        diagram = self.diagrams[process]
        for node in diagram.within(inside):
            where = (*above, node.id)
            yield Place(where, diagram, node, private)
            if node.called:
                yield from self._unrolled(node.called, None, where, private | node.takes.keys())
            elif node.kind == "subProcess":
                yield from self._unrolled(process, node.id, where, private)

    def read_at(self, place: Place) -> Iterator[Part]:
        """What the element itself reads."""
        node, diagram = place.node, place.diagram
        if node.kind == "exclusiveGateway":
            for flow in diagram.outgoing(node.id):
                yield from _parts(flow.condition or "true")
        for event in node.events:
            if event.kind == "timer" and event.form == "timeDate" and event.text:
                yield from _parts(f"{event.text} = null")
        for text in (*node.takes.values(), *_sums(node)):
            yield from _whole(feel.compile_expression(feel_text(text)).names)
        yield from _whole([node.loop.collection] if node.loop and node.loop.collection else [])
        if node.kind == "userTask":
            yield from _whole(self._asked_about(node))

    def _asked_about(self, node: Node) -> frozenset[str]:
        form = self.forms.get(node.element.form or "")
        conditions = [condition for field in form.fields.values() for condition in field.conditions] if form else []
        names = {name for condition in conditions for name in condition.expression.names}
        watched = self.noted if "record" in node.element.properties else frozenset()
        return frozenset((names | watched) - (form.fields.keys() if form else set()))

    def written_at(self, place: Place) -> frozenset[str]:
        """Variables that an element surely writes, so that what they held before is gone."""
        node = place.node
        if node.kind == "userTask" and node.loop is None:
            form = self.forms.get(node.element.form or "")
            written = frozenset(form.fields.keys() if form else ()) & self.definition.reads
        else:
            written = frozenset({node.result} if node.result and node.kind == "businessRuleTask" else ())
            written |= {name for name in self.definition.reads if node.result and name.startswith(f"{node.result}_")}
        return written - place.private

    def _live(self) -> dict[Where, frozenset[Part]]:
        """The parts that some way on from each place may read before anything writes their variable."""
        own = {where: frozenset(self.read_at(place)) for where, place in self.places.items()}
        killed = {where: self.written_at(place) for where, place in self.places.items()}
        after = {where: list(self._next(place)) for where, place in self.places.items()}
        breaks = {where: list(self._breaks(place)) for where, place in self.places.items()}
        live = dict(own)
        changed = True
        while changed:
            changed = False
            for where in reversed(list(self.places)):
                later = frozenset().union(*(live[other] for other in after[where]))
                kept = frozenset(part for part in later if part.variable not in killed[where])
                found = own[where].union(kept, *(live[other] for other in breaks[where]))
                changed = changed or found != live[where]
                live[where] = found
        return live

    def _next(self, place: Place) -> Iterator[Where]:
        """Where the run is after this element, when nothing interrupts it: a holder leads inside itself."""
        inner = [other for other in self.places if other[:-1] == place.where]
        yield from (other for other in inner if self.places[other].node.kind == "startEvent")
        if not inner or place.node.loop is not None:
            yield from self._past(place)

    def _past(self, place: Place) -> Iterator[Where]:
        above = place.where[:-1]
        for flow in place.diagram.outgoing(place.node.id):
            yield (*above, flow.target)
        if place.node.kind == "endEvent" and above:
            yield from self._past(self.places[above])

    def _breaks(self, place: Place) -> Iterator[Where]:
        """Events that may take the run away from here: those on its own edge and on that of whatever holds it."""
        for depth in range(len(place.where)):
            holder = self.places[place.where[: depth + 1]]
            for event in holder.diagram.boundaries(holder.node.id):
                yield (*holder.where[:-1], event.id)


def _sums(node: Node) -> list[str]:
    return [text for text in node.element.properties.values() if text.startswith("=")]


def _whole(names: Iterable[str]) -> Iterator[Part]:
    return (Part(name, "") for name in names)


def _parts(condition: str) -> Iterator[Part]:
    for leaf in feel.leaves(condition):
        if len(leaf.names) == 1:
            yield Part(next(iter(leaf.names)), leaf.text, leaf)
        else:
            yield from _whole(leaf.names)
