"""Whether the place where they are now has agreed: what the gate asks before anybody in custody is approached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Strand
from rj_engine.prisons import custody
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import ACCESS, EVENT, PrisonRequest
from rj_engine.prisons.shapes import GRANTED
from rj_engine.risk.gate import also_asks

APPROACHES: Final = frozenset(
    {
        "contact_harmer",
        "disclose_to_harmer",
        "deliver_direct",
        "deliver_live_video",
        "deliver_recorded_video",
        "deliver_shuttle",
        "deliver_letter",
        "deliver_informal",
    }
)
"""Effects that reach the harmer: none in custody without access (invariant I-14)."""
EVENTS: Final = frozenset({"deliver_direct", "deliver_live_video"})
"""Effects for which a place, a day and people have to be allowed besides."""
FINAL: Final = (*GRANTED, "refused")


@also_asks("prison_permission")
def missing(session: Session, strand: Strand, effect: str, today: date) -> list[str]:
    """What a prison has yet to agree to before `effect`, in plain words; nothing where nobody is in custody."""
    return list(_missing(session, strand, effect, today)) if effect in APPROACHES else []


def _missing(session: Session, strand: Strand, effect: str, today: date) -> Iterator[str]:
    if not custody.in_custody(session, strand.case_id):
        return
    if not access_granted(session, strand):
        yield "access granted by the prison where they are now"
    if effect not in EVENTS:
        return
    if not event_granted(session, strand):
        yield "permission for the event by the prison where they are now"
    elif not event_granted(session, strand, today):
        yield "permission for the event on this day"


def access_granted(session: Session, strand: Strand) -> bool:
    """Whether the place where they are now lets us talk to them; a grant of another stay is void."""
    return _granted(session, strand, ACCESS) is not None


def event_granted(session: Session, strand: Strand, on: date | None = None) -> bool:
    """Whether the place where they are now allows the event that was booked, and for the day `on` where given."""
    row = _granted(session, strand, EVENT)
    return row is not None and row.event_on is not None and on in {None, row.event_on}


def _granted(session: Session, strand: Strand, kind: str) -> PrisonRequest | None:
    """The newest request of this stay that was decided, where that is a yes whose conditions we can keep."""
    there = custody.stay(session, strand.case_id)
    row = _decided(session, strand, kind, there) if there is not None else None
    if row is None or row.decision not in GRANTED:
        return None
    conditional = row.decision == "granted_conditions"
    return None if conditional and row.conditions_fit != "yes" else row


def _decided(session: Session, strand: Strand, kind: str, there: Custody) -> PrisonRequest | None:
    where = *strand.of(PrisonRequest), PrisonRequest.kind == kind, PrisonRequest.stay_id == there.id
    found = select(PrisonRequest).where(*where, PrisonRequest.decision.in_(FINAL))
    return session.scalars(found.order_by(PrisonRequest.recorded_at.desc()).limit(1)).one_or_none()
