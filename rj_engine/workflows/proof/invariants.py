"""The invariants no case may ever break, and the walk that looks for a path on which one is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from rj_engine import bpmn
from rj_engine.workflows.engine.step import OpenTask
from rj_engine.workflows.proof import lenses
from rj_engine.workflows.proof.explore import Edge, Graph, State
from rj_engine.workflows.proof.facts import Facts, Watch, after, is_cared_for
from rj_engine.workflows.proof.lenses import Lens
from rj_engine.workflows.proof.needs import About, missing, read_by
from rj_engine.workflows.published.versions import Published

HOLDS: Final = "holds"
BROKEN: Final = "broken"
NOT_APPLICABLE: Final = "not applicable"
ELSEWHERE: Final = "not proved here"
STOP: Final = "risk_stops"
"""What a run beside tells the others when the work has to end."""
LOOSEST_SIGNED: Final = 3
"""The highest level that can still be signed to go on."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One line of the list."""

    id: str
    words: str
    formula: str
    kind: str
    told: Mapping[str, Any]
    """What the kind is told besides: effects, needs, messages …"""

    def touches(self, properties: Mapping[str, str]) -> bool:
        """Whether it is about a task with these properties."""
        effect = properties.get("effect", "")
        return any(fnmatchcase(effect, pattern) for pattern in self.told.get("effects", ())) and all(
            properties.get(name) in values for name, values in self.told.get("only", {}).items()
        )


@dataclass(frozen=True, slots=True)
class Node:
    """A state of the pathway with what is on record there, and how it was first reached."""

    state: int
    facts: Facts
    before: int
    edge: Edge


@dataclass(slots=True)
class Walked:
    """Every state with every record it can be reached with, as one lens sees it, shortest way first."""

    graph: Graph
    nodes: list[Node] = field(default_factory=list)
    first_at: dict[int, int] = field(default_factory=dict)
    """State to the first node at it."""

    def path(self, node: int) -> list[Edge]:
        """The shortest way to a node."""
        moves: list[Edge] = []
        while node >= 0:
            moves.append(self.nodes[node].edge)
            node = self.nodes[node].before
        return moves[::-1]


@dataclass(frozen=True, slots=True)
class Breach:
    """Where an invariant does not hold: at a node of a walk, or at an element of the drawing."""

    words: str
    walked: Walked
    node: int | None = None
    element: str | None = None


class Walks:
    """The walks of one pathway, one for each lens anyone looks through."""

    def __init__(self, graph: Graph, watching: Watch, before: Sequence[Walks] = ()) -> None:
        """`before` are the walks of pathways whose ends start this one, with what is on record by then."""
        self.graph = graph
        self.watching = watching
        self.before = before
        self._through: dict[str, Walked] = {}
        self.moves = self._labelled()
        """The moves from each state, each with all of it that facts can follow from; of moves that do the same, one."""

    @property
    def situations(self) -> int:
        """States with records, over all walks."""
        return sum(len(walked.nodes) for walked in self._through.values())

    def through(self, lens: Lens) -> Walked:
        """The walk beside the facts that a lens sees."""
        if lens.name not in self._through:
            self._through[lens.name] = self._walk(lens)
        return self._through[lens.name]

    def _seeds(self, lens: Lens) -> list[Facts]:
        handed = [facts for walks in self.before for facts in walks.handed_to(self.graph.published.pathway, lens)]
        return list(dict.fromkeys(handed)) or [lens.see(self.watching.begins_with(self.graph.published.pathway))]

    def handed_to(self, pathway: str, lens: Lens) -> Iterator[Facts]:
        """What may be on record when an end of this pathway starts another."""
        published, states = self.graph.published, self.graph.states
        for node in self.through(lens).nodes:
            end = published.definition.elements.get(states[node.state].end or "")
            onward = end.properties.get("starts") if end is not None else None
            if onward and published.evaluated(onward, states[node.state].variables) == pathway:
                yield node.facts

    def _walk(self, lens: Lens) -> Walked:
        walked, known = Walked(self.graph), set[tuple[int, Facts]]()
        become: dict[tuple[Hashable, Facts], Facts] = {}

        def reach(edge: Edge, facts: Facts, before: int) -> None:
            if (edge.to, facts) not in known:
                known.add((edge.to, facts))
                walked.first_at.setdefault(edge.to, len(walked.nodes))
                walked.nodes.append(Node(edge.to, facts, before, edge))

        for edge in self.graph.starts:
            for seed in self._seeds(lens):
                reach(edge, lens.see(after(seed, edge, None, self.watching)), -1)
        for number, node in enumerate(walked.nodes):  # grows while it is read
            for edge, label in self.moves[node.state]:
                facts = become.get((label, node.facts))
                if facts is None:
                    facts = lens.see(after(node.facts, edge, self.graph.states[node.state], self.watching))
                    become[label, node.facts] = facts
                reach(edge, facts, number)
        return walked

    def _labelled(self) -> list[list[tuple[Edge, Hashable]]]:
        moves: list[list[tuple[Edge, Hashable]]] = []
        for number, edges in enumerate(self.graph.edges):
            cared = is_cared_for(self.graph.states[number], self.watching)
            unlike = {(edge.to, label): edge for edge in reversed(edges) for label in [(cared, edge.label)]}
            moves.append([(edge, label) for (_, label), edge in reversed(unlike.items())])
        return moves


def listed() -> list[Invariant]:
    """The invariants that ship with the product."""
    named = ("id", "words", "formula", "kind")
    return [
        Invariant(
            row["id"], row["words"], row["formula"], row["kind"], {k: v for k, v in row.items() if k not in named}
        )
        for row in bpmn.invariants()["invariants"]
    ]


def concerned(invariant: Invariant, published: Published) -> bool:
    """Whether the pathway has what the invariant is about; one that names nothing concerns every pathway."""
    told, definition = invariant.told, published.definition
    if "pathway" in told or "decision" in told:
        return told.get("pathway") == published.pathway or told.get("decision") in definition.decisions
    if not {"effects", "properties", "records"} & told.keys():
        return True
    return any(
        invariant.touches(element.properties)
        or element.properties.get("record") in told.get("records", ())
        or element.properties.keys() & set(told.get("properties", ()))
        for element in definition.elements.values()
    )


Check = Callable[[Invariant, Walks], Iterator[Breach]]
_CHECKS: dict[str, Check] = {}
AtNode = Callable[[Invariant, Walks, Node, State], str | None]


def check(kind: str) -> Callable[[Check], Check]:
    """Register what looks for breaches of one kind of invariant; the first it finds is told."""

    def register(found: Check) -> Check:
        _CHECKS[kind] = found
        return found

    return register


def at_every_node(kind: str, lens: Lens) -> Callable[[AtNode], AtNode]:
    """Register a check of single nodes, asked in the order of their distance from the start."""

    def register(found: AtNode) -> AtNode:
        def everywhere(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
            walked = walks.through(lens)
            for number, node in enumerate(walked.nodes):
                if words := found(invariant, walks, node, walks.graph.states[node.state]):
                    yield Breach(words, walked, number)

        _CHECKS[kind] = everywhere
        return found

    return register


def kinds() -> frozenset[str]:
    """The kinds of invariant there are."""
    return frozenset(_CHECKS)


def first_breach(invariant: Invariant, walks: Walks) -> Breach | None:
    """The breach nearest to the start, if there is one."""
    return next(_CHECKS[invariant.kind](invariant, walks), None)


def said(task: OpenTask, words: str) -> str:
    """A task with what is wrong about it."""
    return f"“{task.name}” {words}"


@check("needs")
def _needs(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """Each need by itself, beside the facts it reads."""
    published, states = walks.graph.published, walks.graph.states
    for need in invariant.told["needs"]:
        walked = walks.through(read_by(need))
        for number, node in enumerate(walked.nodes):
            for task in states[node.state].tasks:
                if invariant.touches(task.properties):
                    words = missing(About(published, node.facts, task), need)
                    if words:
                        yield Breach(said(task, words), walked, number)


@at_every_node("silent", lenses.WITHDRAWN)
def _silent(invariant: Invariant, _walks: Walks, node: Node, state: State) -> str | None:
    for party in sorted(node.facts.withdrawn):
        for task in state.tasks:
            effect = task.properties.get("effect", "")
            about_other = effect.endswith("_consent") and task.properties.get("party") not in {party, "both"}
            silenced = any(fnmatchcase(effect, one) for one in invariant.told["silent"][party])
            if silenced and not about_other:
                return said(task, f"after the {party} has withdrawn")
    return None


@at_every_node("aftercare", lenses.AFTERCARE)
def _aftercare(_invariant: Invariant, _walks: Walks, node: Node, state: State) -> str | None:
    ended, more = state.end is not None, " more" if node.facts.owed == "more" else ""
    return f"the end, though nobody has offered the victim{more} aftercare" if ended and node.facts.owed else None


@at_every_node("alarm", lenses.ALARM)
def _alarm(_invariant: Invariant, _walks: Walks, node: Node, state: State) -> str | None:
    acts = any(task.properties.get("effect") == "safeguarding" for task in state.tasks)
    return "a worry about safety was told, and nobody has to act on it" if node.facts.alarm and not acts else None


@at_every_node("held", lenses.HELD)
def _held(invariant: Invariant, walks: Walks, node: Node, state: State) -> str | None:
    if not node.facts.held:
        return None
    for task in state.tasks:
        if task.properties.get("effect") in invariant.told["contacts"]:
            return said(task, f"while the referral is held ({node.facts.held})")
    end = walks.graph.published.definition.elements.get(state.end or "")
    if end is not None and "starts" in end.properties:
        return f"“{end.name}” while the referral is held ({node.facts.held})"
    return None


@at_every_node("signable", lenses.SIGNED)
def _signable(invariant: Invariant, _walks: Walks, node: Node, state: State) -> str | None:
    made = node.facts.assessed
    for task in state.tasks:
        if task.properties.get("record") in invariant.told["records"] and (made is None or made.signed):
            return said(task, "though there is no unsigned assessment")
    return None


@check("renews")
def _renews(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    published, states = walks.graph.published, walks.graph.states
    walked, stopped = walks.through(lenses.RENEWED), _stopped(walks.graph)
    for number, node in enumerate(walked.nodes):
        end = published.definition.elements.get(states[node.state].end or "")
        if end is None or "tells" in end.properties or node.state in stopped:
            continue
        if not (node.facts.withdrawn or _renewed(node.facts)):
            yield Breach(f"“{end.name}” though not everything is renewed", walked, number)


def _stopped(graph: Graph) -> set[int]:
    """The states to which nothing leads but a stop told beside this run."""
    ways = [edge for edges in graph.edges for edge in edges]
    stops = {edge.to for edge in ways if (edge.kind, edge.element) == ("message", STOP)}
    return stops - {edge.to for edge in ways if (edge.kind, edge.element) != ("message", STOP)}


def _renewed(facts: Facts) -> bool:
    made = facts.assessed
    signed = made is not None and made.signed and made.lowest <= made.level <= LOOSEST_SIGNED
    return signed and ("victim", "contact_harmer") in facts.consents
