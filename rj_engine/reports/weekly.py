"""The week as leads need it: what is our fault, what was promised and did not come, whom nobody has told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, visible
from rj_engine.commands import Actor
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.reports.stalls import LONG, Stall, Wanted, everything
from rj_engine.workflows.post.weekly import Week as Counts
from rj_engine.workflows.post.weekly import counts_the_week

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """The weekly digest; restricted."""

    until: date
    waiting: int
    ours: Sequence[Stall]
    faults: Sequence[Stall]
    broken_promises: Sequence[Stall]
    untold: Sequence[Stall]
    stalled: Sequence[Stall]
    answered: dict[str, int]
    """Decisions recorded in the last seven days, by what they were."""


def week(session: Session, by: Actor, today: date) -> Week:
    """How it stands today; a request may stand under several headings."""
    rows = everything(session, by, Wanted(), today)
    return Week(
        until=today,
        waiting=len(rows),
        ours=[row for row in rows if row.move == "us"],
        faults=[row for row in rows if row.move == "fault"],
        broken_promises=[row for row in rows if row.broken_promise],
        untold=[row for row in rows if _untold(row, today)],
        stalled=[row for row in rows if row.days.total >= LONG],
        answered=_answered(session, by, today),
    )


@counts_the_week
def counts(session: Session, by: Actor, today: date) -> Counts:
    """The same as numbers, for the weekly e-mail."""
    known = week(session, by, today)
    listed = (known.faults, known.ours, known.broken_promises, known.untold, known.stalled)
    return Counts(known.waiting, *(len(each) for each in listed))


def _untold(row: Stall, today: date) -> bool:
    return clock.working_days_between(row.victim_told_on or row.sent_on, today) > LONG


def _answered(session: Session, by: Actor, today: date) -> dict[str, int]:
    row = PrisonRequest
    asked = select(row.decision, func.count().label("often")).join(Case, Case.id == row.case_id).group_by(row.decision)
    since = clock.start_of(today - WEEK)
    found = session.execute(asked.where(visible(by), row.answered_at >= since))
    return {each.decision: each.often for each in found}
