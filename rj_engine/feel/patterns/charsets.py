r"""Sets of characters: ranges, escapes such as `\\d`, Unicode categories and blocks, and one set less another."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

LAST = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]
_SPACE: Ranges = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
_NAME_START: Ranges = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF),
    (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
    (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
_NAME: Ranges = tuple(
    sorted((*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)))
)
NOT_LINE_END: Ranges = ((0x0, 0x9), (0xB, 0xC), (0xE, LAST))
CATEGORIES = frozenset({
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
    "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cn", "Co", "Cs",
})  # fmt: skip
_WORD = ("L", "M", "N", "S")


def complement(ranges: Ranges) -> Ranges:
    """Return the ranges of all other characters, given ranges that do not overlap."""
    bounds = ((-1, -1), *sorted(ranges), (LAST + 1, LAST + 1))
    return tuple((high + 1, low - 1) for (_, high), (low, _) in pairwise(bounds) if high + 1 < low)


@dataclass(frozen=True, slots=True)
class CharSet:
    """Characters in some ranges or categories, or with `negated` in none of them, less those of `minus`."""

    ranges: Ranges = ()
    categories: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Categories whose characters are left out: a character in any other category is in the set."""
    negated: bool = False
    minus: CharSet | None = None

    def union(self, other: CharSet) -> CharSet:
        """Return the characters of either; neither is negated nor less another."""
        return CharSet(self.ranges + other.ranges, self.categories + other.categories, self.others + other.others)

    def holds(self, character: str, *, any_case: bool = False) -> bool:
        """Tell whether a character is in the set, in either case where wanted."""
        if self.minus is not None and self.minus.holds(character, any_case=any_case):
            return False
        forms = {character, character.lower(), character.upper()} if any_case else {character}
        inside = any(self._in_ranges(ord(form)) for form in forms if len(form) == 1) or self._in_categories(character)
        return inside is not self.negated

    def _in_ranges(self, point: int) -> bool:
        return any(low <= point <= high for low, high in self.ranges)

    def _in_categories(self, character: str) -> bool:
        found = unicodedata.category(character)
        return (
            found in self.categories
            or found[0] in self.categories
            or any(found != name and found[0] != name for name in self.others)
        )

    def is_linear(self, *, any_case: bool) -> bool:
        """Tell whether the linear engine can express the set exactly."""
        named = self.categories + self.others
        return self.minus is None and "Cn" not in named and not (any_case and named)

    def linear(self) -> str:
        """Return the set as the linear engine writes it."""
        parts = [f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in self.ranges]
        parts += [f"\\p{{{name}}}" for name in self.categories] + [f"\\P{{{name}}}" for name in self.others]
        return f"[{'^' if self.negated else ''}{''.join(parts)}]"


ESCAPES: dict[str, CharSet] = {
    "s": CharSet(_SPACE),
    "S": CharSet(complement(_SPACE)),
    "i": CharSet(_NAME_START),
    "I": CharSet(complement(_NAME_START)),
    "c": CharSet(_NAME),
    "C": CharSet(complement(_NAME)),
    "d": CharSet(categories=("Nd",)),
    "D": CharSet(others=("Nd",)),
    "w": CharSet(categories=_WORD),
    "W": CharSet(categories=("P", "Z", "C")),
}


def one_of(character: str) -> CharSet:
    """Return the set of one character."""
    return CharSet(((ord(character), ord(character)),))
