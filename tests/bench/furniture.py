"""What benchmarks run on: furnished databases of both kinds, and a server under load."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.places import Postgres, Product


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """A furnished SQLite file and a furnished PostgreSQL database, by kind."""
    with tempfile.TemporaryDirectory(prefix="rj-bench-") as folder:
        sqlite = f"sqlite:///{Path(folder) / 'rj.sqlite'}"
        Product.furnish(sqlite)
        with Postgres.started(Path(folder)) as server:
            postgres = server.create("bench")
            Product.furnish(postgres)
            yield {"sqlite": sqlite, "postgresql": postgres}
