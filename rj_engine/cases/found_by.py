"""What people and cases are found by: keyed marks beside each row that holds a name or a number, kept with the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, ForeignKey, Index, Select, delete, event, exists, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from rj_engine.cases import marks
from rj_engine.cases.case import Party, Referral
from rj_engine.database import Base, Row, table, unit_of_work

PHONE: Final = "_phone"
EMAIL: Final = "_email"
CRIME_NUMBER: Final = "crime_reference"
DISTRICT: Final = "district"
AT_ONCE: Final = 500
"""Rows of which the marks are made anew in one transaction."""


class FoundBy(Base):
    """One mark of one row: a person, a referral, a stay in a prison. Without the data key it says nothing."""

    __tablename__ = "found_by"
    __table_args__ = (Index("ix_found_by_holder_id", "holder_id"), {"sqlite_with_rowid": False})

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    holder_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The row that holds the name or number."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))


_KEEP = insert(table(FoundBy))


def note(connection: Connection, case_id: UUID, holder_id: UUID, found: Iterable[int]) -> None:
    """Keep the marks of one row, in place of those it had, in the transaction that wrote the row."""
    connection.execute(delete(FoundBy).where(FoundBy.holder_id == holder_id))
    rows = [{"mark": mark, "holder_id": holder_id, "case_id": case_id} for mark in sorted(set(found))]
    if rows:
        connection.execute(_KEEP, rows)


def of_party(party: Party) -> set[int]:
    """A person's name, telephone numbers and e-mail addresses."""
    found = marks.of_name(party.name)
    for key, value in (party.contact or {}).items():
        if isinstance(value, str) and key.endswith(PHONE):
            found |= marks.of_number(value)
        elif isinstance(value, str) and key.endswith(EMAIL):
            found.add(marks.of_address(value))
    return found


def of_referral(referral: Referral) -> set[int]:
    """The crime number, and where those live whom it is about."""
    return of_answers(referral.answers)


def of_answers(answers: Mapping[str, Any]) -> set[int]:
    """The crime number and the district in the answers of a referral."""
    district = marks.of_district(str(answers.get(DISTRICT) or ""))
    return marks.of_number(str(answers.get(CRIME_NUMBER) or "")) | district


def in_district(name: str) -> Select[UUID]:
    """Ids of the cases about people of a district."""
    return select(FoundBy.case_id).where(FoundBy.mark.in_(marks.of_district(name)))


def with_somebody(name: str) -> Select[UUID]:
    """Ids of the cases in which somebody has all of these words in their name, as they are or as they sound."""
    first, *others = [sorted(marks.heard_as(word)) for word in marks.words_of(name)] or [[]]
    found = select(FoundBy.case_id).where(FoundBy.mark.in_(first))
    for word in others:
        also = aliased(FoundBy)
        found = found.where(exists().where(also.holder_id == FoundBy.holder_id, also.mark.in_(word)))
    return found


def keep_with(kind: type[Any], sealed: tuple[str, ...], found: Any) -> None:
    """Keep the marks of every row of `kind` that is written, changed or removed; `found(row)` gives them."""

    def written(_mapper: object, connection: Connection, row: Any) -> None:
        note(connection, row.case_id, row.id, found(row))

    def changed(_mapper: object, connection: Connection, row: Any) -> None:
        if any(inspect(row).attrs[name].history.has_changes() for name in sealed):
            note(connection, row.case_id, row.id, found(row))

    def removed(_mapper: object, connection: Connection, row: Any) -> None:
        note(connection, row.case_id, row.id, ())

    _holders.append((kind, found))
    event.listen(kind, "after_insert", written)
    event.listen(kind, "after_update", changed)
    event.listen(kind, "after_delete", removed)


_holders: list[tuple[type[Row], Any]] = []
keep_with(Party, ("name_sealed", "contact_sealed"), of_party)
keep_with(Referral, ("answers_sealed",), of_referral)


def rebuild() -> int:
    """Make every mark anew, some rows at a time while people work; how many rows are marked."""
    count = 0
    for kind, found in _holders:
        last: UUID | None = None
        while True:
            with unit_of_work() as session:
                rows = _next(session, kind, last)
                for row in rows:
                    note(session.connection(), row.case_id, row.id, found(row))
            if not rows:
                break
            count, last = count + len(rows), rows[-1].id
    return count


def _next(session: Session, kind: Any, last: UUID | None) -> list[Any]:
    wanted = select(kind).order_by(kind.id).limit(AT_ONCE)
    return list(session.scalars(wanted if last is None else wanted.where(kind.id > last)))
