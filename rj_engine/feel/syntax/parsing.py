"""From text to tree, within the budgets of length and height."""

from __future__ import annotations

from collections.abc import Mapping

from rj_engine.feel.limits import HEIGHT
from rj_engine.feel.refusal import Place, refuse
from rj_engine.feel.syntax import tree
from rj_engine.feel.syntax.grammar import Grammar
from rj_engine.feel.syntax.names import KnownNames
from rj_engine.feel.syntax.tokens import END
from rj_engine.feel.values.types import Type


def parse_expression(text: str, known: KnownNames, types: Mapping[str, Type]) -> tree.Node:
    """Return the tree of an expression."""
    grammar = Grammar(text, known, types)
    node = grammar.expression()
    if grammar.token.kind != END:
        grammar.unexpected("an operator or the end")
    return _measured(node, text)


def parse_unary_tests(text: str, known: KnownNames, types: Mapping[str, Type]) -> tree.Tests:
    """Return the tree of a decision table cell; nothing and `-` are both any value."""
    grammar = Grammar(text, known, types)
    if grammar.token.kind == END or [token.text for token in grammar.tokens] == ["-", ""]:
        return tree.Tests(0, [], negated=False, anything=True)
    negated = _is_negated(grammar)
    if negated:
        grammar.index = 2
    tests = [grammar.expression()]
    while grammar.accept(","):
        tests.append(grammar.expression())
    if negated:
        grammar.expect(")")
    if grammar.token.kind != END:
        grammar.unexpected('"," or the end')
    node = tree.Tests(0, tests, negated, anything=False)
    _measured(node, text)
    return node


def parse_type(text: str, types: Mapping[str, Type] | None = None) -> Type:
    """Return the type that a text such as `list<number>` names."""
    grammar = Grammar(text, KnownNames(), types or {})
    kind = grammar.type()
    if grammar.token.kind != END:
        grammar.unexpected("the end")
    if kind.name.startswith("?"):
        refuse("unknown_type", f"There is no type {kind.name[1:]}.", Place(text, 0))
    return kind


def _is_negated(grammar: Grammar) -> bool:
    """Tell `not(tests)` from an expression that only begins with a call of `not`."""
    if not grammar.meets("not") or grammar.next_text() != "(":
        return False
    level = 0
    for place, token in enumerate(grammar.tokens[1:], start=1):
        level += {"(": 1, ")": -1}.get(token.text, 0)
        if not level:
            return grammar.tokens[place + 1].kind == END
    return False


def _measured(node: tree.Node, text: str) -> tree.Node:
    height, _ = tree.measure(node)
    if height > HEIGHT:
        refuse("too_deep", f"More than {HEIGHT} levels inside one another.", Place(text, node.at))
    return node
