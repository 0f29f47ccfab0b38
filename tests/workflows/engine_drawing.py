"""Draws small diagrams for tests: one line an element, one line an arrow."""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"\n'
    '    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
    '    id="definitions" targetNamespace="https://example.org/pathways">\n'
)


def a_task(element: str, *, more: str = "", inside: str = "") -> str:
    """A user task with a form and a clock."""
    return (
        f'<bpmn:userTask id="{element}" name="{element}" camunda:formKey="a_form" camunda:dueDate="first_contact"'
        f" {more}>{inside}</bpmn:userTask>"
    )


def arrow(source: str, target: str, condition: str | None = None, name: str | None = None) -> str:
    """An arrow, with a condition if given."""
    head = f'<bpmn:sequenceFlow id="{name or f"from_{source}_to_{target}"}" sourceRef="{source}" targetRef="{target}"'
    if condition is None:
        return f"{head}/>"
    inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
    return f"{head}>{inside.replace('<=', '&lt;=').replace('< ', '&lt; ')}</bpmn:sequenceFlow>"


def path(*elements: str) -> str:
    """Arrows through these elements, one after the other."""
    return "\n".join(arrow(one, two) for one, two in pairwise(elements))


def a_process(key: str, *parts: str, lane: list[str] | None = None, messages: tuple[str, ...] = ()) -> bytes:
    """A whole file; every element named in `lane` stands in the facilitator's lane."""
    refs = "".join(f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in lane or [])
    lane_set = f'<bpmn:lane id="lane_facilitator" name="Facilitator">{refs}</bpmn:lane>'
    lanes = f'<bpmn:laneSet id="lanes">{lane_set}</bpmn:laneSet>'
    heard = "".join(f'<bpmn:message id="message_{one}" name={quoteattr(one)}/>\n' for one in messages)
    body = "\n".join((lanes, *parts))
    return (
        f'{HEAD}{heard}<bpmn:process id="{key}" name="{key}" isExecutable="true">\n{body}\n'
        "</bpmn:process>\n</bpmn:definitions>\n"
    ).encode()


START, END = '<bpmn:startEvent id="begin"/>', '<bpmn:endEvent id="finish"/>'

GATE = '<bpmn:exclusiveGateway id="which"{0}/>'
CALL = '<bpmn:callActivity id="call" calledElement="{0}">{1}</bpmn:callActivity>'
LIST = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="victims" camunda:elementVariable="victim"{0}'
TIMER = (
    '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="wait_timer">{0}</bpmn:timerEventDefinition>'
    "</bpmn:intermediateCatchEvent>"
)
MESSAGE = (
    '<bpmn:intermediateCatchEvent id="{0}"><bpmn:messageEventDefinition id="{0}_message" messageRef="{1}"/>'
    "</bpmn:intermediateCatchEvent>"
)
BARE = '<bpmn:userTask id="ask"/>'
RULE = '<bpmn:businessRuleTask id="rule" {0}/>'
INNER = '<bpmn:subProcess id="inner">{0}</bpmn:subProcess>'
EDGE = (
    '<bpmn:boundaryEvent id="edge" attachedToRef="{0}"><bpmn:timerEventDefinition id="edge_timer"><bpmn:timeDuration>'
    "limit</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
)
