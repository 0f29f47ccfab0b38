"""How long a dry run over a thousand open cases takes, and how many cases a second a job moves, and moves back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from uuid import UUID

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import db, unit_of_work
from rj_engine.people.joining import operator
from rj_engine.workflows.migration import dry_run, migrating
from rj_engine.workflows.migration.dry_run import Sieve
from rj_engine.workflows.migration.migrating import StartMigration, UndoMigration
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import publishing, versions
from rj_engine.workflows.published.versions import Published
from tests.bench.figures import Figure
from tests.bench.furniture import databases
from tests.places import Product

PATHWAY: Final = "victim_initiated_rj"
CASES: Final = 1_000
LONGEST, SLOWEST = 30, 50
MANAGER = "service_manager"


def figures() -> Iterator[Figure]:
    """On both databases, with cases of the largest pathway."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                yield from _of(product, kind)


def _of(product: Product, kind: str) -> Iterator[Figure]:
    begin(product, CASES)
    new, by = changed(product), product.actor(MANAGER)
    began = time.perf_counter()
    found = dry_run.look(product.session, by, PATHWAY, new, Sieve())
    yield Figure(f"dry run of {len(found)} cases", time.perf_counter() - began, "s", LONGEST, kind)
    chosen = {one.reference: one.mark for one in found}
    parts = {"pathway": PATHWAY, "number": new.number, "chosen": chosen, "reason": "A word was changed."}
    job = UUID(product.do(StartMigration, MANAGER, **parts)["migration"])
    yield Figure("cases moved to another version", worked(product), "a second", SLOWEST, kind, at_most=False)
    product.do(UndoMigration, MANAGER, migration_id=job)
    yield Figure("cases moved back", worked(product), "a second", SLOWEST, kind, at_most=False)


def begin(product: Product, many: int) -> None:
    """Cases that have just begun, written as their own commands would."""
    by, now = product.actor("lead"), clock.now()
    with unit_of_work() as session:
        for _ in range(many):
            case = Case(
                service_id=by.service_id,
                team_id=by.team_id,
                reference=f"BB-{uuid.uuid4().hex[:8].upper()}",
                title="A bicycle taken",
                pathway=PATHWAY,
                opened_at=now,
            )
            session.add(case)
            session.flush()
            Move(session, case, by, now).start(PATHWAY, {})


def changed(product: Product) -> Published:
    """The next version of the pathway, one task of it worded anew."""
    bundle, file = publishing.shipped(PATHWAY), "victim_engagement.bpmn"
    drawn = bundle.diagrams[file].replace('<bpmn:userTask id="', '<bpmn:userTask camunda:priority="1" id="', 1)
    with unit_of_work() as session:
        drawing = {**bundle.diagrams, file: drawn}
        row = publishing.add_version(session, replace(bundle, diagrams=drawing), operator(), clock.now())
        session.flush()
        number = row.id
    return versions.load(product.session, number)


def worked(product: Product) -> float:
    """A worker's turn; cases a second."""
    product.session.rollback()
    began = time.perf_counter()
    moved = migrating.migrate_due()
    spent = time.perf_counter() - began
    db.session.remove()
    return moved / spent
