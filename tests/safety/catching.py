"""Tries the proof on a mutant: refused by the lint, refused by the proof, or let through."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from uuid import UUID

from rj_engine import bpmn
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.proof import pathways
from rj_engine.workflows.proof.explore import Explorer
from rj_engine.workflows.proof.invariants import BROKEN, Walks, listed
from rj_engine.workflows.proof.prove import verdict, walk
from rj_engine.workflows.published import publishing, versions
from rj_engine.workflows.published.versions import Published
from tests.safety.mutants import EngineStopped, Mutant, Remembering

CHEAP_FIRST = ("unbroken", "ends", "alive", "named_ends", "owned", "heard", "reaches", "aftercare", "silent", "held",
               "signable", "renewable")  # fmt: skip


@cache
def shipped() -> list[Published]:
    """The shipped pathways as they are."""
    return pathways.shipped()


def drawn(mutant: Mutant) -> list[Published]:
    """The shipped pathways that a mutant is part of, with it; raises `PathwayRefused` as publishing does."""
    files = {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}
    files[f"{mutant.process}.bpmn"] = mutant.text
    decisions = {f"{key}.dmn": text for key, text in bpmn.decisions().items()}
    concerned = [one.pathway for one in shipped() if f"{mutant.process}.bpmn" in one.definition.sources]
    return [versions.unpack(UUID(int=0), 0, publishing.bundled(key, files, decisions)) for key in concerned]


def learn(wanted: Collection[str] = ()) -> None:
    """Walk the shipped pathways, or the wanted ones, once, so that each mutant costs only what it changes."""
    Remembering.memory.clear()
    Remembering.learning = True
    list(_walks([one for one in shipped() if not wanted or one.pathway in wanted], Remembering))
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
        concerned = drawn(mutant)
    except PathwayRefused:
        return "lint"
    Remembering.touched = mutant.touched
    starters = [one for one in shipped() if any(other.pathway in pathways.onward(one) for other in concerned)]
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
