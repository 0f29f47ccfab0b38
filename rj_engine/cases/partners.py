"""Partners: the organisations that refer people to a service, that it refers or signposts to, or works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import lists

SHARING: Final = frozenset({"referral", "multi_agency"})
"""Uses in which we tell a partner about somebody: not without an agreement in force."""
SOON: Final = 60
"""Days before its end from which an agreement is warned of."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation as the list says it."""

    key: str
    name: str
    kind: str
    takes: str
    """What they take, in the service's words."""
    area: tuple[str, ...]
    """Districts; none where they work everywhere."""
    uses: frozenset[str]
    contact_name: str
    email: str
    telephone: str
    agreed_on: date | None
    """The day of the information-sharing agreement."""
    ends_on: date | None
    checked_on: date | None
    """The day on which somebody last made sure that this is right."""
    active: bool

    def in_force(self, today: date) -> bool:
        """Whether an agreement to share information stands today."""
        return self.agreed_on is not None and self.agreed_on <= today and not self.ended(today)

    def ended(self, today: date) -> bool:
        """Whether the agreement has come to its end."""
        return self.ends_on is not None and self.ends_on < today

    def ends_soon(self, today: date) -> bool:
        """Whether it ends within `SOON` days, or has."""
        return self.ends_on is not None and (self.ends_on - today).days <= SOON


def read(rows: lists.Rows) -> list[Partner]:
    """The partners of a list by name, those retired last."""
    found = [_read(key, row) for key, row in rows.items()]
    return sorted(found, key=lambda one: (not one.active, one.name.lower(), one.key))


def _read(key: str, row: Any) -> Partner:
    return Partner(
        key,
        row["name"],
        row["kind"],
        row["takes"],
        tuple(row["area"]),
        frozenset(row["uses"]),
        row["contact_name"],
        row["email"],
        row["telephone"],
        _day(row["agreed_on"]),
        _day(row["ends_on"]),
        _day(row["checked_on"]),
        row["active"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def known(session: Session, service_id: UUID, at: datetime) -> list[Partner]:
    """A service's partners as its list stood at that moment, those retired last."""
    standing = lists.standing(session, service_id, lists.PARTNERS, at)
    return read(standing.rows if standing else {})


def offered(session: Session, service_id: UUID, use: str, at: datetime) -> list[Partner]:
    """Whom a form offers for a use (any, where none is named).

    Nobody retired; and for what tells them about somebody, nobody without an agreement in force.
    """
    today = at.astimezone(clock.LONDON).date()
    found = (one for one in known(session, service_id, at) if one.active and (not use or use in one.uses))
    return [one for one in found if use not in SHARING or one.in_force(today)]


def ending(session: Session, service_id: UUID, at: datetime) -> list[Partner]:
    """Partners whose agreement ends soon or has ended, the first to end first."""
    today = at.astimezone(clock.LONDON).date()
    found = [one for one in known(session, service_id, at) if one.active and one.ends_soon(today)]
    return sorted(found, key=lambda one: (one.ends_on or today, one.name))
