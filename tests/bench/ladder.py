"""The daily run of the chase ladder over ten thousand waiting cases, while somebody completes tasks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select, text, update

from rj_engine import clock
from rj_engine.database import db
from rj_engine.ledger import LedgerEntry
from rj_engine.workflows.rows import Task, Timer
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.answers import typical
from tests.bench.figures import Figure
from tests.bench.furniture import databases
from tests.places import Product
from tests.prisons.asked import MONDAY
from tests.reliability.many_askings import askings

WAITING, DAYS = 10_000, 10
"""Cases that wait, and over how many days their rungs fall due: the ladder has a rung every five to twenty."""
THE_DAY = MONDAY + timedelta(days=8)


def figures() -> Iterator[Figure]:
    """For each database: how long the run of one day takes, by the wall and of this process, and what it rang."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product, clock.at(THE_DAY):
                yield from _of(kind, product)


def _of(kind: str, product: Product) -> Iterator[Figure]:
    due = _prepare(product)
    ended, done, before = threading.Event(), list[float](), _rang(product)
    worker = threading.Thread(target=_completing, args=(product, ended, done))
    worker.start()
    wall, cpu, fired = time.perf_counter(), time.process_time(), 0
    while some := timers.fire_all_due():
        fired += some
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ended.set()
    worker.join()
    assert (fired, _rang(product) - before) == (due, due), "each rung once"
    yield Figure(f"ladder run of a day, {WAITING:,} cases wait, {due:,} rungs due", wall, "s", 60, kind)
    yield Figure("the same, of both threads' CPU", cpu, "s", None, kind)
    yield Figure("tasks completed beside it", len(done), "tasks", None, kind)


def _rang(product: Product) -> int:
    return product.session.scalar(select(func.count()).where(LedgerEntry.tag == "case:timer:fired")) or 0


def _prepare(product: Product) -> int:
    """The rungs of every tenth case are due today, the others on the days after; how many are due."""
    askings(product, WAITING)
    waiting = list(product.session.scalars(select(Timer.id).order_by(Timer.id)))
    with db.engine.begin() as connection:
        for day in range(1, DAYS):
            later = THE_DAY + timedelta(days=day)
            chosen = waiting[day::DAYS]
            for start in range(0, len(chosen), 500):
                connection.execute(update(Timer).where(Timer.id.in_(chosen[start : start + 500])).values(due_at=later))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return len(waiting[::DAYS])


def _completing(product: Product, ended: threading.Event, done: list[float]) -> None:
    """Record answers in cases whose rung is not due, one after the other, until the run is over."""
    with product.app.app_context():
        due_later = select(Timer.run_id).where(Timer.due_at > THE_DAY)
        wanted = select(Task.id).where(Task.run_id.in_(due_later), Task.closed_at.is_(None))
        tasks = iter(list(db.session.scalars(wanted)))
        while not ended.is_set() and (task := next(tasks, None)) is not None:
            start = time.perf_counter()
            answers = typical("prison_reply", prison_outcome="granted", prison_decided_on="2024-01-12")
            with clock.at(THE_DAY):
                product.do(CompleteTask, "lead", task_id=task, answers=answers)
            done.append(time.perf_counter() - start)
        db.session.remove()
