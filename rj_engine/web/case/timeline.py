"""The ledger of a case as sentences, a day at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine.cases import queries
from rj_engine.ledger import LedgerEntry
from rj_engine.web.page.words import closing, day, pathway, phrase

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
    "case:note:written": "Note written",
    "case:note:commented": "A supervisor commented on a note",
    "case:linked": "Linked with {with}",
    "case:duplicates:considered": "Looked for people known already: {shown} shown",
    "case:victim:added": "Another person harmed was added",
    "case:people:named": "People were given the words of the pathway",
    "case:effect:sent": "Sent: {kind}",
    "case:letter:written": "Words of a letter to the {to} changed: {letter}",
    "case:letter:read": "A second person read a letter to the {to}: {letter}",
    "case:letter:sent": "Letter to the {to} sent on {sent_on}, {how}: {letter}",
    "case:letter:produced": "Letter made, to the {to}: {letter}",
    "case:incident:opened": "Stopped: something went wrong",
    "case:incident:retried": "Tried again by a lead",
    "case:incident:broke_again": "Tried again, and it went wrong again",
}
ROUTINE: Final = frozenset({"case:run:started", "case:task:opened", "case:decision:taken"})
"""What the machine did of itself; left out of the short timeline."""


KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "contact": ("Contacts", ("case:contact",)),
    "note": ("Notes", ("case:note",)),
    "consent": ("Consents", ("case:consent", "case:party")),
    "risk": ("Risk and safety", ("case:risk", "case:hold", "case:event", "case:safeguarding", "case:order")),
    "task": ("Tasks", ("case:task", "case:timer", "case:answers", "case:allocated", "case:handed_over")),
    "message": ("Letters, messages and documents", ("case:letter", "case:effect", "case:message", "case:document")),
    "prison": ("Prisons", ("case:prison", "case:custody", "case:permission")),
}
"""What the timeline can be narrowed to: its words, and how the tags begin."""
LENGTH: Final = 20
"""Lines of one page of the timeline."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of what has happened."""

    happenings: list[Happening]
    kind: str
    counts: Mapping[str, int]
    """Of each kind, and of all under the empty word."""
    after: int | None
    """Where the next page begins."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    sentence: str
    who: str
    at: datetime


def page(session: Session, case_id: UUID, kind: str, before: int | None, *, whole: bool = False) -> Timeline:
    """One page of a case's timeline, newest first, narrowed to a kind; an unknown kind is all of them."""
    known = kind if kind in KINDS else ""
    beginning = KINDS[known][1] if known else ()
    limit = None if whole else LENGTH
    found, after = queries.happened(session, case_id, beginning=beginning, without=ROUTINE, before=before, limit=limit)
    often = {tag: count for tag, count in queries.how_often(session, case_id).items() if tag not in ROUTINE}
    counts = {"": sum(often.values())}
    for each, (_, prefixes) in KINDS.items():
        counts[each] = sum(count for tag, count in often.items() if tag.startswith(prefixes))
    return Timeline(told(list(reversed(found))), known, counts, after)


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
