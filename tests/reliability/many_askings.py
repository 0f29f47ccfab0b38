"""Thousands of cases whose prison was asked: one is played through the pathway, the others are copies of its rows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select

from rj_engine import sealing
from rj_engine.cases.case import Case, Party
from rj_engine.database import Sealed, db, table
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.workflows.rows import Run, Task, Timer
from tests.places import Product
from tests.prisons.asked import MONDAY, Asking

KINDS = (Case, Party, Custody, Run, PrisonRequest, Task, Timer)
"""Parents before children; histories are not copied: what is done to a copy begins its record."""
AT_ONCE = 500


def askings(product: Product, number: int, at: datetime = MONDAY) -> list[UUID]:
    """So many cases, each with a request that arrived and a rung that waits; their ids."""
    first = Asking.sent(product, at)
    session = product.session
    rows: dict[type[Any], list[dict[str, Any]]] = {}
    for kind in KINDS:
        rows_of = table(kind)
        column = rows_of.c.id if kind is Case else rows_of.c.case_id
        found = session.execute(select(rows_of).where(column == first.case_id))
        rows[kind] = [dict(row) for row in found.mappings()]
    session.rollback()
    copies: dict[type[Any], list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    cases = [first.case_id]
    for place in range(1, number):
        fresh = {row["id"]: uuid.uuid4() for kind in KINDS for row in rows[kind]}
        cases.append(fresh[first.case_id])
        for kind in KINDS:
            copies[kind].extend(_copy(table(kind), row, fresh, place) for row in rows[kind])
    with db.engine.begin() as connection:
        for kind, values in copies.items():
            for start in range(0, len(values), AT_ONCE):
                connection.execute(insert(table(kind)), values[start : start + AT_ONCE])
    return cases


def _copy(rows_of: Table, row: dict[str, Any], fresh: dict[UUID, UUID], place: int) -> dict[str, Any]:
    """The same row with ids of its own, what is sealed sealed anew: it opens nowhere else."""
    told = {name: fresh.get(value, value) if isinstance(value, UUID) else value for name, value in row.items()}
    for column in rows_of.columns:
        if isinstance(column.type, Sealed) and row[column.name] is not None:
            plain = sealing.unseal(row[column.name], rows_of.name, column.name, row["id"])
            told[column.name] = sealing.seal(plain, rows_of.name, column.name, told["id"])
    if "reference" in told:
        told["reference"] = f"RR-{place:06}"
    return told
