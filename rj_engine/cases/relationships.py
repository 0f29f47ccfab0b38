"""How people of a case are related to each other: recorded, and changed with a reason that stays on record.

It is for those who work the case alone. What joins the two sides of the wall is kept apart from what is known within
a side, so that nobody reads out to one side who the other is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import bpmn
from rj_engine.cases.case import Case, NotFound, Party, lock
from rj_engine.commands import Command, Outcome, handles
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

LONGEST: Final = 500


class Relationship(Row):
    """That `one` is to `other` what `kind` says (a key of `relationships.json`), until it was changed."""

    __tablename__ = "relationship"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    one_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)

    reason = Opened[str | None]("reason_sealed")
    """Why it stands no longer."""


class TwoPeople(Refused):
    """Choose two different people of this case, and how they are related."""

    code = "two_people"


class RecordedAlready(Refused):
    """How these two people are related is on record. Change what stands there, with a reason."""

    code = "recorded_already"


class ReasonNeeded(Refused):
    """Say why it changes, in at most 500 letters."""

    code = "reason_needed"


@dataclass(frozen=True, kw_only=True)
class RecordRelationship(Command):
    """Say how one person of a case is related to another."""

    reference: str
    one: UUID
    other: UUID
    how: str


@dataclass(frozen=True, kw_only=True)
class AmendRelationship(Command):
    """Say that two people are related in another way, or, where it is left empty, not at all; and why it changes."""

    reference: str
    relationship: UUID
    how: str
    reason: str


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship that stands, as a page tells it."""

    id: UUID
    one: Party
    other: Party
    kind: str

    @property
    def across(self) -> bool:
        """Whether it joins the two sides of the wall."""
        return self.one.wall != self.other.wall

    def seen_from(self, person: Party) -> tuple[str, str]:
        """What this person is, and to whom."""
        known = bpmn.relationships()[self.kind]
        return (known["label"], self.other.name) if person.id == self.one.id else (known["back"], self.one.name)


@handles(RecordRelationship, verb="write_note")
def record(command: RecordRelationship, session: Session, now: datetime) -> Outcome:
    """Keep it; of two people one relationship stands at a time."""
    case = lock(session, command.by, command.reference)
    pair = {command.one, command.other}
    known = session.scalars(select(Party.id).where(Party.case_id == case.id, Party.id.in_(pair)))
    if len(set(known)) != len(("one", "other")) or command.how not in bpmn.relationships():
        raise TwoPeople
    if any({row.one_id, row.other_id} == pair for row in _standing(session, case)):
        raise RecordedAlready
    at = {"case_id": case.id, "recorded_at": now, "recorded_by": command.by.id}
    row = Relationship(**at, one_id=command.one, other_id=command.other, kind=command.how)
    session.add(row)
    entry = Entry("case:relationship:recorded", {"kind": _words(command.how)})
    return Outcome({"relationship": str(row.id)}, case.id, [entry])


@handles(AmendRelationship, verb="write_note")
def amend(command: AmendRelationship, session: Session, now: datetime) -> Outcome:
    """End what stood, with the reason, and keep what stands now beside it."""
    case, reason = lock(session, command.by, command.reference), " ".join(command.reason.split())
    row = next((one for one in _standing(session, case) if one.id == command.relationship), None)
    if row is None:
        raise NotFound
    if command.how and command.how not in bpmn.relationships():
        raise TwoPeople
    if not 0 < len(reason) <= LONGEST:
        raise ReasonNeeded
    row.ended_at, row.ended_by, row.reason = now, command.by.id, reason
    if command.how:
        at = {"case_id": case.id, "recorded_at": now, "recorded_by": command.by.id}
        session.add(Relationship(**at, one_id=row.one_id, other_id=row.other_id, kind=command.how))
    told = {"before": _words(row.kind), "kind": _words(command.how) or "nothing", "why": reason}
    return Outcome({"case": case.reference}, case.id, [Entry("case:relationship:amended", told)])


def of_case(session: Session, case: Case, people: list[Party]) -> list[Related]:
    """What stands between the people of a case, as it was recorded."""
    known = {person.id: person for person in people}
    return [Related(row.id, known[row.one_id], known[row.other_id], row.kind) for row in _standing(session, case)]


def _standing(session: Session, case: Case) -> list[Relationship]:
    where = Relationship.case_id == case.id, Relationship.ended_at.is_(None)
    return list(session.scalars(select(Relationship).where(*where).order_by(Relationship.recorded_at)))


def _words(kind: str) -> str:
    return bpmn.relationships()[kind]["label"] if kind else ""
