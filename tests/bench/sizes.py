"""What a case weighs: the engine's state when it is new and when it is finished, and all of its rows together."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, text

from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.demonstration import journeys, telling
from rj_engine.workflows.rows import Answers, Run
from tests.bench.figures import Figure
from tests.places import Product

STUDY = Path(__file__).parents[1] / "pathways" / "case_study.json"
CASES = 6


def figures() -> Iterator[Figure]:
    """The case study from referral to closure, several times over, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="rj-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'rj.sqlite'}"
        Product.furnish(url)
        with Product.opened(url) as product:
            yield from _of(product)


def _of(product: Product) -> Iterator[Figure]:
    product.do_referral("coordinator")
    fresh = product.session.scalars(select(Run)).one()
    yield Figure("state of a new case", len(fresh.state_sealed) / 1024, "KB", 2, "sqlite")
    journey = telling.whole(json.loads(STUDY.read_text(encoding="utf-8")))
    before = _used()
    for _ in range(CASES):
        journeys.play(journey, journeys.Stage(journeys.Staff()))
    finished = select(Run).join(Case, Case.id == Run.case_id).where(Case.status == "closed")
    largest = max(len(run.state_sealed) for run in product.session.scalars(finished))
    tasks = product.session.scalar(select(func.count()).select_from(Answers)) or 0
    yield Figure("state of a finished case", largest / 1024, "KB", 10, "sqlite")
    yield Figure("tasks answered in a finished case", tasks / CASES, "tasks", None, "sqlite")
    yield Figure("answers of a finished case, history and all", _answers(product) / CASES / 1024, "KB", 25, "sqlite")
    yield Figure("all rows and indexes of a finished case", (_used() - before) / CASES / 1024, "KB", None, "sqlite")


def _answers(product: Product) -> int:
    """Bytes of sealed answers."""
    return product.session.scalar(select(func.sum(func.length(Answers.values_sealed)))) or 0


def _used() -> int:
    """Bytes in use in the database file."""
    with db.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        free = connection.execute(text("PRAGMA freelist_count")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    return (pages - free) * size
