"""What a manager does in the studio, for tests: a draft, a change drawn into it, a proof as a worker ends it."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from lxml import etree

from rj_engine import clock
from rj_engine.commands import Actor, Command, dispatch
from rj_engine.people.staff import the_clock
from rj_engine.workflows.studio import checks, drafting
from rj_engine.workflows.studio.drafting import KeepFile, StartDraft, SubmitDraft
from rj_engine.workflows.studio.proving import AskForProof, EndProof, TakeProof
from rj_engine.workflows.studio.rows import PathwayDraft
from tests.places import Product

MANAGER = "service_manager"
SAFEGUARDING = "safeguarding_lead"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
STEPS = {"userTask", "sendTask", "businessRuleTask", "exclusiveGateway", "callActivity", "endEvent"}
BEFORE_ARROWS = {"documentation", "extensionElements"}
HOLDS = {"status": "holds", "states": 4, "edges": 5, "seconds": 0.1, "holds": [], "broken": []}


def a_draft(product: Product, pathway: str = "complaint", who: str = MANAGER) -> UUID:
    """A draft that `who` began."""
    return UUID(product.do(StartDraft, who, pathway=pathway)["draft"])


def row(product: Product, draft: UUID, who: str = MANAGER) -> PathwayDraft:
    """The draft as it stands now."""
    session = product.session
    session.expire_all()
    return drafting.find(session, product.actor(who), draft)


def text_of(product: Product, draft: UUID, file: str) -> str:
    """One of its files."""
    return checks.files_of(drafting.content(row(product, draft)))[file]


def kept(product: Product, draft: UUID, file: str, text: str, who: str = MANAGER) -> None:
    """Keep a file as an editor does."""
    product.do(KeepFile, who, draft_id=draft, edition=row(product, draft, who).edition, file=file, text=text)


def reworded(product: Product, draft: UUID, who: str = MANAGER, pathway: str = "complaint") -> None:
    """Word the first task of a pathway anew: nobody's safety hangs on it."""
    file = f"{pathway}.bpmn"
    root = etree.fromstring(text_of(product, draft, file).encode())
    task = root.find(".//{*}userTask")
    assert task is not None
    task.set("name", f"{task.get('name')} anew")
    kept(product, draft, file, etree.tostring(root, encoding="unicode"), who)


def proved(product: Product, draft: UUID, who: str = MANAGER, **result: object) -> None:
    """Ask for a proof, and end it as a worker would."""
    proof = UUID(product.do(AskForProof, who, draft_id=draft)["proof"])
    by = the_clock(product.actor(who).service_id, "prove")
    _dispatched(TakeProof, by, proof_id=proof)
    _dispatched(EndProof, by, proof_id=proof, result={**HOLDS, **result})


def _dispatched(kind: type[Command], by: Actor, **parts: Any) -> None:
    dispatch(kind(command_id=uuid.uuid4(), by=by, **parts))


def submitted(product: Product, draft: UUID, who: str = MANAGER) -> int:
    """Send it to a second person; the edition they will look at."""
    edition = row(product, draft, who).edition
    product.do(SubmitDraft, who, draft_id=draft, edition=edition, stands_from=clock.today())
    return edition


def bypassed(text: str, start: str, to: str) -> str:
    """A diagram in which the arrow from `start` leads straight to `to`, and what nothing reaches any more is gone."""
    root = etree.fromstring(text.encode())
    arrows = {one.get("id"): one for one in root.iter(f"{BPMN}sequenceFlow")}
    moved = next(one for one in arrows.values() if one.get("sourceRef") == start)
    moved.set("targetRef", to)
    gone: set[str] = set()
    while more := {one.get("id") for one in root.iter() if _unreached(one, arrows, gone)}:
        gone |= more
        gone |= {key for key, one in arrows.items() if one.get("sourceRef") in gone}
        arrows = {key: one for key, one in arrows.items() if key not in gone}
    for one in list(root.iter()):
        names = {one.get("id"), one.get("bpmnElement"), (one.text or "").strip()} if isinstance(one.tag, str) else set()
        parent = one.getparent()
        if names & gone and parent is not None:
            parent.remove(one)
    for target in root.iter():
        if target.get("id") in {to, start}:
            _tie(target, arrows)
    return etree.tostring(root, encoding="unicode")


def _unreached(one: Any, arrows: dict[str, Any], gone: set[str]) -> bool:
    kind = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""
    if not one.tag.startswith(BPMN) or kind not in STEPS or one.get("id") in gone:
        return False
    return not any(arrow.get("targetRef") == one.get("id") for arrow in arrows.values())


def _tie(node: Any, arrows: dict[str, Any]) -> None:
    """Write anew which arrows come in, where the drawing says so."""
    for one in [each for each in node if each.tag == f"{BPMN}incoming"]:
        node.remove(one)
    for key, arrow in arrows.items():
        if arrow.get("targetRef") == node.get("id"):
            line = etree.Element(f"{BPMN}incoming")
            line.text = key
            node.insert(len([each for each in node if each.tag.rpartition("}")[2] in BEFORE_ARROWS]), line)
