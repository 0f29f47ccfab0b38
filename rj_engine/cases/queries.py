"""What a case page and a list of cases show; reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from rj_engine import ledger
from rj_engine.cases import case as cases
from rj_engine.cases import consent, contact
from rj_engine.cases.case import Case, Party, Referral, visible
from rj_engine.cases.consent import Consent
from rj_engine.cases.contact import Contact
from rj_engine.commands import Actor
from rj_engine.errors import Refused
from rj_engine.ledger import LedgerEntry
from rj_engine.people import staff

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    reference: str
    title: str
    pathway: str
    stage: str
    status: str
    opened_at: datetime
    facilitator_id: UUID | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with all that is known in it, as `by` may see it."""

    case: Case
    facilitator: str | None
    parties: list[Party]
    referral: Referral | None
    consents: list[Consent]
    contacts: list[Contact]
    timeline: list[LedgerEntry]
    today: date

    def standing(self, given: Consent) -> bool:
        """Whether a consent still stands today."""
        return given.withdrawn_at is None and given.expires_on >= self.today


class NoSuchState(Refused):
    """Cases are open, frozen or closed."""

    code = "no_such_state"


def case_file(session: Session, by: Actor, reference: str, now: datetime) -> CaseFile:
    """The whole file of one case; `NotFound` where `by` may not see it."""
    case = cases.find(session, by, reference)
    facilitator = staff.names(session, {case.facilitator_id}) if case.facilitator_id else {}
    return CaseFile(
        case=case,
        facilitator=facilitator.get(case.facilitator_id) if case.facilitator_id else None,
        parties=cases.parties(session, case),
        referral=session.scalars(select(Referral).where(Referral.case_id == case.id)).first(),
        consents=consent.history(session, case.id),
        contacts=contact.log(session, case.id),
        timeline=ledger.read(session, case.id),
        today=now.date(),
    )


def page(
    session: Session, by: Actor, *, query: str = "", state: str = "open", cursor: str | None = None
) -> tuple[list[CaseRow], str | None]:
    """Cases `by` may see, newest first; `query` is the beginning of a reference; the cursor of the next page."""
    if state not in {"open", "frozen", "closed", "all"}:
        raise NoSuchState
    wanted = select(Case).where(visible(by))
    if state != "all":
        wanted = wanted.where(Case.status == state)
    if query:
        wanted = wanted.where(Case.reference.startswith(query.strip().upper(), autoescape=True))
    if cursor:
        after = session.scalars(select(Case).where(Case.reference == cursor, visible(by))).one_or_none()
        if after is not None:
            wanted = wanted.where(tuple_(Case.opened_at, Case.id) < tuple_(*_place(after)))
    found = list(session.scalars(wanted.order_by(Case.opened_at.desc(), Case.id.desc()).limit(PAGE + 1)))
    rows = [
        CaseRow(row.reference, row.title, row.pathway, row.stage, row.status, row.opened_at, row.facilitator_id)
        for row in found[:PAGE]
    ]
    return rows, rows[-1].reference if len(found) > PAGE else None


def _place(after: Case) -> tuple[Any, Any]:
    return literal(after.opened_at, Case.opened_at.type), literal(after.id, Case.id.type)
