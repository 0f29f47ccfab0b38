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

_Parts = tuple[str, ...]


@lru_cache(maxsize=4096)
def parts_of(name: str) -> _Parts:
    """Return the tokens of a name; white space between them is no part of it."""
    return tuple(token.text for token in tokenise(name)[:-1])


class KnownNames:
    """The names of more than one token that a parser may meet, by their first token, longest first."""

    def __init__(self, names: Iterable[str] = (), start: KnownNames | None = None) -> None:
        """Begin with the names of `start`, which stays as it is."""
        self._by_start: dict[str, tuple[_Parts, ...]] = {}
        self._spelling: dict[_Parts, str] = {}
        if start:
            self._by_start, self._spelling = start.copied()
        for name in names:
            self.add(name)

    def copied(self) -> tuple[dict[str, tuple[_Parts, ...]], dict[_Parts, str]]:
        """Return what is known, to begin with elsewhere."""
        return dict(self._by_start), dict(self._spelling)

    def add(self, name: str) -> bool:
        """Know one more name and tell whether it was new; a single word needs no knowing."""
        parts = parts_of(name)
        if not parts or (len(parts) == 1 and parts[0] not in KEYWORDS):
            return False
        known = self._by_start.get(parts[0], ())
        if parts in known:
            return False
        self._by_start[parts[0]] = tuple(sorted((*known, parts), key=len, reverse=True))
        self._spelling[parts] = name
        return True

    def forget(self, name: str) -> None:
        """Stop knowing a name whose part of the text is over."""
        parts = parts_of(name)
        self._by_start[parts[0]] = tuple(known for known in self._by_start[parts[0]] if known != parts)

    @contextmanager
    def for_a_while(self, names: Collection[str] = ()) -> Iterator[list[str]]:
        """Know some names within one part of the text only; more may be added to the list that is given."""
        added = [name for name in names if self.add(name)]
        yield added
        for name in added:
            self.forget(name)

    def longest_at(self, tokens: Sequence[Token], start: int) -> tuple[int, str]:
        """Return how many tokens from `start` form a known name, and the name; 0 when none do."""
        for parts in self._by_start.get(tokens[start].text, ()):
            end = start + len(parts)
            if end < len(tokens) and parts == tuple(token.text for token in tokens[start:end]):
                return len(parts), self._spelling[parts]
        return 0, ""


def joined(tokens: Sequence[Token]) -> str:
    """Return the name that these tokens spell."""
    return "".join((" " if token.spaced and place else "") + token.text for place, token in enumerate(tokens))


def is_plain_word(token: Token) -> bool:
    """Tell a word that may be part of a name without being known."""
    return token.kind == WORD and token.text not in KEYWORDS
