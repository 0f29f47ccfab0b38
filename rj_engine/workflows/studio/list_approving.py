"""A service's list published by a second person, and standing again on an earlier version in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import lists, reasons
from rj_engine.cases.lists import ListVersion, StandingList
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.workflows.studio import list_drafts, partner_checks, reason_checks
from rj_engine.workflows.studio.approving import NeverStood, NotSecondPerson, NotSubmitted
from rj_engine.workflows.studio.drafting import FileRefused


@dataclass(frozen=True, kw_only=True)
class ApproveList(Command):
    """Publish a list that somebody else wrote; `edition` is the one that was looked at."""

    draft_id: UUID
    edition: int


@dataclass(frozen=True, kw_only=True)
class StandOnList(Command):
    """Let the service use an earlier version of a list again, from now; number 0 is what ships with the product."""

    what: str
    number: int


@handles(ApproveList, verb="approve_pathways")
def approve(command: ApproveList, session: Session, now: datetime) -> Outcome:
    """Another person than any of its authors, and nothing wrong left in it as the pathways stand today."""
    draft, by = list_drafts.find(session, command.by, command.draft_id, hold=True), command.by
    if (draft.status, draft.edition) != ("submitted", command.edition):
        raise NotSubmitted
    if str(by.id) in draft.authors:
        raise NotSecondPerson
    if found := [one for one in list_drafts.noted(session, draft, now) if one.severity == "error"]:
        raise FileRefused(found)
    rows = draft.content["rows"]
    published = lists.every(session, draft.service_id, draft.kind)
    version = ListVersion(
        service_id=draft.service_id,
        kind=draft.kind,
        number=published[0].number + 1 if published else 1,
        rows=rows,
        checksum=lists.checksum_of(rows),
        authors=draft.authors,
        approved_by=by.id,
        published_at=now,
    )
    session.add(version)
    session.flush()
    from_at = now if draft.stands_from is None else max(now, clock.start_of(draft.stands_from))
    _stand(session, by, draft.kind, version, (from_at, now), None)
    draft.status = "published"
    told = {"list": draft.kind, "number": version.number, "checksum": version.checksum}
    return Outcome(dict(told), entries=[Entry("list:version:approved", told)])


@handles(StandOnList, verb="manage_pathways")
def stand_again(command: StandOnList, session: Session, now: datetime) -> Outcome:
    """What was to come into force later does not; cases that are closed keep the words they were closed with."""
    by = command.by
    offered = {one.number: one for one in lists.every(session, by.service_id, command.what)}
    standing = lists.standing(session, by.service_id, command.what, now)
    number, version = standing.number if standing else 0, offered.get(command.number)
    if (version is None and command.number) or not offered:
        raise NeverStood
    if command.number == number and not coming(session, by, command.what, now):
        raise NeverStood
    if found := wrong_today(session, version, now) if version else ():
        raise FileRefused(list(found))
    _stand(session, by, command.what, version, (now, now), standing)
    told = {"list": command.what, "number": command.number, "instead_of": number}
    return Outcome(dict(told), entries=[Entry("list:version:withdrawn", told)])


def wrong_today(session: Session, version: ListVersion, now: datetime) -> list[Finding]:
    """What keeps a version from being used, as the pathways stand now."""
    return [one for one in _noted(session, version, now) if one.severity == "error"]


def wrong_standing(session: Session, service_id: UUID, kind: str, now: datetime) -> list[Finding]:
    """What is wrong with the list in use: a pathway published since may need what it no longer offers."""
    version = lists.standing(session, service_id, kind, now)
    return _noted(session, version, now) if version else []


def _noted(session: Session, version: ListVersion, now: datetime) -> list[Finding]:
    if version.kind == lists.PARTNERS:
        return partner_checks.noted(version.rows, {}, now)
    need = reason_checks.needed(session, version.service_id, now)
    return reason_checks.noted({**reasons.of_the_product(), **version.rows}, {}, need)


def coming(session: Session, by: Actor, kind: str, now: datetime) -> StandingList | None:
    """The last decision about a list, where it has not come into force yet."""
    last = lists.last_line(session, by.service_id, kind)
    return last if last is not None and last.from_at > now else None


def _stand(
    session: Session,
    by: Actor,
    kind: str,
    version: ListVersion | None,
    days: tuple[datetime, datetime],
    withdrawn: ListVersion | None,
) -> None:
    """Write the line; `days` are from when it holds, and now."""
    last = lists.last_line(session, by.service_id, kind)
    session.add(
        StandingList(
            service_id=by.service_id,
            kind=kind,
            number=last.number + 1 if last else 1,
            version_id=version.id if version else None,
            from_at=days[0],
            decided_at=days[1],
            decided_by=by.id,
            withdraws_id=withdrawn.id if withdrawn else None,
        )
    )
