"""Completing tasks over HTTP, starting cases, and what a case weighs; one client, on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, text

from rj_engine.database import db
from rj_engine.workflows.rows import Task
from tests.answers import typical
from tests.bench.figures import Figure, median, watched
from tests.bench.furniture import databases
from tests.places import ApiClient, Product

CASES = 60
TARGETS = {"sqlite": 12.0, "postgresql": 15.0}


def figures() -> Iterator[Figure]:
    """For each database: floor, completion, statements, commits, start."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                yield from _of(kind, product)


def _of(kind: str, product: Product) -> Iterator[Figure]:
    yield Figure("floor: one durable commit", _commit_floor(), "ms p50", database=kind)
    coordinator = product.api("coordinator")
    starts, tasks = _start_cases(coordinator)
    yield Figure("start a case over HTTP", median(starts), "ms p50", 25, kind)
    completions, counted, commits = _complete(coordinator, product, tasks)
    yield Figure(
        "complete a task over HTTP, next task in the answer", median(completions), "ms p50", TARGETS[kind], kind
    )
    yield Figure("SQL statements to complete a task", max(counted), "statements", 15, kind)
    yield Figure("commits to complete a task", max(commits), "commits", 1, kind)


def _commit_floor() -> float:
    """A bare durable commit on a scratch table: what no product on this machine can go below."""
    with db.engine.connect() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS bench_floor (n INTEGER)"))
        connection.commit()
        found = []
        for number in range(100):
            start = time.perf_counter()
            connection.execute(text("INSERT INTO bench_floor VALUES (:n)"), {"n": number})
            connection.commit()
            found.append((time.perf_counter() - start) * 1000)
        connection.execute(text("DROP TABLE bench_floor"))
        connection.commit()
    return median(found)


def _start_cases(client: ApiClient) -> tuple[list[float], list[dict[str, Any]]]:
    times, tasks = [], []
    for _ in range(CASES):
        answers = typical("referral")
        start = time.perf_counter()
        reply = client.post("/referrals", answers=answers)
        times.append((time.perf_counter() - start) * 1000)
        assert reply.status_code == 201, reply.text
        tasks += reply.json["next_tasks"]
    return times[3:], tasks


def _complete(
    client: ApiClient, product: Product, tasks: list[dict[str, Any]]
) -> tuple[list[float], list[int], list[int]]:
    """Every first task, then the tasks it opens that the same caller may work."""
    times, statements, commits = [], [], []
    for task in tasks:
        form = product.session.scalars(select(Task.form).where(Task.id == _uuid(task["id"]))).one()
        answers = typical(form)
        product.session.rollback()
        with watched(db.engine) as seen:
            start = time.perf_counter()
            reply = client.post(f"/tasks/{task['id']}/complete", answers=answers)
            times.append((time.perf_counter() - start) * 1000)
        assert reply.status_code == 200, reply.text
        assert reply.json["next_tasks"], "no next task in the answer"
        statements.append(len(seen.statements))
        commits.append(seen.commits)
    return times[3:], statements, commits


def _uuid(value: str) -> Any:
    import uuid

    return uuid.UUID(value)
