"""The values a column may meet, reduced to finitely many that behave alike, so that analysis can be exact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.cells import is_constant, parts
from rj_engine.dmn.columns import ANYTHING
from rj_engine.dmn.type_book import TypeBook

MOST_ITEMS: Final = 12
"""Items a list may be made of; 4,096 lists are compared for twelve."""

_STRING: Final = re.compile(r'"[^"\\]*"')
_ITEMS: Final = r'\(\s*"[^"\\]*"(?:\s*,\s*"[^"\\]*")*\s*\)'
_ABOUT_ITEMS: Final = re.compile(
    rf"\s*(?:some (\w+) in \? satisfies \1 in {_ITEMS}|every (\w+) in \? satisfies not\(\2 in {_ITEMS}\)"
    r'|list contains\(\?, "[^"\\]*"\))\s*'
)

_VALUE: Final = (
    r'(?:"[^"\\]*"|-?\d+(?:\.\d+)?|true|false|null|@"[^"\\]*"'
    r'|(?:date|time|date and time|duration)\(\s*"[^"\\]*"\s*\))'
)
_RANGE: Final = rf"[\[\(\]]\s*{_VALUE}\s*\.\.\s*{_VALUE}\s*[\]\)\[]"
_TEST: Final = rf"(?:(?:<=|>=|<|>|=|!=)?\s*{_VALUE}|{_RANGE})"
_TESTS: Final = rf"{_TEST}(?:\s*,\s*{_TEST})*"
_PLAIN: Final = re.compile(rf"\s*(?:{_TESTS}|not\(\s*{_TESTS}\s*\))\s*")
_ONE_VALUE: Final = re.compile(_VALUE)
_BETWEEN: Final = feel.compile_expression(
    'if a instance of number then (a + b) / 2 else if a instance of date then a + duration("P1D") else a + (b - a) / 2',
    ("a", "b"),
)
_AROUND: Final = feel.compile_expression(
    "if v instance of number then [v - 1, v + 1]"
    ' else if v instance of years and months duration then [v - duration("P1M"), v + duration("P1M")]'
    ' else if v instance of days and time duration then [v - duration("PT1S"), v + duration("PT1S")]'
    ' else if v instance of date then [v - duration("P1D"), v + duration("P1D")]'
    ' else [v - duration("PT1S"), v + duration("PT1S")]',
    ("v",),
)
_LESS: Final = feel.compile_expression("a < b", ("a", "b"))


@dataclass(frozen=True, slots=True)
class Domain:
    """One column's values, each standing for all that no cell tells apart."""

    question: str
    values: tuple[object, ...]
    cells: dict[str, int]
    """For each distinct cell, the values it lets through, as bits."""
    unclear: frozenset[str]
    """Cells that could not be understood exactly."""

    @property
    def whole(self) -> int:
        """All values."""
        return (1 << len(self.values)) - 1


def domain_of(box: elements.DecisionTable, index: int, types: TypeBook) -> Domain:
    """The domain of one column: the values declared for it, or those its cells tell apart."""
    question = box.inputs[index]
    texts = {row.tests[index].text for row in box.rows} - {ANYTHING}
    kind = types.get(question.expression.type_ref)
    definition = types.definition(question.expression.type_ref)
    declared = question.values or (definition.allowed if definition is not None else None)
    item = None
    if kind.base.name == "list" and declared is None and definition is not None:
        inner = types.definition(definition.type_ref)
        item = inner.allowed if inner is not None else None
    listed = declared or item
    return _domain(question.expression.text, kind.base.name, None if listed is None else listed.text, frozenset(texts))


@lru_cache(maxsize=512)
def _domain(question: str, kind: str, declared: str | None, texts: frozenset[str]) -> Domain:
    """The same for the same column: of a large table that is edited only one changes at a time."""
    finite, values = (True, _lists(declared, texts)) if kind == "list" else _values(declared, texts, kind)
    if values is None:
        return Domain(question, (None,), dict.fromkeys(texts, 0), frozenset(texts))
    known = {text for text in texts if _understood(text, finite=finite)}
    cells = {text: _bits(text, values) for text in known}
    return Domain(question, tuple(values), cells, frozenset(texts - known))


def _lists(declared: str | None, texts: Iterable[str]) -> list[object] | None:
    """Every list without repetition of the items declared, or of those that the cells name and one other."""
    if declared is not None:
        items = _STRING.findall(declared)
    elif all(_ABOUT_ITEMS.fullmatch(text) for text in texts):
        items = sorted({item for text in texts for item in _STRING.findall(text)})
        items.append(f'"{_other_than([item[1:-1] for item in items])}"')
    else:
        return None
    if not 0 < len(items) <= MOST_ITEMS:
        return None
    flags = [item[1:-1] for item in items]
    return [list(chosen) for size in range(len(flags) + 1) for chosen in combinations(flags, size)]


def _values(declared: str | None, texts: Iterable[str], kind: str) -> tuple[bool, list[object] | None]:
    """Whether the values are all there are, and the values."""
    if declared is not None and all(is_constant(part) for part in parts(declared)):
        return True, [_read(part) for part in parts(declared)]
    found = [_read(part) for text in (*texts, declared or "") for part in _ONE_VALUE.findall(text)]
    nothing: list[object] = [None] if any(value is None for value in found) else []
    if kind == "boolean":
        return True, [True, False, *nothing]
    ordered = _ordered([value for value in found if value is not None])
    if ordered is None:
        return False, None
    if all(isinstance(value, str) for value in ordered):
        compared = any(sign in text for sign in ("<", ">", "..") for text in texts)
        return False, None if compared else [*ordered, _other_than(ordered), *nothing]
    spread = [*_spread(ordered), *nothing]
    if declared is not None:
        allowed = tests_of(declared)
        spread = [] if allowed is None else [value for value in spread if allowed.matches(value, {})]
    return False, spread or None


def _read(text: str) -> object:
    return feel.compile_expression(text).evaluate({})


def _ordered(values: Sequence[object]) -> list[object] | None:
    """The distinct values in rising order; None where two cannot be compared."""
    found: list[object] = []
    for value in values:
        place = 0
        for other in found:
            if other == value:
                break
            less = _LESS.evaluate({"a": other, "b": value})
            if less is None:
                return None
            place += less is True
        else:
            found.insert(place, value)
    return found


def _spread(ordered: list[object]) -> list[object]:
    """Each value, one between each two, and one beyond either end."""
    low, high = _AROUND.evaluate({"v": ordered[0]}), _AROUND.evaluate({"v": ordered[-1]})
    spread: list[object] = [low[0]] if isinstance(low, list) else []
    for left, right in pairwise(ordered):
        between = _BETWEEN.evaluate({"a": left, "b": right})
        spread += [left] if between in (None, left, right) else [left, between]
    return [*spread, ordered[-1], *([high[1]] if isinstance(high, list) else [])]


def _other_than(values: Sequence[object]) -> str:
    other = "anything else"
    while other in values:
        other += "."
    return other


def _understood(text: str, *, finite: bool) -> bool:
    """A cell over a finite domain is tried on every value; any other must be plain comparisons."""
    if finite:
        tests = tests_of(text)
        return tests is not None and not tests.names - {"?"}
    return _PLAIN.fullmatch(text) is not None


def tests_of(text: str) -> feel.UnaryTests | None:
    """A cell that needs no names; None for one that cannot be read without them."""
    try:
        return feel.compile_unary_tests(text)
    except feel.ExpressionRefused:
        return None


def _bits(text: str, values: Sequence[object]) -> int:
    tests = feel.compile_unary_tests(text)
    return sum(1 << index for index, value in enumerate(values) if tests.matches(value, {}))
