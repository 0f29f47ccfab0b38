"""What an author should know about an expression before anyone relies on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from rj_engine.errors import Finding
from rj_engine.feel.checking import logic, parts
from rj_engine.feel.checking.guess import Guess
from rj_engine.feel.checking.walk import Names, Walk
from rj_engine.feel.expression import Types, TypesByName, known_names
from rj_engine.feel.refusal import ExpressionRefused
from rj_engine.feel.syntax import tree
from rj_engine.feel.syntax.parsing import parse_expression, parse_type, parse_unary_tests
from rj_engine.feel.values.types import ANY, BOOLEAN, Type

GUESSERS = (logic, parts)
TypedNames = Mapping[str, str | Type] | Collection[str]
Frozen = tuple[tuple[str, str | Type], ...]
_CACHED = 4096


def check_expression(text: str, names: TypedNames, types: Types | None = None) -> list[Finding]:
    """Return what is wrong or doubtful in an expression, each with its place.

    `names` are those it may use, with their types where they are known. Found are: what is not FEEL, names that
    are not there (with the nearest that is), values of the wrong type, and parts that are always null, always
    true or always false.
    """
    return list(_checked(text, _frozen(names), TypesByName(types or {}), decides=False))


def check_condition(text: str, names: TypedNames, types: Types | None = None) -> list[Finding]:
    """Return what `check_expression` finds, and whether the whole can answer both true and false.

    What is no truth value, or always the same one, decides nothing.
    """
    return list(_checked(text, _frozen(names), TypesByName(types or {}), decides=True))


def _decides(node: tree.Node, guess: Guess, walk: Walk) -> None:
    if guess.faulty:
        return
    if guess.is_null or (guess.is_known and guess.kind != BOOLEAN):
        found = "nothing" if guess.is_null else f"a {guess.kind.name}"
        walk.note(node, "not_a_condition", f"A condition answers true or false. This gives {found}.")
    elif guess.constant:
        word = "true" if guess.value else "false"
        walk.note(node, "decides_nothing", f"This is always {word}, so it decides nothing.")


@lru_cache(maxsize=_CACHED)
def _checked(text: str, names: Frozen, types: TypesByName, *, decides: bool) -> tuple[Finding, ...]:
    try:
        typed = _typed(names, types)
        node = parse_expression(text, known_names(typed), types)
        walk = Walk(text)
        guess = walk.whole(node, Names(typed))
        if decides:
            _decides(node, guess, walk)
    except ExpressionRefused as refusal:
        return tuple(refusal.findings)
    return tuple(walk.in_order())


def check_unary_tests(
    text: str, names: TypedNames, input_type: str | Type = ANY, types: Types | None = None
) -> list[Finding]:
    """Return what is wrong or doubtful in a decision table cell whose input has a type."""
    return list(_tested(text, _frozen(names), input_type, TypesByName(types or {})))


@lru_cache(maxsize=_CACHED)
def _tested(text: str, names: Frozen, input_type: str | Type, types: TypesByName) -> tuple[Finding, ...]:
    try:
        typed = _typed(names, types)
        kind = _type(input_type, types)
        node = parse_unary_tests(text, known_names(typed), types)
        walk = Walk(text)
        logic.check_tests(node, Names(typed), kind, walk)
    except ExpressionRefused as refusal:
        return tuple(refusal.findings)
    return tuple(walk.in_order())


def _frozen(names: TypedNames) -> Frozen:
    """The names in their order, so that the same question is answered once."""
    return tuple(names.items()) if isinstance(names, Mapping) else tuple((name, ANY) for name in names)


def _typed(names: Frozen, types: Types) -> dict[str, Type]:
    return {name: _type(kind, types) for name, kind in names}


def _type(kind: str | Type, types: Types) -> Type:
    return kind if isinstance(kind, Type) else parse_type(kind, types)


__all__ = ["check_condition", "check_expression", "check_unary_tests"]
