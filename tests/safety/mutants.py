"""Draws every shipped diagram wrong in every small way: an arrow, a task, a condition or a join at a time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lxml import etree

from rj_engine import bpmn
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.step import Step
from rj_engine.workflows.proof.explore import Explorer, Move

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
SAFEGUARDS = ("record", "two_person", "consent_party")
"""Properties of a task that stands between people and harm."""
SAFE_EFFECTS = ("capture_consent", "reconfirm_consent", "assess_risk", "sign_risk", "panel_decision", "safeguarding",
                "aftercare", "withdraw", "prison_decision")  # fmt: skip
SAFE_PARTS = ("consent", "risk_assessment", "day_of_check", "aftercare", "preparation", "mode_choice", "closure")


@dataclass(frozen=True)
class Mutant:
    """One diagram with one thing wrong."""

    name: str
    process: str
    text: bytes
    touched: frozenset[str]
    """`process/id` of elements whose passing is no longer what it was."""


def every() -> list[Mutant]:
    """Every mutant of every shipped diagram, always the same ones."""
    return [mutant for key, text in bpmn.pathways().items() for mutant in _of(key, text)]


def _of(process: str, text: bytes) -> Iterator[Mutant]:
    root: Any = etree.fromstring(text)
    for drawing in root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"):
        root.remove(drawing)
    for flow in list(root.iter(f"{MODEL}sequenceFlow")):
        yield from _retargeted(process, root, flow)
        if flow.find(f"{MODEL}conditionExpression") is not None:
            yield _changed(process, root, f"flip {flow.get('id')}", flow.get("sourceRef"), _flip, flow.get("id"))
    for node in list(root.iter()):
        if str(node.tag) in {f"{MODEL}userTask", f"{MODEL}callActivity", f"{MODEL}businessRuleTask"} and _guards(node):
            yield from _bypassed(process, root, node)
        if str(node.tag) == f"{MODEL}parallelGateway" and len(_flows(root, "targetRef", node.get("id"))) > 1:
            sources = {f"{process}/{flow.get('sourceRef')}" for flow in _flows(root, "targetRef", node.get("id"))}
            mutant = _changed(process, root, f"unjoin {node.get('id')}", node.get("id"), _unjoin, node.get("id"))
            yield replace(mutant, touched=mutant.touched | sources)


def _changed(process: str, root: Any, name: str, touched: str, change: Any, *about: str) -> Mutant:
    copy = deepcopy(root)
    change(copy, *about)
    return Mutant(f"{process}: {name}", process, etree.tostring(copy), frozenset({f"{process}/{touched}"}))


def _by_id(root: Any, wanted: str) -> Any:
    return next(node for node in root.iter() if node.get("id") == wanted)


def _flows(root: Any, end: str, node: str) -> list[Any]:
    return [flow for flow in root.iter(f"{MODEL}sequenceFlow") if flow.get(end) == node]


def _flip(root: Any, flow: str) -> None:
    condition = _by_id(root, flow).find(f"{MODEL}conditionExpression")
    condition.text = f"not({condition.text})"


def _unjoin(root: Any, gateway: str) -> None:
    _by_id(root, gateway).tag = f"{MODEL}exclusiveGateway"


def _retargeted(process: str, root: Any, flow: Any) -> Iterator[Mutant]:
    """The arrow, led to one other element on the same page, chosen by the arrow's name."""
    holder = flow.getparent()
    fixed = {flow.get("sourceRef"), flow.get("targetRef")}
    nodes = [node.get("id") for node in holder if _can_be_reached(node) and node.get("id") not in fixed]
    taken = {other.get("targetRef") for other in _flows(root, "sourceRef", flow.get("sourceRef"))}
    choices = sorted(set(nodes) - taken)
    if choices and not _begins_a_wait(root, flow):
        onto = random.Random(f"{process} {flow.get('id')}").choice(choices)
        name = f"lead {flow.get('id')} to {onto}"
        yield _changed(process, root, name, flow.get("sourceRef"), _lead, flow.get("id"), onto)


def _can_be_reached(node: Any) -> bool:
    word = str(node.tag).removeprefix(MODEL)
    kinds = {"userTask", "callActivity", "businessRuleTask", "sendTask", "exclusiveGateway", "parallelGateway",
             "eventBasedGateway", "endEvent", "intermediateCatchEvent", "subProcess"}  # fmt: skip
    return word in kinds


def _begins_a_wait(root: Any, flow: Any) -> bool:
    return str(_by_id(root, flow.get("sourceRef")).tag) == f"{MODEL}eventBasedGateway"


def _lead(root: Any, flow: str, onto: str) -> None:
    _by_id(root, flow).set("targetRef", onto)


def _guards(node: Any) -> bool:
    properties = {one.get("name"): one.get("value") for one in node.iter(f"{CAMUNDA}property")}
    guards = properties.get("effect") in SAFE_EFFECTS or any(name in properties for name in SAFEGUARDS)
    return guards or node.get("calledElement") in SAFE_PARTS or str(node.tag) == f"{MODEL}businessRuleTask"


def _bypassed(process: str, root: Any, node: Any) -> Iterator[Mutant]:
    if len(_flows(root, "sourceRef", node.get("id"))) == 1:
        sources = {f"{process}/{flow.get('sourceRef')}" for flow in _flows(root, "targetRef", node.get("id"))}
        mutant = _changed(process, root, f"skip {node.get('id')}", node.get("id"), _skip, node.get("id"))
        yield replace(mutant, touched=mutant.touched | sources)


def _skip(root: Any, node: str) -> None:
    """Every arrow to the element leads to what came after it."""
    (onward,) = _flows(root, "sourceRef", node)
    for flow in _flows(root, "targetRef", node):
        flow.set("targetRef", onward.get("targetRef"))
    onward.getparent().remove(onward)
    gone = _by_id(root, node)
    for edge in [one for one in root.iter(f"{MODEL}boundaryEvent") if one.get("attachedToRef") == node]:
        for flow in _flows(root, "sourceRef", edge.get("id")):
            flow.getparent().remove(flow)
        edge.getparent().remove(edge)
    gone.getparent().remove(gone)


class EngineStopped(Exception):
    """The engine refuses a move of this mutant (P-03); no need to walk on."""


class Remembering(Explorer):
    """Asks the engine only for moves that it has not been seen to make, or that pass what the mutant changed.

    A move depends on the stored state, on what is done, and on the elements it passes; nothing else.
    """

    memory: ClassVar[dict[tuple[object, ...], list[Step | EngineBroken]]] = {}
    touched: ClassVar[frozenset[str]] = frozenset()
    learning: ClassVar[bool] = False

    def _from(self, number: int, stored: bytes) -> None:
        super()._from(number, stored)
        if self.graph.broken:
            raise EngineStopped

    def ways(self, move: Move) -> Iterator[Step | EngineBroken]:
        """As the engine goes them, or went them before."""
        made: Any = move
        key = (made.func.__name__, made.args[0].key, *(repr(one) for one in made.args[1:]))
        known = self.memory.get(key)
        if known is None or any(isinstance(step, EngineBroken) or self.touched & set(step.passed) for step in known):
            known = list(super().ways(move))
            if self.learning:
                self.memory[key] = known
        yield from known
