"""Conflicts of interest: who is too close to a case, or to somebody in it, to work on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Party
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused


class ConflictOfInterest(Refused):
    """Somebody else has to do this: a conflict of interest with this case is on record."""

    code = "conflict_of_interest"


class Conflict(Row):
    """One conflict of one member of staff: with a case, or with a person wherever they come up."""

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_staff", "staff_id", "ended_at"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    name_mark: Mapped[str | None] = mapped_column(String(32), index=True)
    """The mark of the person's name, as people in cases carry it."""
    person_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    words_sealed: Mapped[bytes] = mapped_column(Sealed)
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    person = Opened[str | None]("person_sealed")
    words = Opened[str]("words_sealed")
    """Why; for the person themselves and for whoever may give tasks, nobody else."""


def touches(case_id: Any) -> ColumnElement[bool]:
    """That a conflict which stands is about this case (a column or an id), or about somebody in it."""
    people = select(Party.name_mark).where(Party.case_id == case_id).correlate_except(Party)
    return Conflict.ended_at.is_(None) & or_(Conflict.case_id == case_id, Conflict.name_mark.in_(people))


def free_of(who: Any, case_id: Any) -> ColumnElement[bool]:
    """That `who` has no conflict with this case (columns or ids); for lists of what somebody is offered."""
    return ~exists().where(Conflict.staff_id == who, touches(case_id)).correlate_except(Conflict)


def in_the_way(session: Session, who: UUID | None, case_id: UUID, name: str = "") -> str:
    """Why this person may not work on the case, in plain words (`name` where it is a colleague); else empty."""
    where = Conflict.staff_id == who, touches(case_id)
    if session.scalar(select(Conflict.id).where(*where).limit(1)) is None:
        return ""
    whose = f"{name} has a conflict of interest" if name else "You have a conflict of interest"
    return f"{whose} with this case or somebody in it, so somebody else has to do this."


def require(session: Session, who: UUID | None, case_id: UUID, name: str = "") -> None:
    """Refuse whoever has a conflict with the case."""
    if told := in_the_way(session, who, case_id, name):
        raise ConflictOfInterest(told)
