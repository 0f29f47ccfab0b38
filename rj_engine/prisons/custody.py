"""Where the harmer of a case is held: one row for each stay, restricted data throughout."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases import found_by, marks
from rj_engine.cases.records import Finished, records
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people import staff
from rj_engine.prisons import shapes
from rj_engine.prisons.reference import PLACE_UNKNOWN

HELD: Final = "custody"
UNKNOWN: Final = "not_known"
OUT: Final = "community"
INSIDE: Final = frozenset({HELD, UNKNOWN})
"""Until somebody has confirmed that they are out, whoever was in custody counts as held."""


class SamePlace(Refused):
    """A move to the same place is no move."""

    code = "same_place"


class Custody(Row):
    """One stay in one place, or a time out of custody; the open one has no end.

    A permission belongs to the stay in which it was asked for: with the stay it ends.
    """

    __tablename__ = "custody"
    __table_args__ = (Index("ix_custody_case", "case_id", "ended_at", "status"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    status: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20), default="")
    establishment: Mapped[str] = mapped_column(String(60), default="")
    """A code of `establishments.csv`; `other` and `not_known` where the list does not help."""
    source: Mapped[str] = mapped_column(String(40), default="")
    confirmed_on: Mapped[date | None]
    release_expected_on: Mapped[date | None]
    licence_no_contact: Mapped[str] = mapped_column(String(20), default="")
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    detail_sealed: Mapped[bytes] = mapped_column(Sealed)

    detail = Opened[dict[str, Any]]("detail_sealed")
    """The prison number, and the name of a place that is not in the list."""


found_by.keep_with(Custody, ("detail_sealed",), lambda stay: marks.of_number(str(stay.detail.get("number") or "")))


@records("custody")
def keep_custody(finished: Finished) -> list[Entry]:
    """Begin a stay where the place is another one, or confirm the one that stands."""
    if "custody_place" in finished.answers:
        return _keep_place(finished)
    return _keep_release(finished)


def _keep_place(finished: Finished) -> list[Entry]:
    place = shapes.told(shapes.Place, finished.answers)
    now_there = stay(finished.session, finished.case.id)
    if now_there is not None and _is_same(now_there, place):
        now_there.confirmed_on = place["place_confirmed_on"] or now_there.confirmed_on
        now_there.source = place["place_source"] or now_there.source
        now_there.release_expected_on = place["release_expected_on"]
        now_there.detail = {**now_there.detail, "number": place["prisoner_number"] or now_there.detail.get("number")}
        return [Entry("case:custody:confirmed", {"status": now_there.status})]
    if now_there is not None and now_there.status == UNKNOWN:
        _require_another_place(finished, now_there, place)
    return _begin(finished, place["custody_place"], place)


def _require_another_place(finished: Finished, since: Custody, place: Mapping[str, Any]) -> None:
    """Refuse a move to where they were before, unless somebody has made sure of it after the move was told."""
    before = next((row for row in stays(finished.session, finished.case.id) if row.id != since.id), None)
    if before is None or before.ended_at is None or not _is_same(before, place):
        return
    left_on, confirmed_on = since.began_at.astimezone(clock.LONDON).date(), place["place_confirmed_on"]
    if confirmed_on is None or confirmed_on <= left_on:
        day, teller = f"{left_on.day} {left_on:%B %Y}", since.recorded_by
        who = staff.names(finished.session, {teller}).get(teller) if teller else None
        raise SamePlace(
            f"{who or 'Somebody'} recorded on {day} that they have left that place, and what it "
            f"had allowed ended then. If they came back, or never left, make sure of it again and give that day: "
            f"it has to be after {day}."
        )


def _keep_release(finished: Finished) -> list[Entry]:
    release = shapes.told(shapes.Release, finished.answers)
    if release["prison_outcome"] != "released":
        leave(finished.session, finished.case.id, finished.now, finished.by.id)
        return [Entry("case:custody:recorded", {"status": UNKNOWN})]
    return _begin(finished, OUT, release)


def _begin(finished: Finished, status: str, told: Mapping[str, Any]) -> list[Entry]:
    row = Custody(
        case_id=finished.case.id,
        status=status,
        kind=told.get("prison_kind") or "",
        establishment=told.get("prison_code") or "",
        source=told["place_source"] or "",
        confirmed_on=told["place_confirmed_on"],
        release_expected_on=told.get("release_expected_on"),
        licence_no_contact=told.get("licence_no_contact") or "",
        began_at=finished.now,
        recorded_by=finished.by.id,
        detail={
            "other": told.get("prison_other"),
            "number": told.get("prisoner_number"),
            "released_on": told["released_on"].isoformat() if told.get("released_on") else None,
            "supervised_by": told.get("supervised_by"),
        },
    )
    _end(finished.session, finished.case.id, finished.now)
    finished.session.add(row)
    return [Entry("case:custody:recorded", {"status": status})]


def _is_same(row: Custody, place: Mapping[str, Any]) -> bool:
    """Whether somebody has only confirmed what we knew; a place nobody can name is never the same one."""
    if place["custody_place"] != row.status:
        return False
    if row.status != HELD:
        return True
    if place["prison_code"] == "other":
        named = (row.detail.get("other") or "").casefold().split()
        return row.establishment == "other" and (place["prison_other"] or "").casefold().split() == named != []
    return place["prison_code"] not in {None, *PLACE_UNKNOWN} and place["prison_code"] == row.establishment


def _end(session: Session, case_id: UUID, now: datetime) -> None:
    if (row := stay(session, case_id)) is not None:
        row.ended_at = now


def leave(session: Session, case_id: UUID, now: datetime, by: UUID | None = None) -> None:
    """Note that they have left the place, as told by a transfer or release: where they are has to be found out.

    Every permission given there is void from now on.
    """
    _end(session, case_id, now)
    row = Custody(case_id=case_id, status=UNKNOWN, began_at=now, recorded_by=by, detail={})
    session.add(row)
    session.flush()


def stay(session: Session, case_id: UUID) -> Custody | None:
    """The stay that stands now; None where nobody has ever recorded one."""
    session.flush()
    where = Custody.case_id == case_id, Custody.ended_at.is_(None)
    found = select(Custody).where(*where).order_by(Custody.began_at.desc()).limit(1)
    return session.scalars(found).one_or_none()


def in_custody(session: Session, case_id: UUID) -> bool:
    """Whether a prison has to be asked: held, or was held and nobody has confirmed where they are."""
    now_there = stay(session, case_id)
    return now_there is not None and now_there.status in INSIDE


def stays(session: Session, case_id: UUID) -> list[Custody]:
    """Every stay of a case, newest first; restricted."""
    found = select(Custody).where(Custody.case_id == case_id).order_by(Custody.began_at.desc())
    return list(session.scalars(found))
