"""How long requests wait until they are decided, those that still wait counted properly (Kaplan-Meier)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of requests still undecided after so many working days."""

    days: tuple[int, ...]
    undecided: tuple[float, ...]
    """Between 0 and 1, just after each of `days`."""
    decided: int
    still_open: int

    @property
    def median(self) -> int | None:
        """By when half are decided; None while fewer are."""
        return next((day for day, left in zip(self.days, self.undecided, strict=True) if left <= 1 / 2), None)

    def after(self, day: int) -> float:
        """The share still undecided after that many working days."""
        known = [left for each, left in zip(self.days, self.undecided, strict=True) if each <= day]
        return known[-1] if known else 1.0


def curve(decided: Mapping[int, int], still_open: Mapping[int, int]) -> Curve | None:
    """The curve of how often so many days passed to a decision, or have passed so far; None where none is decided.

    One that was never decided counts for as long as it waited and says nothing about the time after.
    """
    if not decided:
        return None
    from scipy import stats

    found = stats.ecdf(stats.CensoredData(uncensored=_one_by_one(decided), right=_one_by_one(still_open))).sf
    pairs = [(int(day), float(left)) for day, left in zip(found.quantiles, found.probabilities, strict=True)]
    return Curve(
        days=tuple(day for day, _ in pairs),
        undecided=tuple(left for _, left in pairs),
        decided=sum(decided.values()),
        still_open=sum(still_open.values()),
    )


def _one_by_one(counted: Mapping[int, int]) -> Any:
    """Each number as often as it was counted, in order."""
    days = sorted(counted)
    return np.repeat(days, [counted[day] for day in days])


def make_ready() -> None:
    """Load what a curve needs, which takes seconds: a server does it as it starts, not with the first request."""
    import scipy.stats  # noqa: F401 - loaded is all it has to be
