"""The last look before a letter is shown: nothing that somebody typed names the other side.

The view has no fact of the other side. But people type freely, and a name may stand in “who would come”. What is found
here is refused, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases.case import Party
from rj_engine.errors import Refused
from rj_engine.letters.document import Document
from rj_engine.letters.letter import Letter
from rj_engine.letters.making import Making
from rj_engine.letters.views import Ours, known_to, words_for
from rj_engine.letters.writing import facts
from rj_engine.people.staff import Service
from rj_engine.prisons import custody, places, releases

OF_THE_HARMER: Final = frozenset({"prison"})
"""Kinds of addressee, not people of the case, to whom the harmer may be named."""
REACHED_BY: Final = ("phone", "email", "address")
SHORTEST_NAME: Final = 3
SHORTEST_LINE: Final = 6
SHORTEST_NUMBER: Final = 7
POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)


class WallCrossed(Refused):
    """This letter would tell one side about the other: it holds somebody else's name, number or address."""

    code = "wall_crossed"


@dataclass(slots=True)
class Strangers:
    """What a letter must not say: of everybody in the case whom its addressee is not."""

    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    """Parts of names; looked for only in what was typed, because a letter may well say *will* or *grace*."""
    reached: set[str] = field(default_factory=set)
    """Numbers, e-mail addresses, streets and postcodes, without spaces and in lower case."""
    places: set[str] = field(default_factory=set)
    """Towns, houses and prisons by name; looked for only in what was typed, because we may work in the same town."""


def check(making: Making, letter: Letter, view: Ours, document: Document) -> None:
    """Refuse a letter that names somebody of another side, or says where or how to find them."""
    strangers = of(making, letter.to)
    for name, words in _typed(letter, view):
        if any(_says(words, strangers)):
            what = words_for(letter.to, name)
            raise WallCrossed(
                f"“{what}” names somebody whom this letter must not name. Write their part in it instead."
            )
    if any(_tells(document.text, strangers)):
        raise WallCrossed


def check_own(making: Making, letter: Letter, document: Document, written: str) -> None:
    """The same look at a letter whose words somebody changed; `written` is what they wrote themselves."""
    strangers = of(making, letter.to)
    if any(_says(written, strangers)) or any(_tells(document.text, strangers)):
        raise WallCrossed(
            "Your words name somebody whom this letter must not name, or say where to find them. "
            "Write their part in it instead."
        )


def of(making: Making, to: str) -> Strangers:
    """Everybody in the case but the addressee, and where the harmer is held unless it is the place itself."""
    people = cases.parties(making.session, making.case)
    own = [each for each in people if _may_be_named(each, making, to)]
    others = [each for each in people if each not in own]
    known = {word for each in own for word in _words(each.name)}
    found = Strangers()
    for each in others:
        found.words |= _words(each.name) - known
        if _plain(each.name) not in {_plain(one.name) for one in own} and len(_words(each.name)) > 1:
            found.names.add(_plain(each.name))
        _note(found, _reached(each))
    if to not in OF_THE_HARMER:
        _note(found, _held(making))
    shared = {_close(line) for each in own for line in _reached(each)}
    found.places -= shared
    ours = _close(making.session.get_one(Service, making.case.service_id).contact)
    found.reached = {one for one in found.reached - shared if one not in ours}
    return found


def _note(found: Strangers, lines: Iterable[str]) -> None:
    for line in lines:
        close = _close(line)
        numbered = any(sign.isdigit() or sign == "@" for sign in line)
        if len(close) >= (SHORTEST_NUMBER if close.isdigit() else SHORTEST_LINE):
            (found.reached if numbered else found.places).add(close)


def _may_be_named(party: Party, making: Making, to: str) -> bool:
    if making.party is not None:
        return party.id == making.party.id
    return to in OF_THE_HARMER and party.role in bpmn.parties()["harmer"]["roles"]


def _typed(letter: Letter, view: Ours) -> Iterator[tuple[str, str]]:
    """What this letter shows of what somebody wrote freely."""
    known = known_to(letter.to)
    for name, value in facts(letter, view).items():
        if value and known[name].metadata["typed"]:
            yield name, "\n".join(value) if isinstance(value, tuple) else value


def _says(words: str, strangers: Strangers) -> Iterator[bool]:
    yield bool(_words(words, shortest=1) & strangers.words)
    yield any(one in _close(words) for one in strangers.places)
    yield from _tells(words, strangers)


def _tells(text: str, strangers: Strangers) -> Iterator[bool]:
    plain, close = f" {_plain(text)} ", _close(text)
    yield any(f" {name} " in plain for name in strangers.names)
    yield any(one in close for one in strangers.reached)


def _reached(party: Party) -> Iterator[str]:
    for key, value in party.contact.items():
        if key.endswith(REACHED_BY) and value:
            yield from str(value).splitlines()
            yield from POSTCODE.findall(str(value))


def _held(making: Making) -> Iterator[str]:
    """Every place where they were held by each of its names, but for a stay that a lead has released to this victim."""
    session, case = making.session, making.case
    released = releases.released_stays(session, case.id, making.party.id) if making.party else set()
    for stay in custody.stays(session, case.id):
        if stay.detail.get("number"):
            yield str(stay.detail["number"])
        if stay.id in released:
            continue
        yield from places.every_name(session, case.service_id, stay.establishment)
        if stay.detail.get("other"):
            yield str(stay.detail["other"])


def _words(text: str, *, shortest: int = SHORTEST_NAME) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) >= shortest}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _close(text: str) -> str:
    """Without spaces and signs, so that a number is found however it is written."""
    return re.sub(r"[\W_]+", "", text.casefold())
