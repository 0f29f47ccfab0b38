"""One input column: asks once, and says which rows its cells let through."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.cells import plain_values, strings
from rj_engine.dmn.run import Evaluate, Frame
from rj_engine.dmn.scopes import Scope
from rj_engine.dmn.types import ANYTHING as ANYTHING_GOES
from rj_engine.dmn.types import fit

ANYTHING: Final = "-"
MOST_KNOWN: Final = 1024
_MAY_CHANGE: Final = ("now", "today", "random")
_SHOWN: Final = feel.compile_expression("string(value)", ("value",))
Rows = int
"""A set of rows as bits, the first row lowest."""


@dataclass(slots=True)
class Allowed:
    """The values a column may meet; a list is looked at item by item."""

    plain: frozenset[object]
    tests: feel.UnaryTests
    shown: str

    def holds(self, value: object, frame: Frame) -> bool:
        """Whether the value is one of those declared."""
        if isinstance(value, str | Decimal) and value in self.plain:
            return True
        if isinstance(value, list):
            return all(self.holds(one, frame) for one in value)
        return self.tests.matches(value, frame.names, frame.run.feel)


@dataclass(slots=True)
class Column:
    """The cells of one input, by what they let through."""

    ask: Evaluate
    question: str
    element: str | None
    anyway: Rows
    """Rows whose cell is `-`."""
    by_text: dict[str, Rows]
    """Rows let through by each string that cells name, those that ask nothing included."""
    plain: list[tuple[feel.UnaryTests, Rows]]
    """The same cells, for a value that is no string."""
    tests: list[tuple[feel.UnaryTests, Rows]]
    """All other cells; the same text stands here once for all its rows."""
    allowed: Allowed | None
    fact: str | None = None
    """The name asked for, where the column asks for no more than a name."""
    sure: frozenset[object] = frozenset()
    """Strings that need no look at their type or at the values allowed."""
    remembers: bool = False
    """Whether every other cell looks at nothing but the value, so that its outcome can be kept."""
    _known: dict[object, Rows] = field(default_factory=dict)

    def let_through(self, frame: Frame, alive: Rows) -> Rows | None:
        """Which of the rows still alive this column lets through; None when the value is not allowed."""
        value = frame.names.get(self.fact) if self.fact is not None else None
        if not isinstance(value, str) or value not in self.sure:
            value = self.ask(frame)
            if self.allowed is not None and not self.allowed.holds(value, frame):
                self._refuse(value, frame)
                return None
        if isinstance(value, str):
            through = self.by_text.get(value, self.anyway)
        else:
            through = self.anyway | _passed(self.plain, value, frame, alive & ~self.anyway)
        return through | self._tested(value, frame, alive & ~through) if self.tests else through

    def _tested(self, value: object, frame: Frame, wanted: Rows) -> Rows:
        key = _key(value) if self.remembers else None
        if key is None or not wanted:
            return _passed(self.tests, value, frame, wanted)
        if key not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = _passed(self.tests, value, frame, -1)
        return self._known[key]

    def _refuse(self, value: object, frame: Frame) -> None:
        shown = _SHOWN.evaluate({"value": value})
        declared = "" if self.allowed is None else self.allowed.shown
        message = f"{self.question} is {shown}, which is not among {declared}."
        frame.run.fail("value_not_allowed", message, self.element)


def _key(value: object) -> object:
    """What stands for a value in a column's memory; None for one that is not kept."""
    if isinstance(value, str | bool | Decimal):
        return type(value), value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return None


def _passed(tests: list[tuple[feel.UnaryTests, Rows]], value: object, frame: Frame, wanted: Rows) -> Rows:
    found = 0
    for test, rows in tests:
        if rows & wanted and test.matches(value, frame.names, frame.run.feel):
            found |= rows
    return found


def compile_column(box: elements.DecisionTable, index: int, scope: Scope) -> Column:
    """The column at `index`, with every distinct cell compiled once."""
    question = box.inputs[index]
    rows_by_cell: dict[str, Rows] = {}
    literals: dict[str, elements.Literal] = {}
    for number, row in enumerate(box.rows):
        cell = row.tests[index]
        rows_by_cell[cell.text] = rows_by_cell.get(cell.text, 0) | 1 << number
        literals.setdefault(cell.text, cell)
    anyway = rows_by_cell.pop(ANYTHING, 0)
    inside = scope.with_names(["?"])
    column = Column(_ask(question, scope), question.expression.text, question.element, anyway, {}, [], [], None)
    for text, rows in rows_by_cell.items():
        tests = inside.unary(literals[text])
        if tests is None:
            continue
        named = strings(text)
        (column.tests if named is None else column.plain).append((tests, rows))
        for one in named or ():
            column.by_text[one] = column.by_text.get(one, anyway) | rows
    name = question.expression.text.strip()
    if scope.is_a_name(name) and question.expression.type_ref == "string":
        column.fact, column.sure = name, frozenset(column.by_text) if question.values is None else frozenset()
    column.remembers = all(not test.names - {"?"} and not _may_change(test.text) for test, _ in column.tests)
    if question.values is not None and (declared := inside.unary(question.values)) is not None:
        column.allowed = Allowed(plain_values(question.values.text), declared, question.values.text)
        column.sure = column.allowed.plain if column.fact is not None else frozenset()
    return column


def _may_change(text: str) -> bool:
    return any(word in text for word in _MAY_CHANGE)


def _ask(question: elements.Input, scope: Scope) -> Evaluate:
    evaluate = scope.literal(question.expression)
    kind = scope.kind(question.expression.type_ref, question.element, question.expression.line)
    name = question.expression.text.strip()
    if kind is ANYTHING_GOES:
        return evaluate

    def ask(frame: Frame) -> object:
        value = evaluate(frame)
        if kind.allows is None and type(value) is kind.python:
            return value
        result = fit(value, kind, frame.run)
        if result.problem is not None:
            frame.run.warn("wrong_type", f"{name} {result.problem}, so it is read as null.", question.element)
        return result.value

    return ask
