"""What is wrong with a service's list of reasons to close: what diagrams, forms and figures need must stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import lists, reasons
from rj_engine.cases.case import Case
from rj_engine.errors import Finding
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import PathwayVersion, Run
from rj_engine.workflows.studio import checks

WORDS: Final = 120
"""Characters of a reason."""
ASKED_FOR: Final = "closure_reason"
QUOTED: Final = re.compile(r"\"(\w+)\"")
COMPARED: Final = re.compile(r"closure_reason\s*!?=\s*\\?\"(\w+)")
BY: Final = ("victim", "harmer", "family", "party", "together", "service", "outside", "nobody")
"""Whose decision it can be that a case ends."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What the pathways in use need of the list."""

    ends: Mapping[tuple[str, str], str]
    """Reason and pathway to the end that closes with it."""
    named: Mapping[str, str]
    """Reason to what asks for it by name, and goes another way for it."""
    closing: frozenset[str]
    """Pathways in which somebody chooses a reason."""


def needed(session: Session, service_id: UUID, now: datetime) -> Needed:
    """Of the versions that new cases take, and of those that running cases are on."""
    ends: dict[tuple[str, str], str] = {}
    named: dict[str, str] = {}
    closing = set()
    for published in _in_use(session, service_id, now):
        ends |= _ends(published)
        named |= _named(published)
        if any(ASKED_FOR in form.fields for form in published.forms.values()):
            closing.add(published.pathway)
    return Needed(ends, named, frozenset(closing))


def _in_use(session: Session, service_id: UUID, now: datetime) -> Iterator[Published]:
    keys = session.scalars(select(PathwayVersion.pathway).distinct())
    new = {versions.newest(session, key, service_id, now).id for key in keys}
    running = select(Run.version_id).join(Case, Case.id == Run.case_id)
    where = Case.service_id == service_id, Case.status != "closed", Run.status == "running"
    for version_id in sorted({*new, *session.scalars(running.where(*where).distinct())}):
        yield versions.load(session, version_id)


def _ends(published: Published) -> dict[tuple[str, str], str]:
    drawn = {
        element.properties.get(ASKED_FOR, "="): element.name or element.id
        for element in published.definition.elements.values()
    }
    return {(key, published.pathway): name for key, name in drawn.items() if not key.startswith("=")}


def _named(published: Published) -> dict[str, str]:
    found: dict[str, str] = {}
    for diagram in checks.read(published.diagrams):
        for flow in diagram.flows:
            condition = flow.condition or ""
            names = QUOTED.findall(condition) if ASKED_FOR in condition else ()
            found |= {
                key: f"an arrow of “{_called(diagram.process)}”" for key in names if key in bpmn.closure_reasons()
            }
    for key, form in published.forms.items():
        found |= {name: f"the form “{key}”" for one in form.fields.values() for name in _asked(one.conditions)}
    return found


def _asked(conditions: Any) -> list[str]:
    return [name for one in conditions for name in COMPARED.findall(one.text)]


def _called(key: str) -> str:
    """A pathway's or a part's own name."""
    drawn = bpmn.pathways().get(key)
    return (bpmn.pathway_name(drawn.decode()) if drawn else "") or key


def _named_all(keys: list[str]) -> str:
    return ", ".join(f"“{_called(key)}”" for key in keys)


def noted(rows: lists.Rows, before: lists.Rows, need: Needed) -> list[Finding]:
    """Everything wrong with the list, row by row; `before` is what was ever published."""
    of_product = reasons.of_the_product()
    found = [one for key, row in rows.items() for one in _row(key, row, of_product, need)]
    lost = sorted((before.keys() | of_product.keys()) - rows.keys())
    found += [Finding("reason_gone", f"“{key}” was published: stop offering it instead.", element=key) for key in lost]
    return found + list(_twice(rows)) + list(_closable(rows, need))


def _row(key: str, row: Mapping[str, Any], of_product: lists.Rows, need: Needed) -> Iterator[Finding]:
    category = of_product.get(row["counted_as"])
    called = row["label"] or (category["label"] if category else "A reason")
    if not 0 < len(row["label"]) <= WORDS:
        yield Finding("reason_words", f"“{called[:60]}”: give it words, {WORDS} characters at most.", element=key)
    if row["decided_by"] not in BY:
        yield Finding("reason_decided", f"“{called}”: say whose decision it was.", element=key)
    if category is None:
        yield Finding("reason_category", f"“{called}”: say what figures count it as.", element=key)
        return
    if more := sorted(set(row["pathways"]) - set(category["pathways"])):
        words = f"“{called}” counts as “{category['label']}”, which is no reason in {_named_all(more)}."
        yield Finding("reason_pathway", words, element=key)
    if row["offered"] and not row["pathways"]:
        words = f"“{called}”: say in which pathways it is offered, or stop offering it."
        yield Finding("reason_nowhere", words, element=key)
    yield from _needed(key, row, called, need)


def _needed(key: str, row: Mapping[str, Any], called: str, need: Needed) -> Iterator[Finding]:
    if key != row["counted_as"]:
        if where := need.named.get(row["counted_as"]):
            words = f"“{called}” cannot count as that: {where} asks for “{row['counted_as']}” by name."
            yield Finding("reason_named", words, element=key)
        return
    for (reason, pathway), end in need.ends.items():
        if reason == key and not (row["offered"] and pathway in row["pathways"]):
            words = f"“{called}” has to stay in “{_called(pathway)}”: its end “{end}” closes cases with it."
            yield Finding("reason_needed", words, element=key)
    if not row["offered"] and key in need.named:
        words = f"“{called}” has to stay: {need.named[key]} asks for it by name."
        yield Finding("reason_needed", words, element=key)
    if not row["offered"] and key == reasons.ALWAYS:
        words = f"“{called}” has to stay: a case that ends without any other reason is closed with it."
        yield Finding("reason_needed", words, element=key)


def _twice(rows: lists.Rows) -> Iterator[Finding]:
    """Two reasons in the same words in one pathway could not be told apart in a form."""
    said = Counter(
        (row["label"].lower(), pathway) for row in rows.values() if row["offered"] for pathway in row["pathways"]
    )
    for key, row in rows.items():
        if row["offered"] and any(said[row["label"].lower(), pathway] > 1 for pathway in row["pathways"]):
            yield Finding("reason_twice", f"Another reason says “{row['label']}” in the same pathway.", element=key)


def _closable(rows: lists.Rows, need: Needed) -> Iterator[Finding]:
    """Whatever happened in a case, somebody can close it."""
    open_to_all = {
        pathway
        for row in rows.values()
        if row["offered"] and not bpmn.closure_reasons().get(row["counted_as"], {}).get("requires_effect")
        for pathway in row["pathways"]
    }
    for pathway in sorted(need.closing - open_to_all):
        words = f"“{_called(pathway)}” keeps no reason for a case in which nothing took place."
        yield Finding("reason_none", words)
