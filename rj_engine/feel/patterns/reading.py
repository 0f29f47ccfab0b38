"""Read a regular expression as XPath 3.1 writes it (Functions and Operators 5.6, XML Schema part 2, appendix F)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from rj_engine.feel.patterns.blocks import BLOCKS
from rj_engine.feel.patterns.charsets import CATEGORIES, ESCAPES, LAST, NOT_LINE_END, CharSet, complement, one_of
from rj_engine.feel.refusal import Fault

LENGTH = 2_000
NESTING = 40
REPEATS = 1_000
_PLAIN_ESCAPES = frozenset("\\|.-^?*+{}()[]$")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    characters: CharSet


@dataclass(frozen=True, slots=True)
class Edge:
    """The start, `^`, or the end, `$`."""

    sign: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Pieces in a row."""

    parts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several pieces."""

    parts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A piece in brackets; without a number it is not remembered."""

    part: Piece
    number: int | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A piece so many times; no `most` is any number."""

    part: Piece
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Again:
    """What a group has matched, once more."""

    number: int


Piece = One | Edge | Sequence | Choice | Group | Repeat | Again
"""Part of a pattern."""


class Reader:
    """A reader of one pattern."""

    def __init__(self, text: str, *, spaced: bool, dot_all: bool) -> None:
        """With `spaced`, white space outside sets is left out; with `dot_all` the dot matches line ends."""
        if len(text) > LENGTH:
            self.refuse(f"A pattern may hold {LENGTH:,} characters.")
        self._text = text
        self._at = 0
        self._spaced = spaced
        self._in_set = False
        self._dot = CharSet(((0, LAST),)) if dot_all else CharSet(NOT_LINE_END)
        self._level = 0
        self.groups = 0
        self._closed: set[int] = set()

    def refuse(self, why: str) -> NoReturn:
        """Stop: this is not a pattern."""
        raise Fault(f"This pattern cannot be used. {why}", "bad_pattern")

    def read(self) -> Piece:
        """Return the whole pattern."""
        piece = self._choice()
        if self._next():
            self.refuse("A closing bracket has no opening one.")
        return piece

    def _next(self) -> str:
        while self._spaced and not self._in_set and self._text[self._at : self._at + 1] in {" ", "\t", "\n", "\r"}:
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        found = self._next()
        if not found:
            self.refuse("It ends too early.")
        self._at += 1
        return found

    def _accept(self, sign: str) -> bool:
        if self._next() != sign:
            return False
        self._at += 1
        return True

    def _choice(self) -> Piece:
        self._level += 1
        if self._level > NESTING:
            self.refuse(f"More than {NESTING} groups are inside one another.")
        parts = [self._sequence()]
        while self._accept("|"):
            parts.append(self._sequence())
        self._level -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Piece:
        parts: list[Piece] = []
        while self._next() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Piece) -> Piece:
        sign = self._next()
        if sign not in {"?", "*", "+", "{"}:
            return part
        self._take()
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(sign) or self._times()
        return Repeat(part, least, most, greedy=not self._accept("?"))

    def _times(self) -> tuple[int, int | None]:
        least = self._digits()
        most: int | None = least
        if self._accept(","):
            most = None if self._next() == "}" else self._digits()
        if not self._accept("}") or (most is not None and most < least):
            self.refuse("A number of times is written {2}, {2,} or {2,5}.")
        if max(least, most or 0) > REPEATS:
            self.refuse(f"A piece may be repeated {REPEATS:,} times.")
        return least, most

    def _digits(self) -> int:
        digits = ""
        while self._next() in set("0123456789"):
            digits += self._take()
        if not digits or len(digits) > 6:  # noqa: PLR2004 - far above what is allowed in any case
            self.refuse("A number of times is written {2}, {2,} or {2,5}.")
        return int(digits)

    def _atom(self) -> Piece:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return One(self._set())
        if sign in {"^", "$"}:
            return Edge(sign)
        if sign == ".":
            return One(self._dot)
        if sign == "\\":
            return self._escaped()
        if sign in set("?*+{}]"):
            self.refuse(f"{sign} must follow something or have a \\ before it.")
        return One(one_of(sign))

    def _group(self) -> Piece:
        number = None
        if self._accept("?"):
            if not self._accept(":"):
                self.refuse("Only (?: may follow an opening bracket.")
        else:
            self.groups += 1
            number = self.groups
        part = self._choice()
        if not self._accept(")"):
            self.refuse("A group is never closed.")
        self._closed.add(number or 0)
        return Group(part, number)

    def _escaped(self) -> Piece:
        if self._next() not in set("123456789"):
            return One(self._escape())
        number = int(self._take())
        while self._next() in set("0123456789") and number * 10 + int(self._next()) <= self.groups:
            number = number * 10 + int(self._take())
        if number not in self._closed:
            self.refuse(f"\\{number} speaks of a group that is not closed before it.")
        return Again(number)

    def _escape(self) -> CharSet:
        letter = self._take()
        if letter in ESCAPES:
            return ESCAPES[letter]
        if letter in _PLAIN_ESCAPES:
            return one_of(letter)
        if letter in {"p", "P"}:
            return self._category(negated=letter == "P")
        if letter not in _LETTERS:
            self.refuse(f"\\{letter} has no meaning.")
        return one_of(_LETTERS[letter])

    def _category(self, *, negated: bool) -> CharSet:
        if not self._accept("{"):
            self.refuse("\\p is followed by a category such as {Lu}.")
        name = ""
        while not self._accept("}"):
            name += self._take()
        if name in CATEGORIES:
            return CharSet(others=(name,)) if negated else CharSet(categories=(name,))
        block = BLOCKS.get(name[2:]) if name.startswith("Is") else None
        if block is None:
            self.refuse(f"There is no category or block {name}.")
        return CharSet(complement((block,)) if negated else (block,))

    def _set(self) -> CharSet:
        self._level += 1
        if self._level > NESTING:
            self.refuse(f"More than {NESTING} sets are inside one another.")
        outside, self._in_set = self._in_set, True
        negated = self._accept("^")
        found, minus, empty = CharSet(), None, True
        while not self._accept("]"):
            if minus is not None:
                self.refuse("A set ends after the set it is less.")
            if not empty and self._less():
                minus = self._set()
                continue
            found = found.union(self._member())
            empty = False
        if empty:
            self.refuse("A set holds something.")
        self._in_set = outside
        self._level -= 1
        return CharSet(found.ranges, found.categories, found.others, negated, minus)

    def _less(self) -> bool:
        if self._text[self._at : self._at + 2] != "-[":
            return False
        self._at += 2
        return True

    def _member(self) -> CharSet:
        low = self._set_character()
        follows = self._text[self._at : self._at + 2]
        if follows[:1] != "-" or follows in {"-]", "-["} or len(low.ranges) != 1:
            return low
        self._at += 1
        high = self._set_character()
        start, end = low.ranges[0][0], high.ranges[0][0] if high.ranges else -1
        if low.ranges[0] != (start, start) or high.ranges != ((end, end),) or end < start:
            self.refuse("A range in a set goes from one character to a later one.")
        return CharSet(((start, end),))

    def _set_character(self) -> CharSet:
        sign = self._take()
        if sign == "\\":
            return self._escape()
        if sign == "[":
            self.refuse("[ in a set must have a \\ before it.")
        return one_of(sign)
