"""The world of a trial run: a database in memory with invented people and one case, in which our own commands run.

Nothing in it can leave it: its outbox, inbox, notices and records are its own tables, packed up after each step.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from rj_engine import bpmn, clock
from rj_engine.cases.case import Case
from rj_engine.commands import Actor
from rj_engine.database import Base
from rj_engine.people.competence import Competence, CompetenceModule
from rj_engine.people.staff import Service, Staff, Team, actor_of
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle, Published
from rj_engine.workflows.rows import PathwayVersion

UNPACKED_LIMIT: Final = 32 * 1024 * 1024
NEVER: Final = date(9999, 12, 31)
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "Coordinator": ("coordinator",),
    "Facilitator": ("facilitator",),
    "Second facilitator": ("facilitator",),
    "Lead": ("lead",),
    "Second lead": ("lead",),
    "Safeguarding lead": ("safeguarding_lead",),
    "Service manager": ("service_manager",),
}
"""Who works in every trial, by what they are called there; each trained for everything."""

MOST_READY: Final = 16
_ready: dict[UUID, Published] = {}
"""The texts tried last, the oldest first."""


@cache
def _nothing_yet() -> bytes:
    """A database with all our tables and nothing in them."""
    with sqlite3.connect(":memory:") as connection:
        Base.metadata.create_all(create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool))
        return connection.serialize()


def packed(session: Session) -> bytes:
    """The whole world, to be opened again."""
    session.flush()
    raw: Any = session.connection().connection.driver_connection
    return zlib.compress(raw.serialize(), 6)


@contextmanager
def opened(image: bytes | None, at: datetime) -> Iterator[Session]:
    """A session in a world, whose clock stands at `at`; without an image in an empty one."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    raw.deserialize(_nothing_yet() if image is None else zlib.decompressobj().decompress(image, UNPACKED_LIMIT))
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    try:
        with Session(engine, autoflush=False, expire_on_commit=False) as session, clock.at(at):
            yield session
    finally:
        engine.dispose()
        raw.close()


def furnish(world: Session, real: Session, service_id: UUID, tried: Published, at: datetime) -> None:
    """Put in the service by its own name, invented people, and of each pathway the version that stands, or is tried."""
    known = real.get_one(Service, service_id)
    service = Service(id=known.id, name=known.name, code=known.code, contact=known.contact)
    team = Team(service_id=service.id, name="Trial")
    world.add_all([service, team])
    for name, roles in PEOPLE.items():
        world.add_all(_person(service, team, name, roles, at))
    keys = real.scalars(select(PathwayVersion.pathway).distinct())
    standing = {key: versions.newest(real, key, service_id, at) for key in keys}
    for key, version in {**standing, tried.pathway: tried}.items():
        world.add(
            PathwayVersion(
                id=version.id, pathway=key, number=version.number, name=key, checksum="", bundle=b"", published_at=at
            )
        )
    world.flush()


def _person(service: Service, team: Team, name: str, roles: tuple[str, ...], at: datetime) -> Iterator[Any]:
    person = Staff(
        service_id=service.id,
        team_id=team.id,
        email=f"{name.lower().replace(' ', '.')}@trial.invalid",
        name=f"{name} (invented)",
        roles=list(roles),
        password_hash="",
        active=True,
        added_at=at,
    )
    yield person
    yield Competence(staff_id=person.id, level=max(map(int, bpmn.training()["levels"])), recorded_at=at, cpd_hours=40)
    for module in bpmn.training()["modules"]:
        yield CompetenceModule(staff_id=person.id, module=module, until=NEVER)


def hold_versions(world: Session, real: Session, tried: Published) -> None:
    """Have every version at hand that the world names: it keeps their ids, not their texts."""
    today = clock.today()
    world.execute(update(Competence).values(supervision_on=today, observed_on=today))
    for identity in world.scalars(select(PathwayVersion.id).where(PathwayVersion.id != tried.id)):
        versions.load(real, identity)


def people(world: Session) -> list[Actor]:
    """Everybody who works in it, in the order of `PEOPLE`."""
    found = {person.name.removesuffix(" (invented)"): actor_of(person) for person in world.scalars(select(Staff))}
    return [found[name] for name in PEOPLE if name in found]


def case_of(world: Session) -> Case | None:
    """The one case; none where it has not begun."""
    return world.scalars(select(Case)).one_or_none()


def ready(trial_id: UUID, bundle: Bundle) -> Published:
    """The text that is tried, ready to run; `PathwayRefused` with everything that keeps it from running."""
    known = _ready.pop(trial_id, None) or versions.unpack(trial_id, 0, bundle)
    versions.hold(known)
    _ready[trial_id] = known
    while len(_ready) > MOST_READY:
        versions.forget(oldest := next(iter(_ready)))
        del _ready[oldest]
    return known
