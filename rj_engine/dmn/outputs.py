"""The output columns of a table: what each row answers, what stands in when none does, and which answer comes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.cells import is_constant, is_list_of_strings, plain_values, strings_of_list
from rj_engine.dmn.hit_policies import same
from rj_engine.dmn.run import Evaluate, Frame, Run
from rj_engine.dmn.scopes import Scope
from rj_engine.dmn.types import Kind, convert

Outputs = dict[str, object]


@dataclass(slots=True)
class Answer:
    """One output column."""

    name: str
    element: str | None
    kind: Kind
    allowed: feel.UnaryTests | None
    plain: frozenset[object]
    """The allowed values that are plain strings and numbers."""
    shown: str
    order: list[object]
    """The output values, most wanted first; empty where the author gave none."""
    cells: list[Evaluate]
    default: Evaluate | None
    constants: dict[int, object] = field(default_factory=dict)
    """Rows whose cell is one plain value of the right type, among those allowed."""

    def of_row(self, row: int, frame: Frame, table: str) -> object:
        """What the cell of one row answers."""
        if row in self.constants:
            return self.constants[row]
        return self.read(self.cells[row], frame, table)

    def read(self, cell: Evaluate, frame: Frame, table: str) -> object:
        """What one cell answers, of the column's type and among its values."""
        result = convert(cell(frame), self.kind, frame.run.feel)
        if result.problem is not None:
            frame.run.fail("wrong_type", f"An output of {table} {result.problem}, so it is null.", self.element)
        elif self.allowed is not None and not self._holds(result.value, frame):
            frame.run.fail("value_not_allowed", f"An output of {table} is not among {self.shown}.", self.element)
            return None
        return result.value

    def _holds(self, value: object, frame: Frame) -> bool:
        if value is None or self.allowed is None or (isinstance(value, str | Decimal) and value in self.plain):
            return True
        if isinstance(value, list):
            return all(self._holds(one, frame) for one in value)
        return self.allowed.matches(value, frame.names, frame.run.feel)

    def rank(self, value: object) -> int:
        """Where a value stands in the order; what is not in it stands last."""
        found = (index for index, one in enumerate(self.order) if same(one, value))
        return next(found, len(self.order))


@dataclass(slots=True)
class Answers:
    """All output columns together."""

    columns: list[Answer]
    table: str

    def of_row(self, row: int, frame: Frame) -> Outputs:
        """What one row answers, by output name."""
        return {one.name: one.of_row(row, frame, self.table) for one in self.columns}

    def value(self, outputs: Outputs) -> object:
        """One output stands by itself; several are a context."""
        return outputs if len(self.columns) > 1 else next(iter(outputs.values()), None)

    def rank(self, outputs: Outputs) -> tuple[int, ...]:
        """The order of a row among others, output by output from the left."""
        return tuple(one.rank(outputs[one.name]) for one in self.columns)

    def has_default(self) -> bool:
        """Whether the author said what holds when no row matches."""
        return any(one.default is not None for one in self.columns)

    def default(self, frame: Frame) -> Outputs:
        """What holds when no row matches."""
        return {
            one.name: None if one.default is None else one.read(one.default, frame, self.table) for one in self.columns
        }


def compile_answers(box: elements.DecisionTable, scope: Scope) -> Answers:
    """The output columns, with plain values read once."""
    return Answers([_column(box, index, scope) for index in range(len(box.outputs))], scope.owner)


def _column(box: elements.DecisionTable, index: int, scope: Scope) -> Answer:
    output = box.outputs[index]
    whole = box.type_ref if len(box.outputs) == 1 else None
    values = output.values or _values_of_type(output.type_ref or whole, scope)
    answer = Answer(
        name=output.name or output.label or scope.owner,
        element=output.element,
        kind=scope.kind(output.type_ref, output.element, box.line),
        allowed=None if output.values is None else scope.unary(output.values),
        plain=frozenset() if output.values is None else plain_values(output.values.text),
        shown="" if output.values is None else output.values.text,
        order=[] if values is None else _order(values, scope),
        cells=[_cell(row.answers[index], scope) for row in box.rows],
        default=None if output.default is None else _cell(output.default, scope),
    )
    for number, row in enumerate(box.rows):
        if is_constant(row.answers[index].text):
            trial = Run({}, feel.Run())
            value = answer.read(answer.cells[number], Frame({}, trial), scope.owner)
            if trial.matched:
                answer.constants[number] = value
    return answer


def _values_of_type(reference: str | None, scope: Scope) -> elements.Literal | None:
    definition = scope.types.definition(reference)
    return None if definition is None else definition.allowed


def _order(values: elements.Literal, scope: Scope) -> list[object]:
    try:
        found = feel.compile_expression(f"[{values.text}]", scope.names).evaluate({})
    except feel.ExpressionRefused:
        return []  # values such as `> 5` are no list, so they give no order
    return found if isinstance(found, list) else []


def _cell(literal: elements.Literal, scope: Scope) -> Evaluate:
    if is_constant(literal.text):
        value = feel.compile_expression(literal.text).evaluate({})
        return lambda _frame: value
    if is_list_of_strings(literal.text):
        items = strings_of_list(literal.text)
        return lambda _frame: items.copy()
    return scope.literal(literal)
