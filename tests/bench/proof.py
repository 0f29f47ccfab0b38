"""How long the proof takes, in seconds of processor time, and lint and parsing of the largest pathway, in ms."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rj_engine import bpmn
from rj_engine.workflows.engine import lint, parsing
from rj_engine.workflows.proof import pathways
from tests.bench.figures import Figure

ONE, ALL, PARSED = 20, 120, 200


def figures() -> Iterator[Figure]:
    """The proof of every shipped pathway, then lint and parse of the one with most parts."""
    shipped = pathways.shipped()
    total = 0.0
    for proof in pathways.prove_all(shipped):
        total += proof.seconds
        yield Figure(f"proof of {proof.walks.graph.published.pathway}", proof.seconds, "s", ONE, "")
        yield Figure(f"states of {proof.walks.graph.published.pathway}", proof.states, "states", None, "")
    yield Figure("proof of all shipped pathways", total, "s", ALL, "")
    largest = max(shipped, key=lambda one: len(one.definition.elements))
    began = time.process_time()
    lint.lint(largest.definition.sources, clocks=largest.periods)
    parsing.parse(f"{largest.pathway}.bpmn", {f"{key}.bpmn": text for key, text in bpmn.pathways().items()})
    spent = (time.process_time() - began) * 1000
    yield Figure(f"lint and parse of {largest.pathway}", spent, "ms", PARSED, "")
