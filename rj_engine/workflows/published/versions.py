"""Published pathway versions: immutable bundles in the database, parsed once a version in each process."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from rj_engine import clock, dmn, feel
from rj_engine.cases.case import NotFound
from rj_engine.clock import Period
from rj_engine.dmn.elements import InputData
from rj_engine.errors import Refused
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.workflows.engine import parsing
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.runner import Decision, Surroundings
from rj_engine.workflows.published.rows import AuthoredVersion, StandingVersion
from rj_engine.workflows.rows import PathwayVersion

ONE_VICTIM_EACH: Final = frozenset({"informal_rj", "victim_initiated_rj"})
"""Pathways of which each victim of a case has a run of their own."""

PACKED: Final = 3
"""A draft is packed each time it is kept: the last few bytes cost more than they save."""


class NoSuchPathway(Refused):
    """There is no published pathway of that name."""

    code = "no_such_pathway"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything one pathway needs, as text: diagrams, decisions and forms by key, and the clocks."""

    pathway: str
    diagrams: Mapping[str, str]
    decisions: Mapping[str, str]
    forms: Mapping[str, str]
    clocks: Mapping[str, Mapping[str, Any]]
    letters: Mapping[str, str] = field(default_factory=dict)

    def packed(self) -> bytes:
        """The bytes that are stored, the same for the same content."""
        return self.stored()[0]

    @property
    def checksum(self) -> str:
        """SHA-256 of the content, hex."""
        return hashlib.sha256(self._written()).hexdigest()

    def stored(self) -> tuple[bytes, str]:
        """The bytes that are stored, and the checksum of what is in them."""
        written = self._written()
        return zlib.compress(written, PACKED), hashlib.sha256(written).hexdigest()

    def _written(self) -> bytes:
        parts = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of a run that say from which day a clock counts, and how many; each may be missing."""

    start: str = ""
    amount: str = ""

    def due(self, period: Period, data: Mapping[str, object], now: datetime) -> datetime:
        """The instant it runs out, counted from `now` where the run does not know the day."""
        day, many = data.get(self.start), data.get(self.amount)
        begins = clock.start_of(datetime.fromisoformat(str(day)).date()) if day else now
        return clock.due_at(begins, Period(int(str(many)), period.unit) if many is not None else period)


@dataclass(frozen=True, slots=True)
class Published:
    """One published version, ready to run."""

    id: UUID
    pathway: str
    number: int
    definition: Definition
    diagrams: Mapping[str, str]
    models: Mapping[str, dmn.Model]
    """Decision id to the model that holds it."""
    forms: Mapping[str, Form]
    periods: Mapping[str, Period]
    counted: Mapping[str, Counted]
    """Clocks that a run's own facts set going."""
    letters: Mapping[str, str]

    def surroundings(self, now: datetime) -> Surroundings:
        """What a step of this version needs from outside."""
        return Surroundings(now=now, decide=self.decide, due=lambda name, data: self.due(name, data, now))

    def decide(self, decision: str, context: Mapping[str, object]) -> Decision:
        """The answer of one of the version's decisions; `matched` is False where no row applied."""
        decided = self.models[decision].decide(decision, context)
        return Decision(value=feel.to_json(decided.value), matched=decided.matched, explained=decided.as_json())

    def due(self, name: str, data: Mapping[str, object], now: datetime) -> datetime:
        """When a wait started `now` ends: after the clock `name`, or on the morning of the date in that variable.

        A clock that counts from a day in the run may have run out already: then the wait is over at once.
        """
        if name in self.periods:
            return self.counted.get(name, Counted()).due(self.periods[name], data, now)
        return clock.start_of(datetime.fromisoformat(str(data[name])).date())

    def evaluated(self, text: str, variables: Mapping[str, object]) -> str:
        """A property of an element: FEEL where it begins with `=`, else itself."""
        return str(feel.compile_expression(text[1:]).evaluate(variables)) if text.startswith("=") else text


def facts_read(model: dmn.Model) -> dict[str, list[str]]:
    """Decision id to the facts its file takes in, for every decision of the file."""
    facts = [node.name for node in model.definitions.nodes.values() if isinstance(node, InputData)]
    return {decision.id: facts for decision in model.decisions}


@lru_cache(maxsize=64)
def model_of(text: bytes) -> dmn.Model:
    """The model of a decision file, the same for the same text; raises `DecisionRefused`."""
    return dmn.load(text)


def periods_of(clocks: Mapping[str, Mapping[str, Any]]) -> dict[str, Period]:
    """Clock key to period."""
    return {key: Period(int(known["amount"]), str(known["unit"])) for key, known in clocks.items()}


def counted_of(clocks: Mapping[str, Mapping[str, Any]]) -> dict[str, Counted]:
    """Clock key to the facts it counts by, of those that count by any."""
    found = {
        key: Counted(str(known.get("from", "")), str(known.get("amount_from", ""))) for key, known in clocks.items()
    }
    return {key: counted for key, counted in found.items() if counted != Counted()}


def unpack(version_id: UUID, number: int, bundle: Bundle) -> Published:
    """Parse a bundle whole; refuses with findings."""
    models: dict[str, dmn.Model] = {}
    inputs: dict[str, list[str]] = {}
    for text in bundle.decisions.values():
        model = model_of(text.encode())
        inputs.update(facts_read(model))
        models.update(dict.fromkeys(facts_read(model), model))
    sources = {file: text.encode() for file, text in bundle.diagrams.items()}
    return Published(
        id=version_id,
        pathway=bundle.pathway,
        number=number,
        definition=parsing.parse(f"{bundle.pathway}.bpmn", sources, inputs),
        diagrams=bundle.diagrams,
        models=models,
        forms={key: parse_form(text) for key, text in bundle.forms.items()},
        periods=periods_of(bundle.clocks),
        counted=counted_of(bundle.clocks),
        letters=bundle.letters,
    )


_by_id: dict[UUID, Published] = {}


def load(session: Session, version_id: UUID) -> Published:
    """The published version of that id; parsed on first use, then free."""
    if (known := _by_id.get(version_id)) is None:
        row = session.get_one(PathwayVersion, version_id)
        known = _by_id[version_id] = unpack(row.id, row.number, bundle_of(row))
    return known


def hold(published: Published) -> None:
    """Have a version at hand that no table keeps: the text of a trial run."""
    _by_id[published.id] = published


def forget(version_id: UUID) -> None:
    """Let go of one that was held."""
    _by_id.pop(version_id, None)


def newest(session: Session, pathway: str, service_id: UUID | None = None, now: datetime | None = None) -> Published:
    """The version that new runs of `pathway` take in a service: the one it chose, else the newest that was shipped."""
    identity = _chosen(session, pathway, service_id, now) if service_id and now else None
    if identity is None:
        wanted = select(PathwayVersion.id).where(PathwayVersion.pathway == pathway, shipped_only())
        identity = session.scalar(wanted.order_by(PathwayVersion.number.desc()).limit(1))
    if identity is None:
        raise NoSuchPathway(pathway=pathway)
    return load(session, identity)


def _chosen(session: Session, pathway: str, service_id: UUID, now: datetime) -> UUID | None:
    """What the service's last decision that has come into force says."""
    where = StandingVersion.pathway == pathway, StandingVersion.service_id == service_id, StandingVersion.from_at <= now
    wanted = select(StandingVersion.version_id).where(*where).order_by(StandingVersion.number.desc())
    return session.scalar(wanted.limit(1))


def shipped_only() -> ColumnElement[bool]:
    """Versions that came with the product: none that a service wrote for itself."""
    return PathwayVersion.id.not_in(select(AuthoredVersion.version_id))


def every(session: Session) -> list[PathwayVersion]:
    """Every published version, by pathway, newest first."""
    return list(session.scalars(select(PathwayVersion).order_by(PathwayVersion.pathway, PathwayVersion.number.desc())))


def numbered(session: Session, pathway: str, number: int) -> PathwayVersion:
    """One published version, or `NotFound`."""
    where = PathwayVersion.pathway == pathway, PathwayVersion.number == number
    row = session.scalars(select(PathwayVersion).where(*where)).one_or_none()
    if row is None:
        raise NotFound
    return row


def bundle_of(row: PathwayVersion) -> Bundle:
    """The content of a published version."""
    return unpacked(row.bundle)


@lru_cache(maxsize=8)
def unpacked(packed: bytes) -> Bundle:
    """The bundle that was packed; a draft's is asked for again and again while it is drawn."""
    return Bundle(**json.loads(zlib.decompress(packed)))
