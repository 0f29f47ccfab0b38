"""What can be wrong with one element, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Final

from rj_engine import feel
from rj_engine.errors import Finding
from rj_engine.workflows.engine.diagram import Diagram, Event, Node, feel_text
from rj_engine.workflows.engine.guards import RESERVED

NAMED: Final = frozenset({
    "startEvent", "endEvent", "userTask", "businessRuleTask", "sendTask", "subProcess", "callActivity",
    "exclusiveGateway", "parallelGateway", "eventBasedGateway", "intermediateCatchEvent", "boundaryEvent",
})  # fmt: skip
"""The elements we carry out."""

REFUSED_KINDS: Final = {
    "scriptTask": "A script task runs code. Decide with a business rule task, act with a user task.",
    "serviceTask": "A service task runs code. Decide with a business rule task, send with a send task.",
    "task": "A plain task says nobody's move. Make it a user task with a form.",
    "manualTask": "A manual task leaves no record. Make it a user task with a form.",
    "receiveTask": "Wait for a message with a message event instead of a receive task.",
    "inclusiveGateway": "An inclusive gateway can lose its way inside a loop. Use exclusive or parallel gateways.",
    "complexGateway": "A complex gateway is not carried out. Use exclusive or parallel gateways.",
    "adHocSubProcess": "An ad-hoc sub-process is not carried out. Draw the order of its tasks.",
    "transaction": "A transaction is not carried out. Use a sub-process.",
    "intermediateThrowEvent": "Throwing events are not carried out. Ask for a letter or notice with a send task.",
    "dataStoreReference": "Data stores are not carried out. Answers are kept with the case.",
    "dataObject": "Data objects are not carried out. Answers are kept with the case.",
    "dataObjectReference": "Data objects are not carried out. Answers are kept with the case.",
}
REFUSED_EVENTS: Final = {
    "conditional": "A conditional event never happens on ordinary answers. Use a gateway after the task that asks.",
    "link": "A link event ends the case as if it were completed. Draw the arrow.",
    "compensate": "Compensation is not carried out. Draw the way back as tasks.",
    "signal": "Signals reach every case. Use a message.",
    "error": "Error events are for code, and a pathway runs none. Use a gateway.",
    "escalation": "Escalation events are not carried out. Use a user task in the lead's lane.",
    "cancel": "Cancel events are not carried out. Use a message on the edge of a sub-process.",
}
ALLOWED_EVENTS: Final = {
    "startEvent": frozenset[str](),
    "endEvent": frozenset({"terminate"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "boundaryEvent": frozenset({"timer", "message"}),
}
LOOPING: Final = frozenset({"userTask", "subProcess", "callActivity"})
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


def is_snake_case(text: str) -> bool:
    """Lower-case words joined by single underscores."""
    return bool(_SNAKE.match(text))


def is_variable(text: str | None) -> bool:
    """Whether a pathway may have a variable of this name."""
    return text is not None and text.isidentifier() and not text.startswith("_") and text not in RESERVED


def element_findings(diagram: Diagram, clocks: Collection[str] | None) -> Iterator[Finding]:
    """The findings of every element, in the order drawn."""
    for node in diagram.nodes.values():
        if node.kind not in NAMED:
            yield _refused_kind(node)
            continue
        for rule in RULES:
            yield from rule(node)
        yield from _clocks(node, clocks)
    for owner, word in diagram.odd:
        yield _not_carried_out(word, owner)
    for flow in diagram.flows:
        if flow.condition:
            yield from _condition(flow.condition, flow.id)
        if flow.language and flow.language.lower() != "feel":
            yield Finding("condition_language", "Conditions are written in FEEL only.", flow.id)


def _condition(text: str, flow: str) -> Iterator[Finding]:
    """What is wrong with a condition: it is not FEEL, or whatever the facts are it decides nothing."""
    unread = list(feel_findings(text, flow))
    yield from unread
    if not unread:
        for finding in feel.check_condition(text, feel.compile_expression(text).names):
            yield replace(finding, element=flow)


def feel_findings(text: str, element: str) -> Iterator[Finding]:
    """What is wrong with one FEEL expression, and where in it."""
    try:
        feel.compile_expression(text)
    except feel.ExpressionRefused as refusal:
        for finding in refusal.findings:
            yield replace(finding, code="invalid_feel", message=f"Not FEEL: {finding.message}", element=element)


def _refused_kind(node: Node) -> Finding:
    message = REFUSED_KINDS.get(node.kind, f"“{node.kind}” is not carried out.")
    return Finding("element_not_supported", message, node.id)


def _events(node: Node) -> Iterator[Finding]:
    if node.by_event:
        yield Finding(
            "event_sub_process",
            "A sub-process started by an event can keep every later case from ending. "
            "Put an interrupting event on the edge of a sub-process, or start a second pathway.",
            node.id,
        )
    allowed = ALLOWED_EVENTS.get(node.kind)
    if allowed is None:
        return
    if len(node.events) > 1 or (not node.events and {"timer"} <= allowed):
        yield Finding("event_count", "This event must wait for exactly one thing, a timer or a message.", node.id)
    for event in node.events:
        if event.kind not in allowed:
            yield Finding("event_not_supported", _instead_of(event, node), node.id)
        elif event.kind == "message" and not event.text:
            yield Finding("message_unnamed", "This event waits for a message that has no name.", node.id)


def _instead_of(event: Event, node: Node) -> str:
    """What to draw in the place of an event that cannot stand there."""
    if node.kind == "startEvent":
        return "A pathway begins with a plain start; what sets it off is said outside the drawing."
    if node.kind == "endEvent" and event.kind == "message":
        return "An end sends nothing. Ask for the letter or notice with a send task before it."
    return REFUSED_EVENTS.get(event.kind, f"A {event.kind} event cannot stand here.")


def _boundary(node: Node) -> Iterator[Finding]:
    if node.kind == "boundaryEvent" and not node.interrupting and any(one.kind == "message" for one in node.events):
        yield Finding(
            "message_not_interrupting",
            "A message that does not interrupt is heard only once. Make it interrupting, "
            "or start a second pathway of the same case by a command.",
            node.id,
        )


def _user_task(node: Node) -> Iterator[Finding]:
    if node.kind != "userTask":
        return
    if not node.element.form:
        yield Finding("task_without_form", "This task has no form (camunda:formKey).", node.id)
    elif ":" in node.element.form:
        message = f"“{node.element.form}” is a page of another engine. Import the form, and name it here."
        yield Finding("form_of_another_engine", message, node.id)
    if not node.element.lane:
        yield Finding("task_without_lane", "This task stands in no lane, so nobody is asked to do it.", node.id)
    if not node.element.due:
        yield Finding("task_without_due_date", "This task has no clock (camunda:dueDate).", node.id)
    if not node.element.name:
        yield Finding("task_unnamed", "This task has no name for the screen.", node.id)


def _rule_task(node: Node) -> Iterator[Finding]:
    if node.kind != "businessRuleTask":
        return
    if not node.decision:
        yield Finding("rule_without_decision", "This task names no decision (camunda:decisionRef).", node.id)
    if not is_variable(node.result):
        yield Finding(
            "rule_without_result", "This task names no variable for its result (camunda:resultVariable).", node.id
        )  # fmt: skip


def _send_task(node: Node) -> Iterator[Finding]:
    if node.kind == "sendTask" and not {"letter", "notice"} & node.element.properties.keys():
        yield Finding("send_without_letter", "This task names no letter and no notice to send.", node.id)


def _call(node: Node) -> Iterator[Finding]:
    if node.kind != "callActivity":
        return
    if not node.called:
        yield Finding("call_without_process", "This call names no process (calledElement).", node.id)
    for target, text in node.takes.items():
        if not is_variable(target):
            yield Finding("call_input", f"“{target}” cannot be the name of a variable.", node.id)
        if not text:
            yield Finding("call_input", f"The input “{target}” is given nothing.", node.id)
        else:
            yield from feel_findings(feel_text(text), node.id)


def _loop(node: Node) -> Iterator[Finding]:
    loop = node.loop
    if loop is None:
        return
    if loop.standard:
        yield Finding("standard_loop", "A looping marker is not carried out. Draw the way back.", node.id)
        return
    if node.kind not in LOOPING:
        yield Finding("loop_not_supported", "Only tasks for people, sub-processes and calls can be repeated.", node.id)
    if not is_variable(loop.collection):
        yield Finding("loop_without_list", "This names no list to go through (camunda:collection).", node.id)
    if not is_variable(loop.item) or loop.item == loop.collection:
        yield Finding("loop_without_item", "This names no variable for each item (camunda:elementVariable).", node.id)
    if loop.extra:
        yield Finding("loop_not_supported", f"Not carried out in a multi-instance: {', '.join(loop.extra)}.", node.id)


def _odd(node: Node) -> Iterator[Finding]:
    for word in node.odd:
        yield _not_carried_out(word, node.id)
    for word in node.element.unused:
        message = f"camunda:{word} is not followed: who does a task and by when is said by its lane and its clock."
        yield Finding("attribute_unused", message, node.id, severity="warning")


def _not_carried_out(word: str, owner: str) -> Finding:
    return Finding("extension_not_supported", f"“{word}” would run code or move data, and is not carried out.", owner)


def _properties(node: Node) -> Iterator[Finding]:
    """A property that begins with = is FEEL over the variables."""
    for text in node.element.properties.values():
        if text.startswith("="):
            yield from feel_findings(feel_text(text), node.id)


def _clocks(node: Node, clocks: Collection[str] | None) -> Iterator[Finding]:
    if node.element.due:
        yield from _clock_key(node.element.due, node, clocks)
    for event in node.events:
        if event.kind == "timer":
            yield from _timer(event, node, clocks)


def _timer(event: Event, node: Node, clocks: Collection[str] | None) -> Iterator[Finding]:
    if event.form == "timeCycle":
        yield Finding("timer_cycle", "A repeating timer is not carried out. Remind with a single timer.", node.id)
    elif not event.text:
        yield Finding("timer_without_clock", "This timer names neither a clock nor a variable.", node.id)
    elif event.form == "timeDate" and not is_variable(event.text):
        yield Finding("timer_without_clock", f"“{event.text}” is not a variable that holds a date.", node.id)
    elif event.form == "timeDuration":
        yield from _clock_key(event.text, node, clocks)


def _clock_key(key: str, node: Node, clocks: Collection[str] | None) -> Iterator[Finding]:
    if not is_snake_case(key):
        yield Finding("timer_without_clock", f"“{key}” is not the name of a clock, such as first_contact.", node.id)
    elif clocks is not None and key not in clocks:
        yield Finding("unknown_clock", f"There is no clock “{key}”.", node.id)


RULES: tuple[Callable[[Node], Iterator[Finding]], ...] = (
    _events, _boundary, _user_task, _rule_task, _send_task, _call, _loop, _odd, _properties,
)  # fmt: skip
