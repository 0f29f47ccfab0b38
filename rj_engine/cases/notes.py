"""Notes on a case, each with what a supervisor says about it; one note may stand in several linked cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases import linked, mentions
from rj_engine.cases.case import Case, NotFound, lock
from rj_engine.commands import Command, Outcome, handles
from rj_engine.commands import write as write_entries
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

LONGEST: Final = 5000


class Note(Row):
    """One note on one case; those that share `filed_with` are one entry in several linked cases."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_case", "case_id", "written_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    filed_with: Mapped[UUID]
    written_at: Mapped[datetime]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[str]("words_sealed")


class NoteComment(Row):
    """What a supervisor says about a note."""

    __tablename__ = "note_comment"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), index=True)
    written_at: Mapped[datetime]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[str]("words_sealed")


class NothingWritten(Refused):
    """Write something first: the note is empty."""

    code = "nothing_written"


class TooLong(Refused):
    """A note holds 5,000 characters. Shorten it, or make two of it."""

    code = "note_too_long"


@dataclass(frozen=True, kw_only=True)
class WriteNote(Command):
    """Note something on a case, and on the linked cases named in `also`."""

    reference: str
    words: str
    also: Sequence[str] = ()
    tell: Sequence[UUID] = ()
    """Colleagues who shall be told that there is a note, besides those whom the words mention."""


@dataclass(frozen=True, kw_only=True)
class CommentNote(Command):
    """Say something about a colleague's note, as who supervises them."""

    reference: str
    note_id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A note as a page tells it."""

    id: UUID
    words: str
    who: UUID | None
    at: datetime
    comments: list[NoteComment] = field(default_factory=list)
    told: list[UUID] = field(default_factory=list)
    """The colleagues it mentions."""


@handles(WriteNote, verb="write_note")
def write(command: WriteNote, session: Session, now: datetime) -> Outcome:
    """Keep the note in every case it is filed in; each of them tells of it in its own history."""
    words = _said(command.words)
    case, others = linked.together(session, command.by, command.reference, command.also)
    people = mentions.colleagues(session, case, command.by.id)
    if set(command.tell) - {one.id for one in people}:
        raise mentions.MayNotSeeIt
    mentioned, unclear = mentions.read(words, people)
    filed = {"filed_with": uuid4(), "written_at": now, "written_by": command.by.id}
    written = [Note(**filed, case_id=each.id, words=words) for each in (case, *others)]
    session.add_all(written)
    session.flush()
    told = mentioned | set(command.tell)
    mentions.keep(session, written[0].id, case, told)
    for other in others:
        write_entries(session, command, other.id, [Entry("case:note:written", {"from": case.reference})], now)
    answer = {"case": case.reference, "told": len(told), "unclear": unclear}
    return Outcome(answer, case.id, [Entry("case:note:written", {"told": len(told)})])


@handles(CommentNote, verb="comment_note")
def comment(command: CommentNote, session: Session, now: datetime) -> Outcome:
    """Keep the comment beside the note, in the case where it was read."""
    words = _said(command.words)
    case = lock(session, command.by, command.reference)
    note = session.scalars(select(Note).where(Note.id == command.note_id, Note.case_id == case.id)).one_or_none()
    if note is None:
        raise NotFound
    session.add(NoteComment(note_id=note.id, written_at=now, written_by=command.by.id, words=words))
    return Outcome({"case": case.reference}, case.id, [Entry("case:note:commented")])


def of_case(session: Session, case: Case) -> list[Noted]:
    """The notes of a case, newest first, each with its comments, oldest first."""
    rows = session.scalars(select(Note).where(Note.case_id == case.id).order_by(Note.written_at.desc(), Note.id))
    found = {row.id: Noted(row.id, row.words, row.written_by, row.written_at) for row in rows}
    for note_id, told_of in mentions.of_notes(session, found).items():
        found[note_id].told.extend(told_of)
    told = select(NoteComment).where(NoteComment.note_id.in_(found)).order_by(NoteComment.written_at)
    for each in session.scalars(told) if found else ():
        found[each.note_id].comments.append(each)
    return list(found.values())


def writers(found: Sequence[Noted]) -> set[UUID]:
    """Everybody who wrote one of these, or is mentioned in one."""
    every = [note.who for note in found] + [each.written_by for note in found for each in note.comments]
    every += [who for note in found for who in note.told]
    return {who for who in every if who is not None}


def _said(words: str) -> str:
    text = words.strip()
    if not text:
        raise NothingWritten
    if len(text) > LONGEST:
        raise TooLong
    return text
