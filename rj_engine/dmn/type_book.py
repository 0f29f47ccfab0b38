"""The types of one model by name, its own and those of the models it imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from rj_engine import feel
from rj_engine.dmn.cells import plain_values
from rj_engine.dmn.elements import Definitions, ItemDefinition, Literal
from rj_engine.dmn.types import ANYTHING, Check, Kind, both, each, kind_of, parts
from rj_engine.errors import Finding
from rj_engine.feel.values.types import ANY, SIMPLE, STRING, Type, list_of

_FEEL_ADDRESSES: Final = ("/FEEL/", "/FEEL/20140401", "/FEEL")
DEEPEST_TYPE: Final = 20
LARGEST_TYPE: Final = 1000
_HASHED: Final = (str, Decimal)
_NAMES_A_TYPE: Final = re.compile(r"\b(?:instance|function)\b")
_ANYTHING_NAMES: Final = frozenset({"any", "undefined", "<undefined>"})


@dataclass(slots=True)
class TypeBook:
    """Finds a type by the name an author wrote."""

    definitions: Definitions
    imported: Mapping[str, TypeBook]
    """By import name."""
    findings: list[Finding]
    _known: dict[str, Kind] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    _types: dict[str, Type] | None = None
    _sizes: dict[int, tuple[Type, int]] = field(default_factory=dict)

    def get(self, reference: str | None) -> Kind:
        """The type of this name; unknown ones are a finding and allow anything."""
        if reference is None or not reference.strip():
            return ANYTHING
        name = " ".join(reference.split())
        if name not in self._known:
            found = self.find(name)
            if found is None:
                message = f"There is no type called {name!r}."
                self.findings.append(Finding("unknown_type", message))
                found = ANYTHING
            self._known[name] = found
        return self._known[name]

    def mentioned(self, text: str) -> dict[str, Type] | None:
        """The types FEEL text may name; None for text that names none."""
        return self.types() if _NAMES_A_TYPE.search(text) else None

    def types(self) -> dict[str, Type]:
        """Every type this model may name, for `instance of` and typed parameters."""
        if self._types is None:
            own = {name: self.get(name).base for name in self.definitions.types}
            for prefix, book in self.imported.items():
                own |= {f"{prefix}.{name}" if prefix else name: kind for name, kind in book.types().items()}
            self._types = own
        return self._types

    def definition(self, reference: str | None) -> ItemDefinition | None:
        """The author's own definition of this name, if it is one."""
        return self.definitions.types.get(" ".join((reference or "").split()))

    def find(self, name: str) -> Kind | None:
        """The type of this name, or None."""
        if name in self.definitions.types:
            return self._own(name)
        simple = SIMPLE.get(name)
        if simple is not None:
            return ANYTHING if simple is ANY else kind_of(simple)
        if name.lower() in _ANYTHING_NAMES:
            return ANYTHING
        return self._elsewhere(name)

    def _elsewhere(self, name: str) -> Kind | None:
        for prefix, book in self.imported.items():
            rest = name.removeprefix(f"{prefix}.") if prefix else name
            if (rest != name or not prefix) and (found := book.find(rest)) is not None:
                return found
        prefix, colon, rest = name.rpartition(":")
        return self._by_address(self.definitions.prefixes.get(prefix, ""), rest) if colon else None

    def _by_address(self, address: str, name: str) -> Kind | None:
        if address.endswith(_FEEL_ADDRESSES) or address == self.definitions.namespace:
            return self.find(name)
        for book in self.imported.values():
            if book.definitions.namespace == address:
                return book.find(name)
        return None

    def _own(self, name: str) -> Kind:
        if name in self._open:
            return self._refused("endless_type", f"The type {name!r} is made of itself.", name)
        if len(self._open) >= DEEPEST_TYPE:
            return self._refused("type_too_large", f"The type {name!r} stands behind {DEEPEST_TYPE} others.", name)
        self._open.add(name)
        kind = self._defined(self.definitions.types[name])
        self._open.discard(name)
        if self._size(kind.base) > LARGEST_TYPE:
            return self._refused("type_too_large", f"The type {name!r} has more than {LARGEST_TYPE} parts.", name)
        return kind

    def _refused(self, code: str, message: str, name: str) -> Kind:
        self.findings.append(Finding(code, message, element=name, line=self.definitions.types[name].line))
        return ANYTHING

    def _size(self, kind: Type) -> int:
        """How many parts a type has when written out in full, which is what comparing and showing it costs."""
        if id(kind) not in self._sizes:
            inner = [*(member for _, member in kind.members or ()), *([kind.item] if kind.item is not None else [])]
            self._sizes[id(kind)] = (kind, 1 + sum(self._size(one) for one in inner))
        return self._sizes[id(kind)][1]

    def _defined(self, item: ItemDefinition) -> Kind:
        kind = self._function(item) if item.function is not None else self._plain(item)
        allowed = self._tests(item.allowed)
        if item.is_collection:
            narrow = both(kind.allows, allowed)
            kind = kind_of(list_of(kind.base), each(narrow) if narrow else None)
        elif item.allowed is not None and kind == kind_of(STRING) and item.constraint is None:
            return Kind(STRING, allowed, str, plain_values(item.allowed.text))
        elif allowed is not None:
            kind = kind_of(kind.base, both(kind.allows, _of_list(allowed) if kind.base.name == "list" else allowed))
        return kind_of(kind.base, both(kind.allows, self._tests(item.constraint)))

    def _plain(self, item: ItemDefinition) -> Kind:
        if not item.components:
            return self.get(item.type_ref)
        members = {one.name: self._defined(one) for one in item.components}
        checks = {name: kind.allows for name, kind in members.items() if kind.allows is not None}
        context = Type("context", members=tuple((name, kind.base) for name, kind in members.items()))
        return kind_of(context, parts(checks) if checks else None)

    def _function(self, item: ItemDefinition) -> Kind:
        parameters, result = item.function or ((), None)
        members = tuple((one.name, self.get(one.type_ref).base) for one in parameters)
        return kind_of(Type("function", item=self.get(result).base, members=members))

    def _tests(self, literal: Literal | None) -> Check | None:
        if literal is None:
            return None
        try:
            tests = feel.compile_unary_tests(literal.text)
        except feel.ExpressionRefused as refusal:
            self.findings.extend(placed(one, literal) for one in refusal.findings)
            return None
        plain = plain_values(literal.text)
        if not plain:
            return lambda value: tests.matches(value, {})
        return lambda value: (type(value) in _HASHED and value in plain) or tests.matches(value, {})


def _of_list(allowed: Check) -> Check:
    """Allowed values of a type that is a list already: of the list as a whole, or of each item."""
    every = each(allowed)
    return lambda value: allowed(value) or every(value)


def placed(finding: Finding, literal: Literal) -> Finding:
    """A finding about FEEL text with its place in the file."""
    line = None if literal.line is None else literal.line + (finding.line or 1) - 1
    return Finding(finding.code, finding.message, literal.element, line, finding.column, finding.severity)
