"""One evaluation from start to end: what fired, what was read, what it may still spend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rj_engine import feel
from rj_engine.dmn.decided import FiredRow
from rj_engine.errors import Finding

STEPS: Final = 400_000
"""Units of FEEL's work in one decision with all it requires: four times what one expression may spend."""
MOST_WARNINGS: Final = 200
MOST_FIRED: Final = 10_000


@dataclass(slots=True)
class Run:
    """The memory of one evaluation."""

    context: Mapping[str, object]
    feel: feel.Run
    fired: list[FiredRow] = field(default_factory=list)
    inputs: dict[str, object] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)
    matched: bool = True
    fitting: dict[tuple[int, int], object] = field(default_factory=dict)
    """Lists already found to be of a kind, by identity of both, so that they are looked through once."""

    def warn(self, code: str, message: str, element: str | None = None, line: int | None = None) -> None:
        """Keep a warning, unless there are already too many for anyone to read."""
        self.keep(Finding(code, message, element=element, line=line, severity="warning"))

    def keep(self, finding: Finding) -> None:
        """Keep a finding made elsewhere."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(finding)

    def fail(self, code: str, message: str, element: str | None = None, line: int | None = None) -> None:
        """Keep a warning that leaves a table without an answer."""
        self.matched = False
        self.warn(code, message, element, line)

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Keep why an expression was stopped; what rests on it has no answer."""
        self.matched = False
        for finding in findings:
            self.keep(replace(finding, severity="warning"))

    def fire(self, row: FiredRow) -> None:
        """Keep a row that had its say."""
        if len(self.fired) < MOST_FIRED:
            self.fired.append(row)


@dataclass(slots=True)
class Frame:
    """The names an expression sees, and the run it belongs to."""

    names: dict[str, object]
    run: Run

    def inside(self) -> Frame:
        """The same run with names of its own from here on."""
        return Frame(dict(self.names), self.run)


Evaluate = Callable[[Frame], object]
