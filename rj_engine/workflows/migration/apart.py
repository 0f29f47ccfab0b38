"""What is different between two versions, element by element: what a case that is moved may come to, or has behind it.

A form, a decision, a letter or a clock that was changed is a change of every element that uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine.workflows.engine.branches import drawings
from rj_engine.workflows.engine.diagram import Node
from rj_engine.workflows.proof.reads import Reads
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.studio.changes import OF_SAFETY, Change, changes


@dataclass(frozen=True, eq=False)
class Apart:
    """Two versions of one pathway, and how they differ; worked out once, since neither ever changes."""

    old: Published
    new: Published
    by_element: Mapping[str, tuple[Change, ...]]
    """`process/id` of each element of the new version that is new or changed, and how."""
    dated: Mapping[str, Change]
    """Elements with another clock, or a clock of another length: what waits there already keeps its date."""
    kept_anew: frozenset[str]
    """Facts that only the new version keeps to steer by."""
    reads: Reads | None
    """What the new version reads from each place on; none where it keeps nothing anew."""


_known: dict[tuple[UUID, UUID], Apart] = {}


def between(session: Session, old: Published, new: Published) -> Apart:
    """How `new` differs from `old`."""
    key = old.id, new.id
    if (known := _known.get(key)) is None:
        known = _known[key] = _between(session, old, new)
    return known


def _between(session: Session, old: Published, new: Published) -> Apart:
    found: dict[str, list[Change]] = {}
    bundles = [versions.bundle_of(session.get_one(PathwayVersion, one.id)) for one in (old, new)]
    drawn = [change for change in changes(*bundles) if change.element in new.definition.elements]
    for change in (*drawn, *_used(old, new)):
        found.setdefault(change.element, []).append(change)
    anew = new.definition.reads - old.definition.reads
    return Apart(
        old=old,
        new=new,
        by_element={key: tuple(told) for key, told in found.items()},
        dated={change.element: change for change in _dated(old, new)},
        kept_anew=anew,
        reads=Reads(new.definition, new.forms) if anew else None,
    )


def _nodes(published: Published) -> Iterator[Node]:
    for diagram in drawings(published.definition).values():
        yield from diagram.nodes.values()


def _used(old: Published, new: Published) -> Iterator[Change]:
    """Elements that are drawn as before and use something that was changed."""
    for node in _nodes(new):
        element = node.element
        if element.key not in old.definition.elements:
            continue
        name, file = element.name or element.id, f"{element.process}.bpmn"
        form, letter = element.form or "", element.properties.get("letter", "")
        if form in old.forms and form in new.forms and old.forms[form].checksum != new.forms[form].checksum:
            safe = bool(OF_SAFETY & element.properties.keys())
            yield Change(file, element.key, f"“{name}” asks other questions.", safe)
        if letter and old.letters.get(letter) != new.letters.get(letter):
            yield Change(file, element.key, f"“{name}” sends other words.", of_safety=True)
        if node.decision and old.models.get(node.decision) is not new.models.get(node.decision):
            yield Change(file, element.key, f"“{name}” is decided by other rows.", of_safety=True)


def _dated(old: Published, new: Published) -> Iterator[Change]:
    before = {node.element.key: _clocks(node) for node in _nodes(old)}
    for node in _nodes(new):
        key, name = node.element.key, node.element.name or node.element.id
        was, now = before.get(key, frozenset()), _clocks(node)
        moved = {each for each in was | now if _length(old, each) != _length(new, each)}
        if key in before and (was != now or moved):
            yield Change(
                f"{node.element.process}.bpmn",
                key,
                f"“{name}” keeps the date it was given.",
                of_safety=bool(node.events),
            )


def _clocks(node: Node) -> frozenset[str]:
    timers = {event.text for event in node.events if event.kind == "timer" and event.text}
    return frozenset(timers | ({node.element.due} if node.element.due else set()))


def _length(published: Published, clock: str) -> object:
    return published.periods.get(clock), published.counted.get(clock)
