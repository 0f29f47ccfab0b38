"""One measured figure, and the small tools to measure it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True)
class Figure:
    """A measured value beside what an issue asks for; `at_most` False means the target is a lower bound."""

    name: str
    value: float
    unit: str
    target: float | None = None
    database: str = "-"
    at_most: bool = True

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target

    def as_json(self) -> dict[str, Any]:
        """The entry in bench.json."""
        told = asdict(self)
        del told["at_most"]
        return {**told, "value": round(self.value, 4), "met": self.met}


def milliseconds(attempt: Callable[[], object], times: int, warm_up: int = 3) -> list[float]:
    """Wall milliseconds of each of `times` runs after a warm-up."""
    for _ in range(warm_up):
        attempt()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        attempt()
        found.append((time.perf_counter() - start) * 1000)
    return found


def median(values: list[float]) -> float:
    """The middle value."""
    return statistics.median(values)


@dataclass
class Statements:
    """What went to the database while it was watched."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def watched(engine: Engine) -> Iterator[Statements]:
    """Count statements (BEGIN and COMMIT apart) and commits on `engine`."""
    seen = Statements()

    def on_statement(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        del connection, cursor, rest
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.statements.append(statement)

    def on_commit(connection: Any) -> None:
        del connection
        seen.commits += 1

    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "commit", on_commit)
