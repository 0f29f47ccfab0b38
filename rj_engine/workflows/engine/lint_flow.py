"""What can be wrong with the arrows: dead ends, endless circles, gateways that cannot choose, calls into nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from rj_engine.errors import Finding
from rj_engine.workflows.engine.diagram import Diagram, Flow, Node
from rj_engine.workflows.engine.lint_elements import NAMED

GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})
EDGED: Final = frozenset({"userTask", "subProcess", "callActivity"})


def flow_findings(diagram: Diagram, known: Mapping[str, Diagram]) -> Iterator[Finding]:
    """The findings about arrows, scope by scope."""
    yield from _flows(diagram)
    yield from _gateways(diagram)
    yield from _edges(diagram)
    yield from _calls(diagram, known)
    holders = [node.id for node in diagram.nodes.values() if node.kind == "subProcess"]
    for holder in (None, *holders):
        yield from _scope(diagram, holder, known)


def _flows(diagram: Diagram) -> Iterator[Finding]:
    pairs: Counter[tuple[str, str]] = Counter()
    for flow in diagram.flows:
        source, target = diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)
        if source is None or target is None:
            yield Finding("dangling_flow", f"The arrow “{flow.id}” does not join two elements.", flow.id)
            continue
        pairs[source.id, target.id] += 1
        if source.inside != target.inside:
            yield Finding("flow_across", "An arrow must not cross the edge of a sub-process.", flow.id)
        if target.kind in {"startEvent", "boundaryEvent"}:
            yield Finding("flow_into_start", "No arrow may lead to a start or to an event on an edge.", flow.id)
        if source.kind == "endEvent":
            yield Finding("flow_out_of_end", "No arrow may leave an end.", flow.id)
    for (start, end), count in pairs.items():
        if count > 1:
            yield Finding("double_flow", f"{count} arrows lead from “{start}” to “{end}”; one is enough.", start)


def _conditional(diagram: Diagram, flow: Flow) -> bool:
    """Whether a condition may stand on this arrow."""
    source = diagram.nodes.get(flow.source)
    if source is None or source.kind != "exclusiveGateway":
        return False
    return source.default != flow.id and len(diagram.outgoing(flow.source)) > 1


def _gateways(diagram: Diagram) -> Iterator[Finding]:
    for flow in diagram.flows:
        if flow.condition is not None and not _conditional(diagram, flow):
            yield Finding(
                "condition_ignored",
                "A condition stands only on the ways out of an exclusive gateway, and not on the default; "
                "here it would be ignored.",
                flow.id,
            )
    for node in diagram.nodes.values():
        ways = diagram.outgoing(node.id)
        if node.kind in NAMED - GATEWAYS and len(ways) > 1:
            message = "More than one arrow leaves this element. Say with a gateway which is meant."
            yield Finding("many_ways_out", message, node.id)
        if node.default and node.default not in {flow.id for flow in ways}:
            yield Finding("dangling_default", f"The default way “{node.default}” does not leave this element.", node.id)
        if node.kind == "exclusiveGateway" and len(ways) > 1:
            yield from _choices(node, ways)
        if node.kind == "eventBasedGateway":
            yield from _races(diagram, node, ways)


def _choices(node: Node, ways: list[Flow]) -> Iterator[Finding]:
    for flow in ways:
        if not flow.condition and flow.id != node.default:
            message = "This way out has no condition and is not the default."
            yield Finding("flow_without_condition", message, flow.id)


def _races(diagram: Diagram, node: Node, ways: list[Flow]) -> Iterator[Finding]:
    if len(ways) < 2:  # noqa: PLR2004 - a race has two runners
        yield Finding("race_of_one", "An event-based gateway needs at least two events to wait for.", node.id)
    for flow in ways:
        target = diagram.nodes.get(flow.target)
        if target is None or target.kind != "intermediateCatchEvent" or len(diagram.incoming(target.id)) > 1:
            message = "An event-based gateway leads only to timer or message events that nothing else leads to."
            yield Finding("race_target", message, flow.id)
    names = Counter(
        event.text for flow in ways if flow.target in diagram.nodes
        for event in diagram.nodes[flow.target].events if event.kind == "message"
    )  # fmt: skip
    for name, count in names.items():
        if count > 1:
            yield Finding("race_same_message", f"Two ways wait for the same message “{name}”.", node.id)


def _edges(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes.values():
        if node.kind != "boundaryEvent":
            continue
        holder = diagram.nodes.get(node.attached_to or "")
        if holder is None:
            yield Finding("dangling_boundary", "This event sits on the edge of nothing.", node.id)
        elif holder.kind not in EDGED or holder.inside != node.inside:
            message = "An event may sit only on the edge of a user task, a sub-process or a call."
            yield Finding("boundary_not_supported", message, node.id)


def _calls(diagram: Diagram, known: Mapping[str, Diagram]) -> Iterator[Finding]:
    for node in diagram.nodes.values():
        if not node.called:
            continue
        if node.called not in known:
            yield Finding("unknown_process", f"There is no process “{node.called}” to call.", node.id)
        elif diagram.process in _reached(node.called, known):
            yield Finding("recursive_call", f"“{node.called}” leads back to this process, without end.", node.id)


def _reached(process: str, known: Mapping[str, Diagram]) -> set[str]:
    """A process and everything it calls, directly or not."""
    reached: set[str] = set()
    left = [process]
    while left:
        name = left.pop()
        if name in known and name not in reached:
            reached.add(name)
            left += [node.called for node in known[name].nodes.values() if node.called]
    return reached


def _scope(diagram: Diagram, holder: str | None, known: Mapping[str, Diagram]) -> Iterator[Finding]:
    nodes = _walked(diagram, holder)
    where = holder or diagram.process
    starts = [node.id for node in nodes if node.kind == "startEvent"]
    ends = [node.id for node in nodes if node.kind == "endEvent"]
    if len(starts) != 1:
        yield Finding("start_count", f"There must be exactly one start here; there are {len(starts)}.", where)
    if not ends:
        yield Finding("no_end", "There is no end here.", where)
    ahead = _arrows(diagram, nodes)
    behind: dict[str, set[str]] = {node.id: set() for node in nodes}
    for source, targets in ahead.items():
        for target in targets:
            behind[target].add(source)
    reachable, ending = _closure(starts, ahead), _closure(ends, behind)
    for node in nodes:
        if starts and node.id not in reachable:
            yield Finding("unreachable", "Nothing leads here.", node.id)
        if ends and node.id not in ending:
            yield Finding("no_way_to_end", "From here no way leads to an end.", node.id)
    yield from _circles(diagram, nodes, ahead, known)


def _walked(diagram: Diagram, holder: str | None) -> list[Node]:
    """The elements of the flow; one that is refused anyway counts, so that it is not blamed for its neighbours."""
    joined = {end for flow in diagram.flows for end in (flow.source, flow.target)}
    return [node for node in diagram.within(holder) if node.kind in NAMED or node.id in joined]


def _arrows(diagram: Diagram, nodes: list[Node]) -> dict[str, set[str]]:
    """Where a run can go from each element, the events on its edge included."""
    ids = {node.id for node in nodes}
    ahead: dict[str, set[str]] = {node.id: set() for node in nodes}
    for flow in diagram.flows:
        if flow.source in ids and flow.target in ids:
            ahead[flow.source].add(flow.target)
    for node in nodes:
        if node.attached_to in ids:
            ahead[node.attached_to].add(node.id)
    return ahead


def _closure(seeds: list[str], ahead: Mapping[str, set[str]]) -> set[str]:
    seen, left = set(seeds), list(seeds)
    while left:
        for target in ahead[left.pop()] - seen:
            seen.add(target)
            left.append(target)
    return seen


def _circles(
    diagram: Diagram, nodes: list[Node], ahead: Mapping[str, set[str]], known: Mapping[str, Diagram]
) -> Iterator[Finding]:
    moving = {node.id for node in nodes if not _stops(diagram, node, known, set())}
    while True:
        entered = {target for source in moving for target in ahead[source] & moving}
        kept = {one for one in moving if one in entered and ahead[one] & moving}
        if kept == moving:
            break
        moving = kept
    if moving:
        first = next(node.id for node in nodes if node.id in moving)
        yield Finding(
            "endless_circle",
            "These elements form a circle without a task for a person or a timer: "
            f"{', '.join(sorted(moving)[:6])}. A case would run round it for ever.",
            first,
        )


def _stops(diagram: Diagram, node: Node, known: Mapping[str, Diagram], seen: set[str]) -> bool:
    """Whether a run always waits here. A multi-instance over an empty list does not."""
    if node.loop:
        return False
    if node.kind in {"userTask", "intermediateCatchEvent", "boundaryEvent"} or node.kind not in NAMED:
        return True
    if node.kind == "subProcess":
        return not _passes(diagram, node.id, known, seen)
    if node.called and node.called in known and node.called not in seen:
        return not _passes(known[node.called], None, known, seen | {node.called})
    return False


def _passes(diagram: Diagram, holder: str | None, known: Mapping[str, Diagram], seen: set[str]) -> bool:
    """Whether a run can go from start to end in here without waiting once."""
    nodes = _walked(diagram, holder)
    ahead = _arrows(diagram, nodes)
    halts = {node.id for node in nodes if _stops(diagram, node, known, seen)}
    free = {one: targets - halts for one, targets in ahead.items()}
    through = _closure([node.id for node in nodes if node.kind == "startEvent"], free)
    return any(node.kind == "endEvent" and node.id in through for node in nodes)
