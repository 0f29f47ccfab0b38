"""A backup made while people work comes back whole, on either database, and nothing leaves twice."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from rj_engine import backups, ledger, migrations, sealing
from rj_engine.backups import BackupRefused, Restoration
from rj_engine.cases.case import Case
from rj_engine.commands import dispatch
from rj_engine.database import Base, db
from rj_engine.people.joining import operator
from rj_engine.workflows import rebuild, scheduler
from rj_engine.workflows.post import outbox
from rj_engine.workflows.rows import Task
from rj_engine.workflows.timed.resuming import NothingHeld, ResumeAfterRestore
from tests.places import DATA_KEYS, Postgres, Product
from tests.reliability.small_case import a_small_case, publish_small_pathway


@pytest.fixture
def worked(product: Product) -> Product:
    """A product with a few cases."""
    publish_small_pathway()
    for _ in range(3):
        a_small_case(product)
    return product


@pytest.fixture
def backup(worked: Product, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "backup.rj"
    assert backups.back_up(db.engine, path) == sum(counts().values())
    db.session.remove()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        yield server.create(f"restored_{uuid4().hex[:12]}")


def counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name != "restoration"
    }


def test_a_backup_comes_back_whole_on_either_database_and_its_cases_go_on(
    worked: Product, backup: Path, elsewhere: str
) -> None:
    before, references = counts(), set(worked.session.scalars(select(Case.reference)))
    with Product.opened(elsewhere) as restored:
        assert backups.restore(db.engine, backup) == sum(before.values())
        assert counts() == before
        assert migrations.is_current(db.engine)
        assert set(restored.session.scalars(select(Case.reference))) == references
        assert all(case.title for case in restored.session.scalars(select(Case)))
        assert not rebuild.compare(restored.session)
        assert ledger.verify(restored.session) == before["ledger_entry"]
        again = a_small_case(restored)
        assert restored.session.scalars(select(Task).where(Task.case_id == again)).all()


def test_after_a_restore_no_timer_fires_and_nothing_leaves_until_an_operator_says_so(
    backup: Path, elsewhere: str, tmp_path: Path
) -> None:
    with Product.opened(elsewhere) as restored:
        backups.restore(db.engine, backup)
        assert restored.session.scalars(select(Restoration.released_at)).all() == [None]
        post = outbox.Folder(tmp_path / "post")
        assert scheduler.tick(restored.app.app_context, post) == (0, 0)
        assert backups.held(restored.session)
        resume()
        assert not backups.held(restored.session)
        with pytest.raises(NothingHeld):
            resume()


def resume() -> None:
    dispatch(ResumeAfterRestore(command_id=uuid4(), by=operator()))


def test_a_backup_made_while_people_work_is_of_one_moment(worked: Product, tmp_path: Path) -> None:
    stop, made = threading.Event(), []

    def keep_working() -> None:
        with worked.app.app_context():
            while not stop.is_set():
                made.append(a_small_case(worked))

    worker = threading.Thread(target=keep_working)
    worker.start()
    try:
        paths = [tmp_path / f"{number}.rj" for number in range(3)]
        for path in paths:
            backups.back_up(db.engine, path)
    finally:
        stop.set()
        worker.join()
    assert made
    for number, path in enumerate(paths):
        with Product.opened(f"sqlite:///{tmp_path / f'whole{number}.sqlite'}") as restored:
            backups.restore(db.engine, path)
            assert not rebuild.compare(restored.session), "tasks and runs are of one moment"


def damaged(path: Path) -> None:
    """One letter of one row is another."""
    with sqlite3.connect(path) as file:
        file.execute("UPDATE staff SET name = name || 'x' WHERE id = (SELECT id FROM staff LIMIT 1)")


def cut(path: Path) -> None:
    """The file ends half way."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def older(path: Path) -> None:
    """It has the shape of another version."""
    with sqlite3.connect(path) as file:
        file.execute("UPDATE backup_contents SET digest = '0001' WHERE \"of\" = 'shape'")


def another_file(path: Path) -> None:
    """It is some other database."""
    path.unlink()
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE something (else_ TEXT)")


def no_database(path: Path) -> None:
    """It is no database at all."""
    path.write_text("Dear all, please find attached …")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (damaged, "rows of staff"),
        (cut, "not a whole backup|damaged"),
        (older, "another version"),
        (another_file, "not a backup"),
        (no_database, "not a whole backup"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_kept_of_it(
    backup: Path, tmp_path: Path, harm: Any, says: str
) -> None:
    harm(backup)
    with Product.opened(f"sqlite:///{tmp_path / 'restored.sqlite'}"):
        with pytest.raises(BackupRefused, match=says):
            backups.restore(db.engine, backup)
        migrations.upgrade(db.engine)
        assert sum(counts().values()) == 0


def test_keys_that_do_not_open_a_backup_are_refused_before_anything_is_kept(backup: Path, tmp_path: Path) -> None:
    with Product.opened(f"sqlite:///{tmp_path / 'restored.sqlite'}"):
        sealing.use_keys({1: bytes(32)})
        try:
            with pytest.raises(BackupRefused, match="RJ_DATA_KEYS"):
                backups.restore(db.engine, backup)
        finally:
            sealing.use_keys(DATA_KEYS)


def test_neither_a_file_nor_a_database_that_holds_something_is_written_over(backup: Path) -> None:
    with pytest.raises(BackupRefused, match="exists"):
        backups.back_up(db.engine, backup)
    with pytest.raises(BackupRefused, match="not empty"):
        backups.restore(db.engine, backup)
    assert backup.stat().st_mode & 0o077 == 0
