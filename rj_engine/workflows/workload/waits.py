"""What somebody's cases wait for outside the house: prisons that were asked and have not answered; reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, visible
from rj_engine.commands import Actor
from rj_engine.prisons import reference
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.workflows.workload.filters import SEES_PLACES

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Wait:
    """One request without a decision."""

    case: str
    whom: str
    since: date
    promised_on: date | None


def of_prisons(session: Session, by: Actor, own: Sequence[UUID | None]) -> list[Wait]:
    """Requests about the cases of these people that nobody has decided, the oldest first.

    Where somebody is held is restricted: who may not know it is told of a prison, not of which.
    """
    columns = Case.reference, PrisonRequest.establishment, PrisonRequest.sent_on, PrisonRequest.promised_on
    asked = (
        select(*columns)
        .join(Case, Case.id == PrisonRequest.case_id)
        .join(Custody, Custody.id == PrisonRequest.stay_id)
        .where(visible(by), Case.facilitator_id.in_(own), Case.status != "closed")
        .where(Custody.ended_at.is_(None), PrisonRequest.decision == "")
        .order_by(PrisonRequest.sent_on, Case.reference)
        .limit(PAGE)
    )
    return [
        Wait(row.reference, _named(row.establishment, by), row.sent_on, row.promised_on)
        for row in session.execute(asked)
    ]


def _named(code: str, by: Actor) -> str:
    known = reference.establishments().get(code)
    return known.name if known and SEES_PLACES in by.verbs else "A prison"
