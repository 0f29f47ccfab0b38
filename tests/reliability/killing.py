"""Kills a process in the middle of its work: a forked child does it, tells what it has done, and dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import text

from rj_engine import failpoints
from rj_engine.database import db
from tests.places import Product

Tell = Callable[[str], None]
"""Says something to the parent that survives the teller."""


@dataclass(frozen=True)
class Death:
    """When a child dies: the n-th time it reaches a named moment, or after some seconds wherever it is."""

    at: str | None = None
    time_of: int = 1
    after: float | None = None


@dataclass(frozen=True)
class Told:
    """What a child said before it died, line by line, and how it ended."""

    killed: bool
    lines: list[str] = field(default_factory=list)

    def after(self, word: str) -> list[str]:
        """What followed a word, each time it was said."""
        return [line.removeprefix(f"{word} ") for line in self.lines if line.startswith(f"{word} ")]


def kill_me() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def do_and_die(product: Product, work: Callable[[Tell], None], death: Death) -> Told:
    """Let a child do `work` until its death; what it told. The parent's own connections are closed before."""
    db.session.remove()
    db.engine.dispose()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(work, death, writing)
    os.close(writing)
    if death.after is not None:
        time.sleep(death.after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as pipe:
        lines = pipe.read().splitlines()
    _, status = os.waitpid(child, 0)
    _wait_for_the_servers_side(product)
    told = Told(os.WIFSIGNALED(status), lines)
    assert told.killed or os.waitstatus_to_exitcode(status) == 0, lines
    return told


def _live(work: Callable[[Tell], None], death: Death, writing: int) -> None:
    """Never returns: a forked test process must not go on testing."""
    left = [death.time_of]

    def reached() -> None:
        left[0] -= 1
        if left[0] == 0:
            kill_me()

    if death.at is not None:
        failpoints.set_hook(death.at, reached)

    def tell(line: str) -> None:
        os.write(writing, f"{line}\n".encode())

    try:
        work(tell)
    except BaseException as error:  # noqa: BLE001 - the parent is told, whatever it is
        os.write(writing, f"error {type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def _wait_for_the_servers_side(product: Product) -> None:
    """PostgreSQL notices a dead client in its own time; what it still commits belongs to the child's story."""
    if not product.url.startswith("postgresql"):
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    for _ in range(500):
        if product.session.scalar(others) == 0:
            return
        time.sleep(0.01)
    raise AssertionError("the server still works for a dead client")
