"""How long a request has waited: working days, whose they were, and the age band leads look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from rj_engine import clock
from rj_engine.prisons import reference

if TYPE_CHECKING:
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


def band(days: int) -> str:
    """The age band of so many working days."""
    return next(name for least, name in BANDS if days >= least)


def days_of(row: PrisonRequest, today: date) -> Days:
    """How long it took, or has taken so far; a request that has not arrived has taken none of their days.

    A day counts once, whoever asked for it twice.
    """
    if row.delivered_on is None:
        return Days(0, 0, 0)
    end, seen = row.decided_on or today, row.delivered_on
    spent = {"us": 0, "victim": 0}
    for chase in row.chases:
        whose, until = NOT_THEIRS.get(str(chase.get("result"))), _day(chase.get("hold_until"))
        begun = _day(chase.get("on"))
        if whose is not None and until is not None and begun is not None:
            spent[whose] += clock.working_days_between(max(begun, seen), min(until, end))
            seen = max(seen, until)
    return Days(clock.working_days_between(row.delivered_on, end), spent["us"], spent["victim"])


def held_up_by(row: PrisonRequest) -> str:
    """Whose delay it is, by the last reason given; `not_known` where nobody said."""
    given = [str(chase["reason"]) for chase in row.chases if chase.get("reason") in reference.reasons()]
    return reference.whose_delay(given[-1] if given else None)


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None
