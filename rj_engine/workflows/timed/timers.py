"""Timers: each due one wakes its run once, claimed by us inside the same transaction that moves the case."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.commands import Command, Outcome, dispatch, handles
from rj_engine.database import DatabaseAway, db, translated
from rj_engine.errors import Retry, RjError
from rj_engine.ledger import Entry
from rj_engine.people.staff import the_clock
from rj_engine.workflows.engine import runner
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Run, Timer

BATCH: Final = 200
MOST_BATCHES: Final = 10
"""At one look; post and what comes due meanwhile have their turn in between."""
log = logging.getLogger(__name__)


class TimerHeld(Retry):
    """Somebody else is moving this case just now, or has fired this timer already."""

    code = "timer_held"


@dataclass(frozen=True, kw_only=True)
class FireTimer(Command):
    """Wake the run that waits for this timer."""

    timer_id: UUID


def fire_due(limit: int = BATCH) -> int:
    """Fire what is due, oldest first, one command a timer; the count fired. A case in trouble holds up no other."""
    due = (
        select(Timer.id, Case.service_id)
        .join(Case, Case.id == Timer.case_id)
        .where(Timer.due_at <= clock.now(), Case.status == "open")
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    with translated():
        waiting = [(row.id, row.service_id) for row in db.session.execute(due)]
    db.session.rollback()
    return sum(_fire_one(timer_id, service_id) for timer_id, service_id in waiting)


def fire_all_due() -> int:
    """Fire batch after batch until one was not full: on a Monday morning thousands are due at the same moment."""
    fired = 0
    for _ in range(MOST_BATCHES):
        some = fire_due()
        fired += some
        if some < BATCH:
            break
    return fired


def _fire_one(timer_id: UUID, service_id: UUID) -> bool:
    by = the_clock(service_id, "fire")
    try:
        dispatch(FireTimer(command_id=uuid.uuid5(timer_id, "fire"), by=by, timer_id=timer_id))
    except DatabaseAway:
        raise
    except TimerHeld:
        return False
    except RjError as error:
        log.warning("timer put off: %s", error.code)
        return False
    return True


@handles(FireTimer, verb="fire")
def fire(command: FireTimer, session: Session, now: datetime) -> Outcome:
    """Claim the timer's case and let the engine fire whatever is due in that run; `TimerHeld` if another was first."""
    claimed = select(Timer, Case, Run).join(Case, Case.id == Timer.case_id).join(Run, Run.id == Timer.run_id)
    held = claimed.where(Timer.id == command.timer_id, Timer.due_at <= now, Case.status == "open")
    row = session.execute(held.with_for_update(of=(Case, Timer, Run), skip_locked=True)).one_or_none()
    if row is None:
        raise TimerHeld
    _, case, run = row
    due = select(Timer.element, Timer.name).where(Timer.run_id == run.id, Timer.due_at <= now).order_by(Timer.due_at)
    waited = list(session.execute(due))
    published = versions.load(session, run.version_id)
    step = runner.wake(published.definition, run.state, published.surroundings(now))
    moved = Move(session, case, command.by, now).apply(run, published, step)
    rang = [
        Entry("case:timer:fired", {"element": one.element, "name": one.name})
        for one in waited
        if one.element in step.passed
    ]
    return Outcome({"fired": True}, case.id, [*rang, *moved.entries])
