"""What was done with a letter at a task: its words changed, read by a second person, sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Party
from rj_engine.database import Opened, Row, Sealed
from rj_engine.letters import letter

PASSED: Final = "pass"


class WrittenLetter(Row):
    """One letter of one task to one addressee; without words of its own it is as its author wrote it."""

    __tablename__ = "written_letter"
    __table_args__ = (UniqueConstraint("task_id", "letter", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    letter: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    """Which of several people of that kind; 0 for an office."""
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    written_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(String(10), default="")
    """Of the second reader: pass, change, or nothing yet."""
    read_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    read_at: Mapped[datetime | None]
    sent_on: Mapped[date | None]
    sent_how: Mapped[str] = mapped_column(String(20), default="")
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed)

    words = Opened[str]("words_sealed")
    note = Opened[str]("note_sealed")
    """What the second reader would change."""


def number_of(party: Party | None) -> int:
    """The number that an addressee goes by here."""
    return party.number if party else 0


def sent_to(session: Session, letters: Mapping[str, str], task_id: UUID, kind: str) -> str:
    """The letter to that kind of person sent last at the task, as `name@mark of its words`; empty where none was."""
    where = WrittenLetter.task_id == task_id, WrittenLetter.sent_on.is_not(None)
    for row in session.scalars(select(WrittenLetter).where(*where).order_by(WrittenLetter.sent_on.desc())):
        text = letters.get(row.letter, "")
        if text and letter.read(row.letter, text).to == kind:
            words = row.words if row.words_sealed else text
            return f"{row.letter}@{hashlib.sha256(words.encode()).hexdigest()[:12]}"
    return ""


def own(session: Session, task_id: UUID, letter: str, party: Party | None) -> WrittenLetter | None:
    """What was done with this letter so far."""
    where = WrittenLetter.task_id == task_id, WrittenLetter.letter == letter
    found = select(WrittenLetter).where(*where, WrittenLetter.number == number_of(party))
    return session.scalars(found).one_or_none()
