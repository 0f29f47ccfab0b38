"""The ledger of a case as sentences, a day at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rj_engine.ledger import LedgerEntry
from rj_engine.web.words import closing, day, pathway, phrase

SENTENCES: Final[Mapping[str, str]] = {
    "case:referral:received": "Referral received",
    "case:run:started": "{pathway} began",
    "case:run:ended": "{pathway} ended",
    "case:task:claimed": "Task taken: {task}",
    "case:task:released": "Task given back: {task}",
    "case:task:assigned": "Task given to {to}: {task}",
    "case:task:completed": "Task finished: {task}",
    "case:task:done_on_behalf": "Done on behalf of {whom}, who is away: {task}",
    "case:task:due_changed": "{task} is due on {due_on} instead of {before_on}: {why}",
    "case:handed_over": "Case handed over to {facilitator}: {why}",
    "case:document:added": "Document {number} added, on the side of the {of}",
    "case:document:opened": "Document {number} opened",
    "case:document:removed": "Document {number} taken away: {reason}",
    "case:answers:amended": "Record of a finished task changed: {task}",
    "case:timer:fired": "A waiting time ended: {name}",
    "case:allocated": "Case given to {facilitator}",
    "case:consent:recorded": "Consent of the {party} recorded: {scopes}, until {expires_on}",
    "case:consent:refused": "The {party} does not consent",
    "case:contact:recorded": "Contact with the {party} by {channel}: {result}",
    "case:party:withdrew": "The {party} withdrew",
    "case:event:raised": "Told: {label}",
    "case:hold:cleared": "The hold has ended: {kind}",
    "case:effect:recalled": "Called back before it left: {kind}",
    "case:renewal:begun": "What had run out is being renewed, for: {for}",
    "case:risk:assessed": "Risk assessed",
    "case:risk:signed": "Risk assessment signed",
    "case:risk:returned": "Risk assessment returned",
    "case:agreement:recorded": "Recorded what was agreed",
    "case:agreement:reviewed": "Asked how the agreement is kept",
    "case:survey:recorded": "Survey of the {party}, {kind}: {result}",
    "case:survey:worse_on_safety": "The {party} feels less safe than at the start",
    "case:order:recorded": "Order or condition recorded: {type}",
    "case:referred_out": "Referred on to {to}",
    "case:safeguarding:acted": "Acted on a worry about safety: {actions}",
    "case:message:taken": "Taken down for the {to}: a {kind}",
    "case:message:read": "Read by a second person: a {kind}",
    "case:message:asked": "Asked whether they want it: {wanted}",
    "case:message:passed": "Passed on: a {kind}",
    "case:closure:recorded": "Reason for closing: {reason}",
    "case:closed": "Case closed: {reason}",
    "case:effect:sent": "Sent: {kind}",
    "case:letter:produced": "Letter made, to the {to}: {letter}",
    "case:incident:opened": "Stopped: something went wrong",
    "case:incident:retried": "Tried again by a lead",
    "case:incident:broke_again": "Tried again, and it went wrong again",
}
ROUTINE: Final = frozenset({"case:run:started", "case:task:opened", "case:decision:taken"})
"""What the machine did of itself; left out of the short timeline."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    sentence: str
    who: str
    at: datetime


def told(entries: Sequence[LedgerEntry]) -> list[Happening]:
    """The entries worth telling, newest first."""
    worth = [entry for entry in reversed(entries) if entry.tag not in ROUTINE]
    return [Happening(_sentence(entry.tag, entry.detail), entry.actor_name, entry.at) for entry in worth]


def _sentence(tag: str, detail: Mapping[str, Any]) -> str:
    known = SENTENCES.get(tag)
    if known is None:
        return phrase(tag.removeprefix("case:").replace(":", " "))
    words = {name: _said(name, value) for name, value in detail.items()}
    return known.format_map(_Forgiving(words)).rstrip(": ")


class _Forgiving(dict[str, str]):
    """A missing part leaves a gap, not an error page."""

    def __missing__(self, name: str) -> str:
        return ""


def _said(name: str, value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each).replace("_", " ") for each in value)
    if name.endswith("_on"):
        return day(datetime.fromisoformat(str(value)))
    if name in {"task", "name", "to", "facilitator"}:
        return str(value)
    if name == "pathway":
        return pathway(str(value))
    return closing(str(value)) if name == "reason" else str(value or "").replace("_", " ")
