"""What a published pathway is, once it has been read: plain facts, no engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from rj_engine.errors import Finding, Refused


@dataclass(frozen=True, slots=True)
class Element:
    """One box, diamond or circle of a pathway, as its author drew it."""

    id: str
    process: str
    name: str
    kind: str
    """The BPMN word: `userTask`, `exclusiveGateway`, `boundaryEvent` …"""
    lane: str | None = None
    """Lane id without `lane_`: the key in `bpmn/roles.json`."""
    form: str | None = None
    due: str | None = None
    """A clock key: how long a person has."""
    properties: Mapping[str, str] = field(default_factory=dict)
    documentation: str | None = None
    unused: tuple[str, ...] = ()
    """Camunda attributes that say who or when in a way this product does not follow (`assignee`, `priority` …)."""

    @property
    def key(self) -> str:
        """The element's name across files: `process/id`."""
        return f"{self.process}/{self.id}"

    @property
    def skills(self) -> tuple[str, ...]:
        """The training modules that a task asks for by itself."""
        return tuple(self.properties.get("skills", "").replace(",", " ").split())


@dataclass(frozen=True)
class Definition:
    """One version of a pathway with everything it calls; never changes."""

    key: str
    """The pathway key, which is its process id."""
    checksum: str
    sources: Mapping[str, bytes]
    """File name to BPMN XML of the pathway and all it calls, directly or not."""
    main: str
    """The file of the pathway itself."""
    reads: frozenset[str]
    """Variables that steer it: read by a condition, decision, timer, call or multi-instance."""
    elements: Mapping[str, Element] = field(default_factory=dict)
    decisions: frozenset[str] = frozenset()
    clocks: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    messages: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        """Two definitions with the same checksum are the same definition."""
        return hash(self.checksum)


class PathwayRefused(Refused):
    """This pathway cannot be used as it is drawn."""

    code = "pathway_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """`findings` say what is wrong, and where."""
        self.findings = findings
        count = len(findings)
        super().__init__(
            f"This pathway cannot be used as it is drawn: {count} thing{'' if count == 1 else 's'} to put right.",
            findings=[finding.code for finding in findings],
        )


def checksum(main: str, sources: Mapping[str, bytes]) -> str:
    """The SHA-256 of a pathway and all it calls, as hex; file order does not matter."""
    digest = hashlib.sha256(main.encode())
    for name in sorted(sources):
        digest.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(sources[name]).digest())
    return digest.hexdigest()
