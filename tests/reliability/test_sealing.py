"""What people said is unreadable in the database's own files, cannot be moved, and survives a change of keys."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, table, text, update
from sqlalchemy.exc import StatementError

from rj_engine import ledger, sealing
from rj_engine.cases.case import Case, parties
from rj_engine.database import db
from rj_engine.errors import Broken
from rj_engine.sealing import SealBroken
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.rows import Answers, Draft, Run
from rj_engine.workflows.task.tasks import CompleteTask, SaveDraft
from tests.places import DATA_KEYS, Postgres, Product
from tests.reliability.small_case import a_small_case, open_tasks, publish_small_pathway

SECOND_KEY = bytes(range(32, 64))
CANARY = "Canary"


@pytest.fixture(autouse=True)
def known_keys() -> Iterator[None]:
    """The keys of the tests, put back afterwards."""
    sealing.use_keys(DATA_KEYS)
    yield
    sealing.use_keys(DATA_KEYS)


def canary(place: str) -> str:
    """A word that occurs nowhere but where it was typed: long, and compressible by nobody."""
    return f"{CANARY}{place}{random.Random(place).randbytes(12).hex()}"


TYPED = {
    "case_title": canary("title"),
    "what_happened": canary("referral") + " " + "and so on " * 300,
    "victim_name": canary("name"),
    "victim_phone": "01632 960777",
    "safe_contact_code_word": canary("codeword"),
    "safe_contact_channels": ["call"],
}
PLACES = ("title", "referral", "name", "codeword", "answer", "draft", "withdrawal", "broken")


@pytest.fixture
def told(product: Product) -> Product:
    """A database into which canaries were typed wherever people type."""
    publish_small_pathway()
    case = a_small_case(product, **TYPED)
    call = {"contact_words": canary("answer"), "again": "yes"}
    product.do(CompleteTask, "coordinator", task_id=open_tasks(product, case)["call"], answers=call)
    task = open_tasks(product, case)["call"]
    product.do(SaveDraft, "coordinator", task_id=task, values={"contact_words": canary("draft")})
    reference = product.session.get_one(Case, case).reference
    product.do(Withdraw, "lead", reference=reference, party="victim", words=canary("withdrawal"))
    broken = a_small_case(product, **TYPED)
    # What was typed with a step that breaks is kept in an incident and a draft.
    answers = {"weight": "unforeseen", "why": canary("broken")}
    with pytest.raises(Broken):
        product.do(CompleteTask, "coordinator", task_id=open_tasks(product, broken)["weigh"], answers=answers)
    return product


def raw_files(product: Product, request: pytest.FixtureRequest) -> Iterator[bytes]:
    """Every byte the database has written."""
    if product.url.startswith("sqlite"):
        path = Path(product.url.removeprefix("sqlite:///"))
        yield from (each.read_bytes() for each in path.parent.glob(path.name + "*"))
        return
    server: Postgres = request.getfixturevalue("postgres")
    with db.engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.scalar(text("SELECT current_setting('data_directory')")) or "")
        base = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    assert server.uri
    for root in (folder / "base" / str(base), folder / "pg_wal"):
        for parent, _, names in os.walk(root):
            yield from ((Path(parent) / name).read_bytes() for name in names)


def every_value() -> Iterator[str]:
    """Every value of every table, as SQL gives it: what a dump would hold."""
    with db.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            for row in connection.execute(select(text("*")).select_from(table(name))):
                yield from (bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row)


def test_nothing_that_was_typed_can_be_read_in_the_database_s_files(
    told: Product, request: pytest.FixtureRequest
) -> None:
    db.session.remove()
    written = list(raw_files(told, request))
    assert any(b"East team" in each for each in written), "the search itself works"
    for encoding in ("utf-8", "utf-16-le"):
        for word in (CANARY, "960777"):
            assert not any(word.encode(encoding) in each for each in written), (word, encoding)


def test_nothing_that_was_typed_can_be_read_in_a_dump(told: Product) -> None:
    values = list(every_value())
    assert any("East team" in value for value in values)
    found = [value[:80] for value in values if CANARY in value or CANARY.encode().hex() in value or "960777" in value]
    assert found == []


def test_those_who_may_read_it_read_all_of_it(told: Product) -> None:
    session = told.session
    case = session.scalars(select(Case).order_by(Case.opened_at)).first()
    assert case is not None
    said = " ".join(
        str(each)
        for each in (
            case.title,
            [(party.name, party.contact) for party in parties(session, case)],
            [row.values for row in session.scalars(select(Answers))],
            [row.values for row in session.scalars(select(Draft))],
            [entry.detail for entry in ledger.read(session, case.id)],
        )
    )
    hidden = {"referral", "codeword"}
    assert [place for place in PLACES if place not in hidden and canary(place) not in said] == []


def test_a_sealed_value_does_not_open_in_another_row_column_or_table(told: Product) -> None:
    session = told.session
    one, other = session.scalars(select(Run).order_by(Run.started_at)).all()[:2]
    session.execute(update(Run).where(Run.id == one.id).values(variables_sealed=other.variables_sealed))
    session.execute(update(Run).where(Run.id == other.id).values(state_sealed=other.variables_sealed))
    session.commit()
    with pytest.raises(SealBroken):
        _ = told.session.get_one(Run, one.id).variables
    with pytest.raises(SealBroken):
        _ = told.session.get_one(Run, other.id).state
    row = uuid.uuid4()
    sealed = sealing.seal(b"words", "answers", "values_sealed", row)
    assert sealing.unseal(sealed, "answers", "values_sealed", row) == b"words"
    for place in (
        ("draft", "values_sealed", row),
        ("answers", "other", row),
        ("answers", "values_sealed", uuid.uuid4()),
    ):
        with pytest.raises(SealBroken):
            sealing.unseal(sealed, *place)


def test_a_case_whose_state_was_exchanged_stops_instead_of_moving_on_somebody_else_s(told: Product) -> None:
    case, other = a_small_case(told), a_small_case(told)
    state = select(Run.state_sealed).where(Run.case_id == other).scalar_subquery()
    session = told.session
    session.execute(update(Run).where(Run.case_id == case).values(state_sealed=state))
    session.commit()
    task = open_tasks(told, case)["weigh"]
    with pytest.raises(SealBroken):
        told.do(CompleteTask, "coordinator", task_id=task, answers={"weight": "light"})
    assert told.session.get_one(Case, case).status == "frozen"
    assert told.session.get_one(Case, other).status == "open"


def test_an_unsealed_value_never_reaches_a_sealed_column(told: Product) -> None:
    session = told.session
    with pytest.raises(StatementError, match="unsealed"):
        session.execute(update(Run).values(state_sealed=b"plain words, long enough to be taken for a sealed value"))
    session.rollback()


@given(words=st.binary(max_size=200), where=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_one_changed_byte_and_it_does_not_open(words: bytes, where: int, flip: int) -> None:
    row = UUID(int=7)
    sealed = bytearray(sealing.seal(words, "answers", "values_sealed", row))
    assert words not in sealed or len(words) < 4
    sealed[where % len(sealed)] ^= flip
    with pytest.raises(SealBroken):
        sealing.unseal(bytes(sealed), "answers", "values_sealed", row)


@given(cut=st.integers(min_value=0, max_value=40))
def test_a_shortened_value_does_not_open(cut: int) -> None:
    sealed = sealing.seal(b"twelve words", "answers", "values_sealed", UUID(int=7))
    with pytest.raises(SealBroken):
        sealing.unseal(sealed[: min(cut, len(sealed) - 1)], "answers", "values_sealed", UUID(int=7))


@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_json_comes_back_as_it_was(value: Any) -> None:
    sealed = sealing.seal_json(value, "answers", "values_sealed", UUID(int=7))
    assert sealing.unseal_json(sealed, "answers", "values_sealed", UUID(int=7)) == value


def test_the_same_words_are_never_sealed_alike() -> None:
    sealed = {sealing.seal(b"no", "answers", "values_sealed", UUID(int=7)) for _ in range(100)}
    assert len(sealed) == 100


def test_after_a_change_of_keys_old_values_open_and_new_ones_carry_the_new_key(told: Product) -> None:
    case = a_small_case(told)
    sealing.use_keys({**DATA_KEYS, 2: SECOND_KEY})
    told.do(CompleteTask, "coordinator", task_id=open_tasks(told, case)["weigh"], answers={"weight": "light"})

    run = told.session.scalars(select(Run).where(Run.case_id == case)).one()
    assert run.state_sealed[1] == 2
    assert told.session.get_one(Case, case).title_sealed[1] == 1
    assert told.session.get_one(Case, case).title
    assert ledger.verify(told.session) > 0
    assert {entry.detail_sealed[1] for entry in ledger.read(told.session, case)} == {1, 2}


def test_without_its_key_a_value_stays_shut_and_the_case_stops(told: Product) -> None:
    case = a_small_case(told)
    task = open_tasks(told, case)["weigh"]
    sealing.use_keys({2: SECOND_KEY})
    with pytest.raises(SealBroken):
        told.do(CompleteTask, "coordinator", task_id=task, answers={"weight": "light"})
    sealing.use_keys({**DATA_KEYS, 2: SECOND_KEY})
    assert told.session.get_one(Case, case).status == "frozen"
    assert set(open_tasks(told, case)) == {"call", "weigh"}
