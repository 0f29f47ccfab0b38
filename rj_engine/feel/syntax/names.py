"""Names with spaces and signs: the longest known name that stands at a place wins (DMN 1.5, 10.3.1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from rj_engine.feel.syntax.tokens import WORD, Token, tokenise

KEYWORDS = frozenset({
    "and", "between", "else", "every", "external", "false", "for", "function", "if", "in", "instance", "null", "or",
    "return", "satisfies", "some", "then", "true",
})  # fmt: skip

_Parts = tuple[tuple[str, bool], ...]


@lru_cache(maxsize=4096)
def parts_of(name: str) -> _Parts:
    """Return the tokens of a name, each with whether white space stands before it."""
    tokens = tokenise(name)[:-1]
    return tuple((token.text, token.spaced and place > 0) for place, token in enumerate(tokens))


def normal(name: str) -> str:
    """Return a name with single spaces where it holds white space."""
    return "".join((" " if spaced else "") + text for text, spaced in parts_of(name))


class KnownNames:
    """The names of more than one token that a parser may meet, by their first token, longest first."""

    def __init__(self, names: Iterable[str] = (), start: KnownNames | None = None) -> None:
        """Begin with the names of `start`, which stays as it is."""
        self._by_start: dict[str, tuple[_Parts, ...]] = start.copied() if start else {}
        self._spelling: dict[str, str] = {}
        for name in names:
            self.add(name)

    def copied(self) -> dict[str, tuple[_Parts, ...]]:
        """Return the names by their first token, to begin with elsewhere."""
        return dict(self._by_start)

    def add(self, name: str) -> bool:
        """Know one more name and tell whether it was new; a single word needs no knowing."""
        parts = parts_of(name)
        if not parts or (len(parts) == 1 and parts[0][0] not in KEYWORDS):
            return False
        known = self._by_start.get(parts[0][0], ())
        if parts in known:
            return False
        self._by_start[parts[0][0]] = tuple(sorted((*known, parts), key=len, reverse=True))
        if normal(name) != name:
            self._spelling[normal(name)] = name
        return True

    def forget(self, name: str) -> None:
        """Stop knowing a name whose part of the text is over."""
        parts = parts_of(name)
        self._by_start[parts[0][0]] = tuple(known for known in self._by_start[parts[0][0]] if known != parts)

    @contextmanager
    def for_a_while(self, names: Collection[str] = ()) -> Iterator[list[str]]:
        """Know some names within one part of the text only; more may be added to the list that is given."""
        added = [name for name in names if self.add(name)]
        yield added
        for name in added:
            self.forget(name)

    def spelling(self, name: str) -> str:
        """Return a name as it was made known, should its white space differ."""
        return self._spelling.get(name, name)

    def longest_at(self, tokens: Sequence[Token], start: int) -> int:
        """Return how many tokens from `start` form a known name, 0 when none do."""
        for parts in self._by_start.get(tokens[start].text, ()):
            if len(parts) < len(tokens) - start and _stands_at(parts, tokens, start):
                return len(parts)
        return 0


def _stands_at(parts: _Parts, tokens: Sequence[Token], start: int) -> bool:
    for offset, (text, spaced) in enumerate(parts):
        token = tokens[start + offset]
        if token.text != text or (offset and token.spaced != spaced):
            return False
    return True


def joined(tokens: Sequence[Token]) -> str:
    """Return the name that these tokens spell."""
    return "".join((" " if token.spaced and place else "") + token.text for place, token in enumerate(tokens))


def is_plain_word(token: Token) -> bool:
    """Tell a word that may be part of a name without being known."""
    return token.kind == WORD and token.text not in KEYWORDS
