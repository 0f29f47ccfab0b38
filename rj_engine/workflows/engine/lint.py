"""Reads diagrams as an author's friend: everything that would go wrong in a case is said before publishing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from rj_engine.errors import Finding
from rj_engine.workflows.engine.diagram import LANE_PREFIX, Diagram, read_diagram
from rj_engine.workflows.engine.lint_elements import element_findings, is_snake_case
from rj_engine.workflows.engine.lint_flow import flow_findings
from rj_engine.workflows.engine.lint_foreign import foreign_findings
from rj_engine.workflows.engine.xml import BPMN, read_xml

NODE_LIMIT: Final = 300
"""The stock parser is recursive and fails at about 490 elements in a chain."""
NESTING_LIMIT: Final = 8
ELEMENT_LIMIT: Final = 4000
"""Elements of every kind in a file, arrows and their parts among them: nothing of a larger one is read further."""


def lint(sources: Mapping[str, bytes], clocks: Collection[str] | None = None) -> list[Finding]:
    """Everything wrong with these diagrams, each with a code, a sentence and an element id; never an exception.

    `clocks` are the known clock keys; without them any well-formed key passes. With more than one file, sentences
    begin with the file they are about.
    """
    diagrams, findings = read_sources(sources)
    return [*findings, *findings_of(diagrams, clocks, among=len(sources))]


def read_sources(sources: Mapping[str, bytes]) -> tuple[list[Diagram], list[Finding]]:
    """The diagrams that can be read, and a finding for each file that cannot."""
    diagrams, findings = [], []
    for file, data in sources.items():
        found = _read(file, data)
        if isinstance(found, Finding):
            findings.append(_placed(found, file, len(sources)))
        else:
            diagrams.append(found)
    return diagrams, findings


def findings_of(
    diagrams: list[Diagram], clocks: Collection[str] | None = None, among: int | None = None
) -> list[Finding]:
    """Everything wrong with diagrams that could be read."""
    known = {diagram.process: diagram for diagram in diagrams}
    findings = [finding for diagram in diagrams for finding in _diagram_findings(diagram, known, clocks, among)]
    for process, count in Counter(diagram.process for diagram in diagrams).items():
        if count > 1:
            findings.append(Finding("duplicate_process", f"{count} files hold a process “{process}”.", process))
    return findings


@lru_cache(maxsize=256)
def _read(file: str, data: bytes) -> Diagram | Finding:
    root = read_xml(data)
    if isinstance(root, Finding):
        return root
    if sum(1 for _ in root.iter(f"{BPMN}*")) > ELEMENT_LIMIT:
        return Finding("too_many_elements", f"The file holds more than {ELEMENT_LIMIT} elements. Divide it.")
    diagram = read_diagram(file, root)
    if diagram is None:
        return Finding("no_process", "The file holds no process.")
    return replace(diagram, foreign=tuple(foreign_findings(root)))


def _placed(finding: Finding, file: str, among: int) -> Finding:
    if not finding.element:  # one without an id cannot be pointed at
        finding = replace(finding, element=None)
    return replace(finding, message=f"{file}: {finding.message}") if among > 1 else finding


def _diagram_findings(
    diagram: Diagram, known: Mapping[str, Diagram], clocks: Collection[str] | None, among: int | None
) -> list[Finding]:
    findings = [*_file_findings(diagram)]
    if len(diagram.nodes) <= NODE_LIMIT:
        findings += _inside_findings(diagram, known, clocks)
    return [_placed(finding, diagram.file, among if among is not None else len(known)) for finding in findings]


def _inside_findings(
    diagram: Diagram, known: Mapping[str, Diagram], clocks: Collection[str] | None
) -> Iterator[Finding]:
    yield from _alone(diagram, None if clocks is None else frozenset(clocks))
    yield from _together(diagram, frozenset(known.values()))
    yield from diagram.foreign
    for other in diagram.others:
        if len(other.nodes) <= NODE_LIMIT:
            yield from _name_findings(other)
            yield from _lane_findings(other)
            yield from element_findings(other, clocks)


@lru_cache(maxsize=512)
def _alone(diagram: Diagram, clocks: frozenset[str] | None) -> tuple[Finding, ...]:
    """What a diagram's ids, lanes and elements are to be blamed for, whatever it calls: looked at once."""
    return (*_id_findings(diagram), *_lane_findings(diagram), *element_findings(diagram, clocks))


@lru_cache(maxsize=512)
def _together(diagram: Diagram, known: frozenset[Diagram]) -> tuple[Finding, ...]:
    """What its arrows are to be blamed for among these diagrams."""
    return tuple(flow_findings(diagram, {one.process: one for one in known}))


def _file_findings(diagram: Diagram) -> Iterator[Finding]:
    process = diagram.process
    if diagram.processes > 1:
        yield Finding("many_processes", "A file must hold one process; this one holds more.", process)
    if diagram.pools > 1 or diagram.message_flows:
        yield Finding("many_pools", "A file must hold one pool, without message flows to others.", process)
    if not diagram.executable:
        yield Finding("not_executable", "The process is not marked as executable.", process)
    if len(diagram.nodes) > NODE_LIMIT:
        yield Finding(
            "too_many_elements",
            f"The process has {len(diagram.nodes)} elements; more than {NODE_LIMIT} cannot be read safely. "
            "Move a part of it into a called process.",
            process,
        )
    deepest = max((_depth(diagram, node.id) for node in diagram.nodes.values()), default=0)
    if deepest > NESTING_LIMIT:
        yield Finding("too_deep", f"Sub-processes are nested more than {NESTING_LIMIT} deep.", process)


def _depth(diagram: Diagram, node_id: str) -> int:
    depth, inside = 0, diagram.nodes[node_id].inside
    while inside and inside in diagram.nodes and depth <= NESTING_LIMIT:
        depth, inside = depth + 1, diagram.nodes[inside].inside
    return depth


def _id_findings(diagram: Diagram) -> Iterator[Finding]:
    for found, count in Counter(diagram.ids).items():
        if count > 1:
            yield Finding("duplicate_id", f"The id “{found}” is used {count} times.", found)
    yield from _name_findings(diagram)


def _name_findings(diagram: Diagram) -> Iterator[Finding]:
    for found in (diagram.process, *diagram.nodes, *diagram.lanes):
        if found and not is_snake_case(found):
            yield Finding("id_not_snake_case", f"The id “{found}” should be words in lower case joined by _.", found)
    for flow in diagram.flows:
        if flow.id and not is_snake_case(flow.id):
            message = f"The arrow “{flow.id}” should have an id of words in lower case joined by _."
            yield Finding("id_not_snake_case", message, flow.id, severity="warning")


def _lane_findings(diagram: Diagram) -> Iterator[Finding]:
    for lane, name in diagram.lanes.items():
        if not lane.startswith(LANE_PREFIX):
            yield Finding("lane_id", f"A lane's id should be “{LANE_PREFIX}” and a role, not “{lane}”.", lane)
        if not name:
            yield Finding("lane_unnamed", f"The lane “{lane}” has no name for the screen.", lane)
