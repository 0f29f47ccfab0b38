"""Proofs of drafts: asked for by a manager, made by a worker in a process of its own, cancelled at any time."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.database import db, translated
from rj_engine.errors import Retry, RjError
from rj_engine.ledger import Entry
from rj_engine.people.staff import the_clock
from rj_engine.workflows.proof.pathways import onward
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.studio import asking, drafting
from rj_engine.workflows.studio.asking import UNDER_WAY, latest
from rj_engine.workflows.studio.rows import PathwayDraft, PathwayProof

SILENT_FOR: Final = timedelta(minutes=5)
"""After that long without a word its worker is taken for dead, and the proof is begun anew."""
log = logging.getLogger(__name__)


class ProofGone(Retry):
    """This proof is over, or another worker makes it."""

    code = "proof_gone"


@dataclass(frozen=True, kw_only=True)
class AskForProof(Command):
    """Have a draft proved as it now stands."""

    draft_id: UUID


@dataclass(frozen=True, kw_only=True)
class CancelProof(Command):
    """Stop a proof."""

    proof_id: UUID


@dataclass(frozen=True, kw_only=True)
class TakeProof(Command):
    """A worker takes a proof upon itself."""

    proof_id: UUID


@dataclass(frozen=True, kw_only=True)
class NoteProof(Command):
    """How far a worker is; the answer says whether to go on."""

    proof_id: UUID
    states: int


@dataclass(frozen=True, kw_only=True)
class EndProof(Command):
    """What came out."""

    proof_id: UUID
    result: dict[str, Any]


def that_holds(session: Session, draft: PathwayDraft) -> PathwayProof | None:
    """The proof of the draft exactly as it stands, where it holds."""
    found = latest(session, draft)
    return found if found is not None and (found.checksum, found.status) == (draft.checksum, "holds") else None


@handles(AskForProof, verb="manage_pathways")
def ask(command: AskForProof, session: Session, now: datetime) -> Outcome:
    """Put it in the queue, with nothing wrong left in it; one that is under way for an earlier text is cancelled."""
    draft = drafting.find(session, command.by, command.draft_id, hold=True)
    drafting.require_mended(session, draft)
    before = latest(session, draft)
    proof = asking.queue(session, draft, command.by, now)
    entries = [] if proof is before else [Entry("pathway:proof:asked", {"pathway": draft.pathway})]
    return Outcome({"proof": str(proof.id)}, entries=entries)


@handles(CancelProof, verb="manage_pathways")
def cancel(command: CancelProof, session: Session, now: datetime) -> Outcome:
    """Its worker hears of it within a moment."""
    proof = _held(session, command.proof_id, command.by)
    if proof.status in UNDER_WAY:
        proof.status, proof.ended_at = "cancelled", now
    return Outcome({"proof": str(proof.id)}, entries=[Entry("pathway:proof:cancelled", {})])


@handles(TakeProof, verb="prove")
def take(command: TakeProof, session: Session, now: datetime) -> Outcome:
    """One worker wins; `ProofGone` for every other."""
    where = PathwayProof.id == command.proof_id, _wants_a_worker(now)
    row = session.scalars(select(PathwayProof).where(*where).with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        raise ProofGone
    row.status, row.seen_at = "walking", now
    return Outcome({"proof": str(row.id)})


@handles(NoteProof, verb="prove")
def note(command: NoteProof, session: Session, now: datetime) -> Outcome:
    """Keep the count."""
    proof = _held(session, command.proof_id, command.by)
    proof.states, proof.seen_at = command.states, now
    return Outcome({"goes_on": proof.status == "walking"})


@handles(EndProof, verb="prove")
def end(command: EndProof, session: Session, now: datetime) -> Outcome:
    """Keep the result, unless it was cancelled meanwhile; a draft that was sent on and does not hold comes back."""
    proof = _held(session, command.proof_id, command.by)
    if proof.status != "walking":
        return Outcome({"proof": str(proof.id)})
    draft = session.get_one(PathwayDraft, proof.draft_id, with_for_update=True, populate_existing=True)
    proof.status, proof.result, proof.ended_at = str(command.result["status"]), command.result, now
    proof.states = int(command.result.get("states", proof.states))
    told = {"status": proof.status, "checksum": proof.checksum, "states": proof.states}
    entries = [Entry("pathway:proof:ended", told)]
    if (draft.status, draft.checksum) == ("submitted", proof.checksum) and proof.status != "holds":
        draft.status = "open"
        entries.append(Entry("pathway:draft:reopened", {"pathway": draft.pathway}))
    return Outcome({"proof": str(proof.id)}, entries=entries)


def _held(session: Session, proof_id: UUID, by: Actor) -> PathwayProof:
    where = PathwayProof.id == proof_id, PathwayProof.service_id == by.service_id
    row = session.scalars(select(PathwayProof).where(*where).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _wants_a_worker(now: datetime) -> Any:
    dead = and_(PathwayProof.status == "walking", PathwayProof.seen_at < now - SILENT_FOR)
    return or_(PathwayProof.status == "waiting", dead)


def prove_due() -> int:
    """Make the proofs that wait, the oldest first; the count made."""
    wanted = select(PathwayProof.id, PathwayProof.service_id).where(_wants_a_worker(clock.now()))
    with translated():
        waiting = [(row.id, row.service_id) for row in db.session.execute(wanted.order_by(PathwayProof.asked_at))]
    db.session.rollback()
    return sum(_prove_one(proof_id, the_clock(service_id, "prove")) for proof_id, service_id in waiting)


def _prove_one(proof_id: UUID, by: Actor) -> bool:
    try:
        dispatch(TakeProof(command_id=uuid.uuid4(), by=by, proof_id=proof_id))
        question = _question(proof_id)
        result = _worked(proof_id, by, json.dumps(question)) if question else {"status": "cancelled"}
        if result is not None:
            dispatch(EndProof(command_id=uuid.uuid4(), by=by, proof_id=proof_id, result=result))
    except RjError as error:
        log.warning("proof put off: %s", error.code)
        return False
    return True


def _question(proof_id: UUID) -> dict[str, Any] | None:
    """The draft, and the service's pathways whose ends may start it; None where it is not the one asked about."""
    session = db.session()
    proof = session.get_one(PathwayProof, proof_id)
    draft = session.get_one(PathwayDraft, proof.draft_id)
    if draft.checksum != proof.checksum:
        return None
    keys = session.scalars(select(PathwayVersion.pathway).distinct().where(PathwayVersion.pathway != draft.pathway))
    others = [versions.newest(session, key, draft.service_id, clock.now()) for key in sorted(keys)]
    starters = [one for one in others if draft.pathway in onward(one)]
    before = [versions.bundle_of(session.get_one(PathwayVersion, one.id)) for one in starters]
    question = {"bundle": _plain(drafting.content(draft)), "before": [_plain(one) for one in before]}
    session.rollback()
    return question


def _plain(bundle: Bundle) -> dict[str, Any]:
    return {name: getattr(bundle, name) for name in Bundle.__slots__}


def _worked(proof_id: UUID, by: Actor, question: str) -> dict[str, Any] | None:
    """What the process says at its end; None where it was cancelled."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("RJ_")}
    command = [sys.executable, "-m", "rj_engine.workflows.studio.prover"]
    with subprocess.Popen(  # noqa: S603 - our own module, with nothing from outside on its line
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=known, encoding="utf-8"
    ) as process:
        assert process.stdin is not None  # noqa: S101 - asked for as a pipe
        assert process.stdout is not None  # noqa: S101 - as above
        process.stdin.write(question)
        process.stdin.close()
        for line in process.stdout:
            told: dict[str, Any] = json.loads(line)
            if "status" in told:
                return told
            answer = dispatch(NoteProof(command_id=uuid.uuid4(), by=by, proof_id=proof_id, states=told["states"]))
            if not answer["goes_on"]:
                process.kill()
                return None
    return {"status": "unproved", "why": "The proof ended without an answer: it took too long.", "split": ""}
