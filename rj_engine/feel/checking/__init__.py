"""What an author should know about an expression before anyone relies on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from rj_engine.errors import Finding
from rj_engine.feel.checking import logic, parts
from rj_engine.feel.checking.guess import Guess
from rj_engine.feel.checking.walk import Names, Walk
from rj_engine.feel.expression import Types, known_names
from rj_engine.feel.refusal import ExpressionRefused
from rj_engine.feel.syntax import tree
from rj_engine.feel.syntax.parsing import parse_expression, parse_type, parse_unary_tests
from rj_engine.feel.values.types import ANY, BOOLEAN, Type

GUESSERS = (logic, parts)
TypedNames = Mapping[str, str | Type] | Collection[str]


def check_expression(text: str, names: TypedNames, types: Types | None = None) -> list[Finding]:
    """Return what is wrong or doubtful in an expression, each with its place.

    `names` are those it may use, with their types where they are known. Found are: what is not FEEL, names that
    are not there (with the nearest that is), values of the wrong type, and parts that are always null, always
    true or always false.
    """
    return _checked(text, names, types or {}, lambda _node, _guess, _walk: None)


def check_condition(text: str, names: TypedNames, types: Types | None = None) -> list[Finding]:
    """Return what `check_expression` finds, and whether the whole can answer both true and false.

    What is no truth value, or always the same one, decides nothing.
    """
    return _checked(text, names, types or {}, _decides)


def _decides(node: tree.Node, guess: Guess, walk: Walk) -> None:
    if guess.faulty:
        return
    if guess.is_null or (guess.is_known and guess.kind != BOOLEAN):
        found = "nothing" if guess.is_null else f"a {guess.kind.name}"
        walk.note(node, "not_a_condition", f"A condition answers true or false. This gives {found}.")
    elif guess.constant:
        word = "true" if guess.value else "false"
        walk.note(node, "decides_nothing", f"This is always {word}, so it decides nothing.")


def _checked(
    text: str, names: TypedNames, types: Types, judge: Callable[[tree.Node, Guess, Walk], None]
) -> list[Finding]:
    try:
        typed = _typed(names, types)
        node = parse_expression(text, known_names(typed), types)
        walk = Walk(text)
        judge(node, walk.whole(node, Names(typed)), walk)
    except ExpressionRefused as refusal:
        return refusal.findings
    return walk.in_order()


def check_unary_tests(
    text: str, names: TypedNames, input_type: str | Type = ANY, types: Types | None = None
) -> list[Finding]:
    """Return what is wrong or doubtful in a decision table cell whose input has a type."""
    try:
        typed = _typed(names, types or {})
        kind = _type(input_type, types or {})
        node = parse_unary_tests(text, known_names(typed), types or {})
        walk = Walk(text)
        logic.check_tests(node, Names(typed), kind, walk)
    except ExpressionRefused as refusal:
        return refusal.findings
    return walk.in_order()


def _typed(names: TypedNames, types: Types) -> dict[str, Type]:
    if isinstance(names, Mapping):
        return {name: _type(kind, types) for name, kind in names.items()}
    return dict.fromkeys(names, ANY)


def _type(kind: str | Type, types: Types) -> Type:
    return kind if isinstance(kind, Type) else parse_type(kind, types)


__all__ = ["check_condition", "check_expression", "check_unary_tests"]
