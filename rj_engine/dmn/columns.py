"""One input column: asks once, and says which rows its cells let through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.cells import strings
from rj_engine.dmn.run import Evaluate, Frame
from rj_engine.dmn.scopes import Scope
from rj_engine.dmn.types import convert

ANYTHING: Final = "-"
Rows = int
"""A set of rows as bits, the first row lowest."""


@dataclass(slots=True)
class Allowed:
    """The values a column may meet; a list is looked at item by item."""

    texts: frozenset[str]
    tests: feel.UnaryTests
    shown: str

    def holds(self, value: object, frame: Frame) -> bool:
        """Whether the value is one of those declared."""
        if isinstance(value, list):
            return all(self.holds(one, frame) for one in value)
        if isinstance(value, str) and value in self.texts:
            return True
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

    def let_through(self, frame: Frame, alive: Rows) -> Rows | None:
        """Which of the rows still alive this column lets through; None when the value is not allowed."""
        value = self.ask(frame)
        if self.allowed is not None and not self.allowed.holds(value, frame):
            shown = feel.compile_expression("string(value)", ("value",)).evaluate({"value": value})
            frame.run.fail(
                "value_not_allowed",
                f"{self.question} is {shown}, which is not among {self.allowed.shown}.",
                self.element,
            )
            return None
        through = self.anyway
        if isinstance(value, str):
            through = self.by_text.get(value, through)
        elif self.plain:
            through |= _passed(self.plain, value, frame, alive & ~through)
        return through | _passed(self.tests, value, frame, alive & ~through) if self.tests else through


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
        if index < len(row.tests):
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
    if question.values is not None and (declared := inside.unary(question.values)) is not None:
        column.allowed = Allowed(strings(question.values.text) or frozenset(), declared, question.values.text)
    return column


def _ask(question: elements.Input, scope: Scope) -> Evaluate:
    evaluate = scope.literal(question.expression)
    kind = scope.kind(question.expression.type_ref, question.element, question.expression.line)
    name = question.expression.text.strip()

    def ask(frame: Frame) -> object:
        result = convert(evaluate(frame), kind, frame.run.feel)
        if result.problem is not None:
            frame.run.warn("wrong_type", f"{name} {result.problem}, so it is read as null.", question.element)
        return result.value

    return ask
