"""How long answers usually take: medians, ranges and percentiles, told honestly for small numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rj_engine.prisons.requests import PrisonRequest

LEAST: Final = 10
"""Below this many cases there is no percentage and no percentile: a list, and n of N."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Working days from arrival to decision, over `n` decisions."""

    n: int
    median: float
    least: int
    most: int
    p90: int | None
    """Nine in ten were decided within so many days; None under `LEAST` decisions."""

    @property
    def words(self) -> str:
        """Told as: median 12 (3 to 40, n 14)."""
        return f"median {self.median:g} ({self.least} to {self.most}, n {self.n})"


def usual(counted: Iterable[tuple[int, int]]) -> Usual | None:
    """What is usual of (days, how often) pairs; None where there is nothing."""
    pairs = sorted(counted)
    n = sum(often for _, often in pairs)
    if not n:
        return None
    middle = (_nth(pairs, (n + 1) // 2) + _nth(pairs, n // 2 + 1)) / 2
    ninth = _nth(pairs, -(-9 * n // 10)) if n >= LEAST else None
    return Usual(n, middle, pairs[0][0], pairs[-1][0], ninth)


def _nth(pairs: Sequence[tuple[int, int]], place: int) -> int:
    """The value at `place`, counted from one."""
    for days, often in pairs:
        place -= often
        if place <= 0:
            return days
    return pairs[-1][0]


def by_place(session: Session, service_id: UUID, codes: Iterable[str]) -> Mapping[str, Usual]:
    """What is usual at each of these places."""
    row = PrisonRequest
    asked = (
        select(row.establishment, row.days_taken, func.count())
        .where(row.service_id == service_id, row.establishment.in_(sorted(set(codes))), row.days_taken.is_not(None))
        .group_by(row.establishment, row.days_taken)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for place, days, often in session.connection().execute(asked).all():
        found.setdefault(place, []).append((int(days or 0), often))
    return {place: known for place, counted in found.items() if (known := usual(counted)) is not None}


def share(part: int, whole: int) -> str:
    """“3 of 4”; with a percentage only where there are at least `LEAST`."""
    told = f"{part} of {whole}"
    return f"{told} ({round(100 * part / whole)} %)" if whole >= LEAST else told
