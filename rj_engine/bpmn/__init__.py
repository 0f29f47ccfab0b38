"""What a service manager may change without a release: pathways, decisions, forms, letters, clocks, roles, reasons.

All of it is data beside this loader; each JSON file is checked against its schema in `schemas/` before first use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from rj_engine.errors import Broken, Finding

_PROCESS_NAME = re.compile(r"<(?:\w+:)?process\b[^>]*?\bname=\"([^\"]*)\"")


class ShippedDataBroken(Broken):
    """A file that ships with the product does not fit its schema."""

    code = "shipped_data_broken"


def pathways() -> Mapping[str, bytes]:
    """Pathway key to diagram, called parts included."""
    return _all("pathways", ".bpmn")


def decisions() -> Mapping[str, bytes]:
    """File name without its ending to decision model."""
    return _all("decisions", ".dmn")


def forms() -> Mapping[str, bytes]:
    """Form id to form-js JSON."""
    return _all("forms", ".form")


def letters() -> Mapping[str, bytes]:
    """File name to letter: Markdown with Jinja placeholders."""
    return {f"{key}.md": text for key, text in _all("letters", ".md").items()}


def clocks() -> Mapping[str, Mapping[str, Any]]:
    """Clock key to amount, unit, what it counts from, and whether safety depends on it."""
    clocks: Mapping[str, Mapping[str, Any]] = _checked("clocks")["clocks"]
    return clocks


def closure_reasons() -> Mapping[str, Mapping[str, Any]]:
    """Closure reason to its words, its pathways, whose decision it was, and whether it is a restorative outcome."""
    reasons: Mapping[str, Mapping[str, Any]] = _checked("closure_reasons")["reasons"]
    return reasons


def stages() -> Mapping[str, str]:
    """Stage key to its words: a task's `stage`, or the called part it stands in."""
    words: Mapping[str, str] = _checked("stages")["stages"]
    return words


def districts() -> Mapping[str, str]:
    """District of the service's area to its name."""
    names: Mapping[str, str] = _checked("districts")["districts"]
    return names


def partners() -> Mapping[str, Mapping[str, str]]:
    """`kinds` of organisation, and the `uses` a service has for them, each with its words."""
    return _checked("partners")


def relationships() -> Mapping[str, Mapping[str, str]]:
    """How two people can be related, to its words from the one (`label`) and from the other (`back`)."""
    kinds: Mapping[str, Mapping[str, str]] = _checked("relationships")["kinds"]
    return kinds


def parties() -> Mapping[str, Mapping[str, Any]]:
    """A word for somebody in a case (`victim`, `party_1`) to label, side of the wall, and roles that it covers."""
    known: Mapping[str, Mapping[str, Any]] = _checked("parties")["parties"]
    return known


def consent_scopes() -> Mapping[str, str]:
    """What somebody can consent to, to its words in the middle of a sentence."""
    words: Mapping[str, str] = _checked("parties")["scopes"]
    return words


def training() -> Mapping[str, Mapping[str, str]]:
    """`levels` of staff, `1` the lowest, and `modules`, each with its words in the middle of a sentence."""
    return _checked("training")


def invariants() -> Mapping[str, Any]:
    """`invariants` no case may ever break, `watch` and `decisions` that say what they are about."""
    return _checked("invariants")


def witnessed() -> tuple[str, ...]:
    """The gates of which cases are frozen."""
    return tuple(_all("witnesses", ".json"))


@cache
def witnesses(gate: str) -> Mapping[str, Any]:
    """A gate's frozen cases: `decision`, the facts `otherwise`, and `witnesses` with row, facts, level and floor."""
    document: Mapping[str, Any] = json.loads(_all("witnesses", ".json")[gate])
    if found := misfits("witnesses", document):
        raise ShippedDataBroken(file=gate, findings=[finding.as_json() for finding in found])
    return document


def events() -> Mapping[str, Mapping[str, Any]]:
    """What can happen at any moment of a case, to its words, its form and what it does."""
    known: Mapping[str, Mapping[str, Any]] = _checked("events")["events"]
    return known


def follows() -> Mapping[str, str]:
    """What the record of a case says, to the pathway that then begins beside it."""
    known: Mapping[str, str] = _checked("events")["follows"]
    return known


def silence() -> Mapping[str, Any]:
    """How long a victim hears nothing before somebody tells them how it stands."""
    known: Mapping[str, Any] = _checked("events")["silence"]
    return known


def roles() -> Mapping[str, Any]:
    """`verbs` with their words, `roles` with the verbs of each, `lanes` with the roles that may work in each."""
    return _checked("roles")


def pathway_name(diagram: str) -> str:
    """The name of a diagram's process, as its author wrote it."""
    found = _PROCESS_NAME.search(diagram)
    return unescape(found[1]) if found else ""


def schema(kind: str) -> Mapping[str, Any]:
    """The JSON Schema of one kind of file: form, clocks, closure_reasons, events, invariants, roles and so on."""
    loaded: Mapping[str, Any] = json.loads((_room() / "schemas" / f"{kind}.schema.json").read_bytes())
    return loaded


def misfits(kind: str, document: object) -> list[Finding]:
    """Where a document of this kind does not fit its schema; empty when it does."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(schema(kind)).iter_errors(document), key=lambda error: error.json_path)
    return [Finding("schema", error.message, element=error.json_path) for error in errors]


def _room() -> Traversable:
    return files(__name__)


@cache
def _all(folder: str, ending: str) -> dict[str, bytes]:
    room = _room() / folder
    found = (file for file in room.iterdir() if file.name.endswith(ending))
    return {file.name.removesuffix(ending): file.read_bytes() for file in sorted(found, key=lambda file: file.name)}


@cache
def _checked(name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((_room() / f"{name}.json").read_bytes())
    if found := misfits(name, document):
        raise ShippedDataBroken(file=name, findings=[finding.as_json() for finding in found])
    return document
