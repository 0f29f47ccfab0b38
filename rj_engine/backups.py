"""A backup is one SQLite file, whatever database it was made of: every row as it stood at one moment, still sealed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Mapped, Session

from rj_engine import clock, ledger, migrations, sealing
from rj_engine.database import Base, Row, Sealed
from rj_engine.errors import Refused

BATCH: Final = 500
MARK: Final = "backup_contents"
"""The table that only a backup has: what is in it, and the shape it has."""


class BackupRefused(Refused):
    """This backup cannot be made or used."""

    code = "backup_refused"


class Restoration(Row):
    """That this database came out of a backup; until an operator releases it, no timer fires and nothing leaves."""

    __tablename__ = "restoration"

    backed_up_at: Mapped[datetime]
    restored_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


def held(session: Session) -> bool:
    """Whether timers and post stand still after a restore."""
    return session.scalar(select(Restoration.id).where(Restoration.released_at.is_(None)).limit(1)) is not None


def back_up(engine: Engine, path: Path) -> int:
    """Write every row, as it stood at one moment, to a new file; the count of rows. People may go on working.

    Refuses a file that exists. Sealed values stay sealed: without the data keys the file tells nobody's words.
    """
    if path.exists():
        raise BackupRefused(f"{path.name} exists. Choose another name: a backup is never written over.")
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, 0o600))
    copy = create_engine(f"sqlite:///{unfinished}")
    try:
        with _one_moment(engine) as source, copy.begin() as target:
            count = _write(source, target)
    except BaseException:
        unfinished.unlink()
        raise
    finally:
        copy.dispose()
    unfinished.replace(path)
    return count


def restore(engine: Engine, path: Path) -> int:
    """Bring a backup into an empty database and look it over; the count of rows.

    All of it or nothing. Refuses a file that is damaged or of another version's shape, keys that do not open it, a
    database that is not empty, and a record whose chains are broken (`LedgerBroken`).
    """
    if not path.is_file():
        raise BackupRefused(f"There is no file {path.name}.")
    _require_empty(engine)
    copy = create_engine(f"sqlite:///file:{path.resolve()}?mode=ro&uri=true")
    try:
        with copy.connect() as source:
            contents = _contents(source)
            _require_keys(source)
            migrations.upgrade(engine)
            with engine.begin() as target:
                return _read(source, target, contents)
    except DatabaseError as error:
        raise BackupRefused(f"{path.name} is not a whole backup.") from error
    finally:
        copy.dispose()


def _require_empty(engine: Engine) -> None:
    known = set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        filled = [table for table in _tables() if table.name in known and connection.scalar(select(table).limit(1))]
    if filled:
        raise BackupRefused("This database is not empty. A backup is restored into an empty one.")


def _contents_table() -> Table:
    return Table(
        MARK,
        MetaData(),
        Column("of", String, primary_key=True),
        Column("rows", Integer),
        Column("digest", String),
    )


def _one_moment(engine: Engine) -> Any:
    """A connection that sees one moment for as long as it is open, however long that takes."""
    if engine.dialect.name != "postgresql":
        return engine.connect()
    connection = engine.connect().execution_options(isolation_level="REPEATABLE READ")
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    return connection


def _write(source: Connection, target: Connection) -> int:
    Base.metadata.create_all(target, tables=_tables())
    mark, count = _contents_table(), 0
    mark.create(target)
    for table in _tables():
        rows, digest = _copy(source, table, target)
        target.execute(insert(mark), {"of": table.name, "rows": rows, "digest": digest})
        count += rows
    shape = {"of": "shape", "rows": 0, "digest": migrations.current(source)}
    made = {"of": "made_at", "rows": 0, "digest": clock.now().isoformat()}
    target.execute(insert(mark), [shape, made])
    return count


def _read(source: Connection, target: Connection, contents: dict[str, tuple[int, str]]) -> int:
    count = 0
    for table in _tables():
        found = _copy(source, table, target)
        if found != contents.get(table.name):
            raise BackupRefused(f"This backup is damaged: the rows of {table.name} are not those it was made with.")
        count += found[0]
        _count_on(target, table)
    made_at = datetime.fromisoformat(contents["made_at"][1])
    session = Session(bind=target)
    session.add(Restoration(backed_up_at=made_at, restored_at=clock.now()))
    session.flush()
    ledger.verify(session)
    return count


def _tables() -> Sequence[Table]:
    return Base.metadata.sorted_tables


def _copy(source: Connection, table: Table, target: Connection) -> tuple[int, str]:
    """How many rows were copied, and a digest of what they said; the order is that of the table's key."""
    digest, count = hashlib.sha256(), 0
    for batch in _batches(source, table):
        for row in batch:
            digest.update(repr(sorted((name, _plain(value)) for name, value in row.items())).encode())
        target.execute(insert(table), batch)
        count += len(batch)
    return count, digest.hexdigest()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value.hex if isinstance(value, UUID) else value


def _batches(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    ordered = select(table).order_by(*table.primary_key.columns)
    with source.execute(ordered.execution_options(yield_per=BATCH)) as found:
        for batch in found.mappings().partitions(BATCH):
            yield [dict(row) for row in batch]


def _count_on(target: Connection, table: Table) -> None:
    """Let a numbered table go on after its last number."""
    numbered = table.autoincrement_column
    if target.dialect.name != "postgresql" or numbered is None:
        return
    last = target.scalar(select(func.max(numbered)))
    if last is not None:
        target.execute(select(func.setval(func.pg_get_serial_sequence(f'"{table.name}"', numbered.name), last)))


def _contents(source: Connection) -> dict[str, tuple[int, str]]:
    mark = _contents_table()
    if not inspect(source).has_table(MARK):
        raise BackupRefused("This file is not a backup of this product.")
    contents = {row.of: (row.rows, row.digest) for row in source.execute(select(mark))}
    if contents.get("shape", (0, ""))[1] != migrations.newest():
        raise BackupRefused(
            "This backup was made by another version. Restore it with that version, then run rj db upgrade."
        )
    return contents


def _require_keys(source: Connection) -> None:
    """Refuse keys that do not open the first and last sealed value of every kind."""
    for table in _tables():
        for column in (each for each in table.columns if isinstance(each.type, Sealed)):
            key = table.primary_key.columns.values()[0]
            known = select(key, column).where(column.is_not(None))
            for order in (key.asc(), key.desc()):
                row = source.execute(known.order_by(order).limit(1)).one_or_none()
                if row is not None:
                    _require_open(table.name, column.name, cast("UUID", row[0]), row[1])


def _require_open(table: str, column: str, row: UUID, value: bytes) -> None:
    try:
        sealing.unseal(value, table, column, row)
    except sealing.SealBroken as error:
        raise BackupRefused(
            "The keys in RJ_DATA_KEYS do not open this backup. Use the keys that were in force when it was made."
        ) from error
