"""A case and the people in it; who may see it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Uuid,
    and_,
    bindparam,
    event,
    false,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import sealing
from rj_engine.commands import Actor
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No letter that a telephone or an eye mistakes for another."""


@dataclass(frozen=True, slots=True)
class Strand:
    """What of a case concerns one victim; without one, what concerns everybody in it.

    Each victim has a strand of their own: runs, consents, risk and the way they choose. Nothing of one reaches another.
    """

    case_id: UUID
    about_id: UUID | None = None

    def of(self, rows: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """The condition that a table's rows, by `case_id` and `about_id`, belong to this strand."""
        about = rows.about_id.is_(None) if self.about_id is None else rows.about_id == self.about_id
        return rows.case_id == self.case_id, about


class NotFound(Refused):
    """There is nothing here that you may see."""

    code = "not_found"


class CaseFrozen(Refused):
    """This case is stopped while a lead looks into something that went wrong. What you typed was kept."""

    code = "case_frozen"


OPEN: Final = ("service_id", "team_id", "id", "status", "facilitator_id")
"""What is asked of thousands of open cases at once."""
_OPEN = text("status <> 'closed'")


class Case(Row):
    """One referral's whole story; `status` is open, frozen or closed."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_team", "service_id", "team_id", "status", "opened_at", "id"),
        # Service and team stand in it so that a database without statistics takes no index of a whole team instead.
        Index("ix_case_facilitator", "facilitator_id", "service_id", "team_id", "status"),
        Index("ix_case_open", *OPEN, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    title_sealed: Mapped[bytes] = mapped_column(Sealed)
    pathway: Mapped[str] = mapped_column(String(60))
    stage: Mapped[str] = mapped_column(String(80), default="")
    status: Mapped[str] = mapped_column(String(10), default="open")
    facilitator_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closure_reason: Mapped[str | None] = mapped_column(String(60))
    closure_words: Mapped[str | None] = mapped_column(String(200))
    """The reason as the service worded it on the day it closed."""
    closure_category: Mapped[str | None] = mapped_column(String(60))
    """What figures count it as."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain dictionary

    title = Opened[str]("title_sealed")


class Party(Row):
    """A person in a case; the wall says whose side their data is on: V, H, 1 or 2."""

    __tablename__ = "party"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    wall: Mapped[str] = mapped_column(String(1))
    number: Mapped[int] = mapped_column(default=1)
    """The order in which people of one role were told."""
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    name_mark: Mapped[str] = mapped_column(String(32), index=True)
    """Finds the same name in another case without reading any."""
    contact_sealed: Mapped[bytes] = mapped_column(Sealed)
    withdrawn_at: Mapped[datetime | None]

    name = Opened[str]("name_sealed")
    contact = Opened[dict[str, Any]]("contact_sealed")


@event.listens_for(Party, "before_insert")
def _mark(_mapper: object, _connection: object, party: Party) -> None:
    party.name_mark = sealing.mark(party.name)


class Referral(Row):
    """What was told when the case came in."""

    __tablename__ = "referral"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    received_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    source: Mapped[str] = mapped_column(String(60), default="")
    initiated_by: Mapped[str] = mapped_column(String(40), default="")
    answers_sealed: Mapped[bytes] = mapped_column(Sealed)

    answers = Opened[dict[str, Any]]("answers_sealed")


def visible(by: Actor) -> ColumnElement[bool]:
    """The cases `by` may see: their team's, or their whole service's; none without `see_case`."""
    if "see_case" not in by.verbs:
        return false()
    service = Case.service_id == by.service_id
    return service if sees_whole_service(by) else and_(service, Case.team_id == by.team_id)


def is_open() -> ColumnElement[bool]:
    """The cases that are not closed, said word for word as their index says it."""
    return Case.status != literal("closed", literal_execute=True)


def sees_whole_service(by: Actor) -> bool:
    """Whether `by` sees every team of the service."""
    return "see_whole_service" in by.verbs


def among(*, whole_service: bool) -> ColumnElement[bool]:
    """`visible` with the actor's service and team left open, for statements written once; see `whose`."""
    service = Case.service_id == bindparam("of_service", type_=Uuid())
    return service if whole_service else and_(service, Case.team_id == bindparam("of_team", type_=Uuid()))


def whose(by: Actor) -> dict[str, UUID | None]:
    """What `among` leaves open."""
    known: dict[str, UUID | None] = {"of_service": by.service_id}
    return known if sees_whole_service(by) else {**known, "of_team": by.team_id}


def find(session: Session, by: Actor, reference: str) -> Case:
    """The case of that reference; an unknown one and another team's are the same `NotFound`."""
    wanted = select(Case).where(Case.reference == reference.strip().upper(), visible(by))
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def lock(session: Session, by: Actor, reference: str) -> Case:
    """`find`, holding the case until this command ends."""
    case = find(session, by, reference)
    session.refresh(case, with_for_update=True)
    return case


def new_reference(code: str) -> str:
    """A reference that tells nobody how many cases there are, such as KM-7QF2XA."""
    return f"{code}-" + "".join(secrets.choice(LETTERS) for _ in range(6))


def parties(session: Session, case: Case) -> list[Party]:
    """The people in a case, victims first."""
    found = session.scalars(select(Party).where(Party.case_id == case.id))
    return sorted(found, key=lambda party: (party.wall != "V", party.role, party.number))


def of_role(session: Session, case_id: UUID, *roles: str) -> Sequence[Party]:
    """The people of these roles in a case, as they were told."""
    where = Party.case_id == case_id, Party.role.in_(roles)
    return session.scalars(select(Party).where(*where).order_by(Party.number)).all()
