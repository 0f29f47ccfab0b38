"""How a strand of a case ended: one reason each, and the case's own among them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import bpmn
from rj_engine.cases import reasons
from rj_engine.cases.case import Case
from rj_engine.cases.reasons import Reason
from rj_engine.cases.records import Finished, records
from rj_engine.database import Row
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

WORDS: Final = 200
"""Characters; a list allows fewer, a form as many as its author drew."""


class NotWhatHappened(Refused):
    """That did not take place in this case. Choose the reason that fits what was done."""

    code = "not_what_happened"


class Closure(Row):
    """Why the work with one victim, or with everybody in the case, came to its end."""

    __tablename__ = "closure"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"))
    reason: Mapped[str] = mapped_column(String(60))
    words: Mapped[str | None] = mapped_column(String(WORDS))
    """As the service worded it that day."""
    category: Mapped[str | None] = mapped_column(String(60))
    """What figures count it as."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


@records("closure")
def keep_closure(finished: Finished) -> list[Entry]:
    """Note why this strand ends; an outcome counts only if what it names was done."""
    reason = str(finished.answers.get(reasons.ASKED_FOR) or "")
    known = reasons.known(finished.session, finished.case.service_id, finished.now)
    chosen = reasons.chosen(known, reason, finished.pathway, finished.drawn)
    if chosen.needs is not None and chosen.needs not in finished.effects_done():
        raise NotWhatHappened
    note(
        finished.session,
        finished.case.id,
        finished.strand.about_id,
        finished.run_id,
        reason,
        finished.now,
        finished.by.id,
        chosen,
    )
    return [Entry("case:closure:recorded", {"reason": reason})]


def note(
    session: Session,
    case_id: UUID,
    about_id: UUID | None,
    run_id: UUID,
    reason: str,
    now: datetime,
    by: UUID | None,
    chosen: Reason | None = None,
) -> None:
    """Write down why one run ended, in the words of that day: those it was `chosen` by, or of the service's list."""
    case = session.get_one(Case, case_id)
    row = Closure(case_id=case_id, about_id=about_id, run_id=run_id, reason=reason, recorded_at=now, recorded_by=by)
    row.words, row.category = _worded(chosen or reasons.known(session, case.service_id, now).get(reason))
    session.add(row)
    session.flush()


def close(session: Session, case: Case, now: datetime) -> str:
    """End a case for its one reason, in the words that it was noted with; the reason.

    What was noted before its words were kept, and a case without any reason, are worded as the list stands now.
    """
    noted = of_case(session, case.id)
    reason = noted.reason if noted else reasons.ALWAYS
    case.status, case.closed_at, case.closure_reason = "closed", now, reason
    if noted is not None and noted.words is not None:
        case.closure_words, case.closure_category = noted.words, noted.category
    else:
        case.closure_words, case.closure_category = _worded(reasons.known(session, case.service_id, now).get(reason))
    return reason


def _worded(found: Reason | None) -> tuple[str | None, str | None]:
    return (found.label[:WORDS], found.counted_as or None) if found else (None, None)


def of_run(session: Session, run_id: UUID) -> str | None:
    """The reason noted for one run."""
    return session.scalars(select(Closure.reason).where(Closure.run_id == run_id)).first()


def of_case(session: Session, case_id: UUID) -> Closure | None:
    """Why the case ended: as the first of its strands that ended with an outcome, else as the last one noted."""
    noted = list(session.scalars(select(Closure).where(Closure.case_id == case_id).order_by(Closure.recorded_at)))
    of_product = bpmn.closure_reasons()
    with_outcome = [one for one in noted if of_product.get(one.category or one.reason, {}).get("rj_outcome")]
    return next(iter([*with_outcome, *reversed(noted)]), None)
