"""A diagram as plain data: what its author drew, before anyone judges it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from lxml import etree

from rj_engine.errors import Finding
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.engine.xml import BPMN, CAMUNDA, local

UNUSED: Final = ("assignee", "candidateGroups", "candidateUsers", "followUpDate", "priority")
LANE_PREFIX: Final = "lane_"
NOT_NODES: Final = frozenset({
    "?", "documentation", "extensionElements", "laneSet", "incoming", "outgoing", "sequenceFlow", "textAnnotation",
    "association", "group", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics",
})  # fmt: skip
"""Children of a process or element that are no element of the flow."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow."""

    id: str
    source: str
    target: str
    condition: str | None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What an event waits for, or throws."""

    kind: str
    """`timer`, `message`, or the BPMN word of any other."""
    text: str | None = None
    """Clock key, variable, or message name."""
    form: str | None = None
    """`timeDuration`, `timeDate` or `timeCycle` of a timer."""


@dataclass(frozen=True, slots=True)
class Loop:
    """One turn for each item of a list."""

    standard: bool
    in_turn: bool
    collection: str | None
    item: str | None
    extra: tuple[str, ...] = ()
    """BPMN words inside it that we do not carry out."""


@dataclass(frozen=True, slots=True)
class Node:
    """One element with everything we read from it."""

    element: Element
    inside: str | None
    """The sub-process that holds it."""
    events: tuple[Event, ...] = ()
    loop: Loop | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default: str | None = None
    called: str | None = None
    takes: Mapping[str, str] = field(default_factory=dict)
    """`camunda:in`: variable inside the called process to the FEEL that fills it."""
    decision: str | None = None
    result: str | None = None
    by_event: bool = False
    odd: tuple[str, ...] = ()
    """Attributes and data associations we do not carry out."""

    @property
    def id(self) -> str:
        """The element id."""
        return self.element.id

    @property
    def kind(self) -> str:
        """The BPMN word."""
        return self.element.kind


@dataclass(frozen=True, eq=False)
class Diagram:
    """One file, as drawn; two are the same only if they are one object."""

    file: str
    process: str
    name: str
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    ids: tuple[str, ...]
    """Every id in the file but those of the drawing itself, repeats included."""
    lanes: Mapping[str, str]
    """Lane id to screen name."""
    processes: int = 1
    executable: bool = True
    pools: int = 0
    message_flows: tuple[str, ...] = ()
    odd: tuple[tuple[str, str], ...] = ()
    """Element id and word of every Camunda extension we do not carry out: listeners, scripts, connectors …"""
    others: tuple[Diagram, ...] = ()
    """The further processes of the file: none of them runs, and what is wrong with them is still told."""
    foreign: tuple[Finding, ...] = ()
    """What only other tools and engines know."""

    def outgoing(self, node: str) -> list[Flow]:
        """The arrows that leave an element."""
        return list(self._leaving.get(node, ()))

    def incoming(self, node: str) -> list[Flow]:
        """The arrows that reach an element."""
        return list(self._reaching.get(node, ()))

    @cached_property
    def _leaving(self) -> Mapping[str, list[Flow]]:
        return _grouped(self.flows, [flow.source for flow in self.flows])

    @cached_property
    def _reaching(self) -> Mapping[str, list[Flow]]:
        return _grouped(self.flows, [flow.target for flow in self.flows])

    def boundaries(self, node: str) -> list[Node]:
        """The events on an element's edge."""
        return [other for other in self.nodes.values() if other.attached_to == node]

    def within(self, holder: str | None) -> list[Node]:
        """The elements directly inside a sub-process, or directly on the page."""
        return [node for node in self.nodes.values() if node.inside == holder]


def _grouped(flows: Iterable[Flow], ends: Iterable[str]) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {}
    for flow, end in zip(flows, ends, strict=True):
        found.setdefault(end, []).append(flow)
    return found


def text_of(element: etree._Element, path: str) -> str | None:
    """The trimmed text of the first match, or None when there is none to speak of."""
    found = element.find(path)
    return (found.text or "").strip() or None if found is not None else None


def _properties(element: etree._Element) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
    return {entry.get("name", ""): entry.get("value", "") for entry in element.findall(path)}


def _takes(element: etree._Element) -> dict[str, str]:
    entries = element.findall(f"{BPMN}extensionElements/{CAMUNDA}in")
    pairs = [(entry.get("target", ""), entry.get("sourceExpression") or entry.get("source") or "") for entry in entries]
    return {target: source for target, source in pairs if target or source}


def feel_text(text: str) -> str:
    """The FEEL in an attribute that modellers write as `= x`, `${x}` or `x`."""
    text = text.strip()
    if text.startswith("${") and text.endswith("}"):
        text = text[2:-1]
    return text.removeprefix("=").strip()


def _event(element: etree._Element, messages: Mapping[str, str]) -> Event:
    word = local(element).removesuffix("EventDefinition")
    if word == "message":
        return Event("message", messages.get(element.get("messageRef", "")))
    if word == "timer":
        for form in ("timeDuration", "timeDate", "timeCycle"):
            if element.find(BPMN + form) is not None:
                return Event("timer", text_of(element, BPMN + form), form)
    return Event(word)


def _loop(element: etree._Element) -> Loop | None:
    found = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if found is None:
        standard = element.find(f"{BPMN}standardLoopCharacteristics")
        return Loop(standard=True, in_turn=True, collection=None, item=None) if standard is not None else None
    return Loop(
        standard=False,
        in_turn=found.get("isSequential") == "true",
        collection=feel_text(found.get(f"{CAMUNDA}collection", "")) or None,
        item=found.get(f"{CAMUNDA}elementVariable"),
        extra=tuple(local(child) for child in found if local(child) not in {"?", "documentation", "extensionElements"}),
    )


def _odd(element: etree._Element) -> tuple[str, ...]:
    """What on an element would run code or move data if we carried it out."""
    code = ("expression", "delegateExpression", "class", "script", "type", "topic")
    words = [f"camunda:{word}" for word in code if element.get(CAMUNDA + word) is not None]
    data = ("dataInputAssociation", "dataOutputAssociation", "ioSpecification", "property")
    return (*words, *(word for word in data if element.find(BPMN + word) is not None))


def _extensions(process: etree._Element) -> Iterator[tuple[str, str]]:
    """Every extension in the process that is neither a property nor an input of a call, with whose it is."""
    for extensions in process.iter(f"{BPMN}extensionElements"):
        holder = extensions.getparent()
        owner = holder.get("id", "") if holder is not None else ""
        for child in extensions:
            word = str(child.tag).removeprefix(CAMUNDA)
            if str(child.tag).startswith(CAMUNDA) and word not in {"properties", "in"}:
                yield owner, f"camunda:{word}"


class _Reader:
    """Reads one process, sub-processes included."""

    def __init__(self, root: etree._Element, process: etree._Element) -> None:
        self.process = process.get("id", "")
        self.messages = {one.get("id", ""): one.get("name", "") for one in root.iter(f"{BPMN}message")}
        self.lanes: dict[str, str] = {}
        self.lane_of: dict[str, str] = {}
        for lane in process.iter(f"{BPMN}lane"):
            key = lane.get("id", "").removeprefix(LANE_PREFIX)
            self.lanes[lane.get("id", "")] = lane.get("name", "")
            for ref in lane.findall(f"{BPMN}flowNodeRef"):
                self.lane_of[(ref.text or "").strip()] = key

    def nodes(self, holder: etree._Element, inside: str | None, lane: str | None) -> Iterator[Node]:
        for child in holder:
            if local(child) in NOT_NODES or local(child).endswith("EventDefinition"):
                continue
            mine = self.lane_of.get(child.get("id", ""), lane)
            yield self.node(child, inside, mine)
            if local(child) in {"subProcess", "adHocSubProcess", "transaction"}:
                yield from self.nodes(child, child.get("id", ""), mine)

    def node(self, found: etree._Element, inside: str | None, lane: str | None) -> Node:
        element = Element(
            id=found.get("id", ""),
            process=self.process,
            name=found.get("name", ""),
            kind=local(found),
            lane=lane,
            form=found.get(f"{CAMUNDA}formKey") or found.get(f"{CAMUNDA}formRef"),
            due=found.get(f"{CAMUNDA}dueDate"),
            properties=_properties(found),
            documentation=text_of(found, f"{BPMN}documentation"),
            unused=tuple(word for word in UNUSED if found.get(CAMUNDA + word) is not None),
        )
        return Node(
            element=element,
            inside=inside,
            events=tuple(_event(one, self.messages) for one in found if local(one).endswith("EventDefinition")),
            loop=_loop(found),
            attached_to=found.get("attachedToRef"),
            interrupting=found.get("cancelActivity", "true") != "false",
            default=found.get("default"),
            called=found.get("calledElement"),
            takes=_takes(found),
            decision=found.get(f"{CAMUNDA}decisionRef"),
            result=found.get(f"{CAMUNDA}resultVariable"),
            by_event=found.get("triggeredByEvent") == "true",
            odd=_odd(found),
        )


def _flow(found: etree._Element) -> Flow:
    condition = found.find(f"{BPMN}conditionExpression")
    return Flow(
        id=found.get("id", ""),
        source=found.get("sourceRef", ""),
        target=found.get("targetRef", ""),
        condition=feel_text(condition.text or "") if condition is not None else None,
        language=condition.get("language") if condition is not None else None,
    )


def _ids(root: etree._Element) -> tuple[str, ...]:
    """Every id of the model; the drawing (`BPMNDiagram` and below) has ids of its own."""
    found = (one.get("id") for one in root.iter() if str(one.tag).startswith(BPMN))
    return tuple(one for one in found if one is not None)


def read_diagram(file: str, root: etree._Element) -> Diagram | None:
    """The first process of the file with the others behind it, or None when it has none."""
    processes = root.findall(f"{BPMN}process")
    if not processes:
        return None
    first, *others = (_process(file, root, one) for one in processes)
    return replace(
        first,
        ids=_ids(root),
        processes=len(processes),
        pools=len(list(root.iter(f"{BPMN}participant"))),
        message_flows=tuple(one.get("id", "") for one in root.iter(f"{BPMN}messageFlow")),
        others=tuple(others),
    )


def _process(file: str, root: etree._Element, process: etree._Element) -> Diagram:
    reader = _Reader(root, process)
    nodes = list(reader.nodes(process, None, None))
    return Diagram(
        file=file,
        process=reader.process,
        name=process.get("name", ""),
        nodes={node.id: node for node in nodes},
        flows=tuple(_flow(one) for one in process.iter(f"{BPMN}sequenceFlow")),
        ids=(),
        lanes=reader.lanes,
        executable=process.get("isExecutable", "true") == "true",
        odd=tuple(_extensions(process)),
    )
