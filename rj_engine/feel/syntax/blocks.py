"""Values written out, and the blocks that start with a word: `if`, `for`, `some`, `every`, `function`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal

from rj_engine.feel.refusal import Fault, Place, refuse
from rj_engine.feel.syntax import tree
from rj_engine.feel.syntax.cursor import Cursor
from rj_engine.feel.syntax.names import KnownNames
from rj_engine.feel.syntax.tokens import NUMBER, STRING, Token
from rj_engine.feel.syntax.tree import Node
from rj_engine.feel.values.numbers import number
from rj_engine.feel.values.types import Parameter, Type
from rj_engine.feel.values.writing import parse_temporal

_CONSTANTS = {"true": True, "false": False, "null": None}
_PREFIXES = frozenset({"<", "<=", ">", ">=", "=", "!="})


class Blocks(Cursor):
    """A reader of what an expression begins with."""

    _in_interval = False
    """The high end of an interval is being read, so `[` may close it."""

    def __init__(self, text: str, known: KnownNames, types: Mapping[str, Type]) -> None:
        super().__init__(text, known, types)
        self._readers = {
            "(": self._group,
            "[": self._list,
            "]": self._open_interval,
            "{": self._context,
            "@": self._temporal,
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
        }

    @abstractmethod
    def expression(self) -> Node:
        """Read a whole expression."""

    @abstractmethod
    def operand(self) -> Node:
        """Read what a comparison compares."""

    def primary(self) -> Node:
        """Read a value, a name, something in brackets, or a block."""
        token = self.token
        if self.meets_name():
            return tree.Name(token.at, self.name())
        if token.kind == NUMBER:
            return tree.Literal(token.at, self.number())
        if token.kind == STRING:
            return tree.Literal(token.at, self.string())
        if token.text in _CONSTANTS:
            self.advance()
            return tree.Literal(token.at, _CONSTANTS[token.text])
        if token.text in _PREFIXES:
            self.advance()
            self.enter()
            end = self.operand()
            self.leave()
            return tree.Endpoint(token.at, token.text, end)
        reader = self._readers.get(token.text)
        if reader is None:
            self.unexpected("a value")
        self.index += 1
        return reader(token)

    def number(self) -> Decimal:
        """Take a number literal."""
        token = self.advance()
        try:
            return number(token.text)
        except Fault as fault:
            refuse("number_too_large", fault.message, Place(self.text, token.at))

    def _temporal(self, sign: Token) -> Node:
        if self.token.kind != STRING:
            self.unexpected("a date, time or duration in quotes")
        try:
            return tree.Literal(sign.at, parse_temporal(self.string()))
        except Fault as fault:
            return tree.Literal(sign.at, None, fault.message)

    def _group(self, opening: Token) -> Node:
        inside = self.expression()
        if self.meets(".."):
            return self.interval(opening, inside)
        self.expect(")")
        return inside

    def _open_interval(self, opening: Token) -> Node:
        return self.interval(opening, self.expression())

    def interval(self, opening: Token, low: Node) -> Node:
        """Read the rest of an interval, from its dots on."""
        self.expect("..")
        outside, self._in_interval = self._in_interval, True
        high = self.operand()
        self._in_interval = outside
        if self.token.text not in {")", "]", "["}:
            self.unexpected('"]" or ")"')
        return tree.Interval(opening.at, low, high, opening.text == "[", self.advance().text == "]")

    def _list(self, opening: Token) -> Node:
        items: list[Node] = []
        if self.accept("]"):
            return tree.ListOf(opening.at, items)
        items.append(self.expression())
        if self.meets(".."):
            return self.interval(opening, items[0])
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return tree.ListOf(opening.at, items)

    def _context(self, opening: Token) -> Node:
        keys: list[str] = []
        values: list[Node] = []
        while self.another("}", keys):
            place = Place(self.text, self.token.at)
            key = self.string() if self.token.kind == STRING else self.new_name(":")
            if key in keys:
                refuse("entry_twice", f"The context has two entries {key}.", place)
            self.expect(":")
            self.known.add(key)
            keys.append(key)
            values.append(self.expression())
        return tree.ContextOf(opening.at, keys, values)

    def _if(self, word: Token) -> Node:
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        return tree.If(word.at, condition, yes, self.expression())

    def _for(self, word: Token) -> Node:
        with self.known.for_a_while() as added:
            domains = self._domains("return", added)
            return tree.For(word.at, domains, self.expression())

    def _quantified(self, word: Token) -> Node:
        with self.known.for_a_while() as added:
            domains = self._domains("satisfies", added)
            return tree.Quantified(word.at, word.text, domains, self.expression())

    def _domains(self, end: str, added: list[str]) -> list[tree.Domain]:
        domains: list[tree.Domain] = []
        while not domains or self.accept(","):
            at = self.token.at
            name = self.new_name("in")
            self.expect("in")
            first = self.expression()
            last = self.expression() if self.accept("..") else None
            if self.known.add(name):
                added.append(name)
            domains.append(tree.Domain(at, name, first, last))
        self.expect(end)
        return domains

    def _function(self, word: Token) -> Node:
        self.expect("(")
        parameters: list[Parameter] = []
        while self.another(")", parameters):
            parameters.append(self.parameter())
        external = self.accept("external")
        with self.known.for_a_while([name for name, _ in parameters]):
            return tree.Definition(word.at, parameters, self.expression(), external)
