"""How often each reliability test tries; `RJ_FULL=1` runs the full figure, otherwise a smaller one."""

from __future__ import annotations

import os
from typing import Final

FULL: Final = os.environ.get("RJ_FULL") == "1"

TRIALS: Final[dict[str, tuple[int, int]]] = {
    "kills while completing tasks, each database": (44, 200),
    "kills while firing timers, each database": (12, 50),
    "kills while delivering effects, each database": (12, 50),
    "kills at random moments, each database": (12, 50),
    "tasks raced for by 16 threads, each database": (6, 60),
    "claims raced for by 16 threads, each database": (4, 40),
    "withdrawal against completion, each database": (10, 60),
    "two tasks of one case at once, each database": (10, 60),
    "same command from 8 threads, each database": (6, 40),
    "cases whose timers four schedulers fire": (60, 600),
    "cases that waited while the scheduler was dead": (20, 200),
    "ledger entries tampered with": (24, 200),
    "database stopped under load": (2, 6),
    "connections ended under load": (20, 120),
    "case lives (Hypothesis)": (14, 120),
    "steps in one case life": (20, 50),
}
"""What is tried, how often by default, how often in full."""


def trials(what: str) -> int:
    """How often to try, said aloud so that the run's own figure stands in its output."""
    number = TRIALS[what][FULL]
    print(f"\n{what}: N = {number}")
    return number
