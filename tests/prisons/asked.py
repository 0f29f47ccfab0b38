"""Cases in which a prison has been asked: by the shipped pathway, or written down as they stand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases.case import Case, Party
from rj_engine.database import db
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import publishing
from rj_engine.workflows.rows import PathwayVersion, Task, Timer
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.answers import typical
from tests.builders import a_case, kept
from tests.places import Product

MONDAY = datetime(2024, 1, 8, 10, 0, tzinfo=clock.LONDON)
"""No bank holiday follows until the end of March."""


def a_stay(case: Case, place: str = "MSI", began: date = date(2024, 1, 2)) -> Custody:
    """Somebody is held there."""
    row = Custody(
        case_id=case.id, status="custody", establishment=place, began_at=clock.start_of(began), detail={"number": None}
    )
    kept(row)
    return row


def a_request(case: Case, stay: Custody, on: date = date(2024, 1, 8), **changed: Any) -> PrisonRequest:
    """A request that arrived on the day it was sent."""
    known: dict[str, Any] = {
        "service_id": case.service_id, "kind": "access", "route": "direct_omu", "establishment": stay.establishment,
        "sent_to": "pom", "method": "email", "is_review": False, "sent_on": on, "delivered_on": on,
        "recorded_at": clock.start_of(on), "detail": {}, "chases": [], "last_rung": 0,
    }  # fmt: skip
    row = PrisonRequest(case_id=case.id, stay_id=stay.id, **{**known, **changed})
    kept(row)
    return row


@dataclass
class Asking:
    """One case whose prison is asked by the shipped pathway; `who` does everything."""

    product: Product
    case_id: UUID
    reference: str
    who: str = "lead"

    @classmethod
    def sent(cls, product: Product, at: datetime = MONDAY, **place: Any) -> Asking:
        """Up to a request that has arrived; with a victim and a harmer in the case."""
        with clock.at(at):
            asking = cls.begun(product)
            asking.do("confirm_place", **place).do("check_restrictions").do("send_request")
            return asking.do("check_delivery", request_delivered_on=at.date().isoformat())

    @classmethod
    def begun(cls, product: Product) -> Asking:
        """The run has begun, and nobody knows the place."""
        case = a_case(product, "lead")
        publish_alone(product)
        kept(*(a_person(case, role, wall) for role, wall in (("victim", "V"), ("harmer", "H"))))
        variables = {"request_kind": "access", "harm_flags": [], "harmer_age_band": "25_64"}
        Move(db.session(), case, product.actor("lead"), clock.now()).start("prison_permission", variables)
        db.session.commit()
        return cls(product, case.id, case.reference)

    def open(self, name: str) -> UUID | None:
        """The open task of that name."""
        where = Task.case_id == self.case_id, Task.closed_at.is_(None), Task.element.endswith(f"/{name}")
        return self.product.session.scalar(select(Task.id).where(*where))

    def do(self, name: str, **answers: Any) -> Asking:
        """Finish it with an ordinary day's answers, changed."""
        task = self.product.session.get_one(Task, self.open(name))
        told = typical(task.form, **answers)
        self.product.do(CompleteTask, self.who, task_id=task.id, answers=told)
        return self

    def next_rung_at(self) -> datetime | None:
        """When the next rung rings."""
        where = Timer.case_id == self.case_id, Timer.element == "prison_ladder/rung_falls_due"
        return self.product.session.scalar(select(Timer.due_at).where(*where))

    def ring(self) -> datetime:
        """Let the next rung fall due; the moment just after."""
        due = self.next_rung_at()
        assert due is not None
        later = due + timedelta(hours=9)
        with clock.at(later):
            assert timers.fire_due() == 1
        return later

    @property
    def request(self) -> PrisonRequest:
        """The newest request."""
        where = select(PrisonRequest).where(PrisonRequest.case_id == self.case_id)
        return self.product.session.scalars(where.order_by(PrisonRequest.recorded_at.desc())).first()  # type: ignore[return-value]  # there is one


def publish_alone(product: Product) -> None:
    """The part that asks a prison, as a pathway of its own; stored as it is, since nobody calls it here."""
    session = product.session
    where = PathwayVersion.pathway == "prison_permission"
    if session.scalar(select(PathwayVersion.id).where(where)) is None:
        bundle = publishing.shipped("prison_permission")
        known = {"pathway": bundle.pathway, "number": 1, "name": "Asking a prison", "checksum": bundle.checksum}
        by = product.actor("lead").id
        kept(PathwayVersion(**known, bundle=bundle.packed(), published_at=clock.now(), published_by=by))


def a_person(case: Case, role: str, wall: str) -> Party:
    """Somebody of the case."""
    return Party(
        id=uuid.uuid4(), case_id=case.id, role=role, wall=wall, name=f"Zq{role} Xwberg", contact={}, name_mark=""
    )
