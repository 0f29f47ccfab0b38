"""The language in which each person reads the product's pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.commands import Command, Outcome, handles
from rj_engine.database import Base, table
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {ENGLISH: "English", "cy": "Cymraeg"}
"""Code (ISO 639-1) to the language's own name for itself; the first is what everybody begins with."""


class NoSuchLanguage(Refused):
    """Choose one of the languages that are listed."""

    code = "no_such_language"


class OwnLanguage(Base):
    """What one person has chosen; no row, English."""

    __tablename__ = "own_language"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(5))


@dataclass(frozen=True, kw_only=True)
class ChooseLanguage(Command):
    """Choose the language of one's own pages."""

    language: str


@handles(ChooseLanguage, verb="sign_in")
def choose(command: ChooseLanguage, session: Session, now: datetime) -> Outcome:
    """Keep it for this person alone; refuses what is not in `LANGUAGES`."""
    del now
    if command.language not in LANGUAGES:
        raise NoSuchLanguage
    row = session.get(OwnLanguage, command.by.id)
    if row is None:
        session.add(OwnLanguage(staff_id=command.by.id, language=command.language))
    else:
        row.language = command.language
    told = {"language": command.language}
    return Outcome(told, entries=[Entry("staff:language:chosen", told)])


_ROWS = table(OwnLanguage)
_CHOSEN = select(_ROWS.c.language).where(_ROWS.c.staff_id == bindparam("who", type_=Uuid()))


def of(session: Session, who: UUID | None) -> str:
    """The language of one person."""
    chosen = session.connection().execute(_CHOSEN, {"who": who}).scalar_one_or_none()
    return str(chosen) if chosen in LANGUAGES else ENGLISH
