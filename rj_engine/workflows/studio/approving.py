"""Publishing by a second person, and standing again on an earlier version in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff
from rj_engine.workflows.published import publishing, versions
from rj_engine.workflows.published.rows import AuthoredVersion, StandingVersion
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.studio import drafting, proving
from rj_engine.workflows.studio.changes import Change, changes
from rj_engine.workflows.studio.rows import PathwayDraft

SAFEGUARDING: Final = "safeguarding_lead"


class NotSecondPerson(Refused):
    """You had a hand in this draft. Somebody who did not has to approve it."""

    code = "not_second_person"


class SafeguardingLeadNeeded(Refused):
    """A gate, an effect or a clock of safety was changed: the safeguarding lead has to write or approve this."""

    code = "safeguarding_lead_needed"


class NotProved(Refused):
    """This draft is not proved as it stands. Prove it first."""

    code = "not_proved"


class NotSubmitted(Refused):
    """This draft does not wait for approval, or has been changed since you looked at it. Open it again."""

    code = "not_submitted"


class NeverStood(Refused):
    """This version cannot stand again: it is not one of this service's, or it stands already."""

    code = "never_stood"


@dataclass(frozen=True, kw_only=True)
class ApproveDraft(Command):
    """Publish a draft that somebody else wrote; `edition` is the one that was looked at."""

    draft_id: UUID
    edition: int


@dataclass(frozen=True, kw_only=True)
class StandAgain(Command):
    """Let new cases use an earlier version again, from now."""

    pathway: str
    number: int


@handles(ApproveDraft, verb="approve_pathways")
def approve(command: ApproveDraft, session: Session, now: datetime) -> Outcome:
    """Another person than any of its authors, a proof of exactly this text, nothing wrong left, then a version."""
    draft, by = drafting.find(session, command.by, command.draft_id, hold=True), command.by
    if (draft.status, draft.edition) != ("submitted", command.edition):
        raise NotSubmitted
    if str(by.id) in draft.authors:
        raise NotSecondPerson
    proof = proving.that_holds(session, draft)
    if proof is None:
        raise NotProved
    bundle = drafting.content(draft)
    of_safety = any(change.of_safety for change in changed(session, draft))
    if of_safety and not _has_safeguarding_lead(session, by, draft.authors):
        raise SafeguardingLeadNeeded
    drafting.require_mended(session, draft)
    row = publishing.add_version(session, bundle, by, now)
    session.flush()
    session.add(
        AuthoredVersion(
            version_id=row.id,
            service_id=by.service_id,
            draft_id=draft.id,
            proof_id=proof.id,
            authors=draft.authors,
            approved_by=by.id,
            of_safety=of_safety,
        )
    )
    from_at = now if draft.stands_from is None else max(now, clock.start_of(draft.stands_from))
    _stand(session, by, row, from_at, now)
    draft.status = "published"
    told = {"pathway": row.pathway, "number": row.number, "checksum": row.checksum, "of_safety": of_safety}
    return Outcome(dict(told), entries=[Entry("pathway:version:approved", told)])


@handles(StandAgain, verb="manage_pathways")
def stand_again(command: StandAgain, session: Session, now: datetime) -> Outcome:
    """Runs keep the version they are on; what was to come into force later does not."""
    by = command.by
    offered = {row.number: row for row in usable(session, by, command.pathway)}
    standing = versions.newest(session, command.pathway, by.service_id, now)
    row = offered.get(command.number)
    if row is None or (row.id == standing.id and not coming(session, by, command.pathway, now)):
        raise NeverStood
    _stand(session, by, row, now, now, withdraws=standing.id)
    told = {"pathway": row.pathway, "number": row.number, "instead_of": standing.number}
    return Outcome(dict(told), entries=[Entry("pathway:version:withdrawn", told)])


def changed(session: Session, draft: PathwayDraft) -> list[Change]:
    """What the draft changes against what stands now in its service."""
    standing = versions.newest(session, draft.pathway, draft.service_id, clock.now())
    return changes(versions.bundle_of(session.get_one(PathwayVersion, standing.id)), drafting.content(draft))


def usable(session: Session, by: Actor, pathway: str) -> list[PathwayVersion]:
    """The versions that a service's cases can use: those shipped and its own, the newest first."""
    own = select(AuthoredVersion.version_id).where(AuthoredVersion.service_id == by.service_id)
    where = PathwayVersion.pathway == pathway, or_(versions.shipped_only(), PathwayVersion.id.in_(own))
    return list(session.scalars(select(PathwayVersion).where(*where).order_by(PathwayVersion.number.desc())))


def require_usable(session: Session, by: Actor, row: PathwayVersion) -> None:
    """Refuse with `NotFound` a version that another service wrote for itself."""
    if row.id not in {one.id for one in usable(session, by, row.pathway)}:
        raise NotFound


def coming(session: Session, by: Actor, pathway: str, now: datetime) -> StandingVersion | None:
    """The last decision of a service about a pathway, where it has not come into force yet."""
    where = StandingVersion.service_id == by.service_id, StandingVersion.pathway == pathway
    wanted = select(StandingVersion).where(*where).order_by(StandingVersion.number.desc()).limit(1)
    last = session.scalars(wanted).one_or_none()
    return last if last is not None and last.from_at > now else None


def _stand(
    session: Session, by: Actor, row: PathwayVersion, from_at: datetime, now: datetime, withdraws: UUID | None = None
) -> None:
    where = StandingVersion.service_id == by.service_id, StandingVersion.pathway == row.pathway
    highest = session.scalar(select(func.max(StandingVersion.number)).where(*where)) or 0
    session.add(
        StandingVersion(
            service_id=by.service_id,
            pathway=row.pathway,
            number=highest + 1,
            version_id=row.id,
            from_at=from_at,
            decided_at=now,
            decided_by=by.id,
            withdraws_id=withdraws,
        )
    )


def _has_safeguarding_lead(session: Session, by: Actor, authors: Sequence[str]) -> bool:
    if SAFEGUARDING in by.roles:
        return True
    wrote = session.scalars(select(Staff).where(Staff.id.in_([UUID(each) for each in authors])))
    return any(SAFEGUARDING in person.roles for person in wrote)
