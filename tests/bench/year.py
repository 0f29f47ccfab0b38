"""A year of cases with a moving clock: nobody is stuck, every rung of the ladder rings once, states stay small.

`RJ_YEAR_CASES` says how many cases come in over the year; 1,000 where it says nothing.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import exists, func, select

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.workflows.rows import Run, Task, Timer
from tests.bench.figures import Figure
from tests.bench.lives import World, of_prisons
from tests.bench.rungs import audit
from tests.pathways.journeys_told import every_journey
from tests.places import Product

CASES = int(os.environ.get("RJ_YEAR_CASES", "1000"))
BEGINS = datetime(2025, 1, 2, 9, 0, tzinfo=clock.LONDON)
YEAR = timedelta(days=365)
SEED = 20250102


def figures() -> Iterator[Figure]:
    """The year, lived once on SQLite; the number of cases stands in each name."""
    with tempfile.TemporaryDirectory(prefix="rj-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'rj.sqlite'}"
        with clock.at(BEGINS):
            Product.furnish(url)
        with Product.opened(url) as product:
            world, seconds = _lived()
            yield from _of(product, world, seconds)


def _lived() -> tuple[World, float]:
    journeys = list(every_journey())
    world = World(BEGINS + YEAR, BEGINS)
    world.begin(journeys, list(of_prisons(journeys)), CASES, random.Random(SEED))
    began = time.process_time()
    world.go_on()
    return world, time.process_time() - began


def _of(product: Product, world: World, seconds: float) -> Iterator[Figure]:
    session = product.session

    def figure(name: str, value: float, unit: str, target: float | None = None) -> Figure:
        return Figure(f"a year of {CASES:,} cases: {name}", value, unit, target, "sqlite")

    moving = exists().where(Task.case_id == Case.id, Task.closed_at.is_(None)), exists().where(Timer.case_id == Case.id)
    still = select(func.count()).select_from(Case).where(Case.status == "open", ~moving[0], ~moving[1])
    frozen = select(func.count()).select_from(Case).where(Case.status == "frozen")
    yield figure("stuck with nothing to do or to wait for", session.scalar(still) or 0, "cases", 0)
    yield figure("stopped by something that broke", session.scalar(frozen) or 0, "cases", 0)
    late = select(func.count()).select_from(Timer).join(Case, Case.id == Timer.case_id)
    yield figure(
        "timers due and not fired",
        session.scalar(late.where(Timer.due_at <= world.until, Case.status == "open")) or 0,
        "timers",
        0,
    )
    yield figure("timers fired", world.counted["timers fired"], "timers")
    yield figure("tasks finished", world.counted["tasks finished"], "tasks")
    for status in ("closed", "open"):
        count = select(func.count()).select_from(Case).where(Case.status == status)
        yield figure(f"{status} at the end", session.scalar(count) or 0, "cases")
    left = sum(1 for life in world.lives if max(life.refused.values(), default=0))
    yield figure("in which a task was refused to everybody at least once", left, "cases")
    ladder = audit(session, world.until)
    yield figure("requests that reached a prison", ladder["requests"], "requests")
    yield figure("rungs of the ladder opened", ladder["rungs"], "rungs")
    yield figure("rungs opened without a ring of their own", abs(ladder["rungs"] - ladder["rings"]), "rungs", 0)
    for name in ("double", "missed", "astray"):
        yield figure(f"rungs {name}", ladder[name], "rungs", 0)
    sizes = [len(state) for state in session.scalars(select(Run.state_sealed))]
    yield figure("state, median", median(sizes), "bytes")
    yield figure("state, largest", max(sizes), "bytes")
    yield figure("processor time", seconds, "s")
    yield figure("processor time a case", seconds / CASES * 1000, "ms")
