"""The queue of proofs: which is the last of a draft, and one more put in it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.commands import Actor
from rj_engine.workflows.studio.rows import PathwayDraft, PathwayProof

UNDER_WAY: Final = ("waiting", "walking")


def latest(session: Session, draft: PathwayDraft) -> PathwayProof | None:
    """The last proof that was asked for."""
    wanted = select(PathwayProof).where(PathwayProof.draft_id == draft.id).order_by(PathwayProof.asked_at.desc())
    return session.scalars(wanted.limit(1)).one_or_none()


def is_answered(session: Session, draft: PathwayDraft) -> bool:
    """Whether there is a proof of exactly this text, made or being made."""
    found = latest(session, draft)
    return found is not None and found.checksum == draft.checksum and found.status != "cancelled"


def queue(session: Session, draft: PathwayDraft, by: Actor, now: datetime) -> PathwayProof:
    """Have a draft proved as it now stands; one that is under way for an earlier text is cancelled."""
    found = latest(session, draft)
    if found is not None and found.status in UNDER_WAY:
        if found.checksum == draft.checksum:
            return found
        found.status, found.ended_at = "cancelled", now
    proof = PathwayProof(
        draft_id=draft.id,
        service_id=draft.service_id,
        checksum=draft.checksum,
        asked_by=by.id,
        asked_at=now,
        seen_at=now,
        status="waiting",
        states=0,
        result={},
    )
    session.add(proof)
    return proof
