"""Consent to take part: scope by scope, with an expiry, and its withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.clock import Period
from rj_engine.database import Row
from rj_engine.ledger import Entry

EXPIRY: Final = "consent_expiry"
DEFAULT_EXPIRY: Final = Period(12, "weeks")


class Consent(Row):
    """One scope that one party agreed to; a later one for the same scope takes its place."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_case", "case_id", "party", "scope"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    party: Mapped[str] = mapped_column(String(30))
    scope: Mapped[str] = mapped_column(String(40))
    given_on: Mapped[date]
    expires_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(40))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


@records("consent")
def keep_consent(finished: Finished) -> list[Entry]:
    """Each scope agreed to becomes a row; a refusal withdraws what stood."""
    party = finished.properties.get("consent_party") or finished.properties.get("party") or "victim"
    scopes = [str(scope) for scope in finished.answers.get("consent_scopes") or []]
    if finished.answers.get("consent_given") not in {"yes", True}:
        withdrawn = withdraw(finished.session, finished.strand, party, finished.now, scopes or None)
        return [Entry("case:consent:refused", {"party": party, "scopes": sorted(withdrawn)})]
    given_on = _day(finished.answers.get("consent_given_on")) or clock.today()
    expires_on = clock.due_on(given_on, finished.periods.get(EXPIRY, DEFAULT_EXPIRY))
    withdraw(finished.session, finished.strand, party, finished.now, scopes)
    for scope in scopes:
        finished.session.add(
            Consent(
                case_id=finished.case.id,
                about_id=finished.strand.about_id,
                party=party,
                scope=scope,
                given_on=given_on,
                expires_on=expires_on,
                method=str(finished.answers.get("consent_method") or "not recorded")[:40],
                recorded_by=finished.by.id,
                recorded_at=finished.now,
            )
        )
    return [Entry("case:consent:recorded", {"party": party, "scopes": scopes, "expires_on": expires_on.isoformat()})]


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def withdraw(
    session: Session, strand: Strand, party: str, now: datetime, scopes: Iterable[str] | None = None
) -> set[str]:
    """End what stands for `party` in a strand (only `scopes` where given); the scopes that were standing."""
    standing = *strand.of(Consent), Consent.party == party, Consent.withdrawn_at.is_(None)
    where = (*standing, Consent.scope.in_(list(scopes))) if scopes is not None else standing
    session.flush()
    ended = session.execute(update(Consent).where(*where).values(withdrawn_at=now).returning(Consent.scope))
    return set(ended.scalars())


def current(session: Session, strand: Strand, today: date) -> dict[tuple[str, str], Consent]:
    """Consents of a strand that stand on `today`, by (party, scope)."""
    rows = session.scalars(
        select(Consent)
        .where(*strand.of(Consent), Consent.withdrawn_at.is_(None), Consent.expires_on >= today)
        .order_by(Consent.recorded_at)
    )
    return {(row.party, row.scope): row for row in rows}


def history(session: Session, case_id: UUID) -> list[Consent]:
    """Every consent of a case, newest first."""
    return list(session.scalars(select(Consent).where(Consent.case_id == case_id).order_by(Consent.recorded_at.desc())))
