"""Makes a definition out of diagrams, and keeps the compiled specifications of those in use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rj_engine import feel
from rj_engine.errors import Finding
from rj_engine.workflows.engine.definition import Definition, PathwayRefused, checksum
from rj_engine.workflows.engine.diagram import Diagram, Node, feel_text
from rj_engine.workflows.engine.lint import findings_of, read_sources
from rj_engine.workflows.engine.scripting import NoScripts
from rj_engine.workflows.engine.specs import compile_process
from rj_engine.workflows.engine.tokens import Journey, Run

__all__ = ["Definition", "Loaded", "PathwayRefused", "load", "parse"]


def parse(
    main: str, sources: Mapping[str, bytes], decision_inputs: Mapping[str, Collection[str]] | None = None
) -> Definition:
    """The definition of one pathway and all it calls.

    `main` is a file name or a process id; `decision_inputs` names the variables each decision reads. Raises
    `PathwayRefused` with every finding. Sources the pathway does not reach are left out, so a change to them is no
    change to this pathway, and a fault in them no fault of its.
    """
    diagrams, unread = read_sources(sources)
    process = next((one.process for one in diagrams if one.file == main), main)
    wanted = _reached(process, {diagram.process: diagram for diagram in diagrams})
    findings = [one for one in findings_of(wanted) if one.severity == "error"]
    if not wanted:
        findings.append(Finding("unknown_process", f"There is no process “{main}” among the files.", main))
    if findings:
        raise PathwayRefused([*unread, *findings])
    used = {diagram.file: sources[diagram.file] for diagram in wanted}
    for data in used.values():
        compile_process(data)
    return _definition(process, used, wanted, decision_inputs or {})


def _reached(main: str, diagrams: Mapping[str, Diagram]) -> list[Diagram]:
    """The main diagram and those it calls, each once."""
    names, left = [], [main]
    while left:
        name = left.pop(0)
        if name in diagrams and name not in names:
            names.append(name)
            left += [node.called for node in diagrams[name].nodes.values() if node.called]
    return [diagrams[name] for name in names]


def _definition(
    main: str, sources: Mapping[str, bytes], diagrams: list[Diagram], inputs: Mapping[str, Collection[str]]
) -> Definition:
    nodes = [node for diagram in diagrams for node in diagram.nodes.values()]
    elements = [node.element for node in nodes]
    timers = [event for node in nodes for event in node.events if event.kind == "timer" and event.text]
    clocks = {event.text for event in timers if event.text and event.form == "timeDuration"}
    reads = {name for diagram in diagrams for name in _reads(diagram, inputs)}
    return Definition(
        key=main,
        checksum=checksum(main, sources),
        sources=dict(sources),
        main=diagrams[0].file,
        reads=frozenset(reads),
        elements={element.key: element for element in elements},
        decisions=frozenset(node.decision for node in nodes if node.decision),
        clocks=frozenset(clocks | {element.due for element in elements if element.due}),
        forms=frozenset(element.form for element in elements if element.form),
        called=frozenset(node.called for node in nodes if node.called),
        messages=frozenset(
            event.text for node in nodes for event in node.events if event.kind == "message" and event.text
        ),
    )


def _reads(diagram: Diagram, inputs: Mapping[str, Collection[str]]) -> Iterator[str]:
    for flow in diagram.flows:
        if flow.condition:
            yield from feel.compile_expression(flow.condition).names
    for node in diagram.nodes.values():
        yield from _node_reads(node, inputs)


def _node_reads(node: Node, inputs: Mapping[str, Collection[str]]) -> Iterator[str]:
    for text in node.takes.values():
        yield from feel.compile_expression(feel_text(text)).names
    for event in node.events:
        if event.kind == "timer" and event.form == "timeDate" and event.text:
            yield event.text
    if node.loop and node.loop.collection:
        yield node.loop.collection
    if node.decision:
        yield from inputs.get(node.decision, ())
    for text in node.element.properties.values():
        if text.startswith("="):
            yield from feel.compile_expression(feel_text(text)).names


@dataclass(frozen=True, slots=True)
class Loaded:
    """A definition with the specifications that run it."""

    definition: Definition
    spec: Any
    parts: Mapping[str, Any]

    def new_run(self, journey: Journey) -> Run:
        """An empty run; the only place one is made, so no stock script engine can be in it."""
        return Run(self.spec, self.parts, NoScripts(), journey)


@lru_cache(maxsize=128)
def load(definition: Definition) -> Loaded:
    """The specifications of a definition, parsed once for as long as it is in use."""
    compiled = [compile_process(data) for data in definition.sources.values()]
    parts: dict[str, Any] = {}
    for one in compiled:
        parts |= {one.process: one.spec, **one.parts}
    return Loaded(definition, parts[definition.key], parts)
