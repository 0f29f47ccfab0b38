"""What can be known of a value without running anything: its type, and its value when nothing can change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rj_engine.feel.values.conformity import kind_name, type_conforms
from rj_engine.feel.values.types import ANY, BOOLEAN, NULL, SIMPLE, Type


class Guess(NamedTuple):
    """A type, and the value of what is constant."""

    kind: Type = ANY
    constant: bool = False
    value: object = None
    faulty: bool = False
    """Something was found wrong with it already."""

    @property
    def is_null(self) -> bool:
        """It is null whatever happens."""
        return self.kind.name == "Null"

    @property
    def is_known(self) -> bool:
        """Its type says what it is, which `Any` and null do not."""
        return self.kind.name not in {"Any", "Null"}


ANYTHING = Guess()
TRUTH = Guess(BOOLEAN)
WRONG = Guess(faulty=True)


def of_value(value: object) -> Guess:
    """Return the guess of a value that is there already."""
    return Guess(NULL if value is None else SIMPLE.get(kind_name(value), ANY), constant=True, value=value)


def may_be(guess: Guess, wanted: Type) -> bool:
    """Tell whether a value can be fitted to a type."""
    kind = guess.kind
    if not guess.is_known or kind.name == wanted.name or type_conforms(kind, wanted) or wanted.name == "list":
        return True
    if kind.name == "list":
        return kind.item is None or may_be(Guess(kind.item), wanted)
    return kind.name == "date" and wanted.name == "date and time"


def common(guesses: Iterable[Guess]) -> Type:
    """Return the type that all values share, `Any` when they differ."""
    found = {guess.kind for guess in guesses if not guess.is_null}
    return found.pop() if len(found) == 1 else ANY
