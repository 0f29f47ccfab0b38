"""Home at a hundred thousand open tasks in twenty thousand cases: the whole page, for a facilitator and for a lead.

Two hundred facilitators of one team have a hundred cases and five hundred tasks each: five times what people carry.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import Connection, insert, select, text

from rj_engine import clock, sealing
from rj_engine.cases.case import Case
from rj_engine.cases.contact import Contact
from rj_engine.database import db, table
from rj_engine.people.staff import Staff
from rj_engine.workflows.rows import Task
from tests.bench.figures import Figure, median, milliseconds, watched
from tests.bench.furniture import databases
from tests.browsing import signed_in
from tests.places import Product
from tests.security.neighbourhood import a_case as at_first_contact

PEOPLE: Final = 200
CASES: Final = 20_000
TASKS_EACH: Final = 5
PROMISES: Final = 2_000
AT_ONCE: Final = 5_000
PATHS: Final = {"home": "/", "team's tasks by stage": "/tasks?queue=team&sort=stage"}


def figures() -> Iterator[Figure]:
    """For each database: the page for both of them, and how many statements it takes."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                furnish(product)
                for who in ("facilitator", "lead"):
                    yield from _of(product, kind, who)


def _of(product: Product, kind: str, who: str) -> Iterator[Figure]:
    client = signed_in(product, who)
    for name, path in PATHS.items():
        pages: list[bytes] = []
        times = milliseconds(partial(_fetch, client, path, pages), 15)
        target = 60 if path == "/" else None
        yield Figure(f"{name}, {who}, 100,000 tasks, 20,000 cases", median(times), "ms p50", target, kind)
        yield Figure(f"{name}, {who}, size", len(pages[-1]) / 1024, "KB", None, kind)
    with watched(db.engine) as seen:
        client.get("/")
    yield Figure(f"home, {who}, statements", len(seen.statements), "statements", None, kind)


def _fetch(client: FlaskClient, path: str, pages: list[bytes]) -> None:
    pages.append(client.get(path).data)


def furnish(product: Product) -> None:
    """Copies of one real person, case and task, with promises in every tenth case."""
    known = at_first_contact(product)
    session = product.session
    person = dict(session.execute(select(table(Staff)).where(Staff.id == known.colleague)).mappings().one())
    task = dict(session.execute(select(table(Task)).where(Task.id == known.task)).mappings().one())
    case = dict(session.execute(select(table(Case)).where(Case.id == task["case_id"])).mappings().one())
    session.rollback()
    chance = random.Random(CASES)
    with db.engine.begin() as connection:
        people = [known.colleague, *_people(connection, person)]
        cases = _cases(connection, case, people)
        _tasks(connection, task, cases, chance)
        _promises(connection, cases, chance)
    if db.engine.dialect.name == "postgresql":
        # Which gathers statistics by itself in time; SQLite has none in service either, so it is measured without.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _people(connection: Connection, pattern: dict[str, Any]) -> list[uuid.UUID]:
    rows = [
        {**pattern, "id": uuid.uuid4(), "email": f"bench{number}@example.org", "name": f"Bench {number} Invented"}
        for number in range(PEOPLE - 1)
    ]
    connection.execute(insert(table(Staff)), rows)
    return [row["id"] for row in rows]


def _cases(connection: Connection, pattern: dict[str, Any], people: list[uuid.UUID]) -> list[dict[str, Any]]:
    rows = []
    for number in range(CASES):
        identity = uuid.uuid4()
        title = sealing.seal_json(f"Case {number} (invented)", "case", "title_sealed", identity)
        row = {"id": identity, "reference": f"B-{number:06}", "title_sealed": title}
        rows.append({**pattern, **row, "facilitator_id": people[number % PEOPLE]})
    _insert(connection, Case, rows)
    return rows


def _tasks(connection: Connection, pattern: dict[str, Any], cases: list[dict[str, Any]], chance: random.Random) -> None:
    rows = []
    for case in cases:
        for number in range(TASKS_EACH):
            due = pattern["due_at"] + timedelta(minutes=chance.randrange(-130_000, 130_000))
            # One of five is a lead's and waits with nobody, so that something waits on others.
            whose = {"assignee_id": case["facilitator_id"]} if number else {"assignee_id": None, "lane": "lead"}
            row = {"id": uuid.uuid4(), "key": f"{case['reference']}-{number}", "due_at": due, **whose}
            rows.append({**pattern, **row, "case_id": case["id"], "reference": case["reference"]})
    _insert(connection, Task, rows)


def _promises(connection: Connection, cases: list[dict[str, Any]], chance: random.Random) -> None:
    rows = []
    now: datetime = clock.now()
    for case in cases[: PROMISES * 10 : 10]:
        identity = uuid.uuid4()
        row = {"id": identity, "case_id": case["id"], "at": now - timedelta(days=60), "party": "victim"}
        told = {"channel": "phone", "result": "talked", "staff_id": case["facilitator_id"]}
        promise = sealing.seal_json("Ring again", "contact", "promise_sealed", identity)
        day = clock.today() - timedelta(days=chance.randrange(1, 50))
        rows.append({**row, **told, "promise_sealed": promise, "promised_on": day})
    _insert(connection, Contact, rows)


def _insert(connection: Connection, kind: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(insert(table(kind)), rows[start : start + AT_ONCE])
