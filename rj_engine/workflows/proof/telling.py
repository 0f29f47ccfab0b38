"""A proof in plain words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rj_engine.workflows.proof.invariants import BROKEN, ELSEWHERE, HOLDS, NOT_APPLICABLE
from rj_engine.workflows.proof.prove import Proof


def told(proof: Proof) -> str:
    """What was walked, what holds, what does not and how it comes about, and what is not about this pathway."""
    return "\n".join(_lines(proof))


def _lines(proof: Proof) -> Iterator[str]:
    of = {status: [one for one in proof.verdicts if one.status == status] for status in (HOLDS, ELSEWHERE, BROKEN)}
    walked = f"{proof.states} states, {proof.edges} moves, {proof.walks.situations} situations"
    proved = f"{len(of[HOLDS])} invariants hold, {len(of[BROKEN])} broken, {proof.seconds:.1f} s"
    yield f"{proof.pathway}: {walked}; {proved}"
    for verdict in of[HOLDS]:
        yield f"  {verdict.invariant.id:5} holds   {verdict.invariant.words}"
    for verdict in of[ELSEWHERE]:
        yield f"  {verdict.invariant.id:5} not proved here: {verdict.invariant.words} ({verdict.note})"
    for verdict in of[BROKEN]:
        yield f"  {verdict.invariant.id:5} BROKEN  {verdict.invariant.words}"
        if verdict.story is not None:
            yield f"        {verdict.story}"
            yield f"        [{', '.join(verdict.story.elements)}]"
    yield from _not_about(proof)


def _not_about(proof: Proof) -> Iterator[str]:
    notes: dict[str, list[str]] = {}
    for verdict in proof.verdicts:
        if verdict.status == NOT_APPLICABLE:
            notes.setdefault(verdict.note, []).append(verdict.invariant.id)
    for note, names in notes.items():
        yield f"  not applicable ({note}): {', '.join(names)}"
