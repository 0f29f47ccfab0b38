"""Drafts: begun from the version that stands, kept as they are drawn, sent to a second person or dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Finding, Refused
from rj_engine.ledger import Entry
from rj_engine.people import staff
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle, bundle_of
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.studio import asking, checks
from rj_engine.workflows.studio.foreign import UNREADABLE
from rj_engine.workflows.studio.rows import PathwayDraft

ALIVE: Final = ("open", "submitted")
FILE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}\.(bpmn|dmn|form)\Z")
LARGEST: Final = 512 * 1024
"""Bytes of one file."""


class DraftMoved(Refused):
    """Somebody else has saved this draft since you opened it."""

    code = "draft_moved"


class DraftClosed(Refused):
    """This draft waits for approval, or is done with. Take it back first to change it."""

    code = "draft_closed"


class FileRefused(Refused):
    """This file cannot be taken."""

    code = "file_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """Every finding is told at once."""
        super().__init__(" ".join(finding.message for finding in findings[:3]))
        self.findings = findings


@dataclass(frozen=True, kw_only=True)
class StartDraft(Command):
    """Begin the next version of a pathway, or go on with the one that was begun."""

    pathway: str


@dataclass(frozen=True, kw_only=True)
class KeepFile(Command):
    """Keep one file of a draft as it now stands in the editor; `edition` is the one it was drawn on."""

    draft_id: UUID
    edition: int
    file: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AddForm(Command):
    """Put a new form with one question into a draft."""

    draft_id: UUID
    edition: int
    key: str


@dataclass(frozen=True, kw_only=True)
class SubmitDraft(Command):
    """Ask a second person to publish a draft; new cases use it from `stands_from`, a London day."""

    draft_id: UUID
    edition: int
    stands_from: date


@dataclass(frozen=True, kw_only=True)
class TakeBackDraft(Command):
    """Go on drawing a draft that waits for approval."""

    draft_id: UUID


@dataclass(frozen=True, kw_only=True)
class DropDraft(Command):
    """Let a draft go; what was drawn stays on record."""

    draft_id: UUID


def find(session: Session, by: Actor, draft_id: UUID, *, hold: bool = False) -> PathwayDraft:
    """A draft of the actor's own service, or `NotFound`."""
    wanted = select(PathwayDraft).where(PathwayDraft.id == draft_id, PathwayDraft.service_id == by.service_id)
    row = session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def alive(session: Session, by: Actor) -> list[PathwayDraft]:
    """The drafts of a service that are not done with, the last changed first."""
    where = PathwayDraft.service_id == by.service_id, PathwayDraft.status.in_(ALIVE)
    return list(session.scalars(select(PathwayDraft).where(*where).order_by(PathwayDraft.changed_at.desc())))


def content(draft: PathwayDraft) -> Bundle:
    """What has been drawn."""
    return versions.unpacked(draft.bundle)


def basis(session: Session, draft: PathwayDraft) -> Bundle:
    """The published version it was begun from."""
    return bundle_of(session.get_one(PathwayVersion, draft.based_on_id))


def noted(session: Session, draft: PathwayDraft) -> list[checks.Noted]:
    """Everything wrong with it."""
    return checks.noted(content(draft), basis(session, draft))


def require_mended(session: Session, draft: PathwayDraft) -> None:
    """`FileRefused` with everything that keeps a draft from being tried, proved, approved or published."""
    if found := [one.finding for one in noted(session, draft) if one.refuses]:
        raise FileRefused(found)


@handles(StartDraft, verb="manage_pathways")
def start(command: StartDraft, session: Session, now: datetime) -> Outcome:
    """One draft a pathway and service: who comes second goes on with the first one's."""
    by = command.by
    for draft in alive(session, by):
        if draft.pathway == command.pathway:
            return Outcome({"draft": str(draft.id), "new": False})
    standing = versions.newest(session, command.pathway, by.service_id, now)
    row = session.get_one(PathwayVersion, standing.id)
    draft = PathwayDraft(
        service_id=by.service_id,
        pathway=command.pathway,
        based_on_id=row.id,
        bundle=row.bundle,
        checksum=row.checksum,
        started_at=now,
        changed_at=now,
        changed_by=by.id,
        status="open",
        edition=1,
        authors=[],
    )
    session.add(draft)
    told = {"pathway": row.pathway, "from_version": row.number}
    return Outcome({"draft": str(draft.id), "new": True}, entries=[Entry("pathway:draft:started", told)])


@handles(KeepFile, verb="manage_pathways")
def keep(command: KeepFile, session: Session, now: datetime) -> Outcome:
    """Keep what can be opened again, right or wrong: what is wrong with it is told beside it."""
    draft = drawn_on(session, command.by, command.draft_id, command.edition)
    if command.file not in checks.files_of(content(draft)):
        raise NotFound
    if found := cannot_be_kept(command.file, command.text):
        raise FileRefused(found)
    put(draft, checks.with_file(content(draft), command.file, command.text), command.by, now)
    return Outcome({"edition": draft.edition})


@handles(AddForm, verb="manage_pathways")
def add_form(command: AddForm, session: Session, now: datetime) -> Outcome:
    """A form that asks one thing, to go on from."""
    draft = drawn_on(session, command.by, command.draft_id, command.edition)
    file = f"{command.key}{checks.FORM}"
    if not FILE.match(file):
        raise FileRefused([Finding("file_name", "Name the form in lower case words joined by _: follow_up_call.")])
    if file in checks.files_of(content(draft)):
        raise FileRefused([Finding("file_there", f"There is a form “{command.key}” already.")])
    question = {
        "type": "textarea",
        "id": "field_what_happened",
        "key": f"{command.key}_words",
        "label": "What happened?",
        "validate": {"required": True, "maxLength": 2000},
    }
    form = {"type": "default", "id": command.key, "schemaVersion": 16, "components": [question]}
    put(draft, checks.with_file(content(draft), file, json.dumps(form, indent=2)), command.by, now)
    return Outcome({"edition": draft.edition, "file": file})


@handles(SubmitDraft, verb="manage_pathways")
def submit(command: SubmitDraft, session: Session, now: datetime) -> Outcome:
    """Close it for changes until somebody has looked at it; nothing wrong may be left in it.

    Where exactly this text was never proved, its proof begins with this.
    """
    draft = drawn_on(session, command.by, command.draft_id, command.edition)
    require_mended(session, draft)
    if command.stands_from < now.astimezone(clock.LONDON).date():
        raise FileRefused([Finding("day_past", "New cases cannot use it from a day that is past.")])
    draft.status, draft.submitted_by, draft.stands_from = "submitted", command.by.id, command.stands_from
    _signed(draft, command.by)
    told = {"pathway": draft.pathway, "checksum": draft.checksum}
    entries = [Entry("pathway:draft:submitted", told)]
    if proves := not asking.is_answered(session, draft):
        asking.queue(session, draft, command.by, now)
        entries.append(Entry("pathway:proof:asked", {"pathway": draft.pathway}))
    return Outcome({"draft": str(draft.id), "proves": proves}, entries=entries)


@handles(TakeBackDraft, verb="manage_pathways")
def take_back(command: TakeBackDraft, session: Session, now: datetime) -> Outcome:
    """Open it again."""
    del now
    return _turned(command, session, "open", lambda draft: draft.status == "submitted")


@handles(DropDraft, verb="manage_pathways")
def drop(command: DropDraft, session: Session, now: datetime) -> Outcome:
    """Nobody can open it any more; another can be begun."""
    del now
    return _turned(command, session, "dropped", lambda draft: draft.status in ALIVE)


def _turned(
    command: TakeBackDraft | DropDraft, session: Session, status: str, may: Callable[[PathwayDraft], bool]
) -> Outcome:
    draft = find(session, command.by, command.draft_id, hold=True)
    if not may(draft):
        raise DraftClosed
    draft.status = status
    told = {"pathway": draft.pathway}
    tag = "pathway:draft:reopened" if status == "open" else "pathway:draft:dropped"
    return Outcome({"draft": str(draft.id)}, entries=[Entry(tag, told)])


def drawn_on(session: Session, by: Actor, draft_id: UUID, edition: int) -> PathwayDraft:
    """The draft, held, if it is still the one that its editor showed."""
    draft = find(session, by, draft_id, hold=True)
    if draft.status != "open":
        raise DraftClosed
    if draft.edition != edition:
        who = staff.names(session, {draft.changed_by}).get(draft.changed_by, "Somebody")
        at = draft.changed_at.astimezone(clock.LONDON)
        words = f"{who} saved this draft at {at:%H:%M} after you opened it. Yours is not saved; nothing of it is lost."
        raise DraftMoved(words)
    return draft


def cannot_be_kept(file: str, text: str) -> list[Finding]:
    """Why a text cannot be opened again under this name; empty where it can."""
    if not FILE.match(file):
        return [Finding("file_name", "A file's name is lower case words joined by _, and .bpmn, .dmn or .form.")]
    if len(text.encode("utf-8", "replace")) > LARGEST:
        return [Finding("too_large", f"The file is larger than {LARGEST // 1024} KiB.")]
    if UNREADABLE in text or "\0" in text:
        return [Finding("not_utf8", "The file is not written in the alphabet it names. Save it as UTF-8 in its tool.")]
    return checks.unreadable(file, text)


def put(draft: PathwayDraft, bundle: Bundle, by: Actor, now: datetime) -> None:
    """Let the draft hold this from now on, and note who had a hand in it."""
    draft.bundle, draft.checksum = bundle.stored()
    draft.edition += 1
    draft.changed_at, draft.changed_by = now, by.id  # type: ignore[assignment]  # somebody who signed in
    _signed(draft, by)


def _signed(draft: PathwayDraft, by: Actor) -> None:
    """Note who had a hand in it: none of them can be its second person."""
    draft.authors = sorted({*draft.authors, str(by.id)})
