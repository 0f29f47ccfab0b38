"""What one evaluation may spend, so that no expression can hold up a case, however it is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rj_engine.errors import Finding
from rj_engine.feel.refusal import Place, refuse

TEXT_LENGTH = 20_000
"""Characters in one expression."""
HEIGHT = 70
"""Levels of nesting in one expression."""
STEPS = 60_000
"""Units of work in one evaluation; one is about half a microsecond, so all are spent in some 30 milliseconds."""
DEPTH = 450
"""Levels of nested calls in one evaluation, each weighed by the height of the function it enters."""
LIST_LENGTH = 50_000
STRING_LENGTH = 200_000
WARNINGS = 50
"""Warnings kept of one evaluation; later ones repeat the first."""
NESTED_VALUES = 60
"""Levels of lists and contexts inside one another in a value."""

_WARNING = 5
"""What a warning costs."""

Clock = Callable[[], datetime]


class Run:
    """One evaluation: what it has spent, what it has noticed, and the clock it was given."""

    __slots__ = ("clock", "converted", "depth", "steps", "warnings")

    def __init__(self, clock: Clock | None = None, steps: int = STEPS) -> None:
        """`clock` answers `now()` and `today()`; without one both are null. `steps` is the budget."""
        self.clock = clock
        self.steps = steps
        self.depth = 0
        self.warnings: list[Finding] = []
        self.converted: dict[int, tuple[object, object]] = {}
        """Lists and contexts from outside, by identity, with what they became."""

    def spend(self, units: int) -> None:
        """Count work done; refuses when the budget is used up."""
        self.steps -= units
        if self.steps < 0:
            refuse("too_much_work", "This expression takes too many steps to work out.")

    def deeper(self, levels: int) -> None:
        """Enter a function; refuses when calls are nested too deep. Undone by the caller."""
        self.depth += levels
        if self.depth > DEPTH:
            refuse("too_deep", "This expression calls functions inside one another too many times.")

    def warn(self, code: str, message: str, place: Place) -> None:
        """Keep one warning with its place."""
        self.spend(_WARNING)
        if len(self.warnings) < WARNINGS:
            self.warnings.append(place.finding(code, message, "warning"))


def fits_list(length: int) -> None:
    """Refuse a list longer than the budget."""
    if length > LIST_LENGTH:
        refuse("list_too_long", f"A list of {length:,} items is more than the {LIST_LENGTH:,} allowed.")


def fits_string(length: int) -> None:
    """Refuse a string longer than the budget."""
    if length > STRING_LENGTH:
        refuse("string_too_long", f"A text of {length:,} characters is more than the {STRING_LENGTH:,} allowed.")
