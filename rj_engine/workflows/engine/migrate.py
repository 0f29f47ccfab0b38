"""Moves a stored run to another version of its pathway, or says why it must stay.

A state names elements by id and nothing else, so moving is re-attaching: open tasks keep their keys (and with them
their drafts), timers keep the instant fixed when they began. What a run waits at must still be there, of the same
kind; what it will meet and what it has gone past is listed for whoever decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rj_engine.errors import Finding, Refused
from rj_engine.workflows.engine.codec import decode, encode
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.diagram import Diagram, read_diagram
from rj_engine.workflows.engine.events import awaited
from rj_engine.workflows.engine.gateways import EventGateway
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.joins import ParallelGateway
from rj_engine.workflows.engine.parsing import load
from rj_engine.workflows.engine.tokens import Journey, Run, Token
from rj_engine.workflows.engine.xml import read_xml


class MoveRefused(Refused):
    """This run cannot be moved to that version."""

    code = "move_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """`findings` name the elements the run waits at that are not there any more."""
        self.findings = findings
        super().__init__(elements=[finding.element for finding in findings])


@dataclass(frozen=True, slots=True)
class Moved:
    """A run on its new version; nothing is stored yet."""

    state: bytes
    sees: tuple[str, ...]
    """`process/id` of new or changed elements the run can still come to."""
    misses: tuple[str, ...]
    """`process/id` of new or changed elements it has gone past, or is already inside of."""


def move(state: bytes, old: Definition, new: Definition) -> Moved:
    """The run of `old` as a run of `new`, with what it will and will not see; `MoveRefused` if it cannot be.

    An event added to the edge of an element that is open does not arm itself: it is among what the run misses.
    """
    before = decode(state, load(old).new_run(Journey()))
    findings = list(_lost(before, old, new))
    if findings:
        raise MoveRefused(findings)
    try:
        run = decode(state, load(new).new_run(Journey()))
    except EngineBroken as error:
        raise MoveRefused([Finding("element_gone", "The run waits inside something that is gone.")]) from error
    changed = _changed(old, new)
    ahead = _ahead(run, new)
    return Moved(encode(run), tuple(sorted(changed & ahead)), tuple(sorted(changed - ahead)))


def _lost(run: Run, old: Definition, new: Definition) -> Iterator[Finding]:
    """What the run waits at that the new version does not have, or has as something else."""
    places = load(new)
    for token in run.tokens():
        kind, now = old.elements[token.element].kind, new.elements.get(token.element)
        if now is None or now.kind != kind:
            yield Finding("element_gone", f"The run waits at “{old.elements[token.element].name}”.", token.element)
            continue
        spec = ({new.key: places.spec} | dict(places.parts)).get(_walk_key(token))
        here = spec.task_specs.get(token.task_spec.name) if spec is not None else None
        if here is None or not _fits(token, here):
            message = f"“{now.name}” is joined to other elements than those this run has come by."
            yield Finding("element_rejoined", message, token.element)


def _walk_key(token: Token) -> str:
    """The specification a token's part of the run follows: a process, or `process/sub-process`."""
    spec = token.workflow.spec
    return str(spec.process if spec.name == spec.process else f"{spec.process}/{spec.name}")


def _fits(token: Token, here: Any) -> bool:
    """Whether what the token remembers still means something at its element."""
    if type(here) is not type(token.task_spec):
        return False
    if isinstance(here, ParallelGateway):
        return token.internal_data.get("via") in here._inputs  # noqa: SLF001 - SpiffWorkflow's own list of arrows in
    if isinstance(here, EventGateway):
        return set(token.internal_data.get("dues", ())) <= set(here.choices)
    edge = token.parent.task_spec.name if token.parent is not None else None
    return edge is None or edge in here._wf_spec.task_specs  # noqa: SLF001 - as above


def _changed(old: Definition, new: Definition) -> set[str]:
    """Elements that are new, or differ in what they say or in where they lead."""
    leads = (_leads(old), _leads(new))
    return {
        key for key, element in new.elements.items()
        if old.elements.get(key) != element or leads[0].get(key) != leads[1].get(key)
    }  # fmt: skip


def _diagrams(definition: Definition) -> Iterator[Diagram]:
    for file, data in definition.sources.items():
        root = read_xml(data)
        diagram = None if isinstance(root, Finding) else read_diagram(file, root)
        if diagram is not None:
            yield diagram


def _leads(definition: Definition) -> dict[str, object]:
    """For each element where its arrows lead and on what condition, and what it waits for or calls."""
    found: dict[str, object] = {}
    for diagram in _diagrams(definition):
        for node in diagram.nodes.values():
            flows = sorted((flow.target, flow.condition or "") for flow in diagram.outgoing(node.id))
            found[node.element.key] = (
                flows, node.default, node.events, node.loop, node.attached_to, node.called, dict(node.takes),
                node.decision, node.result,
            )  # fmt: skip
    return found


def _arrows(definition: Definition) -> dict[str, set[str]]:
    """Where the arrows lead from each element."""
    ahead: dict[str, set[str]] = {key: set() for key in definition.elements}
    for diagram in _diagrams(definition):
        for flow in diagram.flows:
            ahead[f"{diagram.process}/{flow.source}"].add(f"{diagram.process}/{flow.target}")
    return ahead


def _doors(definition: Definition) -> dict[str, set[str]]:
    """What opens when an element begins: the events on its edge, and the start of what it holds or calls."""
    diagrams = list(_diagrams(definition))
    starts = {one.process: _starts(one, None) for one in diagrams}
    return {
        node.element.key: {edge.element.key for edge in diagram.boundaries(node.id)}
        | _starts(diagram, node.id)
        | starts.get(node.called or "", set())
        for diagram in diagrams
        for node in diagram.nodes.values()
    }


def _starts(diagram: Diagram, holder: str | None) -> set[str]:
    return {node.element.key for node in diagram.within(holder) if node.kind == "startEvent"}


def _ahead(run: Run, definition: Definition) -> set[str]:
    """Every element the run can still come to, and those it stands at; not a timer that already runs."""
    arrows, doors = _arrows(definition), _doors(definition)
    running = {one.token.element for one in awaited(run) if one.due}
    here = {token.element for token in run.tokens()}
    seen: set[str] = set()
    left = [target for key in here for target in arrows.get(key, ())]
    while left:
        key = left.pop()
        if key not in seen:
            seen.add(key)
            left += arrows.get(key, set()) | doors.get(key, set())
    return seen | (here - running)
