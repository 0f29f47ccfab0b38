"""A single file taken into a draft from elsewhere, and taken out of it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine.cases.case import NotFound
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio import checks, drafting, foreign
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.rows import PathwayDraft


@dataclass(frozen=True, kw_only=True)
class AddFile(Command):
    """Take a file from elsewhere into a draft; nothing of it is kept where anything is wrong with it.

    `as_it_is` takes what cannot run here too, as it was sent and under a proper name: what is wrong with it is told
    beside it from then on, and keeps the draft from being tried, proved or published.
    """

    draft_id: UUID
    edition: int
    file: str
    text: str
    as_it_is: bool = False


@dataclass(frozen=True, kw_only=True)
class RemoveFile(Command):
    """Take a file out of a draft; one that the published version holds is put back as it stands there."""

    draft_id: UUID
    edition: int
    file: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that can be taken as it is, and what would then be wrong with the draft."""

    file: str
    text: str
    limits: list[Finding]


@handles(AddFile, verb="manage_pathways")
def add(command: AddFile, session: Session, now: datetime) -> Outcome:
    """Take a file with nothing wrong in it, nor with the draft it comes to; or, as it is, one that can be opened."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    file = foreign.proper_name(command.file) if command.as_it_is else command.file
    if found := _not_taken(file, command.text, as_it_is=command.as_it_is):
        raise FileRefused(found)
    limits = _limits(session, draft, file, command.text)
    if limits and not command.as_it_is:
        raise FileRefused(limits)
    drafting.put(draft, checks.with_file(drafting.content(draft), file, command.text), command.by, now)
    told = {"pathway": draft.pathway, "file": file, "limits": len(limits)}
    entries = [Entry("pathway:draft:file_added", told)]
    return Outcome({"edition": draft.edition, "file": file, "limits": len(limits)}, entries=entries)


def offer(session: Session, draft: PathwayDraft, name: str, text: str) -> Offer | None:
    """What taking a refused file as it is would mean; None where nothing of it can be kept."""
    file = foreign.proper_name(name)
    if _not_taken(file, text, as_it_is=True):
        return None
    return Offer(file, text, _limits(session, draft, file, text))


def _not_taken(file: str, text: str, *, as_it_is: bool) -> list[Finding]:
    """Why nothing of a file is kept; what can be mended in the draft is not among it."""
    found = drafting.cannot_be_kept(file, text)
    asked = as_it_is or file.endswith(checks.FORM)
    return found or (foreign.refused(file, text) if asked else [])


def _limits(session: Session, draft: PathwayDraft, file: str, text: str) -> list[Finding]:
    """What would be wrong with the draft that is not wrong with it yet."""
    before = {(one.file, one.finding) for one in drafting.noted(session, draft)}
    after = checks.noted(checks.with_file(drafting.content(draft), file, text))
    return [one.finding for one in after if one.refuses and (one.file, one.finding) not in before]


@handles(RemoveFile, verb="manage_pathways")
def remove(command: RemoveFile, session: Session, now: datetime) -> Outcome:
    """The way back from an import."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    bundle, published = drafting.content(draft), checks.files_of(drafting.basis(session, draft))
    if command.file not in checks.files_of(bundle):
        raise NotFound
    if command.file in published:
        after = checks.with_file(bundle, command.file, published[command.file])
    else:
        after = checks.completed(_without(bundle, command.file))
    drafting.put(draft, after, command.by, now)
    told = {"pathway": draft.pathway, "file": command.file}
    return Outcome({"edition": draft.edition}, entries=[Entry("pathway:draft:file_removed", told)])


def _without(bundle: Bundle, file: str) -> Bundle:
    return replace(
        bundle,
        diagrams={name: text for name, text in bundle.diagrams.items() if name != file},
        decisions={name: text for name, text in bundle.decisions.items() if name != file},
        forms={key: text for key, text in bundle.forms.items() if f"{key}{checks.FORM}" != file},
    )
