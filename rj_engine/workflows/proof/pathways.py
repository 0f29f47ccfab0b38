"""Which pathways to prove, in which order, and over which files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from rj_engine import bpmn
from rj_engine.errors import Finding
from rj_engine.workflows.engine import lint
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.proof.prove import Proof, prove
from rj_engine.workflows.published import publishing, versions
from rj_engine.workflows.published.versions import Published


def in_order(pathways: Collection[Published]) -> list[Published]:
    """The same pathways, each after those whose ends start it."""
    known = {one.pathway: one for one in pathways}
    order: dict[str, Published] = {}

    def place(one: Published, onto: frozenset[str]) -> None:
        for starter in known.values():
            if starter.pathway not in onto and one.pathway in onward(starter):
                place(starter, onto | {starter.pathway})
        order.setdefault(one.pathway, one)

    for one in known.values():
        place(one, frozenset({one.pathway}))
    return list(order.values())


def onward(published: Published) -> set[str]:
    """The pathways that its ends may start; one that works it out may start any."""
    named = {one.properties["starts"] for one in published.definition.elements.values() if "starts" in one.properties}
    return set(bpmn.pathways()) if any(name.startswith("=") for name in named) else named


def prove_all(pathways: Collection[Published], wanted: Collection[str] = ()) -> Iterator[Proof]:
    """Prove these pathways, each beginning as those before it hand on; only `wanted` ones where any are named."""
    done: dict[str, Proof] = {}
    for published in in_order(pathways):
        needed = not wanted or published.pathway in wanted or onward(published) & set(wanted)
        if needed:
            before = [proof for key, proof in done.items() if published.pathway in onward(proof.walks.graph.published)]
            done[published.pathway] = prove(published, before)
            if not wanted or published.pathway in wanted:
                yield done[published.pathway]


def mains(diagrams: Mapping[str, bytes], decisions: Mapping[str, bytes]) -> list[Published]:
    """Each pathway among these files that no other calls, with all it calls, as it would be published."""
    drawn = lint.read_sources(diagrams)[0]
    called = {node.called for diagram in drawn for node in diagram.nodes.values()}
    by_process = {f"{diagram.process}.bpmn": diagrams[diagram.file] for diagram in drawn}
    found = [one.process for one in drawn if one.process not in called]
    return [versions.unpack(UUID(int=0), 0, publishing.bundled(key, by_process, decisions)) for key in found]


def shipped() -> list[Published]:
    """The pathways that ship with the product."""
    diagrams = {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}
    return mains(diagrams, {f"{key}.dmn": text for key, text in bpmn.decisions().items()})


def check(files: Mapping[str, bytes]) -> tuple[list[Finding], list[str]]:
    """Findings over every pathway that these files are part of, and why some could not be proved.

    What the files call, and what calls them, may be among the shipped pathways.
    """
    drawn = {one.process: one.file for one in lint.read_sources(_of_kind(files, ".bpmn"))[0]}
    ours = {f"{process}.bpmn": files[file] for process, file in drawn.items()}
    diagrams = {f"{key}.bpmn": text for key, text in bpmn.pathways().items()} | ours
    decisions = {f"{key}.dmn": text for key, text in bpmn.decisions().items()} | _of_kind(files, ".dmn")
    findings: list[Finding] = []
    unproved: list[str] = []
    try:
        every = mains(diagrams, decisions)
    except PathwayRefused as refused:
        return refused.findings, unproved
    for published in (one for one in every if one.definition.sources.keys() & ours.keys()):
        if absent := sorted(published.definition.forms - published.forms.keys()):
            unproved.append(f"{published.pathway}: there is no form “{absent[0]}”.")
            continue
        starters = [one for one in every if published.pathway in onward(one)]
        for proof in prove_all([*starters, published], [published.pathway]):
            findings += proof.findings()
    return findings, unproved


def _of_kind(files: Mapping[str, bytes], ending: str) -> dict[str, bytes]:
    return {name: text for name, text in files.items() if name.endswith(ending)}
