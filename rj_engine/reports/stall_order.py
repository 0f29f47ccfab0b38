"""The rows of the board before they are read whole: what is asked for, in which order, and where a page begins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
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
NOBODY: Final = "nobody"
"""Who has a case that nobody has yet, as an address says it."""
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

    id: Any
    kind: str
    place: str
    owner_id: Any
    decision: str
    days: int
    band: str
    move: str
    """Ours, theirs, the victim's; `fault` where nothing would ever happen again."""
    next_at: Any
    """The moment of the next step: the first of what is due with which we have to do something, else of what rings."""
    at: Any
    """The day that its order looks at; what it is depends on the order."""
    key: tuple[bool, str, str] = (True, "", "")

    @property
    def next_on(self) -> date | None:
        """The London day of the next step."""
        return instant(self.next_at).astimezone(clock.LONDON).date() if self.next_at else None


def identity(raw: Any) -> UUID:
    """An id as the database gave it: SQLite as text, PostgreSQL as it is."""
    return raw if isinstance(raw, UUID) else UUID(str(raw))


def instant(raw: Any) -> datetime:
    """An instant as the database gave it: SQLite as text in UTC, PostgreSQL as it is."""
    return raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw)).replace(tzinfo=UTC)


def fitting(every: Sequence[Light], wanted: Wanted) -> Sequence[Light]:
    """Those that are asked for."""
    asked = [(value, wish) for part, value in VALUES.items() if (wish := getattr(wanted, part).replace("-", ""))]
    return [each for each in every if all(value(each) == wish for value, wish in asked)] if asked else every


VALUES: Final[Mapping[str, Callable[[Light], str]]] = {
    "kind": lambda each: each.kind,
    "place": lambda each: each.place.replace("-", ""),
    "band": lambda each: each.band.replace("-", ""),
    "move": lambda each: each.move,
    "owner": lambda each: str(each.owner_id or NOBODY).replace("-", ""),
    "stalled": lambda each: "yes" if each.days >= LONG or each.decision or each.move == "fault" else "",
}
"""What a row is, for each part of a wish; without hyphens, since databases write ids with and without."""


def in_order(found: Iterable[Light], sort: str) -> list[Light]:
    """What is our fault first, then in that order."""
    place = PLACES[sort]
    for each in found:
        each.key = (each.move != "fault", place(each), str(each.id))
    return sorted(found, key=attrgetter("key"))


PLACES: Final[Mapping[str, Callable[[Light], str]]] = {
    "waited": lambda each: f"{99_999 - each.days:05} {each.at}",
    "place": lambda each: f"{each.place} {99_999 - each.days:05}",
    "chased": lambda each: str(each.at or NEVER),
    "next": lambda each: str(each.next_at or NO_DAY),
    "told": lambda each: str(each.at or NEVER),
    "promise": lambda each: str(each.at or NO_DAY),
}
"""Where a row stands in line, for each order; a day as text sorts as a day."""


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
