"""The stall board: what waits for a prison, for how long, on whose side the days were, and what is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, visible
from rj_engine.commands import Actor
from rj_engine.prisons import reference
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.reference import Rung
from rj_engine.prisons.requests import PrisonRequest

BANDS: Final = ((40, "40 and more"), (20, "20 to 39"), (10, "10 to 19"), (5, "5 to 9"), (0, "0 to 4"))
"""Working days since a request arrived, as leads look at them (domain D.6)."""
NOT_THEIRS: Final[Mapping[str, str]] = {"our_side": "us", "victim_side": "victim"}


@dataclass(frozen=True, slots=True)
class Days:
    """Working days from the day a request arrived to its decision, or to today."""

    total: int
    ours: int
    victims: int

    @property
    def theirs(self) -> int:
        """The days that were neither ours nor the victim's."""
        return self.total - self.ours - self.victims


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request without a decision, as the board shows it; restricted."""

    reference: str
    facilitator_id: UUID | None
    kind: str
    establishment: str
    route: str
    sent_on: date
    delivered_on: date | None
    days: Days
    band: str
    next_rung: Rung | None
    stopped_until: date | None
    """A promised day, or one of ours or of the victim's, that has not come yet."""
    victim_told_on: date | None
    victim_asked_on: date | None
    held_up_by: str
    """Whose delay it is, by the last reason given; `not_known` where nobody said."""


def waiting(session: Session, by: Actor, today: date) -> list[Waiting]:
    """Every request that `by` may see and nobody has decided, longest first; none of a stay that is over."""
    wanted = (
        select(PrisonRequest, Case)
        .join(Case, Case.id == PrisonRequest.case_id)
        .join(Custody, Custody.id == PrisonRequest.stay_id)
        .where(visible(by), Case.status != "closed", Custody.ended_at.is_(None), PrisonRequest.decision == "")
        .order_by(PrisonRequest.recorded_at)
    )
    newest = {(row.case_id, row.about_id, row.kind): (row, case) for row, case in session.execute(wanted)}
    found = [_waiting(row, case, today) for row, case in newest.values()]
    return sorted(found, key=lambda each: (-each.days.total, each.sent_on, each.reference))


def _waiting(row: PrisonRequest, case: Case, today: date) -> Waiting:
    days = days_of(row, today)
    held = [day for chase in row.chases if (day := _day(chase.get("hold_until"))) is not None and day > today]
    climbed = [int(chase["rung"]) for chase in row.chases if chase.get("channel") and chase.get("rung")]
    return Waiting(
        reference=case.reference,
        facilitator_id=case.facilitator_id,
        kind=row.kind,
        establishment=row.establishment,
        route=row.route,
        sent_on=row.sent_on,
        delivered_on=row.delivered_on,
        days=days,
        band=band(days.total),
        next_rung=reference.next_rung(max(climbed, default=0)),
        stopped_until=max(held, default=None),
        victim_told_on=row.victim_told_on,
        victim_asked_on=row.victim_asked_on,
        held_up_by=reference.whose_delay(_last_reason(row)),
    )


def _last_reason(row: PrisonRequest) -> str | None:
    given = [str(chase["reason"]) for chase in row.chases if chase.get("reason") in reference.reasons()]
    return given[-1] if given else None


def band(days: int) -> str:
    """The age band of so many working days."""
    return next(name for least, name in BANDS if days >= least)


def days_of(row: PrisonRequest, today: date) -> Days:
    """How long it took, or has taken so far; a request that has not arrived has taken none of their days."""
    if row.delivered_on is None:
        return Days(0, 0, 0)
    end = row.decided_on or today
    spent = {"us": 0, "victim": 0}
    for chase in row.chases:
        whose, until = NOT_THEIRS.get(str(chase.get("result"))), _day(chase.get("hold_until"))
        begun = _day(chase.get("on"))
        if whose is not None and until is not None and begun is not None:
            spent[whose] += working_days(max(begun, row.delivered_on), min(until, end))
    return Days(working_days(row.delivered_on, end), spent["us"], spent["victim"])


def working_days(start: date, end: date) -> int:
    """How many working days after `start` have come by `end`; none where `end` is earlier."""
    days = (start + timedelta(days=count) for count in range(1, (end - start).days + 1))
    return sum(map(clock.is_working_day, days))


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None
