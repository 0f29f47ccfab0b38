"""Published pathway versions: immutable bundles in the database, parsed once a version in each process."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock, dmn, feel
from rj_engine.cases.case import NotFound
from rj_engine.clock import Period
from rj_engine.commands import Command, Outcome, handles
from rj_engine.dmn.elements import InputData
from rj_engine.errors import Finding, Refused
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.ledger import Entry
from rj_engine.risk import gate
from rj_engine.workflows import lint, parsing
from rj_engine.workflows.definition import Definition, PathwayRefused
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.runner import Decision, Surroundings


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
        parts = {name: getattr(self, name) for name in self.__slots__}
        return zlib.compress(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode(), 9)

    @property
    def checksum(self) -> str:
        """SHA-256 of the content, hex."""
        return hashlib.sha256(zlib.decompress(self.packed())).hexdigest()


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
    letters: Mapping[str, str]

    def surroundings(self, now: datetime) -> Surroundings:
        """What a step of this version needs from outside."""
        return Surroundings(now=now, decide=self.decide, due=lambda name, data: self.due(name, data, now))

    def decide(self, decision: str, context: Mapping[str, object]) -> Decision:
        """The answer of one of the version's decisions; `matched` is False where no row applied."""
        decided = self.models[decision].decide(decision, context)
        return Decision(value=feel.to_json(decided.value), matched=decided.matched, explained=decided.as_json())

    def due(self, name: str, data: Mapping[str, object], now: datetime) -> datetime:
        """When a wait started `now` ends: after the clock `name`, or on the morning of the date in that variable."""
        if name in self.periods:
            return clock.due_at(now, self.periods[name])
        return clock.start_of(datetime.fromisoformat(str(data[name])).date())

    def evaluated(self, text: str, variables: Mapping[str, object]) -> str:
        """A property of an element: FEEL where it begins with `=`, else itself."""
        return str(feel.compile_expression(text[1:]).evaluate(variables)) if text.startswith("=") else text


@dataclass(frozen=True, kw_only=True)
class PublishBundle(Command):
    """Publish a bundle as the pathway's next version, unless the newest is the same to the letter."""

    bundle: Bundle


def shipped(pathway: str) -> Bundle:
    """The bundle of a pathway that ships with the product: its diagram, what it calls, and all they use."""
    return bundled(pathway, {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}, _decision_files())


def bundled(pathway: str, diagrams: Mapping[str, bytes], decisions: Mapping[str, bytes]) -> Bundle:
    """The bundle of a pathway among these files, with those forms, letters and clocks that ship with the product.

    Raises `PathwayRefused` where a diagram cannot be used; what is not there `misses` tells.
    """
    models = {file: dmn.load(text) for file, text in decisions.items()}
    inputs = {decision: facts for model in models.values() for decision, facts in facts_read(model).items()}
    definition = parsing.parse(pathway, diagrams, inputs)
    used = {file for file, model in models.items() if definition.decisions & facts_read(model).keys()}
    forms, letters = bpmn.forms(), bpmn.letters()
    return Bundle(
        pathway=pathway,
        diagrams={file: text.decode() for file, text in definition.sources.items()},
        decisions={file: decisions[file].decode() for file in sorted(used)},
        forms={key: forms[key].decode() for key in sorted(definition.forms & forms.keys())},
        clocks=bpmn.clocks(),
        letters={name: letters[name].decode() for name in sorted(_letters_of(definition) & letters.keys())},
    )


def _letters_of(definition: Definition) -> set[str]:
    """The letters its send tasks name."""
    return {element.properties["letter"] for element in definition.elements.values() if "letter" in element.properties}


def facts_read(model: dmn.Model) -> dict[str, list[str]]:
    """Decision id to the facts its file takes in, for every decision of the file."""
    facts = [node.name for node in model.definitions.nodes.values() if isinstance(node, InputData)]
    return {decision.id: facts for decision in model.decisions}


def _decision_files() -> dict[str, bytes]:
    return {f"{key}.dmn": text for key, text in bpmn.decisions().items()}


def periods_of(clocks: Mapping[str, Mapping[str, Any]]) -> dict[str, Period]:
    """Clock key to period."""
    return {key: Period(int(known["amount"]), str(known["unit"])) for key, known in clocks.items()}


def unpack(version_id: UUID, number: int, bundle: Bundle) -> Published:
    """Parse a bundle whole; refuses with findings."""
    models: dict[str, dmn.Model] = {}
    inputs: dict[str, list[str]] = {}
    for text in bundle.decisions.values():
        model = dmn.load(text.encode())
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
        letters=bundle.letters,
    )


_by_id: dict[UUID, Published] = {}


def load(session: Session, version_id: UUID) -> Published:
    """The published version of that id; parsed on first use, then free."""
    if (known := _by_id.get(version_id)) is None:
        row = session.get_one(PathwayVersion, version_id)
        known = _by_id[version_id] = unpack(row.id, row.number, bundle_of(row))
    return known


def newest(session: Session, pathway: str) -> Published:
    """The version new runs of `pathway` take."""
    wanted = select(PathwayVersion.id).where(PathwayVersion.pathway == pathway)
    identity = session.scalar(wanted.order_by(PathwayVersion.number.desc()).limit(1))
    if identity is None:
        raise NoSuchPathway(pathway=pathway)
    return load(session, identity)


def misses(published: Published) -> list[Finding]:
    """What the pathway names and its bundle does not hold: clocks, forms, decisions, letters."""
    definition = published.definition
    findings = lint.lint(definition.sources, clocks=published.periods)
    named = (
        ("clock", definition.clocks, published.periods),
        ("form", definition.forms, published.forms),
        ("decision", definition.decisions, published.models),
        ("letter", _letters_of(definition), published.letters),
    )
    for key, element in definition.elements.items():
        effect = element.properties.get("effect")
        if effect is not None and not gate.guarded(effect) and effect not in gate.HARMLESS:
            findings.append(Finding("unknown_effect", f"Nobody knows the effect “{effect}”.", element=key))
    for kind, wanted, there in named:
        absent = sorted(wanted - set(there))
        findings += [Finding(f"no_such_{kind}", f"There is no {kind} “{name}”.") for name in absent]
    return findings


@handles(PublishBundle, verb="manage_pathways")
def publish(command: PublishBundle, session: Session, now: datetime) -> Outcome:
    """Store the next version; the same content again is no new version."""
    bundle = command.bundle
    wanted = select(PathwayVersion).where(PathwayVersion.pathway == bundle.pathway)
    last = session.scalars(wanted.order_by(PathwayVersion.number.desc()).limit(1)).one_or_none()
    if last is not None and last.checksum == bundle.checksum:
        return Outcome({"pathway": bundle.pathway, "number": last.number, "new": False})
    number = last.number + 1 if last else 1
    row = PathwayVersion(
        pathway=bundle.pathway,
        number=number,
        name=bpmn.pathway_name(bundle.diagrams[f"{bundle.pathway}.bpmn"]),
        checksum=bundle.checksum,
        bundle=bundle.packed(),
        published_at=now,
        published_by=command.by.id,
    )
    if findings := misses(unpack(row.id, number, bundle)):
        raise PathwayRefused(findings)
    session.add(row)
    told = {"pathway": bundle.pathway, "number": number, "checksum": row.checksum}
    return Outcome({**told, "new": True}, entries=[Entry("pathway:version:published", told)])


def versions(session: Session) -> list[PathwayVersion]:
    """Every published version, by pathway, newest first."""
    return list(session.scalars(select(PathwayVersion).order_by(PathwayVersion.pathway, PathwayVersion.number.desc())))


def version(session: Session, pathway: str, number: int) -> PathwayVersion:
    """One published version, or `NotFound`."""
    where = PathwayVersion.pathway == pathway, PathwayVersion.number == number
    row = session.scalars(select(PathwayVersion).where(*where)).one_or_none()
    if row is None:
        raise NotFound
    return row


def bundle_of(row: PathwayVersion) -> Bundle:
    """The content of a published version."""
    return Bundle(**json.loads(zlib.decompress(row.bundle)))
