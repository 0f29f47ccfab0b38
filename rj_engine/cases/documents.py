"""The documents of a case: brought in by somebody, on one side of the wall, sealed; who opened which is on record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import sealing
from rj_engine.cases import case as cases
from rj_engine.cases.case import NotFound, Party
from rj_engine.cases.papers.paper import Paper
from rj_engine.commands import Command, Outcome, handles
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

MOST: Final = 500
"""Documents a case holds."""
LONGEST_NAME: Final = 150
LONGEST_REASON: Final = 500


class TooManyDocuments(Refused):
    """This case holds 500 documents already. Take away what is not needed first."""

    code = "too_many_documents"


class WhoseIsIt(Refused):
    """Choose whose document this is."""

    code = "whose_is_it"


class WhyIsItTakenAway(Refused):
    """Say why the document is taken away, in 500 characters or fewer."""

    code = "why_is_it_taken_away"


class Document(Row):
    """One document; after it was taken away its name and its body are gone and who did it, when and why stays."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    """Counts within the case."""
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    """Whose it is; none where it is the service's own."""
    wall: Mapped[str] = mapped_column(String(1))
    """The side it may never leave; empty for the service's own papers."""
    kind: Mapped[str] = mapped_column(String(10))
    media: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """Bytes, as it is kept."""
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    added_name: Mapped[str] = mapped_column(String(200))
    removed_at: Mapped[datetime | None]
    removed_name: Mapped[str | None] = mapped_column(String(200))
    name_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    body_sealed: Mapped[bytes | None] = mapped_column(Sealed, deferred=True)

    name = Opened[str]("name_sealed")

    @property
    def body(self) -> bytes:
        """What it holds; `NotFound` once it was taken away."""
        if self.body_sealed is None:
            raise NotFound
        return sealing.unseal(self.body_sealed, "document", "body_sealed", self.id)

    @property
    def file_name(self) -> str:
        """What it is called when it leaves: tells a shared device nothing."""
        return f"document-{self.number}.{self.kind}"


@dataclass(frozen=True, kw_only=True)
class AddDocument(Command):
    """Keep a paper that was read and made anew."""

    reference: str
    paper: Paper
    name: str
    """What it was called, or what somebody calls it here."""
    party: UUID | None
    """Whose it is; none for the service's own."""


@dataclass(frozen=True, kw_only=True)
class OpenDocument(Command):
    """Note that somebody opened a document."""

    reference: str
    number: int


@dataclass(frozen=True, kw_only=True)
class RemoveDocument(Command):
    """Take a document away for good, such as one that was added to the wrong case."""

    reference: str
    number: int
    reason: str


@handles(AddDocument, verb="add_document")
def add(command: AddDocument, session: Session, now: datetime) -> Outcome:
    """Seal the paper into the case, on the side of the wall of whoever it is about."""
    case = cases.lock(session, command.by, command.reference)
    number = (session.scalar(select(func.max(Document.number)).where(Document.case_id == case.id)) or 0) + 1
    if number > MOST:
        raise TooManyDocuments
    party = session.get(Party, command.party) if command.party else None
    if command.party and (party is None or party.case_id != case.id):
        raise WhoseIsIt
    paper = command.paper
    row = Document(
        case_id=case.id,
        number=number,
        about_id=party.id if party else None,
        wall=party.wall if party else "",
        kind=paper.kind,
        media=paper.media,
        size=len(paper.body),
        added_at=now,
        added_by=command.by.id,
        added_name=command.by.name,
        name=called(command.name, number),
    )
    row.body_sealed = sealing.seal(paper.body, "document", "body_sealed", row.id)
    session.add(row)
    told = {"number": number, "kind": paper.kind, "of": party.role if party else "service"}
    return Outcome({"number": number}, case.id, [Entry("case:document:added", told)])


@handles(OpenDocument, verb="see_case")
def open_one(command: OpenDocument, session: Session, now: datetime) -> Outcome:
    """Who saw what is on record before anybody sees it."""
    del now
    case = cases.find(session, command.by, command.reference)
    row = one(session, case.id, command.number)
    return Outcome({"number": row.number}, case.id, [Entry("case:document:opened", {"number": row.number})])


@handles(RemoveDocument, verb="add_document")
def remove(command: RemoveDocument, session: Session, now: datetime) -> Outcome:
    """Empty the row; the number is never given again."""
    case = cases.lock(session, command.by, command.reference)
    row = one(session, case.id, command.number)
    reason = command.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise WhyIsItTakenAway
    row.removed_at, row.removed_name = now, command.by.name
    row.name_sealed = row.body_sealed = None
    told = {"number": row.number, "reason": reason}
    return Outcome({"number": row.number}, case.id, [Entry("case:document:removed", told)])


def one(session: Session, case_id: UUID, number: int) -> Document:
    """A document that is still there; `NotFound` otherwise."""
    where = Document.case_id == case_id, Document.number == number, Document.removed_at.is_(None)
    found = session.scalars(select(Document).where(*where)).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_case(session: Session, case_id: UUID) -> Sequence[Document]:
    """Every document of a case, the newest first, those taken away as empty rows; nothing of what they hold."""
    return session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.number.desc())).all()


def called(name: str, number: int) -> str:
    """A name fit to be shown: no folders, no endings that lie, no signs that turn a line round."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in plain)
    bare = re.sub(r"(\.\w{1,5})+$", "", " ".join(shown.split()))
    return bare[:LONGEST_NAME] or f"Document {number}"
