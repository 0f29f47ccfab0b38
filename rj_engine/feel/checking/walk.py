"""Walk through the tree of an expression, guess the type of each part, and note what cannot be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from rj_engine.errors import Finding
from rj_engine.feel.checking.guess import TRUTH, Guess, of_value
from rj_engine.feel.compiler.dispatch import code_of
from rj_engine.feel.compiler.scope import Compilation, Env, Scope
from rj_engine.feel.library import LIBRARY
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import ExpressionRefused, Place
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.types import Type

_FOLDED_STEPS = 5_000
CONDITIONS = (tree.Comparison, tree.Junction, tree.Between, tree.In, tree.InstanceOf, tree.Quantified)


class Names:
    """The names around a part of an expression, with their types."""

    def __init__(self, own: Mapping[str, Type], outer: Names | None = None, *, is_open: bool = False) -> None:
        """With `is_open` there may be more names than these, such as the entries of an item of unknown type."""
        self._own = own
        self._outer = outer
        self._is_open = is_open

    def find(self, name: str) -> Type | None:
        """Return the type of a name."""
        found = self._own.get(name)
        return found if found is not None or self._outer is None else self._outer.find(name)

    def may_hold_more(self) -> bool:
        """Tell whether a name that is not here may be there all the same."""
        return self._is_open or (self._outer is not None and self._outer.may_hold_more())

    def all(self) -> Iterator[str]:
        """Yield every name, the nearest first."""
        yield from self._own
        if self._outer:
            yield from self._outer.all()


class Walk:
    """One expression being checked, and what has been found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[tuple[int | None, int | None, str], Finding] = {}

    def in_order(self) -> list[Finding]:
        """Return the findings as they stand in the text."""
        return sorted(self._found.values(), key=lambda finding: (finding.line or 0, finding.column or 0))

    def note(self, node: tree.Node, code: str, message: str, severity: str = "error") -> None:
        """Keep one finding; of several alike at one place the first stays."""
        self._keep(Place(self.text, node.at).finding(code, message, severity))

    def _keep(self, finding: Finding) -> None:
        self._found.setdefault((finding.line, finding.column, finding.code), finding)

    def guess(self, node: tree.Node, names: Names) -> Guess:
        """Return what is known of a node."""
        return _GUESSERS[type(node)](node, names, self)

    def guesses(self, nodes: list[tree.Node], names: Names) -> list[Guess]:
        """Return what is known of several nodes."""
        return [self.guess(node, names) for node in nodes]

    def whole(self, node: tree.Node, names: Names) -> Guess:
        """Check an expression that stands alone."""
        guess = self.guess(node, names)
        self.settle([node], [guess])
        return guess

    def settle(self, nodes: list[tree.Node], guesses: list[Guess]) -> None:
        """Note the conditions among some nodes that are always true or always false."""
        for node, guess in zip(nodes, guesses, strict=True):
            if guess.constant and isinstance(guess.value, bool) and isinstance(node, CONDITIONS):
                self.always(node, guess.value)

    def always(self, node: tree.Node, value: bool) -> None:
        """Note a condition whose answer nothing can change."""
        word = "true" if value else "false"
        self.note(node, f"always_{word}", f"This is always {word}.", "warning")

    def folded(self, node: tree.Node, parts: list[tree.Node], guesses: list[Guess], kind: Type) -> Guess:
        """Work a node out when all its parts are constant; otherwise say what its type is."""
        faulty = any(guess.faulty for guess in guesses)
        if faulty or not all(guess.constant for guess in guesses):
            self.settle(parts, guesses)
            return Guess(kind, faulty=faulty)
        run = Run(steps=_FOLDED_STEPS)
        try:
            value = code_of(node, Scope(set()), Compilation(self.text))(Env({}, None, {}, run))
        except ExpressionRefused:
            return Guess(kind)
        for warning in run.warnings if value is None else ():
            self._keep(Finding("always_null", warning.message, line=warning.line, column=warning.column))
        return of_value(value)._replace(faulty=value is None and bool(run.warnings))

    def wrong(self, node: tree.Node, message: str, guesses: list[Guess]) -> None:
        """Note a part of the wrong type, unless something in it was wrong already."""
        if not any(guess.faulty for guess in guesses):
            self.note(node, "wrong_type", message)

    def unknown(self, node: tree.Node, message: str, name: str, near: Iterator[str]) -> None:
        """Note a name that is not there, with the nearest one that is."""
        found = get_close_matches(name, list(dict.fromkeys(near)), n=1)
        self.note(node, "unknown_name", message + (f" Did you mean {found[0]}?" if found else ""))

    def unknown_name(self, node: tree.Name, names: Names) -> None:
        """Note a name that neither the context nor the language has."""
        self.unknown(node, f"There is no {node.name} here.", node.name, iter([*names.all(), *LIBRARY]))

    def condition(self, node: tree.Node, names: Names, what: str) -> Guess:
        """Check a part that must be true or false."""
        guess = self.guess(node, names)
        if guess.is_known and guess.kind.name != "boolean":
            self.wrong(node, f"{what} must be true or false, not a {guess.kind}.", [guess])
            return TRUTH._replace(faulty=True)
        return guess


Guesser = Callable[[Any, Names, Walk], Guess]
_GUESSERS: dict[type[tree.Node], Guesser] = {}
_Given = TypeVar("_Given", bound=Guesser)


def guesses(kind: type[tree.Node]) -> Callable[[_Given], _Given]:
    """Register what is known of one kind of node."""

    def register(guesser: _Given) -> _Given:
        _GUESSERS[kind] = guesser
        return guesser

    return register
