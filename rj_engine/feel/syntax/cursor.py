"""Where a parser stands in its tokens, and how it reads names and types."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import NoReturn

from rj_engine.feel.limits import HEIGHT
from rj_engine.feel.refusal import Place, refuse
from rj_engine.feel.syntax.names import KnownNames, is_plain_word, joined
from rj_engine.feel.syntax.tokens import END, NUMBER, STRING, WORD, Token, tokenise, unquote
from rj_engine.feel.values.types import ANY, SIMPLE, Parameter, Type, list_of, unknown_type

_TYPE_WORDS = KnownNames(SIMPLE)
_NAME_SIGNS = frozenset("./-'+*")


class Cursor:
    """The tokens of one text and the place reached in them."""

    def __init__(self, text: str, known: KnownNames, types: Mapping[str, Type]) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self.index = 0
        self.known = known
        self.types = types
        self._type_words = KnownNames(types, _TYPE_WORDS) if types else _TYPE_WORDS
        self.level = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.index]

    def next_text(self, ahead: int = 1) -> str:
        """Return the text of a later token, empty beyond the end."""
        place = self.index + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def advance(self) -> Token:
        """Take the next token."""
        token = self.tokens[self.index]
        self.index += 1
        return token

    def meets(self, text: str) -> bool:
        """Tell whether this word or sign comes next; a string literal never is one."""
        token = self.tokens[self.index]
        return token.text == text and token.kind != STRING

    def accept(self, text: str) -> bool:
        """Take this word or sign if it comes next."""
        if self.meets(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take this word or sign, or refuse the text."""
        if not self.meets(text):
            self.unexpected(f'"{text}"')
        return self.advance()

    def another(self, end: str, found: Sized) -> bool:
        """Tell whether one more part of a list follows; takes the comma before it, or the sign that ends the list."""
        if self.accept(end):
            return False
        if found and not self.accept(","):
            self.unexpected(f'"," or "{end}"')
        return True

    def unexpected(self, wanted: str) -> NoReturn:
        """Refuse the text because of what comes next."""
        token = self.token
        found = "the end" if token.kind == END else f'"{token.text}"'
        refuse("syntax", f"Expected {wanted} but found {found}.", Place(self.text, token.at))

    def enter(self) -> None:
        """Go one level deeper into the text."""
        self.level += 1
        if self.level > HEIGHT:
            refuse("too_deep", f"More than {HEIGHT} levels inside one another.", Place(self.text, self.token.at))

    def leave(self) -> None:
        """Come back up one level."""
        self.level -= 1

    def string(self) -> str:
        """Take a string literal and return its value."""
        return unquote(self.advance(), self.text)

    def meets_name(self) -> bool:
        """Tell whether a name comes next."""
        return is_plain_word(self.token) or self.known.longest_at(self.tokens, self.index)[0] > 0

    def name(self) -> str:
        """Take a name: the longest known one, else all the words that stand side by side."""
        start = self.index
        length, name = self.known.longest_at(self.tokens, start)
        if length:
            self.index += length
            return name
        if not is_plain_word(self.token):
            self.unexpected("a name")
        self.index += self._words_from(start)
        return joined(self.tokens[start : self.index])

    def _words_from(self, start: int) -> int:
        end = start + 1
        while is_plain_word(self.tokens[end]) or (self.tokens[end].text.isdecimal() and self.tokens[end].spaced):
            end += 1
        return end - start

    def new_name(self, *stops: str) -> str:
        """Take a name that is being introduced, signs and keywords included, up to one of `stops`."""
        start = self.index
        while not self._stops(stops):
            if self.token.kind not in {WORD, NUMBER} and self.token.text not in _NAME_SIGNS:
                self.unexpected("a name")
            self.index += 1
        if self.index == start:
            self.unexpected("a name")
        return joined(self.tokens[start : self.index])

    def _stops(self, stops: tuple[str, ...]) -> bool:
        return self.token.kind == END or (self.token.kind != STRING and self.token.text in stops)

    def label_ahead(self) -> bool:
        """Tell whether `name :` comes next, as in a call that names its arguments."""
        place = self.index
        while self.tokens[place].kind in {WORD, NUMBER} or self.tokens[place].text in _NAME_SIGNS:
            place += 1
        return place > self.index and self.tokens[place].text == ":"

    def type(self) -> Type:
        """Take a type, such as `list<number>` or one the model defines; one that nobody knows is marked so."""
        self.enter()
        name = self._type_name()
        if self.meets("<") and name in {"list", "range", "context", "function"}:
            kind = self._type_with_parts(name)
        else:
            kind = self.types.get(name) or SIMPLE.get(name) or unknown_type(name)
        self.leave()
        return kind

    def _type_name(self) -> str:
        length, name = self._type_words.longest_at(self.tokens, self.index)
        if length:
            self.index += length
            return name
        if not is_plain_word(self.token) and not self.meets("function"):
            self.unexpected("a type")
        start = self.index
        self.advance()
        while (self.meets(".") and self.tokens[self.index + 1].kind == WORD) or is_plain_word(self.token):
            self.advance()
        return joined(self.tokens[start : self.index])

    def _type_with_parts(self, name: str) -> Type:
        self.expect("<")
        if name == "function":
            members = tuple(("", kind) for kind in self._types())
            self.expect("->")
            return Type("function", self.type(), members)
        if name == "context":
            fields = self._members()
            return Type("context", None, tuple(fields))
        item = self.type()
        self.expect(">")
        return list_of(item) if name == "list" else Type("range", item)

    def _types(self) -> list[Type]:
        kinds: list[Type] = []
        while self.another(">", kinds):
            kinds.append(self.type())
        return kinds

    def _members(self) -> list[Parameter]:
        members: list[Parameter] = []
        while self.another(">", members):
            name = self.new_name(":")
            self.expect(":")
            members.append(Parameter(name, self.type()))
        return members

    def parameter(self) -> Parameter:
        """Take one parameter of a function definition, with its type where it has one."""
        name = self.new_name(":", ",", ")")
        return Parameter(name, self.type() if self.accept(":") else ANY)
