"""Where the lines of a chart run: numbers to coordinates; the page draws them as SVG, with the table beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rj_engine.reports.survival import Curve

WIDTH: Final = 640
HEIGHT: Final = 260
LEFT: Final = 56
RIGHT: Final = 16
TOP: Final = 12
BOTTOM: Final = 44
STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1000)
MOST_TICKS: Final = 8
SHARES: Final = ("none", "¼", "½", "¾", "all")
"""Upwards; in words and signs, since a count of four would be taken for a count of requests."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A step line in a frame, ready to be drawn."""

    path: str
    across: Sequence[Tick]
    up: Sequence[Tick]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a range with its middle marked."""

    label: str
    least: float
    most: float
    median: float
    y: int
    words: str


def steps(curve: Curve) -> Lines:
    """The curve as a step line, days across, shares upwards."""
    longest = max(*curve.days, 1)
    points = [f"M{_x(0, longest):.1f} {_y(1):.1f}"]
    for day, left in zip(curve.days, curve.undecided, strict=True):
        points.append(f"H{_x(day, longest):.1f} V{_y(left):.1f}")
    across = [Tick(_x(day, longest), str(day)) for day in range(0, longest + 1, _step(longest))]
    up = [Tick(_y(part / 4), words) for part, words in enumerate(SHARES)]
    return Lines(" ".join(points), across, up)


def ranges(rows: Sequence[tuple[str, int, int, float, str]]) -> tuple[Sequence[Bar], Sequence[Tick]]:
    """A bar for each row of label, least, most, median and words; with the marks of the axis."""
    longest = max([1, *(most for _, _, most, _, _ in rows)])
    bars = [
        Bar(label, _x(least, longest), _x(most, longest), _x(median, longest), 28 * number, words)
        for number, (label, least, most, median, words) in enumerate(rows)
    ]
    return bars, [Tick(_x(day, longest), str(day)) for day in range(0, longest + 1, _step(longest))]


def _step(longest: int) -> int:
    return next((step for step in STEPS if longest / step <= MOST_TICKS), STEPS[-1])


def _x(day: float, longest: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * day / longest


def _y(share: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)
