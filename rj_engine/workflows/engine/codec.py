"""The stored form of a run: a version byte, then compressed JSON of the little that can still be read.

Kept are the open tokens, the edge each may sit in, and the variables of each scope. Nothing of the specification is
kept: elements go by their ids, so the state outlives a restart and can be moved to a new version of its pathway.
"""
# ruff: noqa: SLF001
# Reason: SpiffWorkflow's tree is rebuilt through attributes with a leading underscore.

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from rj_engine.workflows.engine.boundaries import is_edge
from rj_engine.workflows.engine.guards import ElementGone, StateUnreadable
from rj_engine.workflows.engine.tokens import OPEN, Part, Run, Scope, Token

VERSION: Final = b"\x01"
RECORD_LENGTH: Final = 7
UNPACKED_LIMIT: Final = 8 * 1024 * 1024


def encode(run: Run) -> bytes:
    """The state of a run at rest."""
    walks: list[Any] = []
    tokens: list[Any] = []
    places: dict[UUID, int] = {}
    for walk in run.walks():
        holder = walk.holder if isinstance(walk, Part) else None
        own = walk.scope.own if holder is None or walk.scope is not holder.scope else None
        walks.append([places[holder.id] if holder else -1, own])
        for token in _kept(walk):
            places[token.id] = len(tokens)
            tokens.append(_record(token, len(walks) - 1, places))
    packed = {"e": run.end_event, "w": walks, "t": tokens}
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return VERSION + zlib.compress(text.encode(), 1)


def _kept(walk: Any) -> list[Token]:
    """Open tokens, and the edges that open tokens still sit in; parents before children."""
    wanted: set[UUID] = set()
    for token in walk.tasks.values():
        if token._state & OPEN:
            wanted.add(token.id)
            if token._parent and is_edge(token.parent.task_spec):
                wanted.add(token._parent)
    return [token for token in walk.tasks.values() if token.id in wanted]


def _record(token: Token, walk: int, places: dict[UUID, int]) -> list[Any]:
    """Walk, parent, element, state, id, notes, own variables; what is empty at the end is left off."""
    open_now = token._state & OPEN
    record: list[Any] = [
        walk,
        places.get(token._parent, -1),
        token.task_spec.name,
        token._state,
        token.id.hex if open_now else 0,
        token.internal_data or 0,
        token.own_scope.own if token.own_scope else 0,
    ]
    while not record[-1]:
        record.pop()
    return record


def unpack(state: bytes) -> dict[str, Any]:
    """The stored facts, before any pathway is asked what they mean."""
    if state[:1] != VERSION:
        raise StateUnreadable(version=state[:1].hex())
    try:
        opener = zlib.decompressobj()
        text = opener.decompress(state[1:], UNPACKED_LIMIT)
        packed = json.loads(text) if opener.eof else None
    except (zlib.error, ValueError) as error:
        raise StateUnreadable from error
    if not isinstance(packed, dict) or not {"e", "w", "t"} <= packed.keys():
        raise StateUnreadable
    return packed


def decode(state: bytes, run: Run) -> Run:
    """Fill a new run with a stored state."""
    packed = unpack(state)
    run.end_event = packed["e"]
    run.scope.own.update(packed["w"][0][1])
    walks: list[Any] = [run]
    tokens: list[Token] = []
    for record in packed["t"]:
        if record[0] >= len(walks):
            walks.append(_part(run, packed["w"][len(walks)], tokens))
        tokens.append(_token(walks[record[0]], record, tokens))
    run.completed = not tokens
    return run


def likeness(state: bytes) -> str:
    """The same text for two states from which exactly the same can follow, whatever their ids and instants.

    For proofs: a walk over every reachable state needs to know where it has been.
    """
    return likeness_of(unpack(state))


def likeness_of(packed: Mapping[str, Any]) -> str:
    """`likeness` of unpacked facts, from which whoever knows better may have left out what nothing reads any more."""
    inside: list[list[str]] = [[] for _ in packed["w"]]
    below: dict[int, list[str]] = {place: [] for place in range(len(packed["t"]))}
    parts = {holder: number for number, (holder, _) in enumerate(packed["w"])}
    for place in reversed(range(len(packed["t"]))):
        walk, above, name, status, _, notes, own = _whole(packed["t"][place])
        part = parts.get(place)
        told = [packed["w"][part][1], sorted(inside[part])] if part is not None else None
        notes = {key: note for key, note in (notes or {}).items() if key not in {"event_value", "dues"}}
        text = json.dumps([name, status, notes, own, told, sorted(below[place])], sort_keys=True)
        (below[above] if above >= 0 else inside[walk]).append(text)
    return json.dumps([packed["e"], packed["w"][0][1], sorted(inside[0])], sort_keys=True)


def ringing(packed: Mapping[str, Any], key: str, due: str) -> bytes:
    """The state with one wait due at `due`, and no other changed; `key` is that of its `Wait`."""
    holder, _, choice = key.partition(".")
    changed = [
        _due_at(record, choice, due) if _whole(record)[4] == holder else record  # the fifth is the token's id
        for record in packed["t"]
    ]
    text = json.dumps({**packed, "t": changed}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return VERSION + zlib.compress(text.encode(), 1)


def _due_at(record: list[Any], choice: str, due: str) -> list[Any]:
    place = RECORD_LENGTH - 2
    notes = dict(record[place])
    if choice:
        notes["dues"] = {**notes["dues"], choice: due}
    else:
        notes["event_value"] = due
    return [*record[:place], notes, *record[place + 1 :]]


def _whole(record: list[Any]) -> list[Any]:
    """A record with what was left off at its end."""
    return [*record, *(0,) * (RECORD_LENGTH - len(record))]


def _part(run: Run, record: list[Any], tokens: list[Token]) -> Part:
    holder = tokens[record[0]]
    scope = holder.scope if record[1] is None else Scope(holder.scope, record[1])
    return run.open_part(holder, getattr(holder.task_spec, "spec", ""), scope)


def _token(walk: Any, record: list[Any], tokens: list[Token]) -> Token:
    _, above, name, state, key, notes, own = _whole(record)
    spec = walk.spec.task_specs.get(name)
    if spec is None:
        raise ElementGone(element=f"{walk.spec.process}/{name}")
    parent = tokens[above] if above >= 0 else None
    token = Token(walk, spec, parent, state, UUID(hex=key) if key else None)
    token.internal_data = notes or {}
    if own:
        token.own_scope = Scope((parent or token).scope, own)
    return token
