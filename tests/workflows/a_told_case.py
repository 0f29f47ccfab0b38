"""Cases that a journey has brought so far, and what is told of them there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from rj_engine import bpmn, clock, ledger
from rj_engine.cases import holds
from rj_engine.cases.case import Case, Strand
from rj_engine.demonstration.journeys import Staff, Stage, open_elements, play
from rj_engine.demonstration.telling import Journey, whole
from rj_engine.workflows.beside.events import RaiseEvent
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.pathways.journeys_told import find
from tests.places import Product

STAGE = Stage(Staff())
LAST_STEP_BEFORE = {"hand_over_letter": "sign_off", "take_letter": "check_preparation"}


SECOND = {
    "more_victims": "one",
    "victim_2_name": "Second Invented",
    "victim_2_age_band": "25_64",
    "victim_2_basis": "subjected",
    "victim_2_aware": "yes",
    "victim_2_safe_contact_voicemail": "none",
    "victim_2_safe_contact_device_shared": "no",
}


class Told:
    """A case that a journey has brought so far, and what is done in it."""

    def __init__(self, product: Product, name: str, until: str) -> None:
        """`until` is the last task that is done."""
        journey = whole({"title": "as far as that", "begins_as": name, "as_far_as": until}, find)
        played = play(journey, STAGE)
        self.product, self.reference, self.now = product, played.reference, played.now

    @property
    def case(self) -> Case:
        return self.product.session.scalars(select(Case).where(Case.reference == self.reference)).one()

    @property
    def open(self) -> set[str]:
        return set(open_elements(self.reference))

    def raise_event(self, event: str, who: str = "facilitator", **parts: Any) -> dict[str, Any]:
        answers = STAGE.filled(bpmn.events()[event]["form"], parts.pop("answers", {}))
        return self.product.do(RaiseEvent, who, reference=self.reference, event=event, answers=answers, **parts)

    def task(self, element: str) -> Task:
        where = Task.reference == self.reference, Task.closed_at.is_(None)
        return next(task for task in self.product.session.scalars(select(Task).where(*where)) if ends(task, element))

    def complete(self, element: str, who: str, **answers: Any) -> dict[str, Any]:
        task = self.task(element)
        return self.product.do(CompleteTask, who, task_id=task.id, answers=STAGE.filled(task.form, answers))

    def strand(self) -> Strand:
        about = self.product.session.scalars(select(Run.about_id).where(Run.case_id == self.case.id)).all()
        return Strand(self.case.id, next((one for one in about if one), None))

    def tags(self) -> list[str]:
        return [entry.tag for entry in ledger.read(self.product.session, self.case.id)]

    def holds(self) -> list[str]:
        return [hold.kind for hold in holds.standing(self.product.session, self.strand())]


def ends(task: Task, element: str) -> bool:
    return task.element.rpartition("/")[2] == element


@contextmanager
def a_case(product: Product, name: str, until: str) -> Iterator[Told]:
    """A case as far as `until`, an hour later."""
    told = Told(product, name, until)
    with clock.at(told.now):
        yield told


def running(case: Told) -> list[Run]:
    where = Run.case_id == case.case.id, Run.status == "running"
    return list(case.product.session.scalars(select(Run).where(*where)))


def two_victims(product: Product) -> Told:
    """A case of two victims, both with runs of their own."""
    told: dict[str, Any] = json.loads(json.dumps(find("allocated")))
    told["referral"].setdefault("answers", {}).update(SECOND)
    journey: Journey = whole({**told, "ends": {}}, find)
    case = Told.__new__(Told)
    played = play(journey, Stage(Staff(), checks=False))
    case.product, case.reference, case.now = product, played.reference, played.now
    return case
