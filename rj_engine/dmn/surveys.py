"""A decision table seen as regions: which values each row lets through, and what it answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.columns import ANYTHING
from rj_engine.dmn.domains import Domain, domain_of
from rj_engine.dmn.model import Model
from rj_engine.dmn.refusals import UnknownDecision
from rj_engine.dmn.regions import Region

_SHOWN = feel.compile_expression("string(value)", ("value",))


@dataclass(frozen=True, slots=True)
class Survey:
    """One table; rows whose cells cannot be understood stand in `unclear` and have no region."""

    box: elements.DecisionTable
    domains: tuple[Domain, ...]
    regions: dict[int, Region]
    unclear: dict[int, list[str]]
    outputs: tuple[dict[str, object], ...]

    @property
    def whole(self) -> Region:
        """Every input there can be."""
        return tuple(domain.whole for domain in self.domains)

    def name(self, row: int) -> str:
        """The row's id, or its number."""
        one = self.box.rows[row]
        return one.element or f"row {one.number}"

    def column(self, question: str) -> int:
        """The input column that asks this."""
        for index, domain in enumerate(self.domains):
            if domain.question == question:
                return index
        raise UnknownDecision(f"The table has no input {question[:80]!r}.")

    def level(self, row: int) -> Decimal:
        """The row's first output as a number; 0 where it is none."""
        value = next(iter(self.outputs[row].values()), None)
        return value if isinstance(value, Decimal) else Decimal(0)

    def region_of(self, cells: Mapping[str, str]) -> Region:
        """The inputs for which all these cells hold."""
        region = list(self.whole)
        for question, cell in cells.items():
            index = self.column(question)
            tests = feel.compile_unary_tests(cell)
            values = self.domains[index].values
            region[index] = sum(1 << place for place, value in enumerate(values) if tests.matches(value, {}))
        return tuple(region)

    def example(self, point: Sequence[int]) -> dict[str, object]:
        """A point as an input."""
        return {domain.question: domain.values[place] for domain, place in zip(self.domains, point, strict=True)}

    def shown(self, value: object) -> str:
        """A value as an author would write it."""
        if isinstance(value, str):
            return f'"{value}"'
        return str(_SHOWN.evaluate({"value": value})) if value is not None else "null"

    def matters(self, question: str, rows: Collection[int]) -> bool:
        """Whether any of these rows (or, of none, any row) looks at the column."""
        index = self.column(question)
        looked = [self.box.rows[row] for row in rows] or self.box.rows
        return any(row.tests[index].text != ANYTHING for row in looked)

    def by_precedence(self) -> list[int]:
        """Rows in the order in which they decide: as written, or by the output values of a PRIORITY table."""
        rows = list(self.regions)
        if self.box.hit_policy != "PRIORITY":
            return rows
        orders = [_order(output) for output in self.box.outputs]

        def rank(row: int) -> list[int]:
            return [
                order.index(value) if value in order else len(order)
                for order, value in zip(orders, self.outputs[row].values(), strict=True)
            ]

        return sorted(rows, key=rank)


def survey(model: Model, decision: str) -> Survey:
    """The table of one decision. Refuses: a decision without a table."""
    box, types = model.table(decision)
    domains = tuple(domain_of(box, index, types) for index in range(len(box.inputs)))
    regions: dict[int, Region] = {}
    unclear: dict[int, list[str]] = {}
    for number, row in enumerate(box.rows):
        texts = [cell.text for cell in row.tests]
        strange = [text for text, domain in zip(texts, domains, strict=True) if text in domain.unclear]
        if strange:
            unclear[number] = strange
        else:
            regions[number] = tuple(
                domain.whole if text == ANYTHING else domain.cells[text]
                for text, domain in zip(texts, domains, strict=True)
            )
    return Survey(box, domains, regions, unclear, tuple(_outputs(box, row) for row in box.rows))


def _outputs(box: elements.DecisionTable, row: elements.Row) -> dict[str, object]:
    return {
        output.name or f"output {place}": _constant(cell.text)
        for place, (output, cell) in enumerate(zip(box.outputs, row.answers, strict=True))
    }


def _constant(text: str) -> object:
    """What an output is without any facts; null for one that cannot be read without their names."""
    try:
        return feel.compile_expression(text).evaluate({})
    except feel.ExpressionRefused:
        return None


def _order(output: elements.Output) -> list[object]:
    if output.values is None:
        return []
    found = _constant(f"[{output.values.text}]")
    return found if isinstance(found, list) else []
