"""Places that tests happen in: databases, and the product on one of them."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import Postgres, Product

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", "build/hypothesis")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server of this test process's own, on a socket.

    Not in pytest's folder: the next pytest of the same user takes from it the rights that the server's user needs.
    """
    with tempfile.TemporaryDirectory(prefix="rj-postgres-") as folder, Postgres.started(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def furnished_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demonstration's people and the shipped pathways, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "rj.sqlite"
    Product.furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def furnished_postgres(postgres: Postgres) -> str:
    """A PostgreSQL database with the same, to be used as a template."""
    url = postgres.create("furnished")
    Product.furnish(url)
    return "furnished"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh furnished database; each test that asks runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "rj.sqlite"
        shutil.copy(request.getfixturevalue("furnished_sqlite"), path)
        return f"sqlite:///{path}"
    template = request.getfixturevalue("furnished_postgres")
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(f"test_{uuid.uuid4().hex}", template=template)


@pytest.fixture
def product(store: str) -> Iterator[Product]:
    """The whole product on a fresh database of each kind, its app context open."""
    with Product.lent(store) as opened:
        yield opened


@pytest.fixture
def sqlite_product(furnished_sqlite: Path, tmp_path: Path) -> Iterator[Product]:
    """The whole product on a fresh SQLite file alone, for what does not touch the store's ways."""
    path = tmp_path / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.lent(f"sqlite:///{path}") as opened:
        yield opened
