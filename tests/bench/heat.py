"""What the heat map of a pathway costs over 100,000 tasks, on both databases."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import db, table
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.studio import heat
from tests.bench.figures import Figure, median, milliseconds
from tests.bench.furniture import databases
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.web.browsing import a_case

CASES: Final = 2_000
TASKS_EACH: Final = 50
ELEMENTS: Final = 40
OPEN: Final = 0.02
LONGEST: Final = 30 * 86_400
"""Seconds that a task is open at most."""
BATCH: Final = 10_000
SEED: Final = 20261122
TIMES: Final = 5


def figures() -> Iterator[Figure]:
    """The map of one pathway over 90 days in which all its cases ran."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                a_case(product)
                crowd(product.session, clock.now())
                yield from _of(product, kind)


def _of(product: Product, kind: str) -> Iterator[Figure]:
    today, who = clock.today(), product.actor(MANAGER)
    asked = heat.Asked("intake", None, today - timedelta(days=90), today)
    waits = milliseconds(lambda: heat.heat(product.session, who, asked, clock.now()), TIMES, 1)
    yield Figure(f"heat map of {CASES * TASKS_EACH:,} tasks", median(waits), "ms p50", 1000, kind)
    found = heat.heat(product.session, who, asked, clock.now())
    element = next(one.element for one in found if one.open)
    waits = milliseconds(lambda: heat.cases_at(product.session, who, asked, element), TIMES, 1)
    yield Figure("the cases at one element of it", median(waits), "ms p50", 300, kind)


def crowd(session: Session, now: datetime, cases: int = CASES, each: int = TASKS_EACH) -> None:
    """Many cases like the one there is, each with tasks that are done and a few that are open.

    Nothing of them is ever opened, so what is sealed in them may be a copy.
    """
    chance = random.Random(SEED)
    case, run, task = (
        dict(session.execute(select(table(kind))).mappings().first() or {}) for kind in (Case, Run, Task)
    )
    session.rollback()
    people, runs, tasks = [], [], []
    for number in range(cases):
        case_id, run_id = uuid.uuid4(), uuid.uuid4()
        people.append({**case, "id": case_id, "reference": f"RJ-B{number:06}"})
        runs.append({**run, "id": run_id, "case_id": case_id})
        for at in range(each):
            own = {"id": uuid.uuid4(), "case_id": case_id, "run_id": run_id, "key": f"{number}-{at}"}
            tasks.append({**task, **own, **_lived(chance, now)})
    with db.engine.begin() as connection:
        for kind, rows in ((Case, people), (Run, runs), (Task, tasks)):
            for start in range(0, len(rows), BATCH):
                connection.execute(insert(table(kind)), rows[start : start + BATCH])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _lived(chance: random.Random, now: datetime) -> dict[str, Any]:
    element = chance.randrange(ELEMENTS)
    closed = now - timedelta(seconds=chance.randrange(80 * 86_400))
    opened = closed - timedelta(seconds=chance.randrange(LONGEST))
    named = {"element": f"intake/step_{element}", "name": f"Step {element}", "opened_at": opened}
    due = {"due_at": opened + timedelta(days=10)}
    if chance.random() < OPEN:
        return {**named, **due, "closed_at": None, "how_closed": None}
    return {**named, **due, "closed_at": closed, "how_closed": "done"}
