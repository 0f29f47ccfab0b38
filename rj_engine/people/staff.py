"""Services, teams and staff; what a member of staff may do follows from their roles, which are data."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import bpmn
from rj_engine.commands import Actor
from rj_engine.database import Row

EVERYBODY: Final = frozenset({"sign_in"})
"""What every member of staff may do."""
NAMES: Final = "names"
"""What a session remembers of names: the transaction that read them, and id to name."""


class Service(Row):
    """One commissioned contract area: nobody sees across."""

    __tablename__ = "service"

    name: Mapped[str] = mapped_column(String(200), unique=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    contact: Mapped[str] = mapped_column(String(200), default="")
    """How people reach the service, as its letters say it."""


class Team(Row):
    """A team within one service; its cases are worked by its members."""

    __tablename__ = "team"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    name: Mapped[str] = mapped_column(String(200))


class Staff(Row):
    """One person who signs in."""

    __tablename__ = "staff"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Any]]
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]


@cache
def _verbs_and_lanes(roles: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What these roles may do, and whose tasks they may work."""
    known = bpmn.roles()
    verbs = frozenset(verb for role in roles for verb in known["roles"][role]["verbs"])
    lanes = frozenset(key for key, lane in known["lanes"].items() if roles & set(lane["roles"]))
    return verbs | EVERYBODY, lanes


def actor(identity: UUID, name: str, service_id: UUID, team_id: UUID, roles: frozenset[str]) -> Actor:
    """The actor for one member of staff."""
    verbs, lanes = _verbs_and_lanes(roles)
    return Actor(identity, name, service_id, team_id, roles, verbs, lanes)


def actor_of(staff: Staff) -> Actor:
    """The actor that `staff` is."""
    return actor(staff.id, staff.name, staff.service_id, staff.team_id, frozenset(staff.roles))


def the_clock(service_id: UUID, verb: str) -> Actor:
    """The actor that does what time asks for: no person, one verb."""
    return Actor(None, "The clock", service_id, None, verbs=frozenset({verb}))


def by_email(session: Session, email: str) -> Staff | None:
    """The member of staff with that e-mail address, in any letter case."""
    return session.scalars(select(Staff).where(Staff.email == email.strip().lower())).one_or_none()


def colleagues(session: Session, by: Actor, lane: str | None = None) -> list[Staff]:
    """Active staff of the same team, by name; only those who may work `lane` where one is given."""
    found = session.scalars(
        select(Staff)
        .where(Staff.service_id == by.service_id, Staff.team_id == by.team_id, Staff.active)
        .order_by(Staff.name)
    )
    return [staff for staff in found if lane is None or lane in actor_of(staff).lanes]


def names(session: Session, identities: set[UUID]) -> dict[UUID, str]:
    """Names for ids; within one transaction each is read once, however many parts of a page ask."""
    read_in, known = session.info.get(NAMES, (None, {}))
    if read_in is None or read_in is not session.get_transaction():
        known = {}
    if unknown := identities - known.keys():
        rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(unknown)))
        known = {**known, **{row.id: row.name for row in rows}}
        session.info[NAMES] = session.get_transaction(), known
    return {identity: known[identity] for identity in identities if identity in known}
