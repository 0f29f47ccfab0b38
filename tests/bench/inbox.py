"""The inbox at a thousand and at a hundred thousand open tasks: the query, its plan, the whole page."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from rj_engine import clock
from rj_engine.database import db, table
from rj_engine.workflows.rows import Task
from rj_engine.workflows.workload import inbox
from tests.bench.figures import Figure, median, milliseconds
from tests.bench.furniture import databases
from tests.browsing import signed_in
from tests.places import Product

SIZES = (1_000, 100_000)
PEOPLE = ("facilitator", "facilitator2", "coordinator", "lead", None)


def figures() -> Iterator[Figure]:
    """For each database and size: query, page, and whether both sizes are planned alike."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                yield from _of(kind, product)


def _of(kind: str, product: Product) -> Iterator[Figure]:
    plans = []
    by = product.actor("facilitator")
    now = clock.now()
    for size in SIZES:
        _fill(product, size)
        for queue in inbox.QUEUES:
            times = milliseconds(lambda queue=queue: inbox.page(db.session(), by, queue, now), 20)
            yield Figure(f"inbox query, {queue}, {size:,} open tasks", median(times), "ms p50", 5, kind)
        plans.append(_plan(product, kind))
        client = signed_in(product, "facilitator")
        pages: list[bytes] = []
        times = milliseconds(partial(_fetch, client, pages), 10)
        yield Figure(f"inbox page of 50, {size:,} open tasks", median(times), "ms p50", 40, kind)
        yield Figure(f"inbox page of 50, {size:,} open tasks, size", len(pages[-1]) / 1024, "KB", 60, kind)
    yield Figure("inbox plans that differ between the sizes", float(len(set(plans)) - 1), "plans", 0, kind)


def _fetch(client: FlaskClient, pages: list[bytes]) -> None:
    pages.append(client.get("/tasks?queue=team").data)


def _fill(product: Product, size: int) -> None:
    """Copies of one real task up to `size` open ones, over the team's people and half a year."""
    session = product.session
    have = session.scalar(select(db.func.count()).select_from(Task).where(Task.closed_at.is_(None))) or 0
    if have == 0:
        product.do_referral("coordinator")
        have = 1
    pattern = dict(session.execute(select(table(Task))).mappings().first() or {})
    owners = [product.actor(who).id if who else None for who in PEOPLE]
    chance = random.Random(size)
    with db.engine.begin() as connection:
        for start in range(have, size, 5_000):
            rows: list[dict[str, Any]] = []
            for number in range(start, min(start + 5_000, size)):
                due = pattern["due_at"] + timedelta(minutes=chance.randrange(-130_000, 130_000))
                row = {**pattern, "id": uuid.uuid4(), "key": f"bench-{number}", "due_at": due}
                rows.append({**row, "assignee_id": chance.choice(owners), "lane": "facilitator"})
            connection.execute(insert(table(Task)), rows)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _plan(product: Product, kind: str) -> str:
    """The plan of the team's page without its costs."""
    by = product.actor("facilitator")
    asked = inbox.statement(inbox.asked(db.session(), by, "team", clock.now())).limit(51)
    words = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN (COSTS OFF) "
    compiled = asked.compile(db.engine, compile_kwargs={"literal_binds": True})
    with db.engine.connect() as connection:
        lines = [str(row[-1]) for row in connection.exec_driver_sql(words + str(compiled).replace("%", "%%"))]
    return re.sub(r"'[^']*'|\d+", "?", "\n".join(lines))
