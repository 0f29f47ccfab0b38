"""The page of a case with three hundred entries in its timeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid4

from rj_engine.cases.case import find
from rj_engine.cases.contact import Contact
from rj_engine.cases.notes import WriteNote
from rj_engine.clock import now
from rj_engine.database import db, unit_of_work
from rj_engine.ledger import Author, Entry, append
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical
from tests.bench.figures import Figure, median, milliseconds, watched
from tests.bench.furniture import databases
from tests.browsing import signed_in
from tests.places import Product

ENTRIES: Final = 300
STEPS: Final = 12
MOST: Final = 80


def figures() -> Iterator[Figure]:
    """For each database: what the server takes for the page, its statements and its size."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                yield from _of(kind, product)


def _of(kind: str, product: Product) -> Iterator[Figure]:
    reference = _long_case(product)
    client = signed_in(product, "lead")
    pages: list[bytes] = []
    times = milliseconds(lambda: pages.append(client.get(f"/cases/{reference}").data), 20)
    with watched(db.engine) as seen:
        client.get(f"/cases/{reference}")
    name = f"case page, {ENTRIES} entries"
    yield Figure(name, median(times), "ms p50", MOST, kind)
    yield Figure(name, max(times), "ms worst", None, kind)
    yield Figure(f"{name}, statements", float(len(seen.statements)), "statements", None, kind)
    yield Figure(f"{name}, size", len(pages[-1]) / 1024, "KB", None, kind)


def _long_case(product: Product) -> str:
    """A case worked for some steps, talked about, and told of in three hundred entries."""
    made = product.do_referral("coordinator")
    reference, tasks = str(made["reference"]), made["next_tasks"]
    for _ in range(STEPS):
        open_now = [task for task in tasks if not task["blocked"]]
        if not open_now:
            break
        task = product.session.get_one(Task, UUID(open_now[0]["id"]))
        done = product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))
        tasks = done["next_tasks"]
    for number in range(10):
        product.do(WriteNote, "facilitator", reference=reference, words=f"Invented note {number}.")
    case = find(product.session, product.actor("lead"), reference)
    by = product.actor("facilitator")
    with unit_of_work() as session:
        at = {"case_id": case.id, "at": now(), "party": "victim", "channel": "call", "result": "no_answer"}
        session.add_all([Contact(**at, words="Invented.") for _ in range(40)])
        told = [Entry("case:contact:recorded", {"party": "victim", "channel": "call", "result": "no_answer"})]
        append(session, case.id, Author(by.service_id, by.id, by.name, uuid4()), told * ENTRIES, now())
    return reference
