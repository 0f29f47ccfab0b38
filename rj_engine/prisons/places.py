"""The register of places as a service knows it: the shipped rows, what was recorded since, and whom to reach there.

Restricted throughout: where somebody is held is never for the victim's eyes by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.database import Opened, Row, Sealed
from rj_engine.prisons import reference
from rj_engine.prisons.reference import Establishment

KINDS: Final[Mapping[str, str]] = {
    "PRISON": "The prison",
    "OFFENDER_MANAGEMENT_UNIT": "Offender management unit",
    "VIDEOLINK_CONFERENCING_CENTRE": "Video link team",
    "SOCIAL_VISIT": "Visits",
    "SECURITY": "Security department",
    "PUBLIC_PROTECTION": "Public protection",
    "RJ_LEAD": "Lead for restorative justice",
    "GOVERNOR_OFFICE": "Governor's or director's office",
    "REHUB": "HMPPS re:hub",
}
"""Kinds of contact: the first four are those of the prison register (domain D.1)."""
NAMELESS: Final[Mapping[str, str]] = {"": "Not known", "other": "Another place", "not_known": "Not known"}
STALE_AFTER_DAYS: Final = 183
"""A contact that nobody has checked for half a year is shown as such."""


class PlaceRecord(Row):
    """What a service knows of one place from a day on; the newest whose day has come counts."""

    __tablename__ = "establishment"
    __table_args__ = (Index("ix_establishment_code", "service_id", "code", "valid_from"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    code: Mapped[str] = mapped_column(String(60))
    told: Mapped[dict[str, Any]]
    """Every column of the register but the code."""
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class PrisonContact(Row):
    """How one office of a place is reached, since when that is checked, and whether it bounced."""

    __tablename__ = "prison_contact"
    __table_args__ = (Index("ix_prison_contact_code", "service_id", "code"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40))
    checked_on: Mapped[date | None]
    bounced_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reached_sealed: Mapped[bytes] = mapped_column(Sealed)

    reached = Opened[dict[str, Any]]("reached_sealed")
    """name, email, phone."""

    @property
    def bounces(self) -> bool:
        """Whether the last thing known of it is that nothing arrives."""
        return self.bounced_on is not None and (self.checked_on is None or self.bounced_on >= self.checked_on)

    def is_stale(self, today: date) -> bool:
        """Whether nobody has checked it lately."""
        return self.checked_on is None or (today - self.checked_on).days > STALE_AFTER_DAYS


def register(session: Session, service_id: UUID, today: date) -> dict[str, Establishment]:
    """Every place by its code, as that service knows it today."""
    found = dict(reference.establishments())
    where = PlaceRecord.service_id == service_id, PlaceRecord.valid_from <= today
    for row in session.scalars(select(PlaceRecord).where(*where).order_by(PlaceRecord.valid_from, _recorded)):
        found[row.code] = establishment(row)
    return found


_recorded = PlaceRecord.recorded_at


def establishment(row: PlaceRecord) -> Establishment:
    """One recorded row as the register gives it."""
    return Establishment(code=row.code, **row.told)


def told_of(place: Establishment) -> dict[str, Any]:
    """What a row keeps of a place."""
    return {name: value for name, value in asdict(place).items() if name != "code"}


def confirmed(place: Establishment) -> Establishment:
    """The same place once somebody has held it against the live register."""
    return replace(place, confirmed=True)


def name_of(known: Mapping[str, Establishment], code: str) -> str:
    """What leads call a place; its code where the register has no such row."""
    place = known.get(code)
    return (
        place.name if place else {"": "Not known", "other": "Another place", "not_known": "Not known"}.get(code, code)
    )


def every_name(session: Session, service_id: UUID, code: str) -> set[str]:
    """Each name the place has or had, so that none of them slips into a letter."""
    shipped = reference.establishments().get(code)
    where = PlaceRecord.service_id == service_id, PlaceRecord.code == code
    recorded = {str(row.told["name"]) for row in session.scalars(select(PlaceRecord).where(*where))}
    return recorded | ({shipped.name} if shipped else set())


def contacts(session: Session, service_id: UUID, code: str | None = None) -> list[PrisonContact]:
    """The contacts that stand, of one place or of all."""
    where = [PrisonContact.service_id == service_id, PrisonContact.ended_on.is_(None)]
    if code is not None:
        where.append(PrisonContact.code == code)
    return list(session.scalars(select(PrisonContact).where(*where).order_by(PrisonContact.kind, PrisonContact.id)))
