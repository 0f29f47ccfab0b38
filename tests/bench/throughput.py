"""Tasks a second over HTTP on PostgreSQL with two workers: one client, then four."""

from __future__ import annotations

import http.client
import json
import os
import queue
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from rj_engine.workflows.rows import Task
from tests.answers import typical
from tests.bench.figures import Figure
from tests.bench.furniture import databases
from tests.places import DATA_KEYS, Product

CASES = 600
SECONDS = 4.0
CLIENTS = 4
PORT = 5791


def figures() -> Iterator[Figure]:
    """One client, four clients, and the ratio."""
    with databases() as urls:
        url = urls["postgresql"]
        with Product.opened(url) as product:
            for _ in range(CASES):
                product.do_referral("coordinator")
            rows = product.session.execute(select(Task.id, Task.form).where(Task.closed_at.is_(None))).all()
            work = queue.SimpleQueue()
            for row in rows:
                work.put((str(row.id), typical(row.form)))
            token = product.token("coordinator")
        with _server(url):
            _drive(work, token, clients=2, seconds=1.0)
            one = _drive(work, token, clients=1, seconds=SECONDS)
            four = _drive(work, token, clients=CLIENTS, seconds=SECONDS)
    yield Figure("tasks a second, 1 client, 2 workers", one, "tasks/s", None, "postgresql")
    yield Figure("tasks a second, 4 clients, 2 workers", four, "tasks/s", 90, "postgresql", at_most=False)
    yield Figure("4 clients against 1 client", four / one, "times", 1.6, "postgresql", at_most=False)


@contextmanager
def _server(url: str) -> Iterator[None]:
    keys = ",".join(f"{number}:{key.hex()}" for number, key in DATA_KEYS.items())
    environment = {**os.environ, "RJ_DATABASE_URL": url, "RJ_SECRET_KEY": "bench " * 8, "RJ_DATA_KEYS": keys}
    command = [str(Path(sys.executable).parent / "rj"), "--instance", "build/bench-instance"]
    options = ["serve", "--port", str(PORT), "--workers", "2", "--threads", "4", "--no-scheduler"]
    process = subprocess.Popen([*command, *options], env=environment)
    try:
        _wait_until_up()
        yield
    finally:
        process.terminate()
        process.wait(15)


def _wait_until_up() -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server never came up")


def _drive(
    work: queue.SimpleQueue[tuple[str, dict[str, object]]], token: str, *, clients: int, seconds: float
) -> float:
    """Completions a second while the clients take tasks from `work`; each completion feeds what it opened."""
    done: list[int] = []
    end = time.perf_counter() + seconds
    threads = [threading.Thread(target=_client, args=(work, token, end, done)) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - start)


def _client(work: queue.SimpleQueue[tuple[str, dict[str, object]]], token: str, end: float, done: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    count = 0
    while time.perf_counter() < end:
        task, answers = work.get_nowait()
        body = json.dumps({"command_id": str(uuid.uuid4()), "answers": answers})
        connection.request("POST", f"/api/v1/tasks/{task}/complete", body, headers)
        reply = connection.getresponse()
        content = reply.read()
        assert reply.status == 200, content
        count += 1
    done.append(count)
