"""The rows of the board before they are read whole: what is asked for, in which order, and where a page begins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from rj_engine import clock
from rj_engine.errors import Refused

ANSWER: Final = "prison_ladder/record_answer"
MOVES: Final[Mapping[str, str]] = {
    "fault": "Our fault: no next step",
    "us": "Ours",
    "them": "Theirs",
    "victim": "The victim's",
}
SORTS: Final[Mapping[str, str]] = {
    "waited": "Longest wait first",
    "place": "Place",
    "chased": "Last chase, oldest first",
    "next": "Next step, soonest first",
    "told": "Last word to the victim, oldest first",
    "promise": "Promised day, soonest first",
}
PARTS: Final = ("sort", "kind", "place", "band", "move", "owner", "stalled")
LONG: Final = 20
"""Working days after which a request counts as stalled."""
NEVER: Final = "0000"
NO_DAY: Final = "9999"


class NoSuchPage(Refused):
    """That page of the board does not exist. Start again from the first."""

    code = "no_such_page"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the board is looked at; every part a word, so that it can be an address and be kept."""

    sort: str = "waited"
    kind: str = ""
    place: str = ""
    band: str = ""
    move: str = ""
    owner: str = ""
    stalled: str = ""
    """`yes`: only what has waited long, is refused, or would wait for ever."""

    def as_words(self) -> dict[str, str]:
        """What is not as it is anyway."""
        told = {name: getattr(self, name) for name in PARTS}
        return {name: value for name, value in told.items() if value and (name, value) != ("sort", "waited")}

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Wanted:
        """What an address asks for; what it does not know is left out."""
        told = {name: str(given.get(name, "")) for name in PARTS}
        return cls(**{**told, "sort": told["sort"] if told["sort"] in SORTS else "waited"})


@dataclass(frozen=True, slots=True)
class Step:
    """One open task of a request."""

    id: UUID
    element: str
    name: str
    assignee_id: UUID | None
    due_at: datetime


@dataclass(slots=True)
class Light:
    """One request that waits, as far as sorting needs it; ids and instants as the database gives them."""

    row: Any
    days: int
    band: str
    steps: list[Any] = field(default_factory=list)
    timers: list[Any] = field(default_factory=list)
    move: str = ""
    key: tuple[int, str, str] = (0, "", "")

    @property
    def next_at(self) -> Any:
        """The moment of the next step: the first of what is due, else of what rings."""
        moments = [step.due_at for step in self.steps if step.element != ANSWER]
        return min(moments or [timer.due_at for timer in self.timers], default=None)

    @property
    def next_on(self) -> date | None:
        """The London day of it."""
        return instant(self.next_at).astimezone(clock.LONDON).date() if self.next_at else None


def identity(raw: Any) -> UUID:
    """An id as the database gave it: SQLite as text, PostgreSQL as it is."""
    return raw if isinstance(raw, UUID) else UUID(str(raw))


def instant(raw: Any) -> datetime:
    """An instant as the database gave it: SQLite as text in UTC, PostgreSQL as it is."""
    return raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw)).replace(tzinfo=UTC)


def fitting(every: Iterable[Light], wanted: Wanted) -> list[Light]:
    """Those that are asked for."""

    def fits(each: Light) -> bool:
        row = each.row
        asked = (
            (wanted.kind, row.kind),
            (wanted.place, row.establishment),
            (wanted.band, each.band),
            (wanted.move, each.move),
            (wanted.owner.replace("-", ""), str(row.facilitator_id or "").replace("-", "")),
            (wanted.stalled, "yes" if each.days >= LONG or row.decision or each.move == "fault" else ""),
        )
        return all(wish in {"", value} for wish, value in asked)

    return [each for each in every if fits(each)]


def in_order(found: list[Light], sort: str) -> list[Light]:
    """What is our fault first, then in that order."""
    for each in found:
        each.key = (each.move != "fault", _place_in_line(each, sort), str(each.row.id))
    return sorted(found, key=lambda each: each.key)


def _place_in_line(each: Light, sort: str) -> str:
    row = each.row
    match sort:
        case "place":
            return f"{row.establishment} {99_999 - each.days:05}"
        case "chased":
            return _iso(row.last_chased_on, NEVER)
        case "next":
            return str(each.next_at or NO_DAY)
        case "told":
            return _iso(row.victim_told_on, NEVER)
        case "promise":
            return _iso(row.promised_on, NO_DAY)
        case _:
            return f"{99_999 - each.days:05} {row.sent_on.isoformat()}"


def _iso(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise


def cursor_of(each: Light) -> str:
    """The place of a row, for the address of the next page."""
    return base64.urlsafe_b64encode(json.dumps(each.key).encode()).decode()


def after(found: Sequence[Light], cursor: str) -> int:
    """Where the page after that key begins, whether or not its row is still there."""
    try:
        fault, place, identity = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        key = (bool(fault), str(place), str(identity))
    except (ValueError, TypeError, binascii.Error) as error:
        raise NoSuchPage from error
    return next((number for number, each in enumerate(found) if each.key > key), len(found))
