"""People's roles, team and name change; people leave and come back; lost passwords and stolen cookies are ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Actor, Command, NotAllowed, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people import passwords
from rj_engine.people.competence import NoSuchPerson
from rj_engine.people.joining import NOBODY, NoSuchRole, NoSuchTeam
from rj_engine.people.sign_in import ApiToken, SignedIn
from rj_engine.people.staff import Staff, Team, actor_of

MANAGES: Final = "manage_people"


class NotYourself(NotAllowed):
    """Nobody changes their own roles or switches their own account off. Ask a colleague who manages people."""

    code = "not_yourself"


class LastManager(Refused):
    """Somebody has to be able to manage people, and nobody else could. Give that role to a colleague first."""

    code = "last_manager"


class WrongPassword(Refused):
    """That is not your present password."""

    code = "wrong_password"


@dataclass(frozen=True, kw_only=True)
class StaffCommand(Command):
    """A command on one member of staff."""

    staff_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChangeStaff(StaffCommand):
    """Change somebody's name, team and roles."""

    name: str
    team_id: UUID
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SwitchOff(StaffCommand):
    """Switch somebody's account off: every sign-in and token of theirs ends at once."""


@dataclass(frozen=True, kw_only=True)
class SwitchOn(StaffCommand):
    """Let somebody sign in again."""


@dataclass(frozen=True, kw_only=True)
class EndSignIns(StaffCommand):
    """End every sign-in and token of somebody: a lost telephone, a token that was seen."""


@dataclass(frozen=True, kw_only=True)
class GivePassword(StaffCommand):
    """Give somebody who has lost theirs a password to begin with; every sign-in and token of theirs ends."""

    password_hash: str


@dataclass(frozen=True, kw_only=True)
class ChangePassword(Command):
    """Change one's own password; every other sign-in of one's own ends."""

    password_hash: str


def everybody(session: Session, by: Actor) -> list[Staff]:
    """All staff of one's service, those who can sign in first, by name."""
    found = select(Staff).where(Staff.service_id == by.service_id).order_by(Staff.active.desc(), Staff.name)
    return list(session.scalars(found))


def teams(session: Session, by: Actor) -> list[Team]:
    """The teams of one's service, by name."""
    return list(session.scalars(select(Team).where(Team.service_id == by.service_id).order_by(Team.name)))


def find(session: Session, by: Actor, staff_id: UUID) -> Staff:
    """A member of staff of one's own service; the operator may change anybody's password."""
    person = session.get(Staff, staff_id)
    if person is None or by.service_id not in {NOBODY, person.service_id}:
        raise NoSuchPerson
    return person


@handles(ChangeStaff, verb=MANAGES)
def change(command: ChangeStaff, session: Session, now: datetime) -> Outcome:
    """Change them at once, in every sign-in that is open; what was is in the ledger."""
    del now
    person = _somebody_else(session, command)
    team = session.get(Team, command.team_id)
    if team is None or team.service_id != person.service_id:
        raise NoSuchTeam
    if not command.roles or set(command.roles) - set(bpmn.roles()["roles"]):
        raise NoSuchRole
    before = {"name": person.name, "roles": list(person.roles), "team": str(person.team_id)}
    person.name, person.team_id, person.roles = command.name.strip() or person.name, team.id, list(command.roles)
    _require_a_manager(session, person.service_id)
    told = {"before": before, "name": person.name, "roles": person.roles, "team": str(team.id)}
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:changed", told)])


@handles(SwitchOff, verb=MANAGES)
def switch_off(command: SwitchOff, session: Session, now: datetime) -> Outcome:
    """Nothing of theirs is deleted: what they did stays in their name."""
    person = _somebody_else(session, command)
    person.active = False
    _require_a_manager(session, person.service_id)
    _end(session, person.id, now)
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:switched_off", {"name": person.name})])


@handles(SwitchOn, verb=MANAGES)
def switch_on(command: SwitchOn, session: Session, now: datetime) -> Outcome:
    """They sign in anew."""
    del now
    person = _somebody_else(session, command)
    person.active = True
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:switched_on", {"name": person.name})])


@handles(EndSignIns, verb="sign_in")
def end_sign_ins(command: EndSignIns, session: Session, now: datetime) -> Outcome:
    """One's own, or anybody's of the service for who manages people."""
    if command.staff_id != command.by.id:
        command.by.require(MANAGES)
    person = find(session, command.by, command.staff_id)
    _end(session, person.id, now)
    told = {"name": person.name}
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:sign_ins_ended", told)])


@handles(GivePassword, verb=MANAGES)
def give_password(command: GivePassword, session: Session, now: datetime) -> Outcome:
    """The new one takes the place of the old."""
    person = _somebody_else(session, command)
    person.password_hash = command.password_hash
    _end(session, person.id, now)
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:password:given", {"name": person.name})])


@handles(ChangePassword, verb="sign_in")
def change_password(command: ChangePassword, session: Session, now: datetime) -> Outcome:
    """Whoever asks for it has shown the present one: see `checked`."""
    person = session.get_one(Staff, command.by.id)
    person.password_hash = command.password_hash
    _end(session, person.id, now)
    return Outcome({"staff": str(person.id)}, person.service_id, [Entry("staff:password:changed")])


def checked(session: Session, by: Actor, present: str, new: str) -> str:
    """The hash of a person's new password; refuses who does not know the present one, and one too short."""
    person = session.get_one(Staff, by.id)
    if not passwords.matches(present, person.password_hash):
        raise WrongPassword
    return passwords.hashed(new, by.roles)


def _somebody_else(session: Session, command: StaffCommand) -> Staff:
    if command.staff_id == command.by.id:
        raise NotYourself
    return find(session, command.by, command.staff_id)


def _require_a_manager(session: Session, service_id: UUID) -> None:
    session.flush()
    active = select(Staff).where(Staff.service_id == service_id, Staff.active)
    if not any(MANAGES in actor_of(person).verbs for person in session.scalars(active)):
        raise LastManager


def _end(session: Session, staff_id: UUID, now: datetime) -> None:
    for kind in (SignedIn, ApiToken):
        session.execute(update(kind).where(kind.staff_id == staff_id, kind.ended_at.is_(None)).values(ended_at=now))
