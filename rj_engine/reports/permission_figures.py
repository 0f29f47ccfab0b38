"""What leads, managers and commissioners learn of permission: time, reasons, what was lost, whose side the days were.

Every figure has its n. Requests are counted by the day they were sent; those still open are never left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.prisons.shapes import GRANTED
from rj_engine.reports.stall_rows import ENDED
from rj_engine.reports.survival import Curve, curve
from rj_engine.reports.usual import Usual, usual

ROW = PrisonRequest
INDIRECT = "victim_indirect"
LATE = " late"
LOST: Mapping[str, str] = {
    "choice": "the victim chose otherwise",
    "left": "moved or released",
    "anew": "asked anew",
    "closed": "the case was closed",
}
"""How a request ends without a decision."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How often a reason was given by somebody who decided."""

    decided_by: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one service over one period."""

    since: date
    until: date
    requests: int
    undelivered: int
    """Sent, and never known to have arrived: contact quality."""
    bounced: int
    granted: int
    with_conditions: int
    refused: int
    waiting: int
    lost: int
    """Ended without a decision."""
    lost_how: Mapping[str, int]
    """The same by how it ended, in the order of `LOST`; what did not happen is left out."""
    indirect: int
    """Of all, those whose victim chose an indirect way."""
    all_decided: Usual | None
    by_kind: Mapping[str, Usual]
    by_route: Mapping[str, Usual]
    by_decider: Mapping[str, Usual]
    by_place: Mapping[str, Usual]
    refusals: Sequence[Refusal]
    days_all: int
    days_ours: int
    days_victims: int
    late_cancellations: int
    curve: Curve | None

    @property
    def decided(self) -> int:
        """Requests that have a decision."""
        return self.granted + self.with_conditions + self.refused


def figures(session: Session, service_id: UUID, since: date, until: date) -> Figures:
    """Count every request of a service sent from `since` to `until`."""
    within = and_(ROW.service_id == service_id, ROW.sent_on >= since, ROW.sent_on <= until)
    decisions = _decisions(session, within)
    undecided = _undecided(session, within, until)
    by_days = _by_days(session, within)
    count = Counter[str]()
    for each in decisions:
        count[each.decision] += each.count
    contact = _contact(session, within)
    return Figures(
        since=since,
        until=until,
        requests=contact["all"],
        undelivered=contact["undelivered"],
        bounced=contact["failed"],
        granted=count[GRANTED[0]],
        with_conditions=count[GRANTED[1]],
        refused=count["refused"],
        waiting=sum(1 for each in undecided if not each.lost),
        lost=sum(1 for each in undecided if each.lost),
        lost_how=_lost_how(undecided),
        indirect=contact["indirect"],
        all_decided=usual((each.days, each.often) for each in by_days),
        by_kind=_usually(by_days, "kind"),
        by_route=_usually(by_days, "route"),
        by_decider=_usually(by_days, "decider"),
        by_place=_by_place(session, within),
        refusals=_refusals(decisions),
        days_all=sum(each.days * each.often for each in by_days),
        days_ours=sum(each.ours for each in by_days),
        days_victims=sum(each.victims for each in by_days),
        late_cancellations=contact["late"],
        curve=_curve(by_days, undecided),
    )


@dataclass(frozen=True, slots=True)
class _Days:
    """How often an answer took so many days, and whose they were in all."""

    kind: str
    route: str
    decider: str
    days: int
    often: int
    ours: int
    victims: int


def _by_days(session: Session, within: ColumnElement[bool]) -> Sequence[_Days]:
    by = ROW.kind, ROW.route, ROW.decided_by, ROW.days_taken
    sums = func.count(), func.coalesce(func.sum(ROW.days_ours), 0), func.coalesce(func.sum(ROW.days_victims), 0)
    rows: Any = session.connection().execute(
        select(*by, *sums).where(within, ROW.days_taken.is_not(None)).group_by(*by)
    )
    return [_Days(*row) for row in rows]


def _usually(rows: Iterable[_Days], part: str) -> Mapping[str, Usual]:
    found: dict[str, Counter[int]] = {}
    for row in rows:
        found.setdefault(getattr(row, part), Counter())[row.days] += row.often
    return {key: known for key in sorted(found) if (known := usual(found[key].items())) is not None}


def _by_place(session: Session, within: ColumnElement[bool]) -> Mapping[str, Usual]:
    by = ROW.establishment, ROW.days_taken
    rows = session.connection().execute(
        select(*by, func.count()).where(within, ROW.days_taken.is_not(None)).group_by(*by)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for place, days, often in rows:
        found.setdefault(place, []).append((int(days or 0), often))
    return {place: known for place in sorted(found) if (known := usual(found[place])) is not None}


@dataclass(frozen=True, slots=True)
class _Decision:
    decision: str
    decided_by: str
    reason: str
    count: int


def _decisions(session: Session, within: ColumnElement[bool]) -> Sequence[_Decision]:
    by = ROW.decision, ROW.decided_by, ROW.reason_code
    return [
        _Decision(*row) for row in session.connection().execute(select(*by, func.count()).where(within).group_by(*by))
    ]


def _refusals(decisions: Iterable[_Decision]) -> Sequence[Refusal]:
    found = [Refusal(each.decided_by, each.reason, each.count) for each in decisions if each.decision == "refused"]
    return sorted(found, key=lambda each: (-each.count, each.decided_by, each.reason))


def _contact(session: Session, within: ColumnElement[bool]) -> Mapping[str, int]:
    by = ROW.delivered_on.is_(None), ROW.failed, ROW.victim_choice, ROW.event_fell_through
    found = Counter[str]()
    for undelivered, failed, choice, fell, often in session.connection().execute(
        select(*by, func.count()).where(within).group_by(*by)
    ):
        told = {
            "undelivered": undelivered,
            "failed": failed,
            "indirect": choice == INDIRECT,
            "late": fell.endswith(LATE),
        }
        found.update({"all": often, **{name: often for name, is_so in told.items() if is_so}})
    return found


@dataclass(frozen=True, slots=True)
class _Undecided:
    lost: str
    """How it ended without a decision, a key of `LOST`; nothing while it waits."""
    days: int


def _undecided(session: Session, within: ColumnElement[bool], until: date) -> Sequence[_Undecided]:
    """How long each waited that was never decided, and whether it still waits."""
    columns = ROW.delivered_on, ROW.superseded_at, ROW.victim_choice, Case.closed_at, Custody.ended_at
    joined = select(*columns).join(Case, Case.id == ROW.case_id).outerjoin(Custody, Custody.id == ROW.stay_id)
    rows = session.connection().execute(joined.where(within, ROW.decision == ""))
    return [_waited(row, until) for row in rows]


def _waited(row: Any, until: date) -> _Undecided:
    ends = [_day(moment) for moment in (row.superseded_at, row.closed_at, row.ended_at) if moment is not None]
    end = min([*ends, until])
    days = clock.working_days_between(row.delivered_on, end) if row.delivered_on else 0
    return _Undecided(_ended_by(row), days)


def _ended_by(row: Any) -> str:
    """What the victim chose comes first: a case that was closed or asked anew after it was lost by that choice."""
    if row.victim_choice in ENDED:
        return "choice"
    told = {"left": row.ended_at, "anew": row.superseded_at, "closed": row.closed_at}
    return next((why for why, moment in told.items() if moment is not None), "")


def _lost_how(undecided: Iterable[_Undecided]) -> Mapping[str, int]:
    found = Counter(each.lost for each in undecided)
    return {why: found[why] for why in LOST if found[why]}


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.LONDON).date()


def _curve(by_days: Iterable[_Days], undecided: Iterable[_Undecided]) -> Curve | None:
    decided = Counter[int]()
    for each in by_days:
        decided[each.days] += each.often
    return curve(decided, Counter(each.days for each in undecided))
