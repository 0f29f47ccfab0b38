"""Telling a victim where the harmer is held: only by a lead, for this stay and this victim alone, and on the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases.case import NotFound
from rj_engine.commands import Command, Outcome, handles
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.prisons import custody


class NobodyHeld(Refused):
    """No place is recorded for this case at the moment. Record where they are first."""

    code = "nobody_held"


class ReasonNeeded(Refused):
    """Say why the victim may be told, and who agreed to it."""

    code = "reason_needed"


class PlaceRelease(Row):
    """One victim may be told of one stay; with the stay it ends."""

    __tablename__ = "place_release"
    __table_args__ = (Index("ix_place_release_case", "case_id", "about_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("custody.id"))
    about_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    released_at: Mapped[datetime]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    why_sealed: Mapped[bytes] = mapped_column(Sealed)

    why = Opened[dict[str, Any]]("why_sealed")


@dataclass(frozen=True, kw_only=True)
class ReleasePlace(Command):
    """Let one victim be told where the harmer is held now, or `end` that."""

    reference: str
    to: UUID
    words: str
    end: bool = False


@handles(ReleasePlace, verb="release_place")
def release(command: ReleasePlace, session: Session, now: datetime) -> Outcome:
    """Note it for this stay alone; the ledger says that it was released, never which place."""
    case = cases.lock(session, command.by, command.reference)
    there = custody.stay(session, case.id)
    if there is None or there.status != custody.HELD:
        raise NobodyHeld
    if not command.words.strip():
        raise ReasonNeeded
    victims = {party.id for party in cases.of_role(session, case.id, *bpmn.parties()["victim"]["roles"])}
    if command.to not in victims:
        raise NotFound
    standing = of(session, case.id, command.to)
    for row in standing:
        row.ended_at = now
    if not command.end:
        session.add(
            PlaceRelease(
                case_id=case.id,
                stay_id=there.id,
                about_id=command.to,
                released_at=now,
                released_by=command.by.id,
                why={"words": command.words.strip()},
            )
        )
    tag = "case:place:withheld" if command.end else "case:place:released"
    return Outcome({"case": case.reference}, case.id, [Entry(tag, {"to": "victim"})])


def of(session: Session, case_id: UUID, about_id: UUID) -> list[PlaceRelease]:
    """The releases to one victim that stand: of a stay that is over none does."""
    stays = select(custody.Custody.id).where(custody.Custody.case_id == case_id, custody.Custody.ended_at.is_(None))
    where = PlaceRelease.case_id == case_id, PlaceRelease.about_id == about_id, PlaceRelease.ended_at.is_(None)
    return list(session.scalars(select(PlaceRelease).where(*where, PlaceRelease.stay_id.in_(stays))))


def released_stays(session: Session, case_id: UUID, about_id: UUID) -> set[UUID]:
    """The stays one victim may be told of."""
    return {row.stay_id for row in of(session, case_id, about_id)}
