"""Services, teams and people join."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people import passwords
from rj_engine.people.staff import Service, Staff, Team

NOBODY: Final = UUID(int=0)
"""The service of the operator at the command line, who belongs to none."""


class NoSuchRole(Refused):
    """There is no role of that name."""

    code = "no_such_role"


class EmailTaken(Refused):
    """Somebody signs in with that email address already."""

    code = "email_taken"


class NoSuchTeam(Refused):
    """Name one of the teams there are."""

    code = "no_such_team"


@dataclass(frozen=True, kw_only=True)
class AddService(Command):
    """Add a service with its teams."""

    name: str
    code: str
    teams: tuple[str, ...]
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class AddStaff(Command):
    """Add a member of staff to a team of the actor's service (the operator: of any)."""

    email: str
    name: str
    roles: tuple[str, ...]
    team_id: UUID
    password_hash: str


def operator() -> Actor:
    """Who sits at the command line: adds services and people, sees no case."""
    return Actor(
        None,
        "The operator",
        NOBODY,
        None,
        verbs=frozenset(
            {
                "add_service",
                "manage_establishments",
                "manage_people",
                "manage_pathways",
                "record_competence",
                "resume_after_restore",
            }
        ),
    )


@handles(AddService, verb="add_service")
def add_service(command: AddService, session: Session, now: datetime) -> Outcome:
    """Add it once; a service of that name is left as it is."""
    del now
    known = session.scalars(select(Service).where(Service.name == command.name)).one_or_none()
    service = known or Service(name=command.name, code=command.code, contact=command.contact)
    if known is None:
        session.add(service)
        session.flush()
        session.add_all(Team(service_id=service.id, name=name) for name in command.teams)
        session.flush()
    teams = session.execute(select(Team.name, Team.id).where(Team.service_id == service.id))
    told = {"service": str(service.id), "teams": {name: str(identity) for name, identity in teams}}
    return Outcome(told, entries=[Entry("service:added", {"name": command.name})])


@handles(AddStaff, verb="manage_people")
def add_staff(command: AddStaff, session: Session, now: datetime) -> Outcome:
    """Add the person; roles must exist, nobody gives themselves a role, an address signs in once."""
    unknown = set(command.roles) - set(bpmn.roles()["roles"])
    if unknown or not command.roles:
        raise NoSuchRole
    team = session.get(Team, command.team_id)
    if team is None or command.by.service_id not in {NOBODY, team.service_id}:
        raise NoSuchTeam
    email = command.email.strip().lower()
    if session.scalar(select(Staff.id).where(Staff.email == email)) is not None:
        raise EmailTaken
    person = Staff(
        service_id=team.service_id,
        team_id=team.id,
        email=email,
        name=command.name,
        roles=list(command.roles),
        password_hash=command.password_hash,
        added_at=now,
    )
    session.add(person)
    told = {"name": person.name, "roles": person.roles}
    return Outcome({"staff": str(person.id)}, team.service_id, [Entry("staff:added", told)])


def add_from_outside(*, email: str, name: str, roles: tuple[str, ...], team: str | None, password: str) -> None:
    """Add a person as the operator; `team` may be left out where there is only one."""
    found = [row for row in db.session.scalars(select(Team).order_by(Team.name)) if team in {None, row.name}]
    if len(found) != 1:
        names = ", ".join(db.session.scalars(select(Team.name).order_by(Team.name)))
        raise NoSuchTeam(f"Name one team with --team: {names or 'there is none yet'}.")
    dispatch(
        AddStaff(
            command_id=uuid.uuid4(),
            by=operator(),
            email=email,
            name=name,
            roles=roles,
            team_id=found[0].id,
            password_hash=passwords.hashed(password, frozenset(roles)),
        )
    )
