"""What a case page and a list of cases show; reading only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock, ledger
from rj_engine.cases import case as cases
from rj_engine.cases import consent, contact, on_record
from rj_engine.cases.case import Case, Party, Referral, visible
from rj_engine.cases.consent import Consent
from rj_engine.cases.contact import Contact
from rj_engine.cases.on_record import OnRecord
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
    records: OnRecord
    victims: Mapping[UUID, str]
    """Names of the victims, where there are several; what is about one of them says so."""

    def standing(self, given: Consent) -> bool:
        """Whether a consent still stands today."""
        return given.withdrawn_at is None and given.expires_on >= self.today


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """All a referrer is told of a case they referred."""

    reference: str
    status: str
    opened_at: datetime


class NoSuchState(Refused):
    """Cases are open, frozen or closed."""

    code = "no_such_state"


class NoSuchPage(Refused):
    """That page of the list does not exist. Start again from the first."""

    code = "no_such_page"


def case_file(session: Session, by: Actor, reference: str, now: datetime, *, with_timeline: bool = True) -> CaseFile:
    """The whole file of one case, with or without its long timeline; `NotFound` where `by` may not see it."""
    case = cases.find(session, by, reference)
    facilitator = staff.names(session, {case.facilitator_id}) if case.facilitator_id else {}
    victims = cases.of_role(session, case.id, *bpmn.parties()["victim"]["roles"])
    return CaseFile(
        case=case,
        facilitator=facilitator.get(case.facilitator_id) if case.facilitator_id else None,
        parties=cases.parties(session, case),
        referral=session.scalars(select(Referral).where(Referral.case_id == case.id)).first(),
        consents=consent.history(session, case.id),
        contacts=contact.log(session, case.id),
        timeline=ledger.read(session, case.id) if with_timeline else [],
        today=now.astimezone(clock.LONDON).date(),
        records=on_record.of(session, case.id),
        victims={one.id: one.name for one in victims} if len(victims) > 1 else {},
    )


def happened(
    session: Session,
    case_id: UUID,
    *,
    beginning: Sequence[str] = (),
    without: Collection[str] = (),
    before: int | None = None,
    limit: int | None = PAGE,
) -> tuple[list[LedgerEntry], int | None]:
    """A page of what happened in a case, newest first, by how its tags begin; and what the next page is before."""
    wanted = select(LedgerEntry).where(LedgerEntry.chain == case_id, LedgerEntry.tag.not_in(without))
    if beginning:
        wanted = wanted.where(or_(*(LedgerEntry.tag.startswith(each, autoescape=True) for each in beginning)))
    if before is not None:
        wanted = wanted.where(LedgerEntry.number < before)
    ordered = wanted.order_by(LedgerEntry.number.desc())
    found = list(session.scalars(ordered if limit is None else ordered.limit(limit + 1)))
    if limit is None or len(found) <= limit:
        return found, None
    return found[:limit], found[limit - 1].number


def how_often(session: Session, case_id: UUID) -> dict[str, int]:
    """How many entries of each tag a case has."""
    counted = select(LedgerEntry.tag, func.count().label("often")).where(LedgerEntry.chain == case_id)
    return {row.tag: row.often for row in session.execute(counted.group_by(LedgerEntry.tag))}


def page(
    session: Session, by: Actor, *, query: str = "", state: str = "open", cursor: str | None = None
) -> tuple[list[CaseRow], str | None]:
    """Cases `by` may see, newest first; `query` is the beginning of a reference; the cursor of the next page."""
    statuses = {"all": ("open", "frozen", "closed")}.get(state, (state,))
    found, after = _listed(session, select(Case).where(visible(by)), statuses, query, cursor)
    rows = [
        CaseRow(row.reference, row.title, row.pathway, row.stage, row.status, row.opened_at, row.facilitator_id)
        for row in found
    ]
    return rows, after


def own_referrals(
    session: Session, by: Actor, *, query: str = "", state: str = "open", cursor: str | None = None
) -> tuple[list[ReferralRow], str | None]:
    """The cases `by` referred, newest first: reference, date, and open or closed; trouble inside is not told."""
    by.require("see_own_referrals")
    statuses = {"open": ("open", "frozen"), "frozen": (), "all": ("open", "frozen", "closed")}.get(state, (state,))
    mine = select(Case).join(Referral, Referral.case_id == Case.id).where(Referral.made_by == by.id)
    found, after = _listed(session, mine.where(Case.service_id == by.service_id), statuses, query, cursor)
    rows = [ReferralRow(row.reference, "closed" if row.status == "closed" else "open", row.opened_at) for row in found]
    return rows, after


def _listed(
    session: Session, wanted: Select[Case], statuses: tuple[str, ...], query: str, cursor: str | None
) -> tuple[list[Case], str | None]:
    """One page of `wanted`, and where the next begins."""
    if set(statuses) - {"open", "frozen", "closed"}:
        raise NoSuchState
    filtered = wanted.where(Case.status.in_(statuses))
    if query:
        filtered = filtered.where(Case.reference.startswith(query.strip().upper(), autoescape=True))
    if cursor:
        after = session.scalars(wanted.where(Case.reference == cursor)).one_or_none()
        if after is None:
            raise NoSuchPage
        filtered = filtered.where(tuple_(Case.opened_at, Case.id) < tuple_(*_place(after)))
    found = list(session.scalars(filtered.order_by(Case.opened_at.desc(), Case.id.desc()).limit(PAGE + 1)))
    return found[:PAGE], found[PAGE - 1].reference if len(found) > PAGE else None


def _place(after: Case) -> tuple[Any, Any]:
    return literal(after.opened_at, Case.opened_at.type), literal(after.id, Case.id.type)
