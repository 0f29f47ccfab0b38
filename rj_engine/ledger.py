"""The ledger: append-only, hash-chained, one chain a case and one a service; who did what, and who saw what.

A row is never changed or removed (triggers refuse it). Each row carries the hash of the one before it in its chain;
the head of a chain is kept apart, so a cut-off tail shows. The detail is sealed and the hash is taken over the sealed
bytes, so that a chain can be verified without any key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Index, String, UniqueConstraint, bindparam, exists, insert, literal, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import sealing
from rj_engine.database import Base, Opened, Row, Sealed, table
from rj_engine.errors import Broken

START: Final = "0" * 64
PAGE: Final = 50


class LedgerBroken(Broken):
    """The ledger does not verify."""

    code = "ledger_broken"


class LedgerEntry(Row):
    """One thing that happened: `tag` in the past tense, `detail` sealed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("chain", "number"), Index("ix_ledger_entry_service", "service_id", "at"))

    chain: Mapped[UUID]
    number: Mapped[int]
    service_id: Mapped[UUID]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    command_id: Mapped[UUID | None]
    tag: Mapped[str] = mapped_column(String(80))
    detail_sealed: Mapped[bytes] = mapped_column(Sealed)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    detail = Opened[dict[str, Any]]("detail_sealed")


class LedgerHead(Base):
    """Where each chain stands."""

    __tablename__ = "ledger_head"

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


_ENTRIES, _HEADS = table(LedgerEntry), table(LedgerHead)
_HEAD = select(_HEADS.c.number, _HEADS.c.hash).where(_HEADS.c.chain == bindparam("of")).with_for_update()
_WRITE = insert(_ENTRIES)
_BEGIN_CHAIN = insert(_HEADS)
_WHOLE = (
    select(_ENTRIES, _HEADS.c.number.label("head_number"), _HEADS.c.hash.label("head_hash"))
    .outerjoin(_HEADS, _HEADS.c.chain == _ENTRIES.c.chain)
    .order_by(_ENTRIES.c.chain, _ENTRIES.c.number)
    .execution_options(yield_per=2000)
)
_EMPTY = select(_HEADS.c.chain).where(~exists().where(_ENTRIES.c.chain == _HEADS.c.chain)).limit(1)
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.chain == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What a handler asks to be written: a past-tense tag and its detail (JSON)."""

    tag: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Author:
    """Who the entries are by, under which command, in which service."""

    service_id: UUID
    actor_id: UUID | None
    actor_name: str
    command_id: UUID | None


def append(session: Session, chain: UUID, author: Author, entries: Iterable[Entry], at: datetime) -> None:
    """Write `entries` to the end of `chain` inside the caller's transaction; a second writer waits for the first."""
    entries = list(entries)
    if not entries:
        return
    connection = session.connection()
    head = connection.execute(_HEAD, {"of": chain}).one_or_none()
    number, previous = head or (0, START)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        number += 1
        row = _row(chain, number, author, entry, at, previous)
        previous = row["hash"]
        rows.append(row)
    connection.execute(_WRITE, rows)
    if head is None:
        connection.execute(_BEGIN_CHAIN, {"chain": chain, "number": number, "hash": previous})
    else:
        connection.execute(_MOVE_HEAD, {"of": chain, "number": number, "hash": previous})


def _row(chain: UUID, number: int, author: Author, entry: Entry, at: datetime, previous: str) -> dict[str, Any]:
    identity = uuid4()
    row: dict[str, Any] = {
        "id": identity,
        "chain": chain,
        "number": number,
        "service_id": author.service_id,
        "at": at,
        "actor_id": author.actor_id,
        "actor_name": author.actor_name,
        "command_id": author.command_id,
        "tag": entry.tag,
        "detail_sealed": sealing.seal_json(dict(entry.detail), "ledger_entry", "detail_sealed", identity),
        "previous": previous,
    }
    row["hash"] = link(row)
    return row


def link(row: Mapping[str, Any]) -> str:
    """The hash of one row over everything in it and the hash before it (hex SHA-256)."""
    names = ("id", "chain", "number", "service_id", "actor_id", "actor_name", "command_id", "tag", "previous")
    told = [str(row[name]) for name in names]
    told.append(row["at"].isoformat(timespec="microseconds"))
    told.append(hashlib.sha256(row["detail_sealed"]).hexdigest())
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def verify(session: Session) -> int:
    """Recompute every chain and compare it with its head; the count of entries, or `LedgerBroken` naming the place."""
    # Each statement sees one moment, so that a case that moves meanwhile raises no false alarm.
    with session.execute(_WHOLE) as rows:
        count = sum(_verify_chain(chain, of_chain) for chain, of_chain in groupby(rows.mappings(), itemgetter("chain")))
    if (beheaded := session.scalar(_EMPTY)) is not None:
        raise LedgerBroken(f"Chain {beheaded} does not end where its head says.")
    return count


def _verify_chain(chain: UUID, rows: Iterable[Any]) -> int:
    number, previous = 0, START
    head: tuple[int | None, str | None] = (None, None)
    for row in rows:
        if (row["number"], row["previous"]) != (number + 1, previous) or link(row) != row["hash"]:
            raise LedgerBroken(f"Chain {chain} is broken at entry {row['number']}.")
        number, previous, head = row["number"], row["hash"], (row["head_number"], row["head_hash"])
    if head != (number, previous):
        raise LedgerBroken(f"Chain {chain} does not end where its head says.")
    return number


def page(session: Session, service_id: UUID, before: UUID | None = None) -> tuple[list[LedgerEntry], UUID | None]:
    """The newest entries of a service, `before` one where given; and the one before which the next page begins."""
    found = select(LedgerEntry).where(LedgerEntry.service_id == service_id)
    last = session.get(LedgerEntry, before) if before else None
    if last is not None:
        found = found.where(tuple_(LedgerEntry.at, LedgerEntry.id) < tuple_(*_place(last)))
    ordered = found.order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc()).limit(PAGE + 1)
    rows = list(session.scalars(ordered))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def _place(last: LedgerEntry) -> tuple[Any, Any]:
    return literal(last.at, LedgerEntry.at.type), literal(last.id, LedgerEntry.id.type)


def read(session: Session, chain: UUID) -> list[LedgerEntry]:
    """The entries of one chain, oldest first."""
    return list(session.scalars(select(LedgerEntry).where(LedgerEntry.chain == chain).order_by(LedgerEntry.number)))
