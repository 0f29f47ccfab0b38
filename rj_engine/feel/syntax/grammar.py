"""The grammar (DMN 1.5, 10.3.1.2): operators by rank, from `or` down to what can follow a value."""

from __future__ import annotations

from rj_engine.feel.syntax import tree
from rj_engine.feel.syntax.blocks import Blocks
from rj_engine.feel.syntax.tokens import NUMBER, STRING
from rj_engine.feel.syntax.tree import Node
from rj_engine.feel.values.numbers import negate

_OR, _AND, _COMPARING, _SUM = range(4)
_RANKS = {
    **dict.fromkeys(("or",), _OR),
    **dict.fromkeys(("and",), _AND),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), _COMPARING),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/"), _SUM + 1),
    "**": _SUM + 2,
}
_CANNOT_START = frozenset({
    "", ")", "]", ",", "}", ".", "..", "=", "!=", ">", ">=", "+", "*", "/", "**", ":", "and", "or", "then", "else",
    "return", "satisfies", "between", "in", "instance",
})  # fmt: skip


class Grammar(Blocks):
    """A reader of expressions and unary tests."""

    def expression(self) -> Node:
        """Read a whole expression."""
        self.enter()
        outside, self._in_interval = self._in_interval, False
        node = self._ranked(_OR)
        self._in_interval = outside
        self.leave()
        return node

    def operand(self) -> Node:
        """Read what a comparison compares: sums, products, powers and what they are made of."""
        return self._ranked(_SUM)

    def _ranked(self, lowest: int) -> Node:
        """Read a value and the operators after it that bind at least as tightly as `lowest`."""
        node = self._signed()
        while (rank := self._rank()) >= lowest:
            self.enter()
            node = self._compared(node) if rank == _COMPARING else self._row(node, rank)
            self.leave()
        return node

    def _rank(self) -> int:
        token = self.token
        return -1 if token.kind == STRING else _RANKS.get(token.text, -1)

    def _row(self, first: Node, rank: int) -> Node:
        at = self.token.at
        operators: list[str] = []
        operands = [first]
        while self._rank() == rank:
            operators.append(self.advance().text)
            operands.append(self._ranked(rank + 1))
        if rank <= _AND:
            return tree.Junction(at, operators[0], operands)
        return tree.Chain(at, operators, operands)

    def _compared(self, left: Node) -> Node:
        token = self.advance()
        if token.text == "between":
            low = self.operand()
            self.expect("and")
            return tree.Between(token.at, left, low, self.operand())
        if token.text == "in":
            return tree.In(token.at, left, self._tests_after_in())
        return tree.Comparison(token.at, token.text, left, self.operand())

    def _tests_after_in(self) -> list[Node]:
        if not self.meets("("):
            return [self.operand()]
        opening = self.advance()
        tests = [self.expression()]
        if self.meets(".."):
            return [self.postfix(self.interval(opening, tests[0]))]
        while self.accept(","):
            tests.append(self.expression())
        self.expect(")")
        return tests

    def _signed(self) -> Node:
        if not self.meets("-"):
            return self._typed(self.primary())
        token = self.advance()
        if self.token.kind == NUMBER:
            return self._typed(tree.Literal(token.at, negate(self.number())))
        self.enter()
        node = tree.Negation(token.at, self._signed())
        self.leave()
        return node

    def _typed(self, start: Node) -> Node:
        node = self.postfix(start)
        while self.meets("instance"):
            token = self.advance()
            self.expect("of")
            node = tree.InstanceOf(token.at, node, self.type())
        return node

    def postfix(self, node: Node) -> Node:
        """Read the paths, filters and calls that follow a value."""
        outside = self.level
        while (longer := self._followed(node)) is not None:
            self.enter()
            node = longer
        self.level = outside
        return node

    def _followed(self, node: Node) -> Node | None:
        """Read one path, filter or call after a value."""
        at = self.token.at
        if self.accept("."):
            return tree.Path(at, node, self.name())
        if self.meets("[") and not self._closes_interval():
            self.advance()
            found = tree.Filter(at, node, self.expression())
            self.expect("]")
            return found
        return self._call(node, at) if self.accept("(") else None

    def _closes_interval(self) -> bool:
        """An interval may end with `[`; a filter always has something inside."""
        return self._in_interval and self.next_text() in _CANNOT_START

    def _call(self, function: Node, at: int) -> Node:
        if self.accept(")"):
            return tree.Call(at, function, [], None)
        names: list[str] | None = [] if self.label_ahead() else None
        arguments: list[Node] = []
        while not arguments or self.accept(","):
            if names is not None:
                names.append(self.new_name(":"))
                self.expect(":")
            arguments.append(self.expression())
        self.expect(")")
        return tree.Call(at, function, arguments, names)
