"""Moves a stored run to another version of its pathway, or says why it must stay.

A state names elements by id and nothing else, so moving is re-attaching: open tasks keep their keys (and with them
their drafts), timers keep the instant fixed when they began. What a run waits at must still be there, of the same
kind; what it will meet and what it has gone past is listed for whoever decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rj_engine.errors import Finding, Refused
from rj_engine.workflows.engine.boundaries import is_edge
from rj_engine.workflows.engine.branches import Marking, come_apart, drawings, nets
from rj_engine.workflows.engine.calls import CallActivity
from rj_engine.workflows.engine.codec import decode, encode
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.diagram import Diagram, Node
from rj_engine.workflows.engine.events import awaited
from rj_engine.workflows.engine.gateways import EventGateway
from rj_engine.workflows.engine.guards import EngineBroken, flat_values
from rj_engine.workflows.engine.instances import Each
from rj_engine.workflows.engine.joins import ParallelGateway
from rj_engine.workflows.engine.parsing import load
from rj_engine.workflows.engine.tokens import OPEN, Journey, Run, Token

Where = tuple[str, ...]
"""The elements that hold a place, the outermost first, and the element itself."""


class MoveRefused(Refused):
    """This run cannot be moved to that version."""

    code = "move_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """`findings` name what the run waits at, and what has become of it."""
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
    ahead: frozenset[str]
    """Every `process/id` the run can still come to, and those it stands at; not a timer that already runs."""
    running: frozenset[str]
    """`process/id` of timers whose instant was fixed before the move."""
    stands: frozenset[Where]
    """Where it waits."""


def move(state: bytes, old: Definition, new: Definition, given: Mapping[str, object] | None = None) -> Moved:
    """The run of `old` as a run of `new`, with what it will and will not see; `MoveRefused` if it cannot be.

    `given` are values that only the new version keeps. An event added to the edge of an element that is open does not
    arm itself: it is among what the run misses.
    """
    before = decode(state, load(old).new_run(Journey()))
    findings = list(_lost(before, old, new)) or list(_parted(before, old, new))
    if findings:
        raise MoveRefused(findings)
    try:
        run = decode(state, load(new).new_run(Journey()))
    except EngineBroken as error:
        raise MoveRefused([Finding("element_gone", "It waits inside something that is gone.")]) from error
    run.scope.update(flat_values(given or {}))
    changed, ahead = _changed(old, new), _ahead(run, new)
    return Moved(
        state=encode(run),
        sees=tuple(sorted(changed & ahead)),
        misses=tuple(sorted(changed - ahead)),
        ahead=ahead,
        running=_running(run),
        stands=frozenset(_where(token) for token in run.tokens()),
    )


def _lost(run: Run, old: Definition, new: Definition) -> Iterator[Finding]:
    """What the run waits at that the new version does not have, or has as something else."""
    places = load(new)
    parts = {new.key: places.spec} | dict(places.parts)
    for token in run.tokens():
        before, now = old.elements[token.element], new.elements.get(token.element)
        name = before.name or before.id
        if now is None:
            yield Finding("element_gone", f"It waits at “{name}”, which is gone.", token.element)
            continue
        if now.kind != before.kind:
            yield Finding("element_gone", f"It waits at “{name}”, which is another kind of step now.", token.element)
            continue
        spec = parts.get(_walk_key(token))
        here = spec.task_specs.get(token.task_spec.name) if spec is not None else None
        if here is None or not _fits(token, here):
            message = f"It waits at “{name}”, which one comes to by another way now than the one this case has taken."
            yield Finding("element_rejoined", message, token.element)
        elif not _same_inside(token.task_spec, here):
            message = (
                f"It is in the middle of “{name}”, which is done for another list now, or begins with other facts."
            )
            yield Finding("inside_changed", message, token.element)


def _parted(run: Run, old: Definition, new: Definition) -> Iterator[Finding]:
    """Branches beside each other that would not come together any more, as they are open now."""
    before, now = nets(old), nets(new)
    for walk in run.walks():
        process = walk.spec.process
        if process not in now:
            continue
        marking = _marking(walk.tasks.values(), before[process].nodes)
        known = all(name in now[process].nodes for name, _ in marking)
        if known and come_apart(before[process], now[process], marking):
            message = "It is doing several things beside each other, and these come together at another point now."
            yield Finding("branches_changed", message, f"{process}/{min(marking)[0]}")


def _marking(tokens: Iterable[Token], nodes: Mapping[str, Node]) -> Marking:
    """Where the tokens of one part stand; an event on an edge stands with its element, a turn with the whole."""
    here = {(str(one.task_spec.bpmn_id), one) for one in tokens if one.state & OPEN}
    return frozenset(
        (name, one.internal_data.get("via", "") if isinstance(one.task_spec, ParallelGateway) else "")
        for name, one in here
        if nodes[name].attached_to is None
    )


def _walk_key(token: Token) -> str:
    """The specification a token's part of the run follows: a process, or `process/sub-process`."""
    spec = token.workflow.spec
    return str(spec.process if spec.name == spec.process else f"{spec.process}/{spec.name}")


def _where(token: Token) -> Where:
    holder = getattr(token.workflow, "holder", None)
    own = str(token.task_spec.bpmn_id)
    return (*_where(holder), own) if holder is not None else (own,)


def _fits(token: Token, here: Any) -> bool:
    """Whether what the token remembers still means something at its element."""
    if type(here) is not type(token.task_spec):
        return False
    if isinstance(here, ParallelGateway):
        return token.internal_data.get("via") in here._inputs  # noqa: SLF001 - SpiffWorkflow's own list of arrows in
    if isinstance(here, EventGateway):
        return set(token.internal_data.get("dues", ())) <= set(here.choices)
    if token.parent is None:
        return True
    edge = token.parent.task_spec
    return edge.name in (here._inputs if is_edge(edge) else here._wf_spec.task_specs)  # noqa: SLF001 - as above


def _same_inside(before: Any, here: Any) -> bool:
    """Whether what was opened under the old element can be closed under the new one."""
    if isinstance(here, Each):
        return (before.collection, before.item, before.in_turn) == (here.collection, here.item, here.in_turn)
    return not isinstance(here, CallActivity) or before.takes.keys() == here.takes.keys()


@lru_cache(maxsize=32)
def _changed(old: Definition, new: Definition) -> frozenset[str]:
    """Elements that are new, or differ in what they say or in where they lead."""
    leads = (_leads(old), _leads(new))
    return frozenset(
        key for key, element in new.elements.items()
        if old.elements.get(key) != element or leads[0].get(key) != leads[1].get(key)
    )  # fmt: skip


def _leads(definition: Definition) -> dict[str, object]:
    """For each element where its arrows lead and on what condition, and what it waits for or calls."""
    found: dict[str, object] = {}
    for diagram in drawings(definition).values():
        for node in diagram.nodes.values():
            flows = sorted((flow.target, flow.condition or "") for flow in diagram.outgoing(node.id))
            found[node.element.key] = (
                flows, node.default, node.events, node.loop, node.attached_to, node.called, dict(node.takes),
                node.decision, node.result,
            )  # fmt: skip
    return found


@lru_cache(maxsize=32)
def _ways(definition: Definition) -> Mapping[str, frozenset[str]]:
    """Where each element leads: along its arrows, to the events on its edge, into what it holds or calls."""
    known = drawings(definition)
    starts = {process: _starts(one, None) for process, one in known.items()}
    return {
        node.element.key: _after(diagram, node.id)
        | {edge.element.key for edge in diagram.boundaries(node.id)}
        | _starts(diagram, node.id)
        | starts.get(node.called or "", frozenset())
        for diagram in known.values()
        for node in diagram.nodes.values()
    }


@lru_cache(maxsize=32)
def _arrows(definition: Definition) -> Mapping[str, frozenset[str]]:
    """Where the arrows alone lead from each element."""
    return {
        f"{diagram.process}/{key}": _after(diagram, key)
        for diagram in drawings(definition).values()
        for key in diagram.nodes
    }


def _after(diagram: Diagram, key: str) -> frozenset[str]:
    return frozenset(f"{diagram.process}/{flow.target}" for flow in diagram.outgoing(key))


def _starts(diagram: Diagram, holder: str | None) -> frozenset[str]:
    return frozenset(node.element.key for node in diagram.within(holder) if node.kind == "startEvent")


def _running(run: Run) -> frozenset[str]:
    """The timers that run, those behind an event-based gateway by their own names."""
    return frozenset(f"{one.token.workflow.spec.process}/{one.spec.bpmn_id}" for one in awaited(run) if one.due)


def _ahead(run: Run, definition: Definition) -> frozenset[str]:
    arrows, ways = _arrows(definition), _ways(definition)
    running = {one.token.element for one in awaited(run) if one.due}
    here = {token.element for token in run.tokens()}
    seen: set[str] = set()
    left = [target for key in here for target in arrows.get(key, ())]
    while left:
        key = left.pop()
        if key not in seen:
            seen.add(key)
            left += ways.get(key, ())
    return frozenset(seen | (here - running))
