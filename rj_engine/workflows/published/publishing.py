"""Publishing: a bundle is checked for what it names and does not hold, and stored as the pathway's next version."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Actor, Command, Outcome, dispatch, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.risk import gate
from rj_engine.risk.requirements import HARMLESS
from rj_engine.workflows.engine import lint, parsing
from rj_engine.workflows.engine.definition import Element, PathwayRefused
from rj_engine.workflows.post import letters
from rj_engine.workflows.published import closing_forms, unheard, versions, ways, witnessed
from rj_engine.workflows.published.versions import Bundle, Published, facts_read, model_of, unpack
from rj_engine.workflows.rows import PathwayVersion

SHIPPED: Final = (
    "intake",
    "victim_initiated_rj",
    "informal_rj",
    "apvc",
    "mediation",
    "renewal",
    "safeguarding_response",
    "reassessment",
    "mediation_reassessment",
    "custody_change",
    "complaint",
    "rights_request",
    "handover",
    "serious_incident",
    "less_safe",
    "victim_update",
)
"""Pathways that ship with the product and run by themselves; what they call travels with them."""


@dataclass(frozen=True, kw_only=True)
class PublishBundle(Command):
    """Publish a bundle as the pathway's next version, unless the newest is the same to the letter."""

    bundle: Bundle


def import_pathways(by: Actor) -> list[dict[str, Any]]:
    """Publish the shipped pathways where they are new; what was published."""
    return [dispatch(PublishBundle(command_id=uuid.uuid4(), by=by, bundle=shipped(key))) for key in SHIPPED]


def shipped(pathway: str) -> Bundle:
    """The bundle of a pathway that ships with the product: its diagram, what it calls, and all they use."""
    return bundled(pathway, {f"{key}.bpmn": text for key, text in bpmn.pathways().items()}, _decision_files())


def bundled(pathway: str, diagrams: Mapping[str, bytes], decisions: Mapping[str, bytes]) -> Bundle:
    """The bundle of a pathway among these files, with those forms, letters and clocks that ship with the product.

    Raises `PathwayRefused` where a diagram cannot be used; what is not there `misses` tells.
    """
    models = {file: model_of(text) for file, text in decisions.items()}
    inputs = {decision: facts for model in models.values() for decision, facts in facts_read(model).items()}
    definition = parsing.parse(pathway, diagrams, inputs)
    used = {file for file, model in models.items() if definition.decisions & facts_read(model).keys()}
    forms, texts = bpmn.forms(), bpmn.letters()
    return Bundle(
        pathway=pathway,
        diagrams={file: text.decode() for file, text in definition.sources.items()},
        decisions={file: decisions[file].decode() for file in sorted(used)},
        forms={key: forms[key].decode() for key in sorted(definition.forms & forms.keys())},
        clocks=bpmn.clocks(),
        letters={name: texts[name].decode() for name in sorted(letters.named(definition) & texts.keys())},
    )


def _decision_files() -> dict[str, bytes]:
    return {f"{key}.dmn": text for key, text in bpmn.decisions().items()}


def misses(published: Published) -> list[Finding]:
    """What the pathway names and its bundle does not hold: clocks, forms, decisions, letters, facts."""
    definition = published.definition
    findings = lint.lint(definition.sources, clocks=published.periods)
    named = (
        ("clock", definition.clocks, published.periods),
        ("form", definition.forms, published.forms),
        ("decision", definition.decisions, published.models),
        ("letter", letters.named(definition), published.letters),
    )
    findings += letters.findings(definition, published.letters)
    findings += witnessed.findings(published.models)
    findings += unheard.findings(definition.sources, published.forms.values())
    findings += ways.of(published.pathway, definition.sources, published.forms, published.models)
    findings += closing_forms.findings(published.pathway, definition.elements.values(), published.forms)
    for key, element in definition.elements.items():
        effect = element.properties.get("effect")
        if effect is not None and not gate.guarded(effect) and effect not in HARMLESS:
            findings.append(Finding("unknown_effect", f"Nobody knows the effect “{effect}”.", element=key))
        findings += _unknown_training(element)
    for kind, wanted, there in named:
        absent = sorted(wanted - set(there))
        findings += [Finding(f"no_such_{kind}", f"There is no {kind} “{name}”.") for name in absent]
    return findings


def _unknown_training(element: Element) -> Iterator[Finding]:
    """A level or module that cannot be recorded would keep everybody from the task."""
    own, training = element.properties, bpmn.training()
    if "min_level" in own and own["min_level"] not in training["levels"].values():
        yield Finding("unknown_level", f"There is no level “{own['min_level']}”.", element=element.key)
    for module in element.skills:
        if module not in training["modules"]:
            yield Finding("unknown_module", f"There is no module “{module}”.", element=element.key)


@handles(PublishBundle, verb="manage_pathways")
def publish(command: PublishBundle, session: Session, now: datetime) -> Outcome:
    """Store the next version; the same content again is no new version."""
    bundle = command.bundle
    wanted = select(PathwayVersion).where(PathwayVersion.pathway == bundle.pathway, versions.shipped_only())
    last = session.scalars(wanted.order_by(PathwayVersion.number.desc()).limit(1)).one_or_none()
    if last is not None and last.checksum == bundle.checksum:
        return Outcome({"pathway": bundle.pathway, "number": last.number, "new": False})
    row = add_version(session, bundle, command.by, now)
    told = {"pathway": row.pathway, "number": row.number, "checksum": row.checksum}
    return Outcome({**told, "new": True}, entries=[Entry("pathway:version:published", told)])


def add_version(session: Session, bundle: Bundle, by: Actor, now: datetime) -> PathwayVersion:
    """The next version of the bundle's pathway, for ever as it is; `PathwayRefused` with what it misses."""
    highest = session.scalar(select(func.max(PathwayVersion.number)).where(PathwayVersion.pathway == bundle.pathway))
    number = (highest or 0) + 1
    row = PathwayVersion(
        pathway=bundle.pathway,
        number=number,
        name=bpmn.pathway_name(bundle.diagrams[f"{bundle.pathway}.bpmn"]),
        checksum=bundle.checksum,
        bundle=bundle.packed(),
        published_at=now,
        published_by=by.id,
    )
    if findings := [one for one in misses(unpack(row.id, number, bundle)) if one.severity == "error"]:
        raise PathwayRefused(findings)
    session.add(row)
    return row
