"""A small pathway with everything in it (loop, fork, join, decision, notice, timers, withdrawal), and cases on it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rj_engine.cases.case import Case
from rj_engine.commands import dispatch
from rj_engine.people.joining import operator
from rj_engine.workflows.beside.referrals import MakeReferral, form
from rj_engine.workflows.published.publishing import PublishBundle
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.rows import Task
from tests.answers import plausible
from tests.places import Product

HERE = Path(__file__).parent / "small_pathway"
CLOCKS: Mapping[str, Mapping[str, Any]] = {
    "small_due": {"amount": 2, "unit": "working_days"},
    "small_nudge": {"amount": 24, "unit": "hours"},
    "small_rest": {"amount": 48, "unit": "hours"},
}
AFTER_THE_NUDGE = timedelta(hours=25)
AFTER_THE_REST = timedelta(hours=49)
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "call": {"contact_words": "We spoke for a while.", "again": "no"},
    "weigh": {"weight": "light"},
    "close": {"note": "All done."},
    "aftercare": {"note": "Looked after."},
}


def small_bundle(replaced: Mapping[str, str] | None = None) -> Bundle:
    """The small pathway in the front door's place; `replaced` texts of its diagram, old to new, for a broken one."""
    diagram = (HERE / "intake.bpmn").read_text(encoding="utf-8")
    for old, new in (replaced or {}).items():
        diagram = diagram.replace(old, new)
    forms = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.form"))}
    table = (HERE / "small_table.dmn").read_text(encoding="utf-8")
    return Bundle("intake", {"intake.bpmn": diagram}, {"small_table.dmn": table}, forms, CLOCKS)


def publish_small_pathway(replaced: Mapping[str, str] | None = None) -> None:
    """Make it what a referral starts from now on, in this database."""
    dispatch(PublishBundle(command_id=uuid.uuid4(), by=operator(), bundle=small_bundle(replaced)))


def a_small_case(product: Product, who: str = "coordinator", **told: Any) -> UUID:
    """Refer a case onto the small pathway; its id. Two tasks are open then: `call` and `weigh`."""
    answers = {**plausible(form()), "relation": "other", **told}
    reference = product.do(MakeReferral, who, answers=answers)["reference"]
    return product.session.scalars(select(Case.id).where(Case.reference == reference)).one()


def open_tasks(product: Product, case: UUID) -> dict[str, UUID]:
    """Element id to task id of what is open in a case."""
    found = select(Task.element, Task.id).where(Task.case_id == case, Task.closed_at.is_(None))
    return {row.element.rpartition("/")[2]: row.id for row in product.session.execute(found)}


def some_answers(element: str, dice: random.Random) -> dict[str, Any]:
    """Valid answers that leave the case's way open: a call may be made again."""
    answers = dict(ANSWERS[element])
    if element == "call":
        answers["again"] = dice.choice(["yes", "no"])
    if element == "weigh":
        answers["weight"] = dice.choice(["light", "heavy"])
    return answers
