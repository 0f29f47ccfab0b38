"""The proof that a pathway keeps every invariant on every path, and what to say when it does not."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rj_engine.errors import Finding
from rj_engine.workflows.proof import renewable, soundness
from rj_engine.workflows.proof.explore import Explorer
from rj_engine.workflows.proof.facts import watch
from rj_engine.workflows.proof.invariants import (
    BROKEN,
    ELSEWHERE,
    HOLDS,
    NOT_APPLICABLE,
    Invariant,
    Walks,
    concerned,
    first_breach,
    listed,
)
from rj_engine.workflows.proof.stories import Story, story
from rj_engine.workflows.published.versions import Published

SEEN: Final = frozenset({"stage"})
"""Variables that record keepers read beside the answers."""
LOOKED_FOR_BY: Final = (renewable, soundness)
"""The modules that look for breaches: importing them is what makes `first_breach` know their kinds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the proof says of one invariant."""

    invariant: Invariant
    status: str
    note: str = ""
    story: Story | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the proof says of one pathway."""

    pathway: str
    verdicts: tuple[Verdict, ...]
    seconds: float
    """Of processor time."""
    walks: Walks

    @property
    def states(self) -> int:
        """Of the pathway, as far as anything can tell them apart."""
        return len(self.walks.graph.states)

    @property
    def edges(self) -> int:
        """Moves between them."""
        return self.walks.graph.moves

    @property
    def broken(self) -> list[Verdict]:
        """The invariants that do not hold."""
        return [verdict for verdict in self.verdicts if verdict.status == BROKEN]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "pathway": self.pathway,
            "states": self.states,
            "edges": self.edges,
            "situations": self.walks.situations,
            "seconds": round(self.seconds, 2),
            "invariants": [
                {
                    "id": verdict.invariant.id,
                    "words": verdict.invariant.words,
                    "status": verdict.status,
                    **({"note": verdict.note} if verdict.note else {}),
                    **({"story": str(verdict.story), "elements": verdict.story.elements} if verdict.story else {}),
                }
                for verdict in self.verdicts
            ],
        }

    def findings(self) -> list[Finding]:
        """One finding for each invariant that does not hold, at the last element of its story."""
        return [
            Finding(
                "invariant_broken",
                f"{verdict.invariant.id}: {verdict.invariant.words} {verdict.story or ''}".strip(),
                verdict.story.elements[-1] if verdict.story and verdict.story.elements else self.pathway,
            )
            for verdict in self.broken
        ]


def prove(published: Published, before: Sequence[Proof] = ()) -> Proof:
    """Walk every state of `published` and try every invariant.

    `before` are the proofs of pathways whose ends start this one: it begins as they hand it on. Raises `TooManyStates`
    where the walk would not end, `PathwayRefused` where an answer's outcomes cannot be counted.
    """
    begun = time.process_time()
    walks = walk(published, [proof.walks for proof in before])
    verdicts = tuple(verdict(invariant, walks) for invariant in listed())
    return Proof(published.pathway, verdicts, time.process_time() - begun, walks)


def walk(published: Published, before: Sequence[Walks] = (), explorer: type[Explorer] = Explorer) -> Walks:
    """Every state of a pathway, ready to be looked at; `before` as for `prove`."""
    watching = watch()
    seeds = _handed_on(published, before)
    given = watching.beside.get(published.pathway, {}).get("given", [{}])
    graph = explorer(published, watching.noted, SEEN).walk(seeds or given)
    return Walks(graph, watching, before if seeds else ())


def _handed_on(published: Published, before: Sequence[Walks]) -> list[Mapping[str, object]]:
    """The variables a run begins with, each set once, as `moves` takes them over from the run that starts it."""
    found: dict[str, Mapping[str, object]] = {}
    for graph in (walks.graph for walks in before):
        for state in graph.states:
            end = graph.published.definition.elements.get(state.end or "")
            onward = end.properties.get("starts") if end is not None else None
            if onward and graph.published.evaluated(onward, state.variables) == published.pathway:
                wanted = {key: one for key, one in state.variables.items() if key in published.definition.reads}
                found[repr(sorted(wanted.items()))] = wanted
    return list(found.values())


def verdict(invariant: Invariant, walks: Walks) -> Verdict:
    """What the walks say of one invariant."""
    published = walks.graph.published
    if not concerned(invariant, published):
        return Verdict(invariant, NOT_APPLICABLE, "nothing in it carries the tag")
    if published.pathway in invariant.told.get("exemptions", {}):
        return Verdict(invariant, NOT_APPLICABLE, invariant.told["exemptions"][published.pathway])
    if invariant.kind == "elsewhere":
        return Verdict(invariant, ELSEWHERE, invariant.told["elsewhere"])
    breach = first_breach(invariant, walks)
    return Verdict(invariant, BROKEN, "", story(breach)) if breach else Verdict(invariant, HOLDS)
