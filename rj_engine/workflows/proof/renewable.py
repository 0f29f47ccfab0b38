"""What a lapse can do: at any moment every consent and signature may run out, and the gate then holds tasks back.

The proof is that no case is stuck by it. All of them are let lapse together wherever a task could be held back, which
is the worst there can be; from there, with nothing held back being done, an end has to be in reach. A delivery that
is held back can be sent back to the check on the day. Beside any other task a renewal can run: it ends either with
consent and signature on record, or by a message that this pathway has to hear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Final

from rj_engine import bpmn
from rj_engine.risk import gate
from rj_engine.risk.assessment import MAIN_GATE
from rj_engine.risk.requirements import REQUIREMENTS
from rj_engine.workflows.engine.diagram import read_diagram
from rj_engine.workflows.engine.step import OpenTask
from rj_engine.workflows.engine.xml import read_xml
from rj_engine.workflows.proof import lenses
from rj_engine.workflows.proof.explore import Edge, State
from rj_engine.workflows.proof.facts import Assessed, Facts, after
from rj_engine.workflows.proof.invariants import Breach, Invariant, Walks, check
from rj_engine.workflows.proof.needs import About, held_back

Spot = tuple[int, Facts]
CONTACT: Final = ("victim", "contact_harmer")
LOOSEST: Final = min(REQUIREMENTS[effect].highest for effect in ("contact_harmer", "deliver_letter", "deliver_shuttle"))
ASKED: Final = frozenset(
    given
    for needs in REQUIREMENTS.values()
    if not (needs.on_the_day and needs.gate == MAIN_GATE)
    for given in needs.consents
)
"""Consents that the gate asks for, but those of victim and harmer to one of their ways.

Five ways for two people make a thousand sets of consents; without them each such delivery counts as held back for
good, which is stricter.
"""
RENEWED: Final = Assessed("", LOOSEST, 0, 0, "", signed=True, by_another=True)


@check("renewable")
def _renewable(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    graph, walked = walks.graph, walks.through(lenses.NOTHING)
    starts = [(number, Facts()) for number, state in enumerate(graph.states) if _guarded(state.tasks)]
    good = _Lapsed(walks).good(starts)
    for node in sorted(walked.first_at[number] for number, facts in starts if (number, facts) not in good):
        task = _guarded(graph.states[walked.nodes[node].state].tasks)[0]
        words = f"“{task.name}” held back because consent or assessment has run out, and no way on"
        yield Breach(words, walked, node)


def _guarded(tasks: tuple[OpenTask, ...]) -> list[OpenTask]:
    return [task for task in tasks if gate.guarded(task.properties.get("effect"))]


class _Lapsed:
    """The walk from where everything has lapsed."""

    def __init__(self, walks: Walks) -> None:
        self.walks = walks
        self.graph = walks.graph
        self.watching = walks.watching
        self.stops = _messages_of(walks.watching.renewal["pathway"])
        self._become: dict[tuple[Hashable, Facts], Facts] = {}

    def good(self, starts: list[Spot]) -> set[Spot]:
        """The spots from which an end can be reached."""
        before: dict[Spot, list[Spot]] = defaultdict(list)
        known, left, good = set(starts), list(starts), list[Spot]()
        while left:
            spot = left.pop()
            if self.graph.states[spot[0]].end is not None:
                good.append(spot)
            for onward in self._onward(spot):
                before[onward].append(spot)
                if onward not in known:
                    known.add(onward)
                    left.append(onward)
        found = set(good)
        while good:
            for earlier in before[good.pop()]:
                if earlier not in found:
                    found.add(earlier)
                    good.append(earlier)
        return found

    def _onward(self, spot: Spot) -> Iterator[Spot]:
        number, facts = spot
        state = self.graph.states[number]
        back = [task for task in state.tasks if held_back(About(self.graph.published, facts, task))]
        for edge, label in self.walks.moves[number]:
            if self._may(edge, facts, back):
                if (label, facts) not in self._become:
                    self._become[label, facts] = _short(after(facts, edge, state, self.watching))
                yield edge.to, self._become[label, facts]
        if back and self.watching.renewal["day"] not in state.messages and self._can_be_stopped(state):
            yield number, _short(facts._replace(consents=facts.consents | {CONTACT}, assessed=RENEWED))

    def _may(self, edge: Edge, facts: Facts, back: list[OpenTask]) -> bool:
        if edge.kind == "message":
            return edge.element == self.watching.renewal["day"] and bool(back)
        if edge.task in back:
            return False
        signs = edge.task is not None and edge.task.properties.get("record") == "sign_off"
        return not signs or (facts.assessed is not None and not facts.assessed.signed)

    def _can_be_stopped(self, state: State) -> bool:
        """Whether a renewal that does not succeed would be heard."""
        return bool(self.stops) and self.stops <= state.messages


def _short(facts: Facts) -> Facts:
    """What the gate reads: the scopes it asks for, and whether a signed level lets anything pass or nothing."""
    made = facts.assessed
    level = 0 if made is None else LOOSEST if made.level <= LOOSEST else LOOSEST + 1
    short = None if made is None else Assessed("", level, 0, 0, made.by, made.signed, made.by_another)
    asked_for = facts.consents & ASKED
    return Facts(consents=asked_for, assessed=short)


def _messages_of(pathway: str) -> frozenset[str]:
    """What the ends of a pathway may tell the other runs of its case."""
    source: Mapping[str, bytes] = bpmn.pathways()
    root = read_xml(source[pathway]) if pathway in source else None
    diagram = read_diagram(pathway, root) if root is not None and not hasattr(root, "code") else None
    nodes = diagram.nodes.values() if diagram else ()
    return frozenset(node.element.properties["tells"] for node in nodes if "tells" in node.element.properties)
