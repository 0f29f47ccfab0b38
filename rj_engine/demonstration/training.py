"""What the demonstration's people are trained for, and their supervision, which goes on while time passes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.demonstration.telling import Told
from rj_engine.people import competence
from rj_engine.people.competence import Competence, RecordCompetence
from rj_engine.people.joining import operator

SUPERVISED_EVERY: Final = timedelta(weeks=8)
OBSERVED_EVERY: Final = timedelta(weeks=40)


def record(staff_id: UUID, told: Told) -> None:
    """Record what `told` says of one person: days are so many days from today."""
    today = clock.today()
    _record(
        staff_id,
        level=told["level"],
        modules={module: today + timedelta(days=days) for module, days in told["modules"].items()},
        supervision_on=today + timedelta(days=told["supervision"]),
        observed_on=today + timedelta(days=told["observed"]),
        cpd_hours=told["cpd_hours"],
    )


def keep_up() -> None:
    """Supervise again whoever was supervised eight weeks ago: a journey tells of cases, not of that."""
    today = clock.today()
    stale = db.session.scalars(select(Competence.staff_id).where(Competence.supervision_on < today - SUPERVISED_EVERY))
    for staff_id in list(stale):
        now = competence.of(db.session(), staff_id)
        observed_on = now.observed_on
        _record(
            staff_id,
            level=now.level,
            modules=now.modules,
            supervision_on=today,
            observed_on=today if observed_on and today - observed_on > OBSERVED_EVERY else observed_on,
            cpd_hours=now.cpd_hours,
        )


def _record(staff_id: UUID, *, supervision_on: date, **known: Any) -> None:
    command = RecordCompetence(
        command_id=uuid.uuid4(), by=operator(), staff_id=staff_id, supervision_on=supervision_on, **known
    )
    dispatch(command)
