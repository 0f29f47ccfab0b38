"""The record shows any alteration: whatever is changed, cut out, put in, swapped or cut off is found."""

from __future__ import annotations

import random
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from rj_engine import clock, ledger, sealing
from rj_engine.database import db, unit_of_work
from rj_engine.ledger import Author, Entry, LedgerBroken, LedgerEntry, LedgerHead
from tests.places import Product
from tests.reliability.crowd import together
from tests.reliability.figures import trials
from tests.reliability.small_case import a_small_case, publish_small_pathway

ENTRIES: Table = LedgerEntry.__table__  # type: ignore[assignment]  # declared tables are tables
HEADS: Table = LedgerHead.__table__  # type: ignore[assignment]  # as above
CHAINS, LONG = 6, 20


@pytest.fixture
def told(product: Product) -> Product:
    """A ledger of a few chains of some length."""
    publish_small_pathway()
    a_small_case(product)
    service = product.actor("lead").service_id
    author = Author(service, uuid.uuid4(), "Fern Invented", uuid.uuid4())
    for _ in range(CHAINS):
        chain = uuid.uuid4()
        for number in range(LONG):
            with unit_of_work() as session:
                ledger.append(session, chain, author, [Entry("case:thing:happened", {"n": number})], clock.now())
    return product


@pytest.fixture
def vandal(told: Product) -> Iterator[Connection]:
    """Somebody with the database's own keys, who first takes the triggers off; nothing of theirs is kept."""
    sqlite = told.url.startswith("sqlite")
    with db.engine.connect() as connection:
        if sqlite:
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
        connection.commit()
        yield connection


def rows(connection: Connection) -> list[dict[str, Any]]:
    """All entries in the order of their chains."""
    ordered = select(ENTRIES).order_by(ENTRIES.c.chain, ENTRIES.c.number)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def change_one_thing(connection: Connection, dice: random.Random) -> str:
    """Any column of any row."""
    row = dice.choice(rows(connection))
    column = dice.choice([name for name in row if name != "detail"])
    others = {
        "chain": uuid.uuid4(),
        "number": row["number"] + 1000,
        "service_id": uuid.uuid4(),
        "at": row["at"] + timedelta(microseconds=1),
        "actor_id": uuid.uuid4(),
        "actor_name": row["actor_name"] + " ",
        "command_id": uuid.uuid4(),
        "tag": row["tag"] + "!",
        "detail_sealed": sealing.seal_json({"n": -1}, "ledger_entry", "detail_sealed", row["id"]),
        "previous": "f" * 64,
        "hash": "e" * 64,
        "id": uuid.uuid4(),
    }
    connection.execute(update(ENTRIES).where(ENTRIES.c.id == row["id"]).values({column: others[column]}))
    return f"change {column}"


def cut_out(connection: Connection, dice: random.Random) -> str:
    """One entry somewhere."""
    row = dice.choice(rows(connection))
    connection.execute(delete(ENTRIES).where(ENTRIES.c.id == row["id"]))
    return "cut out"


def put_in(connection: Connection, dice: random.Random) -> str:
    """An invented entry at the end of a chain, its own hash right, as one who knows the code would."""
    ends = {row["chain"]: row for row in rows(connection)}
    last = dice.choice(list(ends.values()))
    invented = {**last, "id": uuid.uuid4(), "number": last["number"] + 1, "previous": last["hash"]}
    invented["hash"] = ledger.link(invented)
    connection.execute(insert(ENTRIES).values(invented))
    return "put in"


def swap_two(connection: Connection, dice: random.Random) -> str:
    """Two entries of one chain change places, each keeping its own words."""
    chain = dice.choice(rows(connection))["chain"]
    one, other = dice.sample([row for row in rows(connection) if row["chain"] == chain], 2)
    for row, number in ((one, 9000), (other, one["number"]), (one, other["number"])):
        connection.execute(update(ENTRIES).where(ENTRIES.c.id == row["id"]).values(number=number))
    return "swap"


def cut_off_the_tail(connection: Connection, dice: random.Random) -> str:
    """The last entries of a chain, so that what is left is a whole chain."""
    row = dice.choice([row for row in rows(connection) if row["number"] > 1])
    tail = (ENTRIES.c.chain == row["chain"]) & (ENTRIES.c.number >= row["number"])
    connection.execute(delete(ENTRIES).where(tail))
    return "cut off the tail"


def cut_off_a_chain(connection: Connection, dice: random.Random) -> str:
    """A whole chain; its head stays."""
    connection.execute(delete(ENTRIES).where(ENTRIES.c.chain == dice.choice(rows(connection))["chain"]))
    return "cut off a chain"


def lose_a_head(connection: Connection, dice: random.Random) -> str:
    """The head of a chain."""
    connection.execute(delete(HEADS).where(HEADS.c.chain == dice.choice(rows(connection))["chain"]))
    return "lose a head"


def rewrite_from_here(connection: Connection, dice: random.Random) -> str:
    """A word is changed and every later hash of its chain made to fit, but not the head."""
    at = dice.choice(rows(connection))
    previous = at["previous"]
    for row in [row for row in rows(connection) if row["chain"] == at["chain"] and row["number"] >= at["number"]]:
        new = {**row, "previous": previous}
        if row["id"] == at["id"]:
            new["tag"] = "case:thing:invented"
        new["hash"] = previous = ledger.link(new)
        changed = {name: new[name] for name in ("tag", "previous", "hash")}
        connection.execute(update(ENTRIES).where(ENTRIES.c.id == row["id"]).values(changed))
    return "rewrite from here"


WAYS: tuple[Callable[[Connection, random.Random], str], ...] = (
    change_one_thing,
    cut_out,
    put_in,
    swap_two,
    cut_off_the_tail,
    cut_off_a_chain,
    lose_a_head,
    rewrite_from_here,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_any_tampering_is_found_wherever_it_was_done(
    told: Product, vandal: Connection, way: Callable[[Connection, random.Random], str]
) -> None:
    dice = random.Random(way.__name__)
    whole = ledger.verify(told.session)
    assert whole > CHAINS * LONG
    done = set()
    for _ in range(trials("ledger entries tampered with")):
        before = rows(vandal)
        heads = [dict(row) for row in vandal.execute(select(HEADS)).mappings()]
        done.add(way(vandal, dice))
        vandal.commit()
        with pytest.raises(LedgerBroken, match="Chain"):
            ledger.verify(told.session)
        told.session.rollback()
        put_back(vandal, before, heads)
    assert ledger.verify(told.session) == whole
    print(sorted(done))


def put_back(connection: Connection, before: list[dict[str, Any]], heads: list[dict[str, Any]]) -> None:
    """As it was."""
    connection.execute(delete(ENTRIES))
    connection.execute(insert(ENTRIES), before)
    connection.execute(delete(HEADS))
    connection.execute(insert(HEADS), heads)
    connection.commit()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE ledger_entry SET tag = 'nothing:happened'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET number = 1",
        "TRUNCATE ledger_entry",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(told: Product, attack: str) -> None:
    if attack.startswith("TRUNCATE") and told.url.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(attack))
    assert ledger.verify(told.session) > 0


def test_replacing_an_entry_in_sqlite_goes_past_the_trigger_and_is_found(told: Product) -> None:
    if not told.url.startswith("sqlite"):
        pytest.skip("REPLACE is SQLite's own")
    with sqlite3.connect(told.url.removeprefix("sqlite:///")) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO ledger_entry SELECT chain, number, service_id, at, actor_id, 'Somebody else', "
            "command_id, tag, detail_sealed, previous, hash, id FROM ledger_entry LIMIT 1"
        )
    with pytest.raises(LedgerBroken):
        ledger.verify(told.session)


def test_a_ledger_verifies_without_any_key(told: Product) -> None:
    whole = ledger.verify(told.session)
    sealing.use_keys({9: bytes(32)})
    assert ledger.verify(told.session) == whole
    with pytest.raises(sealing.SealBroken):
        _ = told.session.scalars(select(LedgerEntry).limit(1)).one().detail


def test_nothing_to_say_writes_nothing(told: Product) -> None:
    whole = ledger.verify(told.session)
    with unit_of_work() as session:
        ledger.append(session, uuid.uuid4(), Author(UUID(int=1), None, "Nobody", None), [], clock.now())
    assert ledger.verify(told.session) == whole


def test_entries_of_one_chain_are_read_oldest_first(told: Product) -> None:
    chain = told.session.scalars(select(LedgerHead.chain).where(LedgerHead.number == LONG).limit(1)).one()
    assert [entry.detail["n"] for entry in ledger.read(told.session, chain)] == list(range(LONG))


def test_a_ledger_that_grows_while_it_is_verified_raises_no_false_alarm(told: Product) -> None:
    chain, author = uuid.uuid4(), Author(told.actor("lead").service_id, None, "The clock", None)
    still = [True]

    def write() -> None:
        try:
            for number in range(60):
                with unit_of_work() as session:
                    ledger.append(session, chain, author, [Entry("case:thing:happened", {"n": number})], clock.now())
        finally:
            still[0] = False

    def check() -> int:
        rounds = 0
        while still[0]:
            ledger.verify(told.session)
            rounds += 1
        return rounds

    written, rounds = together(told, [write, check])
    assert written is None
    assert rounds > 0
    assert ledger.verify(told.session) >= CHAINS * LONG + 60
