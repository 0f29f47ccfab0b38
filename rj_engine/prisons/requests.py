"""Requests for permission: sent, arrived, chased; one row for each that has left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people import staff
from rj_engine.prisons import custody, shapes

ACCESS: Final = "access"
EVENT: Final = "event"
DECISIONS: Final[Mapping[str, str]] = {
    "granted": "Granted",
    "granted_conditions": "Granted with conditions",
    "refused": "Refused",
    "redirected": "Sent on to somebody else",
}
"""What was answered, in words."""
COUNTED: Final = (
    "service_id", "sent_on", "kind", "route", "decided_by", "days_taken", "days_ours", "days_victims", "decision",
    "reason_code", "delivered_on", "failed", "victim_choice", "event_fell_through",
)  # fmt: skip
"""What figures are counted of, so that they are read without the rows."""
STANDS: Final = (
    "case_id", "kind", "decision", "conditions_fit", "victim_choice", "id", "run_id", "establishment", "sent_on",
    "delivered_on", "decided_on", "held_until", "held_for", "last_chased_on", "victim_told_on", "promised_on",
    "superseded_at",
)  # fmt: skip
"""What says whether a request that counts still waits, and all that the board sorts and filters thousands by."""
_STANDS: Final = text("superseded_at IS NULL")


class BeforeTheRequest(Refused):
    """Nothing can have happened to a request before it was sent."""

    code = "before_the_request"


class PrisonRequest(Row):
    """One request, for access or for an event, at the place where they were when it left."""

    __tablename__ = "prison_request"
    __table_args__ = (
        Index("ix_prison_request_case", "case_id", "about_id", "kind"),
        Index("ix_prison_request_open", "service_id", "superseded_at", "decision"),
        Index("ix_prison_request_taken", "service_id", "establishment", "days_taken", "sent_on"),
        Index("ix_prison_request_counted", *COUNTED),
        Index("ix_prison_request_stands", *STANDS, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    stay_id: Mapped[UUID | None] = mapped_column(ForeignKey("custody.id"))
    run_id: Mapped[UUID | None]
    """The run that asks, chases and waits for the answer; a row of a higher room, so without a foreign key."""
    kind: Mapped[str] = mapped_column(String(10))
    route: Mapped[str] = mapped_column(String(30))
    establishment: Mapped[str] = mapped_column(String(60))
    """At the time of sending; kept when they move. Restricted."""
    sent_to: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(30))
    is_review: Mapped[bool]
    sent_on: Mapped[date]
    delivered_on: Mapped[date | None]
    failed: Mapped[str] = mapped_column(String(20), default="")
    """Why it did not arrive: `bounced`, `pom_changed` or `no_sign`."""
    acknowledged_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    chases: Mapped[list[Any]] = mapped_column(default=list)
    """Rungs climbed, oldest first: rung, to, channel, on, result, hold_until, reason. No names."""
    last_chased_on: Mapped[date | None]
    last_rung: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[date | None]
    """The last day until which the clock was stopped."""
    held_for: Mapped[str] = mapped_column(String(20), default="")
    """Why: `promised`, `our_side` or `victim_side`."""
    superseded_at: Mapped[datetime | None]
    """When a newer request of the same kind took its place."""
    decision: Mapped[str] = mapped_column(String(20), default="")
    decided_on: Mapped[date | None]
    decided_by: Mapped[str] = mapped_column(String(20), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """Who recorded the decision."""
    days_taken: Mapped[int | None]
    """Working days from arrival to the decision, counted when it was recorded; with those of our and the victim's."""
    days_ours: Mapped[int | None]
    days_victims: Mapped[int | None]
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    in_writing: Mapped[str] = mapped_column(String(20), default="")
    consulted: Mapped[str] = mapped_column(String(20), default="")
    conditions_fit: Mapped[str] = mapped_column(String(5), default="")
    review_next: Mapped[str] = mapped_column(String(20), default="")
    alternatives: Mapped[list[Any]] = mapped_column(default=list)
    victim_told_on: Mapped[date | None]
    victim_told_by: Mapped[str] = mapped_column(String(100), default="")
    """The letter it was told by, with a mark of its words; empty where it was said in somebody's own."""
    victim_choice: Mapped[str] = mapped_column(String(30), default="")
    victim_asked_on: Mapped[date | None]
    clearance: Mapped[str] = mapped_column(String(20), default="")
    event_on: Mapped[date | None]
    event_fell_through: Mapped[str] = mapped_column(String(40), default="")
    """The reason code where a booking fell through, with ` late` where that was under two working days before."""
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
    detail_sealed: Mapped[bytes] = mapped_column(Sealed)

    detail = Opened[dict[str, Any]]("detail_sealed")
    """Whom it went to and where, their reference, their words, their conditions."""


def kind_of(finished: Finished) -> str:
    """Which of the two permissions this step is about; access where nobody said."""
    return EVENT if finished.variables.get("request_kind") == EVENT else ACCESS


def newest(session: Session, strand: Strand, kind: str) -> PrisonRequest | None:
    """The last request of this kind that has left in this strand."""
    session.flush()
    where = *strand.of(PrisonRequest), PrisonRequest.kind == kind
    found = select(PrisonRequest).where(*where).order_by(PrisonRequest.recorded_at.desc()).limit(1)
    return session.scalars(found).one_or_none()


def require_not_before(session: Session, row: PrisonRequest, day: date | None, what: str) -> None:
    """Refuse a day before the request was sent; says who recorded the request."""
    if day is not None and day < row.sent_on:
        raise BeforeTheRequest(
            f"{who(session, row.recorded_by)} recorded that this request was sent on {spoken(row.sent_on)}. "
            f"It cannot {what} on {spoken(day)}. Correct the day; nothing you typed is lost."
        )


def who(session: Session, identity: UUID | None) -> str:
    """Who recorded something, for a sentence."""
    return staff.names(session, {identity}).get(identity, "Somebody") if identity else "Somebody"


def decided(decision: str) -> str:
    """What was answered, in words for the middle of a sentence."""
    return DECISIONS.get(decision, decision.replace("_", " ")).lower()


def spoken(day: date) -> str:
    """8 January 2024."""
    return f"{day.day} {day:%B %Y}"


def history(session: Session, case_id: UUID) -> list[PrisonRequest]:
    """Every request of a case, newest first; restricted."""
    found = select(PrisonRequest).where(PrisonRequest.case_id == case_id)
    return list(session.scalars(found.order_by(PrisonRequest.recorded_at.desc())))


@records("prison_request")
def keep_request(finished: Finished) -> list[Entry]:
    """A request has left; from now on its answer counts for this stay alone."""
    sent = shapes.told(shapes.Request, finished.answers)
    there = custody.stay(finished.session, finished.case.id)
    _supersede(finished)
    row = PrisonRequest(
        service_id=finished.case.service_id,
        case_id=finished.case.id,
        run_id=finished.run_id,
        about_id=finished.strand.about_id,
        stay_id=there.id if there else None,
        kind=kind_of(finished),
        route=str(finished.variables.get("prison_route") or "")[:30],
        establishment=there.establishment if there else "",
        sent_to=sent["request_to"],
        method=sent["request_method"],
        is_review=sent["request_is_review"] == "yes",
        sent_on=sent["request_sent_on"],
        victim_told_on=sent["victim_told_on"],
        victim_told_by=finished.letter_sent("victim") if sent["victim_told_on"] else "",
        recorded_by=finished.by.id,
        recorded_at=finished.now,
        detail={
            "contact": sent["request_contact"],
            "reference": sent["request_reference"],
            "enclosed": sent["request_enclosed"],
            "mode": sent["event_mode"],
        },
    )
    finished.session.add(row)
    return [Entry("case:prison:asked", {"kind": row.kind, "to": row.sent_to, "sent_on": row.sent_on.isoformat()})]


def _supersede(finished: Finished) -> None:
    """A new request of the same kind takes the place of the one before it."""
    former = newest(finished.session, finished.strand, kind_of(finished))
    if former is not None and former.superseded_at is None:
        former.superseded_at = finished.now


@records("prison_delivery")
def keep_delivery(finished: Finished) -> list[Entry]:
    """The day it arrived starts the clock; otherwise why it did not arrive. Refuses a day before it was sent."""
    told = shapes.told(shapes.Delivery, finished.answers)
    row = newest(finished.session, finished.strand, kind_of(finished))
    if row is not None:
        require_not_before(finished.session, row, told["request_delivered_on"], "arrive")
        row.delivered_on = told["request_delivered_on"]
        row.failed = "" if told["delivery_result"] == "arrived" else told["delivery_result"]
    return [Entry("case:prison:delivered", {"kind": kind_of(finished), "result": told["delivery_result"]})]


@records("prison_chase")
def keep_chase(finished: Finished) -> list[Entry]:
    """One rung climbed: whom we asked and what came of it."""
    told = shapes.told(shapes.Chase, finished.answers)
    row = newest(finished.session, finished.strand, kind_of(finished))
    rung = finished.variables.get("ladder_rung")
    climbed = {
        "rung": rung,
        "to": told["chase_to"],
        "channel": told["chase_channel"],
        "on": told["chased_on"].isoformat(),
        "result": told["chase_result"],
        "hold_until": told["hold_until"].isoformat() if told["hold_until"] else None,
        "reason": told["chase_reason_code"],
    }
    if row is not None:
        require_not_before(finished.session, row, told["chased_on"], "be chased")
        row.chases = [*row.chases, climbed]
        row.last_rung = int(rung or row.last_rung)
        _note_chase(row, told)
        if told["victim_updated"] == "yes":
            told_victim(row, finished, told["chased_on"])
    return [Entry("case:prison:chased", {"rung": rung, "to": told["chase_to"], "result": told["chase_result"]})]


def _note_chase(row: PrisonRequest, told: dict[str, Any]) -> None:
    row.last_chased_on = told["chased_on"]
    if told["chase_result"] == "acknowledged" and row.acknowledged_on is None:
        row.acknowledged_on = told["chased_on"]
    if told["chase_result"] in shapes.HELD:
        row.held_until, row.held_for = told["hold_until"], told["chase_result"]
    if told["chase_result"] == "promised":
        row.promised_on = told["hold_until"]


def told_victim(row: PrisonRequest, finished: Finished, day: date) -> None:
    """The victim was told where it stands: when, and by which letter where one went."""
    row.victim_told_on = day
    row.victim_told_by = finished.letter_sent("victim")
