"""Turns a diagram into SpiffWorkflow specifications of our own classes, with SpiffWorkflow's parser."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

from rj_engine.errors import Finding
from rj_engine.workflows.engine import boundaries, calls, elements, events, gateways, instances, joins
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.engine.diagram import Diagram, Loop, Node, feel_text, read_diagram
from rj_engine.workflows.engine.xml import CAMUNDA, read_xml

DRAWING = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
"""Left out before parsing: the stock parser orders branches by their height on the page."""
NO_LOOP = Loop(standard=False, in_turn=True, collection=None, item=None)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One process, ready to run; shared by every run and never changed."""

    process: str
    spec: Any
    parts: Mapping[str, Any]
    """Specifications of its sub-processes, by `process/id`."""


class _Task(TaskParser):
    """Reads what the properties panel writes: camunda attributes, properties and multi-instance."""

    task: Any

    @property
    def drawn(self) -> Node:
        """The element as our own reader sees it; it knows all lanes, also inside sub-processes."""
        diagram: Diagram = self.process_parser.parser.diagram
        return diagram.nodes[self.bpmn_id]

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        element = self.drawn.element
        return {"lane": element.lane, "bpmn_name": element.name, "documentation": element.documentation}

    def parse_extensions(self, node: Any = None) -> dict[str, Any]:
        """What the properties panel has written, for whoever holds only the specification."""
        element = self.drawn.element
        return {"form": element.form, "due": element.due, "properties": dict(element.properties)}

    def _add_multiinstance_task(self, loop_characteristics: Any) -> None:
        loop = self.drawn.loop or NO_LOOP
        original = self.spec.task_specs.pop(self.task.name)
        self.task = instances.Each(
            self.spec, original.name, collection=loop.collection or "", item=loop.item or "", in_turn=loop.in_turn,
            turn=f"{original.name} [child]", **self.bpmn_attributes,
        )  # fmt: skip
        self._copy_task_attrs(original)

    def _add_boundary_event(self, children: Any) -> Any:
        edge = boundaries.Edge(self.spec, f"{self.bpmn_id}.BoundaryEventSplit", lane=self.task.lane)
        edge.connect(self.task)
        for event in children:
            edge.connect(self.process_parser.parse_node(event))
        return edge


class _Gateway(_Task):
    def handles_multiple_outgoing(self) -> bool:
        return True


class _Exclusive(_Gateway):
    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        condition = self.parse_condition(sequence_flow_node)
        if is_default or condition is None:
            self.task.connect(outgoing_task)
        else:
            self.task.connect_if(
                gateways.Condition(feel_text(condition), sequence_flow_node.get("id")), outgoing_task
            )  # fmt: skip


class _Event(_Task, event_parsers.EventDefinitionParser):
    """An event with our own timer and message definitions."""

    def parse_timer_event(self, event: Any) -> events.ClockTimer:
        return events.ClockTimer(self.bpmn_id, self.drawn.events[0].text or "")

    def parse_message_event(self, message_event: Any) -> events.MessageWait:
        return events.MessageWait(self.drawn.events[0].text or "")

    def _create_task(self, event_definition: Any, cancel_activity: Any = None, parallel: Any = None) -> Any:
        more = {} if cancel_activity is None else {"cancel_activity": cancel_activity}
        return self.spec_class(
            self.spec, self.bpmn_id, event_definition=event_definition, **more, **self.bpmn_attributes
        )  # fmt: skip


class _Start(_Event, event_parsers.StartEventParser):
    def handles_multiple_outgoing(self) -> bool:
        return False


class _End(_Event):
    def create_task(self) -> Any:
        return self._create_task(self.get_event_definition([event_parsers.TERMINATION_EVENT_XPATH]))


class _Catch(_Event, event_parsers.IntermediateCatchEventParser):
    """A timer or message in the flow."""


class _Boundary(_Event, event_parsers.BoundaryEventParser):
    """A timer or message on an edge."""


class _SubProcess(_Task, task_parsers.SubWorkflowParser):
    def create_task(self) -> Any:
        inner = task_parsers.SubprocessParser.get_subprocess_spec(self)
        process = self.process_parser.parser.diagram.process
        return self.spec_class(
            self.spec, self.bpmn_id, subworkflow_spec=f"{process}/{inner}", **self.bpmn_attributes
        )  # fmt: skip


class _Call(_Task, task_parsers.CallActivityParser):
    def create_task(self) -> Any:
        takes = {name: feel_text(text) for name, text in self.drawn.takes.items()}
        return self.spec_class(
            self.spec, self.bpmn_id, subworkflow_spec=self.drawn.called, takes=takes, **self.bpmn_attributes
        )  # fmt: skip


class _Rule(_Task):
    @staticmethod
    def get_decision_ref(node: Any) -> str:
        """SpiffWorkflow asks which decisions a file needs."""
        return str(node.get(f"{CAMUNDA}decisionRef"))

    def create_task(self) -> Any:
        drawn = self.drawn
        return self.spec_class(
            self.spec, self.bpmn_id, decision=drawn.decision, result=drawn.result, **self.bpmn_attributes
        )  # fmt: skip


class _Send(_Task):
    def create_task(self) -> Any:
        properties = self.drawn.element.properties
        return self.spec_class(self.spec, self.bpmn_id, properties=properties, **self.bpmn_attributes)


class _Process(ProcessParser):
    def create_spec(self) -> elements.Process:
        return elements.Process(name=self.bpmn_id, process=self.parser.diagram.process)


class PathwayParser(BpmnDmnParser):
    """SpiffWorkflow's parser with our element classes; any element not listed is refused."""

    PROCESS_PARSER_CLASS = _Process
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("startEvent"): (_Start, elements.StartEvent),
        full_tag("endEvent"): (_End, elements.EndEvent),
        full_tag("userTask"): (_Task, elements.UserTask),
        full_tag("businessRuleTask"): (_Rule, elements.BusinessRuleTask),
        full_tag("sendTask"): (_Send, elements.SendTask),
        full_tag("subProcess"): (_SubProcess, calls.SubProcess),
        full_tag("callActivity"): (_Call, calls.CallActivity),
        full_tag("exclusiveGateway"): (_Exclusive, gateways.ExclusiveGateway),
        full_tag("parallelGateway"): (_Gateway, joins.ParallelGateway),
        full_tag("eventBasedGateway"): (_Gateway, gateways.EventGateway),
        full_tag("intermediateCatchEvent"): (_Catch, events.CatchEvent),
        full_tag("boundaryEvent"): (_Boundary, events.BoundaryEvent),
    }
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {}

    def __init__(self, diagram: Diagram, root: etree._Element) -> None:
        super().__init__()
        self.diagram = diagram
        self.add_bpmn_xml(root, diagram.file)


@lru_cache(maxsize=256)
def compile_process(data: bytes) -> Compiled:
    """Parse one linted file; the second time it costs nothing."""
    root = read_xml(data)
    if isinstance(root, Finding):
        raise PathwayRefused([root])
    diagram = read_diagram("", root)
    if diagram is None:
        raise PathwayRefused([Finding("no_process", "The file holds no process.")])
    for drawing in root.findall(DRAWING):
        root.remove(drawing)
    try:
        return _compiled(diagram, root)
    except Exception as error:
        raise PathwayRefused(
            [Finding("not_parsed", "SpiffWorkflow cannot read this diagram.", diagram.process)]
        ) from error


def _compiled(diagram: Diagram, root: etree._Element) -> Compiled:
    parser = PathwayParser(diagram, root)
    spec = parser.get_spec(diagram.process)
    parts: dict[str, Any] = {}
    while len(parts) < len(parser.process_parsers) - 1:  # parsing a sub-process may reveal another inside it
        inner = [name for name in parser.process_parsers if name != diagram.process]
        parts |= {f"{diagram.process}/{name}": parser.get_spec(name) for name in inner}
    return Compiled(diagram.process, spec, parts)
