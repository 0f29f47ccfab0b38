"""What members of staff are trained for: level, modules each in date, supervision, observed practice, further training.

Levels: 1 foundation, 2 intermediate, 3 advanced; 0 where nobody has recorded any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import bpmn, clock
from rj_engine.clock import Period
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.database import Row
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people.joining import NOBODY
from rj_engine.people.staff import Staff, actor_of

CURRENT, LAPSED, UNKNOWN = "current", "lapsed", "unknown"
SUPERVISED_WITHIN: Final = Period(12, "weeks")
OBSERVED_WITHIN: Final = Period(12, "months")
MOST_HOURS: Final = 1000
NO_LEVEL: Final = "not recorded yet"


class NoSuchPerson(Refused):
    """There is nobody of that name in your service."""

    code = "not_found"


class OwnTraining(Refused):
    """Somebody else has to record your own training."""

    code = "own_training"


class NoSuchTraining(Refused):
    """Choose a level and modules that there are."""

    code = "no_such_training"


class Competence(Row):
    """What one member of staff may be given; the newest record, which the ledger tells the history of."""

    __tablename__ = "competence"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), unique=True)
    level: Mapped[int]
    supervision_on: Mapped[date | None]
    """The last day of practice supervision."""
    observed_on: Mapped[date | None]
    """The last day on which somebody watched them work."""
    cpd_hours: Mapped[int | None]
    """Hours of further training in the last twelve months."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class CompetenceModule(Row):
    """One module, in date until its last day."""

    __tablename__ = "competence_module"
    __table_args__ = (UniqueConstraint("staff_id", "module"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    module: Mapped[str] = mapped_column(String(40))
    until: Mapped[date]


@dataclass(frozen=True, slots=True)
class Trained:
    """What one person can do, as it stands on record."""

    level: int = 0
    modules: Mapping[str, date] = field(default_factory=dict)
    """Module to the last day on which it is in date."""
    supervision_on: date | None = None
    observed_on: date | None = None
    cpd_hours: int | None = None

    def lacks(self, modules: Iterable[str], today: date) -> list[str]:
        """The modules among these that are not in date today."""
        return [module for module in modules if self.modules.get(module, date.min) < today]

    def supervision(self, today: date) -> str:
        """`current`, `lapsed`, or `unknown` where nobody has recorded it; observed practice counts besides."""
        held = [(self.supervision_on, SUPERVISED_WITHIN), (self.observed_on, OBSERVED_WITHIN)]
        if any(day is not None and clock.due_on(day, within) < today for day, within in held):
            return LAPSED
        return UNKNOWN if any(day is None for day, _ in held) else CURRENT


@dataclass(frozen=True, kw_only=True)
class RecordCompetence(Command):
    """Record what a member of staff is trained for, and when they were last supervised and observed."""

    staff_id: UUID
    level: int
    modules: Mapping[str, date]
    supervision_on: date | None = None
    observed_on: date | None = None
    cpd_hours: int | None = None


@handles(RecordCompetence, verb="record_competence")
def record(command: RecordCompetence, session: Session, now: datetime) -> Outcome:
    """Keep it in place of what stood; nobody records their own, and nobody another service's."""
    person = find(session, command.by, command.staff_id)
    if person.id == command.by.id:
        raise OwnTraining
    training = bpmn.training()
    if str(command.level) not in training["levels"] or not command.modules.keys() <= training["modules"].keys():
        raise NoSuchTraining
    if command.cpd_hours is not None and not 0 <= command.cpd_hours <= MOST_HOURS:
        raise NoSuchTraining
    row = session.scalars(select(Competence).where(Competence.staff_id == person.id)).one_or_none()
    row = row or Competence(staff_id=person.id)
    row.level, row.cpd_hours = command.level, command.cpd_hours
    row.supervision_on, row.observed_on = command.supervision_on, command.observed_on
    row.recorded_at, row.recorded_by = now, command.by.id
    session.add(row)
    session.execute(delete(CompetenceModule).where(CompetenceModule.staff_id == person.id))
    session.add_all(CompetenceModule(staff_id=person.id, module=key, until=day) for key, day in command.modules.items())
    told = {
        "name": person.name,
        "level": level_name(command.level),
        "modules": {key: day.isoformat() for key, day in command.modules.items()},
        "supervision_on": command.supervision_on.isoformat() if command.supervision_on else None,
        "observed_on": command.observed_on.isoformat() if command.observed_on else None,
    }
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:competence:recorded", told)])


def find(session: Session, by: Actor, staff_id: UUID) -> Staff:
    """The member of staff, of the actor's own service (the operator's: of any)."""
    person = session.get(Staff, staff_id)
    if person is None or by.service_id not in {NOBODY, person.service_id}:
        raise NoSuchPerson
    return person


def everybody(session: Session, by: Actor) -> list[tuple[Staff, Trained]]:
    """Active staff of the actor's service who work on cases, by name, with what is on record of each."""
    found = session.scalars(select(Staff).where(Staff.service_id == by.service_id, Staff.active).order_by(Staff.name))
    people = [person for person in found if actor_of(person).lanes]
    known = of_all(session, [person.id for person in people])
    return [(person, known.get(person.id, Trained())) for person in people]


def of(session: Session, staff_id: UUID | None) -> Trained:
    """What is on record of one person; nothing of nobody."""
    return of_all(session, [staff_id] if staff_id else []).get(staff_id or NOBODY, Trained())


def of_all(session: Session, people: Iterable[UUID]) -> dict[UUID, Trained]:
    """What is on record of several people; who has no record is left out."""
    wanted = list(people)
    if not wanted:
        return {}
    modules: dict[UUID, dict[str, date]] = {}
    for one in session.scalars(select(CompetenceModule).where(CompetenceModule.staff_id.in_(wanted))):
        modules.setdefault(one.staff_id, {})[one.module] = one.until
    rows = session.scalars(select(Competence).where(Competence.staff_id.in_(wanted)))
    return {
        row.staff_id: Trained(
            row.level, modules.get(row.staff_id, {}), row.supervision_on, row.observed_on, row.cpd_hours
        )
        for row in rows
    }


def level_name(level: int) -> str:
    """A level in words: intermediate."""
    return str(bpmn.training()["levels"].get(str(level), NO_LEVEL))


def level_of(name: str) -> int:
    """The level of that name; the highest for one that nobody knows, so that a slip never opens a door."""
    levels = {words: int(level) for level, words in bpmn.training()["levels"].items()}
    return levels.get(name, max(levels.values()))


def module_name(module: str) -> str:
    """A module in words, for the middle of a sentence: domestic abuse."""
    return str(bpmn.training()["modules"].get(module, module.replace("_", " ")))
