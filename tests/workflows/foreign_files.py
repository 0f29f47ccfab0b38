"""Whole files as other modellers write them, drawn for these tests: every construct that their reference files hold.

Pools with and without a process, messages between them, stores and data, events without ids, notes of the tool in
extensions and attributes, other prefixes, an older alphabet, and what Camunda 7 and 8 write for their engines.
"""

from __future__ import annotations

import itertools

SPACES = (
    'xmlns:m="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:drawn="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:note="https://tool.example/notes" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
)


def flows(*names: str) -> str:
    """Arrows from each step to the next."""
    return "".join(
        f'<m:sequenceFlow id="way-{one}-{two}" name="" isImmediate="true" sourceRef="{one}" targetRef="{two}"/>'
        for one, two in itertools.pairwise(names)
    )


def shapes(*names: str, holder: str) -> str:
    """The drawing of a row of steps and its arrows."""
    boxes = "".join(
        f'<drawn:BPMNShape id="shape_{name}" bpmnElement="{name}"><dc:Bounds x="{100 + 160 * place}" y="100"'
        ' width="100" height="80"/><drawn:BPMNLabel/></drawn:BPMNShape>'
        for place, name in enumerate(names)
    )
    lines = "".join(
        f'<drawn:BPMNEdge id="edge_{one}_{two}" bpmnElement="way-{one}-{two}"><di:waypoint x="{200 + 160 * place}"'
        f' y="140"/><di:waypoint x="{260 + 160 * place}" y="140"/></drawn:BPMNEdge>'
        for place, (one, two) in enumerate(itertools.pairwise(names))
    )
    return (
        f'<drawn:BPMNDiagram id="page" name="Drawn" documentation="" resolution="96.0"><drawn:BPMNPlane id="plane" '
        f'bpmnElement="{holder}">{boxes}{lines}</drawn:BPMNPlane><drawn:BPMNLabelStyle id="style"><dc:Font name="Arial"'
        ' size="8.0" isBold="false"/></drawn:BPMNLabelStyle></drawn:BPMNDiagram>'
    )


def whole(inside: str, more: str = "", encoding: str = "UTF-8") -> str:
    """A file."""
    head = f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>\n'
    named = f'{SPACES} id="_136" targetNamespace="https://tool.example/_136" {more}'
    return f"{head}<m:definitions {named}>{inside}</m:definitions>\n"


POOLS = whole(
    '<m:itemDefinition id="item" structureRef="note:text" note:kind="text"/>'
    '<m:globalUserTask id="asked-anywhere" name="Ask" implementation="##WebService"/>'
    '<m:dataStore id="books" name="Books" capacity="0" isUnlimited="false"/>'
    '<m:message id="letter" name="A letter"/><m:signal id="flare" name="Flare"/><m:error id="wrong" errorCode="E1"/>'
    '<m:collaboration id="both"><m:participant id="outside" name="Customer"/>'
    '<m:participant id="pool-1" name="Office" processRef="WFP-6-1"><m:extensionElements><note:meta key="colour"/>'
    '</m:extensionElements></m:participant><m:participant id="pool-2" name="Engine" processRef="WFP-6-2"/>'
    '<m:messageFlow id="post" sourceRef="outside" targetRef="_begin"/></m:collaboration>'
    '<m:process id="WFP-6-1" name="Office" isExecutable="false" isClosed="true"><m:extensionElements/>'
    '<m:laneSet><m:lane id="_front" name=""><m:flowNodeRef>_begin</m:flowNodeRef></m:lane></m:laneSet>'
    '<m:dataObject id="_file" name="File" isCollection="false"/>'
    '<m:startEvent id="_begin" name="Letter&#10;came"><m:outgoing>way-_begin-_read</m:outgoing>'
    "<m:messageEventDefinition/></m:startEvent>"
    '<m:userTask id="_read" name="Read it" implementation="##WebService" completionQuantity="1" startQuantity="1">'
    "<m:ioSpecification><m:dataInput id='_in'/><m:inputSet><m:dataInputRefs>_in</m:dataInputRefs></m:inputSet>"
    "<m:outputSet/></m:ioSpecification><m:dataInputAssociation id='_reads'><m:sourceRef>_file-ref</m:sourceRef>"
    "<m:targetRef>_in</m:targetRef></m:dataInputAssociation>"
    '<m:multiInstanceLoopCharacteristics isSequential="true"/></m:userTask>'
    '<m:inclusiveGateway id="_which" name="Which?" gatewayDirection="Unspecified"/>'
    '<m:intermediateThrowEvent id="_shout" name="Shout"><m:signalEventDefinition/></m:intermediateThrowEvent>'
    '<m:endEvent id="_over" name="Over"><m:terminateEventDefinition/></m:endEvent>'
    '<m:boundaryEvent id="_late" attachedToRef="_read" cancelActivity="false" parallelMultiple="false">'
    "<m:conditionalEventDefinition><m:condition/></m:conditionalEventDefinition></m:boundaryEvent>"
    '<m:dataObjectReference id="_file-ref" dataObjectRef="_file"/><m:dataStoreReference id="_books-ref"/>'
    '<m:textAnnotation id="_remark"><m:text>Mind the step</m:text></m:textAnnotation>'
    '<m:association id="_tie" sourceRef="_read" targetRef="_remark" associationDirection="None"/>'
    + flows("_begin", "_read", "_which", "_shout", "_over")
    + "</m:process>"
    '<m:process id="WFP-6-2" name="Engine" isExecutable="true"><m:startEvent id="ID-1-begin"/>'
    '<m:serviceTask id="ID-2-pay" name="Pay" implementation="##WebService"/><m:subProcess id="ID-3-if" '
    'triggeredByEvent="true"><m:startEvent id="ID-4-wrong"><m:errorEventDefinition id="d"/></m:startEvent>'
    '<m:endEvent id="ID-5-end"/>' + flows("ID-4-wrong", "ID-5-end") + '</m:subProcess><m:callActivity id="ID-6-call" '
    'calledElement="asked-anywhere"/><m:endEvent id="ID-7-end"><m:errorEventDefinition errorRef="wrong"/></m:endEvent>'
    + flows("ID-1-begin", "ID-2-pay", "ID-6-call", "ID-7-end")
    + "</m:process>"
    + shapes("_begin", "_read", "_which", "_shout", "_over", holder="both"),
    'name="Pools" exporter="A Modeller" exporterVersion="7.0.0" note:logo="plain" xml:lang="en"',
    "ISO-8859-1",
)
STYLED = whole(
    '<!--Drawn by a tool--><m:resource id="people" name="People"/><m:process id="_8170" name="Styled"'
    ' isExecutable="true" processType="Private"><m:extensionElements><note:attributes>'
    '<m:attribute name="cost" type="Float" value="1"><m:attribute name="of which" value="0"/></m:attribute>'
    '</note:attributes><note:root><Grid spacing="15"/>'
    '</note:root></m:extensionElements><m:startEvent id="_cc97" name="Asked" isInterrupting="true">'
    '<m:messageEventDefinition id="Bpmn_MessageEventDefinition_v" messageRef="nameless"/></m:startEvent>'
    '<m:userTask id="_c73a" name="Look" completionQuantity="2" startQuantity="2" implementation="##WebService">'
    '<m:documentation id="Bpmn_Documentation_j" textFormat="text/plain"><![CDATA[First contact <with> them.]]>'
    '</m:documentation><m:potentialOwner id="owner" name="Owner"><m:resourceRef>people</m:resourceRef>'
    '</m:potentialOwner></m:userTask><m:subProcess id="_sub" name="More" triggeredByEvent="false">'
    '<m:startEvent id="_in"/>'
    '<m:endEvent id="_out"><m:messageEventDefinition messageRef="nameless"/></m:endEvent>'
    + flows("_in", "_out")
    + '</m:subProcess><m:endEvent id="_end"/>'
    + flows("_cc97", "_c73a", "_sub", "_end")
    + '</m:process><m:message id="nameless"/>'
    + shapes("_cc97", "_c73a", "_sub", "_end", holder="_8170"),
    'xmlns="https://tool.example/style" expressionLanguage="http://www.w3.org/1999/XPath" note:author="Invented"'
    ' xsi:schemaLocation="http://www.omg.org/spec/BPMN/20100524/MODEL BPMN20.xsd"',
)
CAMUNDA_7 = whole(
    '<m:process id="Process_1abc" name="For Camunda 7" isExecutable="true" camunda:historyTimeToLive="180"'
    ' camunda:versionTag="1.0"><m:extensionElements><camunda:executionListener class="org.example.Told" event="end"/>'
    '</m:extensionElements><m:startEvent id="StartEvent_1" camunda:formKey="embedded:app:forms/start.html"'
    ' camunda:initiator="starter" camunda:asyncBefore="true"/>'
    '<m:userTask id="Activity_0a1" name="Look at it" camunda:formKey="embedded:app:forms/look.html"'
    ' camunda:assignee="${starter}" camunda:candidateGroups="office" camunda:dueDate="${dateTime().plusDays(3)}">'
    '<m:extensionElements><camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">'
    "1 + 1</camunda:script></camunda:inputParameter></camunda:inputOutput>"
    '<camunda:taskListener event="create"><camunda:script scriptFormat="javascript">print(1)</camunda:script>'
    "</camunda:taskListener></m:extensionElements></m:userTask>"
    '<m:serviceTask id="Activity_0b2" name="Charge" camunda:type="external" camunda:topic="charge"/>'
    '<m:scriptTask id="Activity_0c3" name="Add up" scriptFormat="groovy"><m:script>2 + 2</m:script></m:scriptTask>'
    '<m:exclusiveGateway id="Gateway_1" name="Big?" default="way-Gateway_1-Event_end"/>'
    '<m:sequenceFlow id="Flow_big" sourceRef="Gateway_1" targetRef="Activity_0a1"><m:conditionExpression'
    ' xsi:type="m:tFormalExpression">${amount &gt; 10}</m:conditionExpression></m:sequenceFlow>'
    '<m:endEvent id="Event_end"/>'
    + flows("StartEvent_1", "Activity_0a1", "Activity_0b2", "Activity_0c3", "Gateway_1", "Event_end")
    + "</m:process>"
    + shapes(
        "StartEvent_1", "Activity_0a1", "Activity_0b2", "Activity_0c3", "Gateway_1", "Event_end", holder="Process_1abc"
    ),
    'exporter="Camunda Modeler" exporterVersion="5.30.0" modeler:executionPlatform="Camunda Platform"'
    ' modeler:executionPlatformVersion="7.22.0"',
)
CAMUNDA_8 = whole(
    '<m:process id="Process_8" name="For Camunda 8" isExecutable="true"><m:extensionElements><zeebe:versionTag'
    ' value="1"/></m:extensionElements><m:startEvent id="StartEvent_8"/>'
    '<m:userTask id="Activity_8a" name="Look"><m:extensionElements><zeebe:userTask/>'
    '<zeebe:formDefinition formId="look"/><zeebe:assignmentDefinition candidateGroups="office"/>'
    '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)"/></m:extensionElements></m:userTask>'
    '<m:businessRuleTask id="Activity_8b" name="Decide"><m:extensionElements><zeebe:calledDecision decisionId="d"'
    ' resultVariable="r"/></m:extensionElements></m:businessRuleTask>'
    '<m:serviceTask id="Activity_8c" name="Charge" zeebe:modelerTemplate="http.connector"><m:extensionElements>'
    '<zeebe:taskDefinition type="io.example:http:1" retries="3"/><zeebe:ioMapping><zeebe:input source="=url"'
    ' target="url"/></zeebe:ioMapping><zeebe:taskHeaders><zeebe:header key="k" value="v"/></zeebe:taskHeaders>'
    "</m:extensionElements></m:serviceTask>"
    '<m:callActivity id="Activity_8d" name="More"><m:extensionElements><zeebe:calledElement processId="more"/>'
    '</m:extensionElements></m:callActivity><m:endEvent id="Event_8"/>'
    + flows("StartEvent_8", "Activity_8a", "Activity_8b", "Activity_8c", "Activity_8d", "Event_8")
    + "</m:process>"
    + shapes("StartEvent_8", "Activity_8a", "Activity_8b", "Activity_8c", "Activity_8d", "Event_8", holder="Process_8"),
    'exporter="Camunda Modeler" exporterVersion="5.30.0" modeler:executionPlatform="Camunda Cloud"'
    ' modeler:executionPlatformVersion="8.6.0"',
)
BORROWED = whole(
    '<m:process id="P-1" isExecutable="true"><m:startEvent id="b-1"/><m:userTask id="b-2" name="Fill in"'
    ' camunda:formKey="some.html"><m:extensionElements><camunda:formProperty id="amount" name="Amount"/>'
    '</m:extensionElements></m:userTask><m:endEvent id="b-3"/>'
    + flows("b-1", "b-2", "b-3")
    + "</m:process>"
    + shapes("b-1", "b-2", "b-3", holder="P-1")
).replace("http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn")
"""A prefix that we know, for something else."""
UNDRAWN = whole(
    '<m:process id="Plain" isExecutable="true"><m:startEvent id="a"/><m:task id="b" name="Do it"/><m:endEvent id="c"/>'
    + flows("a", "b", "c")
    + "</m:process>"
)
UNNAMED = UNDRAWN.replace('<m:endEvent id="c"/>', '<m:manualTask name="Nameless"/><m:endEvent id="c"/>')
FILES = {
    "pools": POOLS,
    "styled": STYLED,
    "borrowed": BORROWED,
    "camunda_7": CAMUNDA_7,
    "camunda_8": CAMUNDA_8,
    "undrawn": UNDRAWN,
    "unnamed": UNNAMED,
}
