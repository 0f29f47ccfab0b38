"""Sets the demonstration up: services, people, pathways and cases; a second time changes nothing."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select

from rj_engine import clock, migrations
from rj_engine.cases.case import Case
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.demonstration import journeys, lists, telling, training
from rj_engine.people import passwords
from rj_engine.people.joining import AddService, AddStaff, operator
from rj_engine.people.staff import by_email
from rj_engine.workflows.published import publishing

PASSWORD_FILE: Final = "demonstration_password"  # noqa: S105 - the name of a file, made on first use


def load(folder: Path) -> str:
    """Bring the database to its newest shape, add people, pathways and cases; the demonstration's password."""
    migrations.upgrade(db.engine)
    password = _password(folder)
    add_people(password)
    publishing.import_pathways(operator())
    lists.publish()
    if db.session.scalar(select(Case.id).limit(1)) is None:
        add_cases(clock.now())
    return password


def _password(folder: Path) -> str:
    """One password for all demonstration people, made on first use and kept in the instance folder."""
    path = folder / PASSWORD_FILE
    if not path.exists():
        words = telling.shipped("people.json")["password_words"]
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.choice(words) for _ in range(4)) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def add_people(password: str) -> None:
    """Add the two services and everyone in them, where they are not there yet."""
    by = operator()
    hashed = passwords.hashed(password, passwords.MANAGING_ROLES)
    for service in telling.shipped("people.json")["services"]:
        adding = AddService(
            command_id=uuid.uuid4(),
            by=by,
            name=service["name"],
            code=service["code"],
            teams=tuple(service["teams"]),
            contact=service["contact"],
        )
        teams = dispatch(adding)["teams"]
        for person in service["people"]:
            if by_email(db.session(), person["email"]) is None:
                joining = AddStaff(
                    command_id=uuid.uuid4(),
                    by=by,
                    email=person["email"],
                    name=person["name"],
                    roles=tuple(person["roles"]),
                    team_id=UUID(teams[person["team"]]),
                    password_hash=hashed,
                )
                joined = UUID(dispatch(joining)["staff"])
                if "training" in person:
                    training.record(joined, person["training"])


def add_cases(now: datetime) -> int:
    """Play the demonstration's cases up to `now`; the count of cases."""
    told = telling.shipped("cases.json")["cases"]
    for case in told:
        stage = journeys.Stage(journeys.Staff(), team=case.get("team", ""), parts=case.get("parts", {}), checks=False)
        starts = _office_hours(now - timedelta(days=case["days_ago"]))
        journeys.play(telling.whole(case), stage, starts=starts, until=now)
    with clock.at(now):
        journeys.pass_time()
    return len(told)


def _office_hours(instant: datetime) -> datetime:
    """In the morning of that day, or of the last working day before it."""
    day = instant.astimezone(clock.LONDON).date()
    while not clock.is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, journeys.OFFICE_HOURS, clock.LONDON)


def sign_ins(password: str) -> str:
    """The demonstration's sign-ins as a table to print."""
    lines = ["Demonstration sign-ins (invented people):", ""]
    for service in telling.shipped("people.json")["services"]:
        lines.append(service["name"])
        lines += [
            f"  {person['email']:<36} {person['name']:<26} {', '.join(person['roles'])}" for person in service["people"]
        ]
    return "\n".join([*lines, "", f"Password for all of them: {password}", ""])
