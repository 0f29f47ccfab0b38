"""The ledger of a case as sentences, a day at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from rj_engine.cases import queries
from rj_engine.ledger import LedgerEntry
from rj_engine.web.page.languages import marked
from rj_engine.web.page.words import closing, day, pathway, phrase

SENTENCES: Final[Mapping[str, str]] = {
    "case:referral:received": marked("Referral received"),
    "case:run:started": marked("{pathway} began"),
    "case:run:ended": marked("{pathway} ended"),
    "case:run:migrated": marked("{pathway} moved from version {before} to {after}: {why}"),
    "case:run:moved_back": marked("{pathway} moved back from version {before} to {after}"),
    "case:task:claimed": marked("Task taken: {task}"),
    "case:task:released": marked("Task given back: {task}"),
    "case:task:assigned": marked("Task given to {to}: {task}"),
    "case:task:completed": marked("Task finished: {task}"),
    "case:task:done_on_behalf": marked("Done on behalf of {whom}, who is away: {task}"),
    "case:task:due_changed": marked("{task} is due on {due_on} instead of {before_on}: {why}"),
    "case:handed_over": marked("Case handed over to {facilitator}: {why}"),
    "case:document:added": marked("Document {number} added, on the side of the {of}"),
    "case:document:opened": marked("Document {number} opened"),
    "case:document:removed": marked("Document {number} taken away: {reason}"),
    "case:answers:amended": marked("Record of a finished task changed: {task}"),
    "case:timer:fired": marked("A waiting time ended: {name}"),
    "case:allocated": marked("Case given to {facilitator}"),
    "case:consent:recorded": marked("Consent of the {party} recorded: {scopes}, until {expires_on}"),
    "case:consent:refused": marked("The {party} does not consent"),
    "case:contact:recorded": marked("Contact with the {party} by {channel}: {result}"),
    "case:party:withdrew": marked("The {party} withdrew"),
    "case:event:raised": marked("Told: {label}"),
    "case:hold:cleared": marked("The hold has ended: {kind}"),
    "case:effect:recalled": marked("Called back before it left: {kind}"),
    "case:renewal:begun": marked("What had run out is being renewed, for: {for}"),
    "case:silence:too_long": marked("The victim had heard nothing for as long as was agreed"),
    "case:risk:assessed": marked("Risk assessed"),
    "case:risk:signed": marked("Risk assessment signed"),
    "case:risk:returned": marked("Risk assessment returned"),
    "case:agreement:recorded": marked("Recorded what was agreed"),
    "case:agreement:reviewed": marked("Asked how the agreement is kept"),
    "case:survey:recorded": marked("Survey of the {party}, {kind}: {result}"),
    "case:survey:worse_on_safety": marked("The {party} feels less safe than at the start"),
    "case:order:recorded": marked("Order or condition recorded: {type}"),
    "case:referred_out": marked("Referred on to {to}"),
    "case:safeguarding:acted": marked("Acted on a worry about safety: {actions}"),
    "case:message:taken": marked("Taken down for the {to}: a {kind}"),
    "case:message:read": marked("Read by a second person: a {kind}"),
    "case:message:asked": marked("Asked whether they want it: {wanted}"),
    "case:message:passed": marked("Passed on: a {kind}"),
    "case:closure:recorded": marked("Reason for closing: {reason}"),
    "case:closed": marked("Case closed: {reason}"),
    "case:note:written": marked("Note written"),
    "case:note:commented": marked("A supervisor commented on a note"),
    "case:linked": marked("Linked with {with}"),
    "case:unlinked": marked("No longer linked with {with}: {why}"),
    "case:relationship:recorded": marked("Recorded how two people are related: {kind}"),
    "case:relationship:amended": marked("How two people are related was changed from {before} to {kind}: {why}"),
    "case:duplicates:considered": marked("Looked for people known already: {shown} shown"),
    "case:victim:added": marked("Another person harmed was added"),
    "case:people:named": marked("People were given the words of the pathway"),
    "case:effect:sent": marked("Sent: {kind}"),
    "case:letter:written": marked("Words of a letter to the {to} changed: {letter}"),
    "case:letter:read": marked("A second person read a letter to the {to}: {letter}"),
    "case:letter:sent": marked("Letter to the {to} sent on {sent_on}, {how}: {letter}"),
    "case:letter:produced": marked("Letter made, to the {to}: {letter}"),
    "case:incident:opened": marked("Stopped: something went wrong"),
    "case:incident:retried": marked("Tried again by a lead"),
    "case:incident:repaired": marked("The broken step is no longer in the way"),
    "case:repair:reentered": marked("Put back by a lead to {step}: {reason}"),
    "case:repair:wait_ended": marked("A wait was ended by a lead, {name}: {reason}"),
    "case:repair:task_skipped": marked("A task was skipped by a lead, {task}: {reason}"),
    "case:incident:broke_again": marked("Tried again, and it went wrong again"),
}
ROUTINE: Final = frozenset({"case:run:started", "case:task:opened", "case:decision:taken"})
"""What the machine did of itself; left out of the short timeline."""


KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "contact": (marked("Contacts"), ("case:contact",)),
    "note": (marked("Notes"), ("case:note",)),
    "consent": (marked("Consents"), ("case:consent", "case:party")),
    "risk": (marked("Risk and safety"), ("case:risk", "case:hold", "case:event", "case:safeguarding", "case:order")),
    "task": (marked("Tasks"), ("case:task", "case:timer", "case:answers", "case:allocated", "case:handed_over")),
    "message": (
        marked("Letters, messages and documents"),
        ("case:letter", "case:effect", "case:message", "case:document"),
    ),
    "prison": (marked("Prisons"), ("case:prison", "case:custody", "case:permission")),
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
    return str(gettext(known)).format_map(_Forgiving(words)).rstrip(": ")


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
