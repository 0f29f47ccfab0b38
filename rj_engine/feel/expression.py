"""Expressions and unary tests, ready to be worked out as often as needed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rj_engine.errors import Finding
from rj_engine.feel.compiler import blocks, lookups, loops, operators, tests
from rj_engine.feel.compiler.dispatch import code_of
from rj_engine.feel.compiler.scope import Code, Compilation, Env, Scope
from rj_engine.feel.library import LIBRARY, LIBRARY_NAMES
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import refuse
from rj_engine.feel.syntax import tree
from rj_engine.feel.syntax.names import KnownNames
from rj_engine.feel.syntax.parsing import parse_expression, parse_unary_tests
from rj_engine.feel.values.convert import to_feel
from rj_engine.feel.values.types import Type

COMPILERS = (blocks, lookups, loops, operators, tests)
_CACHED = 4096
Types = Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Result:
    """What an expression came to, and what its author may want to know about it."""

    value: object
    warnings: list[Finding]


class Expression:
    """A FEEL expression that has been read and compiled."""

    __slots__ = ("_code", "names", "text")

    def __init__(self, text: str, code: Code, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        """The names it may read from the context; of a name inside a filter that may also be an item's entry."""
        self._code = code

    def evaluate(self, context: Mapping[str, object], run: Run | None = None) -> object:
        """Return the value; what the standard makes an error is null.

        `run` shares one budget, clock and list of warnings among several expressions. Refuses only when the
        budget is used up.
        """
        try:
            return self._code(Env({}, None, context, run or Run()))
        except RecursionError:
            refuse("too_deep", "This expression calls functions inside one another too many times.")

    def explain(self, context: Mapping[str, object], run: Run | None = None) -> Result:
        """Return the value with the warnings met on the way to it."""
        run = run or Run()
        before = len(run.warnings)
        value = self.evaluate(context, run)
        return Result(value, run.warnings[before:])

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """The content of one input cell of a decision table."""

    __slots__ = ("_negated", "_tests", "names", "text")

    def __init__(self, text: str, tests_: list[tests.Test] | None, negated: bool, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self._tests = tests_
        self._negated = negated

    def matches(self, value: object, context: Mapping[str, object], run: Run | None = None) -> bool:
        """Tell whether a value passes; what has no answer does not match."""
        return self.evaluate(value, context, run) is True

    def evaluate(self, value: object, context: Mapping[str, object], run: Run | None = None) -> bool | None:
        """Return true, false, or null for a test that has no answer."""
        if self._tests is None:
            return True
        ready = to_feel(value)
        env = Env({"?": ready}, None, context, run or Run())
        try:
            found = tests.any_of(self._tests, ready, env)
        except RecursionError:
            refuse("too_deep", "This test calls functions inside one another too many times.")
        return not found if self._negated and found is not None else found

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def compile_expression(text: str, names: Collection[str] = (), types: Types | None = None) -> Expression:
    """Return an expression ready to be worked out; the same text and names give the same one.

    `names` are the names that may hold spaces or signs, `types` those that `instance of` may speak of beside the
    language's own. Refuses what is not FEEL, with its place.
    """
    return _expression(text, _key(names), TypesByName(types or {}))


def compile_unary_tests(text: str, names: Collection[str] = (), types: Types | None = None) -> UnaryTests:
    """Return the content of a decision table cell ready to be tried; `-` and nothing match any value."""
    return _unary_tests(text, _key(names), TypesByName(types or {}))


@lru_cache(maxsize=_CACHED)
def leaves(text: str) -> tuple[Expression, ...]:
    """Return the parts of a condition that `and`, `or` and `not` join; what they come to settles the whole.

    The text of each is what it says, the same for the same part wherever it stands.
    """
    return tuple(leaf_of(node, text) for node in unjoined(read(text)))


@lru_cache(maxsize=_CACHED)
def read(text: str) -> tree.Node:
    """Return the tree of a condition over plain names; the same one for the same text, not to be changed."""
    return parse_expression(text, known_names(()), {})


def unjoined(node: tree.Node) -> Iterator[tree.Node]:
    """Yield the parts of a condition that `and`, `or` and `not` join."""
    if isinstance(node, tree.Junction):
        for operand in node.operands:
            yield from unjoined(operand)
    elif isinstance(node, tree.Call) and node.function == tree.Name(node.function.at, "not"):
        for argument in node.arguments:
            yield from unjoined(argument)
    else:
        yield node


def leaf_of(node: tree.Node, text: str) -> Expression:
    """Return one part of a condition, compiled; its text is what it says, wherever it stands."""
    work = Compilation(text)
    code = code_of(node, Scope(set()), work)
    return Expression(re.sub(r"\bat=\d+, ", "", repr(node)), code, _free(work, frozenset()))


def _key(names: Collection[str]) -> frozenset[str]:
    return names if isinstance(names, frozenset) else frozenset(names)


def known_names(names: Iterable[str]) -> KnownNames:
    """Return the names a parser may meet: these and those of the language."""
    return KnownNames(names, LIBRARY_NAMES)


class TypesByName(dict[str, Type]):
    """Types by name that can stand in a cache's key."""

    def __hash__(self) -> int:  # type: ignore[override] # never changed once made
        return hash(frozenset(self.items()))


@lru_cache(maxsize=_CACHED)
def _expression(text: str, names: frozenset[str], types: TypesByName) -> Expression:
    node = parse_expression(text, known_names(names), types)
    work = Compilation(text)
    code = code_of(node, Scope(set()), work)
    return Expression(text, code, _free(work, names))


@lru_cache(maxsize=_CACHED)
def _unary_tests(text: str, names: frozenset[str], types: TypesByName) -> UnaryTests:
    node = parse_unary_tests(text, known_names(names), types)
    if node.anything:
        return UnaryTests(text, None, negated=False, names=frozenset())
    work = Compilation(text)
    scope = Scope({"?"})
    found = [tests.test_of(test, scope, work) for test in node.tests]
    return UnaryTests(text, found, node.negated, _free(work, names))


def _free(work: Compilation, names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in work.free if name in names or name not in LIBRARY)
