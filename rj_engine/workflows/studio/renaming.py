"""Readable ids for a diagram of another tool: words in lower case, made of what its author called each step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from lxml import etree
from sqlalchemy.orm import Session

from rj_engine.cases.case import NotFound
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.workflows.engine.diagram import LANE_PREFIX
from rj_engine.workflows.engine.lint_elements import is_snake_case
from rj_engine.workflows.engine.xml import BPMN, local, read_xml
from rj_engine.workflows.studio import checks, drafting

LONGEST: Final = 50
POINTS: Final = re.compile(r"""(?<![:\w])(id|default|bpmnElement|calledElement|[a-zA-Z]+Ref)(\s*=\s*)(["'])(.*?)\3""")
"""Attributes that name an element."""
NAMES: Final = re.compile(r"(<(?:[\w.-]+:)?(?:incoming|outgoing|[a-zA-Z]+Refs?)>\s*)([^<>\s]+)(\s*</)")
"""Elements whose words name another."""
CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class NameSteps(Command):
    """Give the steps of a diagram readable ids; those that the published version knows keep theirs."""

    draft_id: UUID
    edition: int
    file: str


@handles(NameSteps, verb="manage_pathways")
def name(command: NameSteps, session: Session, now: datetime) -> Outcome:
    """Nothing but ids changes, and whatever points at them."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    bundle = drafting.content(draft)
    if command.file not in bundle.diagrams:
        raise NotFound
    published = drafting.basis(session, draft).diagrams.get(command.file, "")
    text, count = renamed(bundle.diagrams[command.file], command.file, published)
    if count:
        drafting.put(draft, checks.with_file(bundle, command.file, text), command.by, now)
    told = {"pathway": draft.pathway, "file": command.file, "count": count}
    entries = [Entry("pathway:draft:steps_named", told)] if count else []
    return Outcome({"edition": draft.edition, "count": count}, entries=entries)


def renamed(text: str, file: str, published: str = "") -> tuple[str, int]:
    """The diagram with readable ids, and how many are new."""
    root = read_xml(text.encode())
    if isinstance(root, Finding):
        return text, 0
    known = read_xml(published.encode()) if published else None
    stay = {one.get("id") for one in known.iter()} if isinstance(known, etree._Element) else set()  # noqa: SLF001 - lxml's own name for an element
    new = dict(_new_ids(root, file.removesuffix(checks.DIAGRAM), stay))
    text = POINTS.sub(lambda hit: f"{hit[1]}{hit[2]}{hit[3]}{new.get(hit[4], hit[4])}{hit[3]}", text)
    return NAMES.sub(lambda hit: f"{hit[1]}{new.get(hit[2], hit[2])}{hit[3]}", text), len(new)


def _new_ids(root: etree._Element, process: str, stay: set[str | None]) -> Iterator[tuple[str, str]]:
    used = {one.get("id") for one in root.iter()}
    titles = {one.get("id"): one.get("name", "") for one in root.iter(f"{BPMN}*")}
    first = root.find(f"{BPMN}process")
    for element in root.iter(f"{BPMN}*"):
        old = element.get("id")
        if not old or old in stay or is_snake_case(old) or local(element) == "definitions":
            continue
        wanted = process if element is first else _wanted(element, titles)
        new = next(each for each in _numbered(wanted) if each not in used)
        used.add(new)
        yield old, new


def _wanted(element: etree._Element, titles: Mapping[str | None, str]) -> str:
    """What an element would be called: its name, else what it joins, else its kind."""
    kind = _words(CAPITAL.sub(" ", local(element)))
    if local(element) == "sequenceFlow":
        ends = (_words(titles.get(element.get(end)) or "") for end in ("sourceRef", "targetRef"))
        return f"flow_{'_to_'.join(each for each in ends if each)}"[:LONGEST].rstrip("_")
    words = _words(element.get("name", "")) or kind
    if local(element) == "lane":
        return f"{LANE_PREFIX}{words}"
    return words if words[0].isalpha() else f"{kind}_{words}"


def _words(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST].rstrip("_")


def _numbered(wanted: str) -> Iterator[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted}_{number}"
        number += 1
