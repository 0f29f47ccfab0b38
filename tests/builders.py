"""Builds things: a case with the facts that the gate asks for, each of which a test can take away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases.case import Case, Strand
from rj_engine.cases.consent import Consent
from rj_engine.cases.records import Finished
from rj_engine.clock import Period
from rj_engine.commands import Actor
from rj_engine.database import db
from rj_engine.risk.assessment import RiskAssessment
from rj_engine.workflows.rows import PathwayVersion, Run, Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical
from tests.places import Product


def a_case(product: Product, who: str = "coordinator") -> Case:
    """A bare case of that person's team: no run, no people."""
    by = product.actor(who)
    case = Case(
        service_id=by.service_id,
        team_id=by.team_id,
        reference=f"TT-{uuid.uuid4().hex[:6].upper()}",
        title="A bicycle taken",
        pathway="intake",
        opened_at=clock.now(),
    )
    db.session.add(case)
    db.session.commit()
    return case


def a_consent(
    case: Case, party: str, scope: str, given_on: date, expires_on: date, withdrawn_at: datetime | None = None
) -> Consent:
    """One party's word on one scope."""
    return Consent(
        case_id=case.id,
        party=party,
        scope=scope,
        given_on=given_on,
        expires_on=expires_on,
        method="call",
        recorded_at=clock.now(),
        withdrawn_at=withdrawn_at,
    )


def an_assessment(
    case: Case, assessor: UUID | None, signer: UUID | None, valid_until: date | None, **changed: Any
) -> RiskAssessment:
    """A standing assessment at level 1, signed where a signer is given."""
    known: dict[str, Any] = {
        "stage": "initial",
        "assessor_level": 3,
        "needed_level": 2,
        "gate_level": 1,
        "floor": 0,
        "level": 1,
        "sensitive": False,
        "assessed_at": clock.now(),
        "signed_at": clock.now() if signer else None,
        "detail": {"inputs": {}},
    }
    signature = {"assessor_id": assessor, "signer_id": signer, "valid_until": valid_until}
    return RiskAssessment(case_id=case.id, **{**known, **signature, **changed})


def a_run(case: Case) -> Run:
    """A run that stands still, of the newest version of the case's pathway."""
    wanted = select(PathwayVersion.id).where(PathwayVersion.pathway == case.pathway)
    version_id = db.session.scalars(wanted.order_by(PathwayVersion.number.desc())).first()
    run = Run(case_id=case.id, version_id=version_id, pathway=case.pathway, started_at=clock.now())
    run.state, run.variables = b"", {}
    db.session.add(run)
    db.session.commit()
    return run


def a_sensitive_task(product: Product) -> tuple[UUID, str, UUID | None]:
    """The first contact of a sensitive case: the task, its form, and whom it was offered to."""
    made = product.do_referral("coordinator", harm_flags=["SA"], source_type="sv_service")
    wanted: dict[str, dict[str, Any]] = {
        "screen_for_safety": {"harm_flags": ["SA"]},
        "allocate_case": {"complexity": "sensitive"},
    }
    tasks = made["next_tasks"]
    while tasks[0]["lane"] != "facilitator":
        task = product.session.get_one(Task, UUID(tasks[0]["id"]))
        answers = typical(task.form, **wanted.get(task.element.rpartition("/")[2], {}))
        tasks = product.do(CompleteTask, task.lane, task_id=task.id, answers=answers)["next_tasks"]
    task = product.session.get_one(Task, UUID(tasks[0]["id"]))
    return task.id, task.form, task.assignee_id


def kept(*rows: object) -> None:
    """Write rows as they are: facts of a test, not the product's own way of making them."""
    db.session.add_all(rows)
    db.session.commit()


@dataclass
class FinishedTask:
    """A task just finished, as a record keeper is given it."""

    case: Case
    by: Actor
    answers: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    decided: Sequence[Mapping[str, Any]] = ()
    periods: Mapping[str, Period] = field(default_factory=dict)
    effects: frozenset[str] = frozenset()
    run_id: UUID = field(default_factory=uuid.uuid4)

    def told(self) -> Finished:
        """The same for the keeper, now."""
        return Finished(
            session=db.session(),
            case=self.case,
            strand=Strand(self.case.id),
            run_id=self.run_id,
            by=self.by,
            now=clock.now(),
            task_id=uuid.uuid4(),
            name="A task",
            properties=self.properties,
            answers=self.answers,
            variables=self.variables,
            decided=self.decided,
            periods=self.periods,
            effects_done=lambda: self.effects,
        )
