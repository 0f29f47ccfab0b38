"""Engine, session, the unit of work (the only commit) and the column types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar, cast
from uuid import UUID, uuid4

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, LargeBinary, MetaData, Table, Uuid, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from rj_engine import sealing
from rj_engine.errors import Retry

NAMING: Final = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
)
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class DatabaseAway(Retry):
    """The database cannot be reached at the moment. Nothing was half done; please try again."""

    code = "database_away"


class Clash(Retry):
    """Somebody changed the same thing at the same moment. Please try again."""

    code = "clash"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time of no place; keep UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back where the database dropped it."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[bytes]):
    """Bytes that must have been sealed; plain ones never reach the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Refuse what is not sealed."""
        del dialect
        if value is not None and not sealing.is_sealed(value):
            raise ValueError("an unsealed value was about to be stored")
        return value


class Base(DeclarativeBase):
    """The declarative base: one naming scheme, one mapping of Python types to columns."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            UUID: Uuid(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            bytes: LargeBinary(),
        },
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"autoflush": False, "expire_on_commit": False},
)


class Row(Base):
    """A table whose rows have a random id."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    def __init__(self, **values: object) -> None:
        """Give the row its id at once: sealed columns are bound to it."""
        self.id = cast("UUID", values.pop("id", None) or uuid4())
        for name, value in values.items():
            setattr(self, name, value)


def table(kind: type[Base]) -> Table:
    """The table behind a mapped class, for statements that are written once and run often."""
    return cast("Table", kind.__table__)


T = TypeVar("T")


class Opened(Generic[T]):
    """The plain JSON value of a sealed column: `answers = Opened[dict]("answers_sealed")`."""

    def __init__(self, column: str) -> None:
        """`column` names the sealed column of the same row."""
        self.column = column

    def __get__(self, row: Row, owner: type[Row]) -> T:
        """Open the value."""
        sealed = getattr(row, self.column)
        if sealed is None:
            return cast("T", None)
        return cast("T", sealing.unseal_json(sealed, row.__tablename__, self.column, row.id))

    def __set__(self, row: Row, value: T) -> None:
        """Seal the value."""
        sealed = None if value is None else sealing.seal_json(value, row.__tablename__, self.column, row.id)
        setattr(row, self.column, sealed)


def connect(app: Flask, url: str, *, pool_size: int = 10) -> None:
    """Bind the app to its database and set each connection up for durable, serial writes."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options(url, pool_size)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def options(url: str, pool_size: int = 10) -> dict[str, Any]:
    """How an engine for this database is made: no parameter in a message, no connection or statement waited on long."""
    if not url.startswith("postgresql"):
        return {"hide_parameters": True}
    patience = {"connect_timeout": 3, "options": "-c statement_timeout=15000 -c lock_timeout=10000"}
    pool = {"pool_pre_ping": True, "pool_size": pool_size, "pool_timeout": 5}
    return {"hide_parameters": True, **pool, "connect_args": patience}


def prepare(engine: Engine) -> None:
    """SQLite: write-ahead log, full sync, foreign keys; writers take their lock at BEGIN, not half way."""
    if engine.dialect.name != "sqlite" or event.contains(engine, "connect", _on_connect):
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def unit_of_work(before_commit: Callable[[], None] = lambda: None) -> Iterator[Session]:
    """One write transaction: all of it is kept, or none; database trouble becomes `Retry`."""
    session = cast("Session", db.session())
    writing = _writing.set(True)
    try:
        with translated():
            _let_go(session)
            yield session
            session.flush()
            before_commit()
            session.commit()
    except BaseException:
        _let_go(session)
        session.expunge_all()
        raise
    finally:
        _writing.reset(writing)


def _let_go(session: Session) -> None:
    """End whatever the session began; a connection that died meanwhile has nothing left to roll back."""
    try:
        session.rollback()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        session.close()


@contextmanager
def translated() -> Iterator[None]:
    """Database trouble inside is told as `Clash` or `DatabaseAway`."""
    try:
        yield
    except (IntegrityError, StaleDataError) as error:
        raise Clash from error
    except (OperationalError, PoolTimeout) as error:
        raise DatabaseAway from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseAway from error
        raise
