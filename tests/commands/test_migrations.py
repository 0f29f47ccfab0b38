"""The database's shape: what the migrations make is what the code means, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect

from rj_engine import migrations
from rj_engine.database import Base, prepare
from rj_engine.web import server
from rj_engine.workflows import rebuild
from rj_engine.workflows.beside import incidents
from tests.places import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        engine = create_engine(server.create("empty_one"))
    prepare(engine)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        with psycopg.connect(server.uri, autocommit=True) as lead:
            lead.execute("DROP DATABASE empty_one")


def test_the_migrations_make_exactly_what_the_tables_in_the_code_say(empty: Engine) -> None:
    assert server, "imported, so that every table is known"
    assert incidents
    assert rebuild
    assert not migrations.is_current(empty)
    migrations.upgrade(empty)
    assert migrations.is_current(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    assert found == []


def test_a_second_upgrade_changes_nothing(empty: Engine) -> None:
    migrations.upgrade(empty)
    before = sorted(inspect(empty).get_table_names())
    migrations.upgrade(empty)
    assert sorted(inspect(empty).get_table_names()) == before
    assert "ledger_entry" in before
