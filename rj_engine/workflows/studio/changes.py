"""What a draft changes against a version, in words, and which of it touches somebody's safety."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rj_engine.workflows.engine.diagram import Diagram, Node
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio.checks import FORM, read

OF_SAFETY: Final = frozenset(
    {"effect", "two_person", "record", "consent_party", "consent_scopes", "min_level", "starts"}
)
"""Properties of a task that a gate, a record or a check reads."""
GATES: Final = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "businessRuleTask"}
)
ONLY_WORDS: Final = frozenset({"guidance", "victim_text"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different."""

    file: str
    element: str
    words: str
    of_safety: bool = False


def changes(before: Bundle, after: Bundle) -> list[Change]:
    """Everything that is different in `after`, diagrams first."""
    return [
        *_diagrams(before, after),
        *_texts(before.decisions, after.decisions, "decision", of_safety=True),
        *_forms(before, after),
        *_texts(before.letters, after.letters, "letter", of_safety=True),
        *_clocks(before, after),
    ]


def _diagrams(before: Bundle, after: Bundle) -> Iterator[Change]:
    clocks = {**before.clocks, **after.clocks}
    safe = {key for key, one in clocks.items() if one.get("safety_bearing")}
    old, new = {one.process: one for one in read(before.diagrams)}, {one.process: one for one in read(after.diagrams)}
    for process in sorted(old.keys() | new.keys()):
        was, now = old.get(process), new.get(process)
        left, right = was.nodes if was else {}, now.nodes if now else {}
        for key in [*left, *(one for one in right if one not in left)]:
            yield from _node(process, (was, left.get(key)), (now, right.get(key)), safe)


Place = tuple[Diagram | None, Node | None]


def _node(process: str, before: Place, after: Place, safe: set[str]) -> Iterator[Change]:
    was, now = before[1], after[1]
    here = (now or was).element  # type: ignore[union-attr]  # one of them is there
    name = here.name or here.id
    danger = any(_guards(one, safe) for one in (was, now) if one)
    file, key = f"{process}.bpmn", here.key
    if was is None or now is None:
        yield Change(file, key, f"“{name}” is {'new' if was is None else 'gone'}.", danger)
        return
    if _leads(before) != _leads(after):
        yield Change(
            file, key, f"“{name}” leads elsewhere, or on another condition.", was.element.kind in GATES or danger
        )
    if _bare(was) != _bare(now):
        yield Change(file, key, f"“{name}” does something else: {_told(was, now)}.", danger)
    elif was.element != now.element:
        yield Change(file, key, f"“{name}” is worded anew.")


def _guards(node: Node, safe: set[str]) -> bool:
    """Whether somebody's safety hangs on this element."""
    element = node.element
    return bool(
        OF_SAFETY & element.properties.keys()
        or element.kind in GATES
        or element.kind == "boundaryEvent"
        or element.due in safe
        or any(event.text in safe or event.kind == "message" for event in node.events)
    )


def _leads(place: Place) -> list[tuple[str, str]]:
    diagram, node = place
    assert diagram is not None  # noqa: S101 - both are read from a diagram
    assert node is not None  # noqa: S101 - as above
    return sorted((flow.target, flow.condition or "") for flow in diagram.outgoing(node.element.id))


def _bare(node: Node) -> Node:
    """The element without its wording."""
    kept = {key: value for key, value in node.element.properties.items() if key not in ONLY_WORDS}
    return replace(node, element=replace(node.element, name="", documentation=None, properties=kept))


def _told(was: Node, now: Node) -> str:
    pairs = [
        ("form", was.element.form, now.element.form),
        ("clock", was.element.due, now.element.due),
        ("lane", was.element.lane, now.element.lane),
        *((key, was.element.properties.get(key), now.element.properties.get(key))
          for key in sorted({**was.element.properties, **now.element.properties}.keys() - ONLY_WORDS)),
    ]  # fmt: skip
    told = [f"{what} {before or 'none'} becomes {after or 'none'}" for what, before, after in pairs if before != after]
    return "; ".join(told) or "how it waits, repeats or calls"


def _texts(before: Mapping[str, str], after: Mapping[str, str], what: str, *, of_safety: bool) -> Iterator[Change]:
    for file in sorted(before.keys() | after.keys()):
        if before.get(file) != after.get(file):
            how = "new" if file not in before else "gone" if file not in after else "changed"
            yield Change(file, "", f"The {what} “{file}” is {how}.", of_safety)


def _forms(before: Bundle, after: Bundle) -> Iterator[Change]:
    for key in sorted(before.forms.keys() | after.forms.keys()):
        if before.forms.get(key) == after.forms.get(key):
            continue
        file = f"{key}{FORM}"
        if key not in before.forms:
            yield Change(file, "", f"The form “{key}” is new.")
            continue
        was, now = _fields(before.forms[key]), _fields(after.forms.get(key, '{"components": []}'))
        for name in [*was, *(one for one in now if one not in was)]:
            if was.get(name) != now.get(name):
                how = "new" if name not in was else "gone" if name not in now else "asked differently"
                yield Change(file, name, f"“{_label(now.get(name) or was[name])}” is {how}.", of_safety=name in was)


def _fields(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    left = list(json.loads(text).get("components", []))
    while left:
        one = left.pop(0)
        left = [*one.get("components", []), *left]
        found[one.get("key") or one.get("id") or str(len(found))] = {
            key: each for key, each in one.items() if key != "components"
        }
    return found


def _label(field: Mapping[str, Any]) -> str:
    return str(field.get("label") or field.get("text") or field.get("key") or "a part")[:80]


def _clocks(before: Bundle, after: Bundle) -> Iterator[Change]:
    for key in sorted(before.clocks.keys() | after.clocks.keys()):
        was, now = before.clocks.get(key, {}), after.clocks.get(key, {})
        if was != now:
            safe = bool(was.get("safety_bearing") or now.get("safety_bearing"))
            yield Change(
                "clocks", key, f"The clock “{now.get('label') or was.get('label') or key}” is different.", safe
            )
