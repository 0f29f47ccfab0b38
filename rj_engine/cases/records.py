"""The registry through which a room turns a finished task into rows of its own: `@records("consent")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, Strand
from rj_engine.clock import Period
from rj_engine.commands import Actor
from rj_engine.ledger import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A finished task as a record keeper sees it."""

    session: Session
    case: Case
    strand: Strand
    """Whom the run of this task is about."""
    run_id: UUID
    by: Actor
    now: datetime
    task_id: UUID
    name: str
    properties: Mapping[str, str]
    answers: Mapping[str, Any]
    variables: Mapping[str, Any]
    """Routing values after the step, with those of the called part the task was in."""
    decided: Sequence[Mapping[str, Any]]
    """Decisions taken in the same step: {decision, value, …}."""
    periods: Mapping[str, Period]
    """The clocks of the pathway's version."""
    effects_done: Callable[[], frozenset[str]]
    """What has been done in this strand so far, this task included."""
    level: int = 0
    """What whoever finished it is trained to; 0 where the task asks for no training."""
    needed_level: int = 0
    """The least level that the task asked for."""
    pathway: str = ""
    """The pathway of its run."""
    letter_sent: Callable[[str], str] = lambda _: ""
    """The letter to that kind of person that was sent at the task: its name and a mark of its words, or nothing."""
    drawn: Mapping[str, str] = field(default_factory=dict)
    """The reasons to close that the form of the task draws, each with its words there."""


Keeper = Callable[[Finished], list[Entry]]
_keepers: dict[str, Keeper] = {}


def records(kind: str) -> Callable[[Keeper], Keeper]:
    """Register the keeper of one kind of record."""

    def register(keeper: Keeper) -> Keeper:
        _keepers[kind] = keeper
        return keeper

    return register


def kinds() -> frozenset[str]:
    """Every kind of record that has a keeper."""
    return frozenset(_keepers)


def keep(finished: Finished) -> list[Entry]:
    """Make the rows that this task's record asks for, and say so for the ledger."""
    kind = finished.properties.get("record")
    return _keepers[kind](finished) if kind in _keepers else []
