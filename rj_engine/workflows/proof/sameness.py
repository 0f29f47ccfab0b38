"""When two stored states count as one in a walk: same places, same outcomes of what is still to be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rj_engine.workflows.engine import codec
from rj_engine.workflows.proof.reads import HOLDERS, Part, Reads, Where

EDGE = ".BoundaryEventSplit"
TURN = " [child]"


class Sameness:
    """Gives each state of a pathway a key; equal keys, equal futures."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self._seen: dict[tuple[frozenset[Part], str], dict[str, object]] = {}
        self._unset = {part.variable: None for parts in reads.live.values() for part in parts}

    def key(self, packed: Mapping[str, Any]) -> str:
        """The state's places with what can still matter of its variables."""
        wheres = _places(packed)
        live = self._live(packed, wheres)
        seen = self._effective(packed, wheres) if _one_inside_another(packed) else [own for _, own in packed["w"]]
        views = [None if own is None else self._view(own, live) for own in seen]
        walks = [[holder, view] for (holder, _), view in zip(packed["w"], views, strict=True)]
        return codec.likeness_of({**packed, "w": walks})

    def _effective(self, packed: Mapping[str, Any], wheres: list[Where | None]) -> list[Mapping[str, object] | None]:
        """What each walk's variables come to, where each holds at most one part and nothing runs beside it.

        A part hands all of its variables back when it is over or stopped, but for inputs of its own: so it does not
        matter in which walk of the chain a value stands, only what the innermost sees, and what an input hides.
        """
        seen: dict[str, object] = {}
        kept: list[Mapping[str, object] | None] = []
        for holder, own in packed["w"]:
            where = wheres[holder] if holder >= 0 else None
            takes = self.reads.places[where].node.takes.keys() if where else frozenset()
            kept.append({name: seen.pop(name, None) for name in takes})
            seen |= own or {}
        return [*kept[1:], self._unset | seen]

    def _live(self, packed: Mapping[str, Any], wheres: list[Where | None]) -> frozenset[Part]:
        """What the open places still read; a holder is open only through what it holds."""
        held = {holder for holder, _ in packed["w"]}
        found: set[Part] = set()
        for place, where in enumerate(wheres):
            if where is None:
                continue
            plain = self.reads.places[where].node.loop is None
            if not (plain and place in held and self.reads.places[where].node.kind in HOLDERS):
                found |= self.reads.live[where]
        return frozenset(found)

    def _view(self, own: Mapping[str, object], live: frozenset[Part]) -> dict[str, object]:
        seen_as = live, json.dumps(own, sort_keys=True)
        if (view := self._seen.get(seen_as)) is None:
            parts = (part for part in live if part.variable in own)
            view = {f"{part.variable} {part.says}": part.of(own[part.variable]) for part in parts}
            self._seen[seen_as] = view
        return view


def _one_inside_another(packed: Mapping[str, Any]) -> bool:
    """Whether the parts form one chain and only the innermost has open places but for holders and edge events."""
    tokens, walks = packed["t"], packed["w"]
    held = [holder for holder, _ in walks[1:]]
    if [tokens[holder][0] for holder in held] != list(range(len(walks) - 1)):
        return False
    beside = [place for place, token in enumerate(tokens) if token[0] < len(walks) - 1 and place not in held]
    return all(tokens[place][2].endswith(EDGE) or _on_edge(tokens, place) for place in beside)


def _on_edge(tokens: list[Any], place: int) -> bool:
    above = tokens[place][1]
    return bool(above >= 0 and tokens[above][2].endswith(EDGE))


def _places(packed: Mapping[str, Any]) -> list[Where | None]:
    """Where each token of a state stands; None for the edge of an element, which nobody drew."""
    tokens, walks = packed["t"], packed["w"]
    wheres: list[Where | None] = []
    for token in tokens:
        holder = walks[token[0]][0]
        above = (wheres[holder] or ()) if holder >= 0 else ()
        wheres.append(None if token[2].endswith(EDGE) else (*above, token[2].removesuffix(TURN)))
    return wheres


def names(parts: Iterable[Part]) -> frozenset[str]:
    """The variables some parts are about."""
    return frozenset(part.variable for part in parts)
