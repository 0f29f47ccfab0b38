"""The clocks of a draft, as a table: how long each step and wait of this pathway may take, in this service.

Which clocks are of safety is not a service's to change; how long one of them runs is, with the safeguarding lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio import checks, drafting
from rj_engine.workflows.studio.drafting import FileRefused

UNITS: Final = ("working_days", "days", "weeks", "hours", "months")
LONGEST: Final = 1000
WORDS: Final = 120
"""Characters of a clock's name."""


@dataclass(frozen=True, kw_only=True)
class KeepClocks(Command):
    """Let clocks of a draft run so long: key to amount as it was typed, and unit."""

    draft_id: UUID
    edition: int
    lengths: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class AddClock(Command):
    """Put a new clock into a draft, for its steps and waits to name."""

    draft_id: UUID
    edition: int
    key: str
    label: str
    amount: str
    unit: str


def used(bundle: Bundle) -> list[str]:
    """The clocks that the draft's diagrams name, those of safety first, then by their words."""
    nodes = [node for diagram in checks.read(bundle.diagrams) for node in diagram.nodes.values()]
    named = {node.element.due for node in nodes} | {
        (event.text or "").strip('"') for node in nodes for event in node.events
    }
    own = bundle.clocks.keys() - bpmn.clocks().keys()
    return sorted(bundle.clocks.keys() & (named | own), key=lambda key: _order(bundle.clocks[key]))


def _order(known: Mapping[str, Any]) -> tuple[bool, str]:
    return not known["safety_bearing"], str(known["label"]).lower()


@handles(KeepClocks, verb="manage_pathways")
def keep(command: KeepClocks, session: Session, now: datetime) -> Outcome:
    """All of them or none; a length that is no whole number from 0 to 1000 is named."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    bundle = drafting.content(draft)
    clocks = {key: dict(known) for key, known in bundle.clocks.items()}
    wrong = []
    for key, (amount, unit) in command.lengths.items():
        if key not in clocks:
            continue
        if (found := _length(amount)) is None or unit not in UNITS:
            words = f"“{clocks[key]['label']}”: give a whole number from 0 to {LONGEST}, and a unit."
            wrong.append(Finding("clock_length", words, element=key))
        else:
            clocks[key] |= {"amount": found, "unit": unit}
    if wrong:
        raise FileRefused(wrong)
    changed = sorted(key for key in clocks if clocks[key] != bundle.clocks[key])
    if not changed:
        return Outcome({"edition": draft.edition, "changed": 0})
    drafting.put(draft, replace(bundle, clocks=clocks), command.by, now)
    told = {"pathway": draft.pathway, "clocks": changed}
    answer = {"edition": draft.edition, "changed": len(changed)}
    return Outcome(answer, entries=[Entry("pathway:draft:clocks_changed", told)])


def _length(amount: str) -> int | None:
    text = amount.strip()
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST)) and int(text) <= LONGEST
        else None
    )


@handles(AddClock, verb="manage_pathways")
def add(command: AddClock, session: Session, now: datetime) -> Outcome:
    """A clock of the service's own, which is none of safety."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    bundle = drafting.content(draft)
    if command.key in bundle.clocks:
        raise FileRefused([Finding("clock_there", f"There is a clock “{command.key}” already.")])
    label, amount = command.label.strip(), _length(command.amount)
    if amount is None or command.unit not in UNITS or not 0 < len(label) <= WORDS:
        words = f"Name the clock, and give a whole number from 0 to {LONGEST} and a unit."
        raise FileRefused([Finding("clock_length", words)])
    fresh = {
        "label": label,
        "amount": amount,
        "unit": command.unit,
        "counts_from": "the step or wait begins",
        "safety_bearing": False,
        "source": "own",
    }
    clocks = {**bundle.clocks, command.key: fresh}
    if bpmn.misfits("clocks", {"status": "draft", "clocks": clocks}):
        raise FileRefused([Finding("clock_key", "Name the clock in lower case words joined by _: second_call.")])
    drafting.put(draft, replace(bundle, clocks=clocks), command.by, now)
    told = {"pathway": draft.pathway, "clocks": [command.key]}
    return Outcome({"edition": draft.edition}, entries=[Entry("pathway:draft:clocks_changed", told)])
