"""The marks by which people and numbers are found unread: of words, of how they sound, of what a typing slip leaves.

A slip is found by leaving letters out: two words that differ in one letter, or have two changed about, are the same
with one letter of each left out. Longer words forgive two. Such marks are rarer than marks of single letter groups,
so that a search reads few rows, and whoever holds the database alone cannot count letters in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import combinations
from typing import Final

import jellyfish

from rj_engine import sealing

APOSTROPHES: Final = "'’`´"  # noqa: RUF001 - as people and telephones type them
TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "the"})
LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})  # noqa: RUF001 - Turkish
"""Letters that no Unicode table takes apart."""
LOOKED_AT: Final = 7
"""Letters at the beginning of a word in which slips are forgiven."""
FORGIVES_ONE: Final = 4
FORGIVES_TWO: Final = 8
WHOLE_NAME, WORD, SLIP, SOUND, NUMBER, ENDING, ADDRESS, DISTRICT = "f", "w", "s", "m", "n", "x", "e", "d"
ENDINGS: Final = (6, 4)
SHORTEST_NUMBER: Final = 4
ABROAD: Final = re.compile(r"^(?:\+|00)44(?:\(?0\)?)?")


def words_of(name: str) -> list[str]:
    """The words of a name in plain small letters, without titles and accents; other scripts keep their letters."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    letters = "".join(one for one in plain if not unicodedata.combining(one) and one not in APOSTROPHES)
    return [word for word in re.split(r"[\W_]+", letters) if word and word not in TITLES]


def number_of(text: str) -> str:
    """A telephone, crime or prison number in letters and digits alone; +44 7700 and 07700 are the same."""
    home = ABROAD.sub("0", re.sub(r"[\s().-]", "", text.strip()))
    return "".join(one for one in home.upper() if one.isascii() and one.isalnum())


def sound_of(word: str) -> str:
    """How an English ear hears a word; empty for other scripts."""
    return jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""


def of_word(word: str) -> set[int]:
    """The marks of one word of a name: itself, its sound, and what slips leave of it."""
    found = {_mark(WORD, word), *(_mark(SLIP, rest) for rest in _slips(word))}
    if sound := sound_of(word):
        found.add(_mark(SOUND, sound))
    return found


def of_whole_word(word: str) -> int:
    """One mark of a word as it is."""
    return _mark(WORD, word)


def of_name(name: str) -> set[int]:
    """The marks of a name: of each word, and of all of them in any order."""
    words = words_of(name)
    return {mark for word in words for mark in of_word(word)} | ({of_whole_name(name)} if words else set())


def of_whole_name(name: str) -> int:
    """One mark of a name, whatever the order of its words."""
    return _mark(WHOLE_NAME, " ".join(sorted(words_of(name))))


def of_number(text: str) -> set[int]:
    """The marks of a number: the whole, and its last digits."""
    number = number_of(text)
    if len(number) < SHORTEST_NUMBER:
        return set()
    return {_mark(NUMBER, number)} | {_mark(ENDING, number[-size:]) for size in ENDINGS if len(number) >= size}


def of_whole_number(text: str) -> int:
    """One mark of a whole number."""
    return _mark(NUMBER, number_of(text))


def of_ending(text: str) -> int | None:
    """The mark of the longest ending that this much of a number can be found by."""
    number = number_of(text)
    return next((_mark(ENDING, number[-size:]) for size in ENDINGS if len(number) >= size), None)


def of_address(text: str) -> int:
    """One mark of an e-mail address."""
    return _mark(ADDRESS, text.strip().casefold())


def of_district(text: str) -> set[int]:
    """The mark of where somebody lives, however its letters are typed; none of nothing."""
    words = words_of(text)
    return {_mark(DISTRICT, " ".join(words))} if words else set()


def heard_as(word: str) -> set[int]:
    """The marks of a word as it is and as it sounds, without the slips that it forgives."""
    sound = sound_of(word)
    return {_mark(WORD, word)} | ({_mark(SOUND, sound)} if sound else set())


def looks_like_a_number(text: str) -> bool:
    """Whether somebody typed a number and not a name."""
    return sum(one.isdigit() for one in text) >= SHORTEST_NUMBER


def _slips(word: str) -> Iterable[str]:
    head = word[:LOOKED_AT]
    left_out = 0 if len(word) < FORGIVES_ONE else 1 if len(word) < FORGIVES_TWO else 2
    for count in range(left_out + 1):
        for kept in combinations(range(len(head)), len(head) - count):
            yield "".join(head[place] for place in kept)


def _mark(kind: str, text: str) -> int:
    """64 bits of the keyed mark, as the database counts: with a sign."""
    return int.from_bytes(bytes.fromhex(sealing.mark(kind + text)[:16]), signed=True)
