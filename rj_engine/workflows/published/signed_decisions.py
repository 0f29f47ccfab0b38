"""Who signed which decision off: one file, to the letter, in one service; a changed file is a draft again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import bpmn
from rj_engine.cases.case import Case, NotFound
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people import staff
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import PathwayVersion, Run, Task

ENDING: Final = ".dmn"
JUDGED: Final = frozenset({"risk_assessment", "sign_off"})
"""Records whose tasks show the state of the gate."""
GATE: Final = "_gate"
"""What the name of a risk gate's file ends in."""


class SignedAlready(Refused):
    """This version is signed off already. Open the page again to see by whom."""

    code = "signed_already"


class NotInUse(Refused):
    """This version is not in use any more. Read the one that took its place, and sign that."""

    code = "decision_not_in_use"


class WordsMissing(Refused):
    """Say in a few words what you looked at, so that others can follow it later."""

    code = "words_missing"


class SignedDecision(Row):
    """One signature under one version of a decision file."""

    __tablename__ = "signed_decision"
    __table_args__ = (UniqueConstraint("service_id", "decision", "checksum"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    decision: Mapped[str] = mapped_column(String(60))
    """The file's name without its ending."""
    checksum: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file's text, hex."""
    signed_at: Mapped[datetime]
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[str]("words_sealed")
    """What the signer looked at, in their words."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and when."""

    name: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """One version of a decision file, and the pathways that ask it."""

    name: str
    checksum: str
    text: str
    pathways: tuple[str, ...]
    signature: Signature | None = None
    """None while it is a draft."""


_Key = tuple[str, str]
_Found = Mapping[_Key, tuple[str, Sequence[str]]]
"""Name and checksum of a file to its text and the pathways that ask it."""
_by_version: dict[UUID, Sequence[tuple[str, str, str]]] = {}


@dataclass(frozen=True, kw_only=True)
class SignDecision(Command):
    """Sign one exact version of a decision off for the actor's service."""

    decision: str
    checksum: str
    words: str


@handles(SignDecision, verb="sign_decision")
def sign(command: SignDecision, session: Session, now: datetime) -> Outcome:
    """Keep the signature; refuses a version that new cases do not take, and a second signature under the same one."""
    by, words = command.by, command.words.strip()
    key = command.decision, command.checksum
    if key not in _in_use(session):
        raise NotInUse
    if key in _signatures(session, by.service_id):
        raise SignedAlready
    if not words:
        raise WordsMissing
    named = {"decision": command.decision, "checksum": command.checksum}
    session.add(
        SignedDecision(service_id=by.service_id, signed_at=now, signed_by=by.id, words=words, **named),
    )
    return Outcome(named, entries=[Entry("decision:signed_off", named)])


def listed(session: Session, by: Actor) -> list[DecisionFile]:
    """Every decision that new cases of the actor's service take, by name, each with its signature if it has one."""
    return _signed(session, by.service_id, _in_use(session))


def one(session: Session, by: Actor, name: str, checksum: str) -> DecisionFile:
    """One version, in use or left behind by a newer one that some case still runs on; else `NotFound`."""
    known = _in_use(session).get((name, checksum)) or _files(session, _numbered(session)).get((name, checksum))
    if known is None:
        raise NotFound
    return _signed(session, by.service_id, {(name, checksum): known})[0]


def is_in_use(session: Session, file: DecisionFile) -> bool:
    """Whether new cases take this version; only such a one can be signed."""
    return (file.name, file.checksum) in _in_use(session)


def of_run(session: Session, case: Case, run: Run) -> Mapping[str, DecisionFile]:
    """The decisions of the version that a run takes, by name."""
    found = _files(session, [(run.pathway, run.version_id)])
    return {file.name: file for file in _signed(session, case.service_id, found)}


def behind(session: Session, case: Case, task: Task, record: str) -> list[DecisionFile]:
    """The risk gates whose rows judge what is answered here; none where the task is no assessment or signature."""
    if record not in JUDGED:
        return []
    files = of_run(session, case, session.get_one(Run, task.run_id))
    return [file for name, file in files.items() if name.endswith(GATE)]


def of_case(session: Session, case: Case) -> Mapping[UUID, Mapping[str, DecisionFile]]:
    """Run to the decisions of the version it takes, by name."""
    return {run.id: of_run(session, case, run) for run in session.scalars(select(Run).where(Run.case_id == case.id))}


def _in_use(session: Session) -> _Found:
    """What the newest version of every pathway asks, and what ships beside the pathways and is asked by none."""
    newest: dict[str, UUID] = {}
    for pathway, version_id in _numbered(session):
        newest.setdefault(pathway, version_id)
    asked = _files(session, newest.items())
    names = {name for name, _ in asked}
    alone = {name: file.decode() for name, file in bpmn.decisions().items() if name not in names}
    return {**asked, **{(name, checksum_of(text)): (text, ()) for name, text in alone.items()}}


def _numbered(session: Session) -> list[tuple[str, UUID]]:
    """Pathway and id of every published version, the newest first."""
    rows = session.execute(select(PathwayVersion.pathway, PathwayVersion.id).order_by(PathwayVersion.number.desc()))
    return [(row.pathway, row.id) for row in rows]


def _files(session: Session, of: Iterable[tuple[str, UUID]]) -> _Found:
    found: dict[_Key, tuple[str, list[str]]] = {}
    for pathway, version_id in of:
        for name, checksum, text in _texts(session, version_id):
            found.setdefault((name, checksum), (text, []))[1].append(pathway)
    return found


def _texts(session: Session, version_id: UUID) -> Sequence[tuple[str, str, str]]:
    """Name, checksum and text of each decision file of a published version, which never changes."""
    if (known := _by_version.get(version_id)) is None:
        decisions = versions.bundle_of(session.get_one(PathwayVersion, version_id)).decisions
        known = [(file.removesuffix(ENDING), checksum_of(text), text) for file, text in decisions.items()]
        _by_version[version_id] = known
    return known


def checksum_of(text: str) -> str:
    """SHA-256 of a decision file's text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _signatures(session: Session, service_id: UUID) -> dict[_Key, SignedDecision]:
    rows = session.scalars(select(SignedDecision).where(SignedDecision.service_id == service_id))
    return {(row.decision, row.checksum): row for row in rows}


def _signed(session: Session, service_id: UUID, files: _Found) -> list[DecisionFile]:
    rows = _signatures(session, service_id)
    names = staff.names(session, {row.signed_by for row in rows.values()})
    signed = {key: Signature(names[row.signed_by], row.signed_at, row.words) for key, row in rows.items()}
    return [
        DecisionFile(*key, text, tuple(sorted(set(pathways))), signed.get(key))
        for key, (text, pathways) in sorted(files.items())
    ]
