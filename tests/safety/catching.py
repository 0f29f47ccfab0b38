"""Tries the proof on a mutant: refused by the lint, refused by the proof, or let through."""

from __future__ import annotations

from collections.abc import Iterator

from rj_engine import bpmn
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.proof import pathways
from rj_engine.workflows.proof.explore import Explorer
from rj_engine.workflows.proof.invariants import BROKEN, Walks, listed
from rj_engine.workflows.proof.prove import verdict, walk
from rj_engine.workflows.versions import Published
from tests.safety.mutants import EngineStopped, Mutant, Remembering

CHEAP_FIRST = ("unbroken", "ends", "alive", "named_ends", "owned", "heard", "reaches", "aftercare", "silent", "held",
               "signable", "renewable")  # fmt: skip


def drawn(mutant: Mutant | None = None) -> list[Published]:
    """The shipped pathways, with one diagram replaced by its mutant; raises `PathwayRefused` as publishing does."""
    files = {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}
    if mutant is not None:
        files[f"{mutant.process}.bpmn"] = mutant.text
    return pathways.mains(files, {f"{key}.dmn": text for key, text in bpmn.decisions().items()})


def learn() -> None:
    """Walk the shipped pathways once, so that each mutant costs only what it changes."""
    Remembering.memory.clear()
    Remembering.learning = True
    list(_walks(drawn(), Remembering))
    Remembering.learning = False


def _walks(published: list[Published], explorer: type[Explorer]) -> Iterator[Walks]:
    done: list[Walks] = []
    for one in pathways.in_order(published):
        before = [walks for walks in done if one.pathway in pathways.onward(walks.graph.published)]
        done.append(walk(one, before, explorer))
        yield done[-1]


def caught_by(mutant: Mutant) -> str | None:
    """What refuses the mutant: `lint`, or the id of the first invariant found broken; None where nothing does."""
    try:
        published = drawn(mutant)
    except PathwayRefused:
        return "lint"
    Remembering.touched = mutant.touched
    concerned = [one for one in published if f"{mutant.process}.bpmn" in one.definition.sources]
    starters = [one for one in published if any(other.pathway in pathways.onward(one) for other in concerned)]
    smallest_first = sorted({one.pathway: one for one in [*starters, *concerned]}.values(), key=_size)
    try:
        return next(_broken(_walks(smallest_first, Remembering)), None)
    except EngineStopped:
        return "P-03"


def _size(published: Published) -> int:
    return len(published.definition.sources)


def _broken(every: Iterator[Walks]) -> Iterator[str]:
    order = sorted(listed(), key=lambda one: CHEAP_FIRST.index(one.kind) if one.kind in CHEAP_FIRST else 99)
    for walks in every:
        yield from (one.id for one in order if verdict(one, walks).status == BROKEN)
