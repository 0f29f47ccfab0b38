"""A small case that waits for a word nobody sends, or for a clock beside it; for tests of repairs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from rj_engine.cases.case import Case
from rj_engine.commands import dispatch
from rj_engine.people.joining import operator
from rj_engine.workflows.beside import repairs_offered
from rj_engine.workflows.beside.repairs_offered import Standing
from rj_engine.workflows.published.publishing import PublishBundle
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.reliability.small_case import (
    ANSWERS,
    CLOCKS,
    HERE,
    a_small_case,
    open_tasks,
    publish_small_pathway,
    small_bundle,
)

DRAWN = (HERE / "intake.bpmn").read_text(encoding="utf-8")
CLOSE = '<bpmn:userTask id="close" name="Close it" camunda:formKey="note" camunda:dueDate="small_due"/>'
REACHING_OUT = CLOSE.replace(
    "/>",
    """><bpmn:extensionElements><camunda:properties>
        <camunda:property name="effect" value="contact_harmer"/>
      </camunda:properties></bpmn:extensionElements></bpmn:userTask>""",
)
"""The last task, as one that the gate guards."""


def reference(product: Product, case: UUID) -> str:
    """How people call the case."""
    return product.session.get_one(Case, case).reference


def complete(product: Product, case: UUID, element: str, **answers: str) -> None:
    """Finish an open task."""
    given = {**ANSWERS[element], **answers}
    product.do(CompleteTask, "coordinator", task_id=open_tasks(product, case)[element], answers=given)


def waiting_for(product: Product, message: str, replaced: Mapping[str, str] | None = None) -> tuple[UUID, Standing]:
    """A case that rests until a message comes, and how a lead is shown it."""
    rest = f'<bpmn:messageEventDefinition id="rest_message" messageRef="{message}"/>'
    told = f'<bpmn:message id="{message}" name="{message}"/>'
    timer = re.search(r"<bpmn:timerEventDefinition id=.rest_timer.*?</bpmn:timerEventDefinition>", DRAWN, re.DOTALL)
    assert timer is not None
    known = '<bpmn:process id="intake"'
    told = known if message in DRAWN else f"{told}{known}"
    publish_small_pathway({timer[0]: rest, known: told, **(replaced or {})})
    case = a_small_case(product)
    complete(product, case, "call")
    complete(product, case, "weigh")
    return case, repairs_offered.offered(product.session, product.session.get_one(Case, case))[0]


def racing(product: Product, clock_key: str) -> tuple[UUID, list[Standing]]:
    """A case that rests until a clock or a message, whichever comes first, and how a lead is shown both."""
    rest = re.search(r"<bpmn:intermediateCatchEvent id=.rest.*?</bpmn:intermediateCatchEvent>", DRAWN, re.DOTALL)
    assert rest is not None
    message = '<bpmn:messageEventDefinition id="reply_message" messageRef="message_somebody_replies"/>'
    race = f"""<bpmn:eventBasedGateway id="race"/>{rest[0].replace("small_rest", clock_key)}
      <bpmn:intermediateCatchEvent id="reply" name="A reply">{message}</bpmn:intermediateCatchEvent>
      <bpmn:sequenceFlow id="race_to_rest" sourceRef="race" targetRef="rest"/>
      <bpmn:sequenceFlow id="race_to_reply" sourceRef="race" targetRef="reply"/>
      <bpmn:sequenceFlow id="reply_to_close" sourceRef="reply" targetRef="close"/>"""
    told = '<bpmn:message id="message_somebody_replies" name="somebody_replies"/><bpmn:process id="intake"'
    into = {
        '<bpmn:process id="intake"': told,
        'sourceRef="stages" targetRef="rest"': 'sourceRef="stages" targetRef="race"',
    }
    known = {**CLOCKS, clock_key: CLOCKS["small_rest"]}
    bundle = replace(small_bundle({rest[0]: race, **into}), clocks=known)
    dispatch(PublishBundle(command_id=uuid.uuid4(), by=operator(), bundle=bundle))
    case = a_small_case(product)
    complete(product, case, "call")
    complete(product, case, "weigh")
    return case, repairs_offered.offered(product.session, product.session.get_one(Case, case))
