"""What other modellers write that nothing here follows: each is kept, and named with its element and what to use.

An extension that would act in another engine is an error; one that only adorns is told once for the whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lxml import etree

from rj_engine.errors import Finding
from rj_engine.workflows.engine.xml import BPMN, CAMUNDA, local

OWN: Final = (
    BPMN,
    CAMUNDA,
    "{http://www.omg.org/spec/BPMN/20100524/DI}",
    "{http://www.omg.org/spec/DD/20100524/DI}",
    "{http://www.omg.org/spec/DD/20100524/DC}",
    "{http://www.w3.org/2001/XMLSchema-instance}",
    "{http://www.w3.org/XML/1998/namespace}",
)
"""What a diagram of ours is written in."""
ZEEBE: Final = "{http://camunda.org/schema/zeebe/1.0}"
MODELER: Final = "{http://camunda.org/schema/modeler/1.0}"
INSTEAD: Final = {
    "taskDefinition": "Nothing here calls a worker: decide with a business rule task, or give the work to a person.",
    "formDefinition": "Import the form, and name it as the task's form key.",
    "assignmentDefinition": "Who does a task is said by its lane.",
    "calledDecision": "Import the decision, and name it as the task's decision reference.",
    "calledElement": "Import the diagram that is called, and name its process as the called element.",
    "taskSchedule": "When a task is due is said by its clock.",
    "script": "Nothing here runs scripts: decide with a business rule task.",
    "ioMapping": "Answers are known by the keys of the form's questions; nothing is copied.",
    "loopCharacteristics": "Name the list and the variable for each item in the multi-instance section.",
    "subscription": "Which case a message belongs to is known here without a key.",
    "executionListeners": "Nothing here runs listeners: draw what is to happen as a task.",
    "taskListeners": "Nothing here runs listeners: draw what is to happen as a task.",
}
"""What Camunda 8 would act on, and what stands here in its place."""
ADORNS: Final = frozenset({"userTask", "properties", "versionTag", "taskHeaders", "modelerTemplate"})
READ: Final = frozenset({
    "formKey", "formRef", "dueDate", "decisionRef", "resultVariable", "collection", "elementVariable",
    "assignee", "candidateGroups", "candidateUsers", "followUpDate", "priority",
    "expression", "delegateExpression", "class", "script", "type", "topic",
})  # fmt: skip
"""Attributes of Camunda 7 that are followed, or told of elsewhere."""
OUTSIDE: Final = {
    "messageFlow": "Messages between pools are not carried out. Wait for an answer with a message event in one pool.",
    "dataStore": "Data stores are not carried out. Answers are kept with the case.",
    "choreography": "A choreography is not carried out. Draw the steps of this service as one process.",
    "globalUserTask": "A global task is not carried out. Draw a user task where it is done.",
    "globalTask": "A global task is not carried out. Draw a user task where it is done.",
    "globalManualTask": "A global task is not carried out. Draw a user task where it is done.",
    "globalScriptTask": "A global task is not carried out. Draw a user task where it is done.",
    "globalBusinessRuleTask": "A global task is not carried out. Draw a business rule task where it is asked.",
    "globalConversation": "A conversation is not carried out. Draw the steps of this service as one process.",
    "conversation": "A conversation is not carried out. Draw the steps of this service as one process.",
    "callConversation": "A conversation is not carried out. Draw the steps of this service as one process.",
    "subConversation": "A conversation is not carried out. Draw the steps of this service as one process.",
    "interface": "An interface to other programs is not carried out. Nothing here is called by a diagram.",
    "import": "Nothing is fetched from other files. Import what is needed into the draft itself.",
}
"""What stands beside the processes of a file."""


def foreign_findings(root: etree._Element) -> Iterator[Finding]:
    """Everything in a file that only another tool or engine knows."""
    yield from _outside(root)
    yield from _unnamed(root)
    for element in root.iter(f"{ZEEBE}*"):
        yield from _zeebe(element)
    yield from _settings(root)
    yield from _adornments(root)


def _outside(root: etree._Element) -> Iterator[Finding]:
    for element in root.iter(*(f"{BPMN}{word}" for word in OUTSIDE)):
        yield Finding("element_not_supported", OUTSIDE[local(element)], element.get("id"), line=line_of(element))
    for pool in root.iter(f"{BPMN}participant"):
        if pool.get("processRef") is None:
            words = "This pool is drawn without a process: who else is meant is told by a note on the drawing instead."
            yield Finding("pool_without_process", words, pool.get("id"), line=line_of(pool))


def _unnamed(root: etree._Element) -> Iterator[Finding]:
    """Steps and arrows without an id: nobody can point at them, and no case could wait at them."""
    for process in root.iter(f"{BPMN}process", f"{BPMN}subProcess", f"{BPMN}transaction", f"{BPMN}adHocSubProcess"):
        for element in process:
            if element.get("id") is None and local(element) not in UNNAMED:
                called = element.get("name") or local(element)
                words = f"“{called}” has no id, so no case could wait at it. Give it one in the tool that drew it."
                yield Finding("id_missing", words, process.get("id"), line=line_of(element))


UNNAMED: Final = frozenset({
    "?", "documentation", "extensionElements", "incoming", "outgoing", "laneSet", "ioSpecification", "property",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "association", "supports", "auditing",
    "monitoring", "correlationSubscription", "resourceRole", "performer", "potentialOwner", "humanPerformer",
    "completionCondition", "dataInputAssociation", "dataOutputAssociation",
})  # fmt: skip
"""Children that the standard lets go without an id."""


def _zeebe(element: etree._Element) -> Iterator[Finding]:
    holder = element.getparent()
    if holder is None or local(holder) != "extensionElements":
        return
    word = str(element.tag).removeprefix(ZEEBE)
    owner = holder.getparent()
    if word not in ADORNS:
        words = INSTEAD.get(word, "Nothing here follows it.")
        yield Finding(
            "extension_not_supported",
            f"“zeebe:{word}” is of Camunda 8. {words}",
            owner_id(owner),
            line=line_of(element),
        )


def _settings(root: etree._Element) -> Iterator[Finding]:
    """Attributes that Camunda 7 would follow."""
    for element in root.iter(f"{BPMN}*"):
        names = {str(name).removeprefix(CAMUNDA) for name in element.attrib if str(name).startswith(CAMUNDA)}
        for name in sorted(names - READ):
            words = f"“camunda:{name}” is kept, and nothing here follows it."
            yield Finding("attribute_unused", words, owner_id(element), severity="warning")


def owner_id(owner: etree._Element | None) -> str | None:
    """The id of the nearest element that has one."""
    while owner is not None and owner.get("id") is None:
        owner = owner.getparent()
    return owner.get("id") if owner is not None else None


def _adornments(root: etree._Element) -> Iterator[Finding]:
    """Notes of other tools, counted by the tool."""
    prefixes = {f"{{{address}}}": prefix for one in root.iter() for prefix, address in one.nsmap.items() if prefix}
    seen: Counter[str] = Counter()
    for element in root.iter():
        spaces = [space_of(str(element.tag)), *(space_of(str(name)) for name in element.attrib)]
        seen.update(space for space in spaces if space and not space.startswith(OWN) and space not in {ZEEBE, MODELER})
    for space, count in sorted(seen.items()):
        tool = prefixes.get(space, space.strip("{}"))
        words = f"The file carries notes of another tool (“{tool}”, in {count} places). They are kept, not followed."
        yield Finding("notes_of_another_tool", words, severity="warning")


def space_of(name: str) -> str:
    """The namespace of a tag or attribute, in braces; empty where it has none."""
    return name[: name.index("}") + 1] if name.startswith("{") else ""


def line_of(element: etree._Element) -> int | None:
    """Line in the file, from 1."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None
