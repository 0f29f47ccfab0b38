"""Whether a version has come into force in a service: until then no case runs on it, new or moved.

A day was given to it and approved by a second person; moving a case to it sooner would use it before that day.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.commands import Actor
from rj_engine.errors import Refused
from rj_engine.workflows.published.rows import AuthoredVersion, StandingVersion
from rj_engine.workflows.rows import PathwayVersion


class NotInForce(Refused):
    """This version is not in force."""

    code = "not_in_force"


def require(session: Session, by: Actor, row: PathwayVersion, now: datetime) -> None:
    """Refuse one that is not in force yet, or was put aside before its day."""
    if why := missing(session, by, row, now):
        raise NotInForce(why)


def missing(session: Session, by: Actor, row: PathwayVersion, now: datetime) -> str:
    """Why a version has never been in force in this service, in plain words; empty where it has.

    What came with the product needs no day of its own.
    """
    if session.get(AuthoredVersion, row.id) is None:
        return ""
    where = StandingVersion.service_id == by.service_id, StandingVersion.pathway == row.pathway
    decided = list(session.scalars(select(StandingVersion).where(*where).order_by(StandingVersion.number)))
    days = [
        one.from_at
        for place, one in enumerate(decided)
        if one.version_id == row.id and all(later.from_at > one.from_at for later in decided[place + 1 :])
    ]
    if any(day <= now for day in days):
        return ""
    if not days:
        return "This version was put aside before it came into force. To move cases to it, use it from now first."
    day = f"{min(days).astimezone(clock.LONDON):%-d %B %Y}"
    return f"This version comes into force on {day}. Cases can be moved to it from that day on."
