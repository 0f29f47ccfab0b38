"""What is wrong with decision tables although they can be read: gaps, overlaps, and cells that say nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rj_engine import dmn, feel
from rj_engine.dmn import analysis, elements
from rj_engine.dmn.columns import ANYTHING
from rj_engine.dmn.linking import known_names
from rj_engine.errors import Finding
from rj_engine.workflows.published import output_cells

TYPES: Final = frozenset({"string", "number", "boolean", "date", "time", "date and time"})


@dataclass(frozen=True, slots=True)
class InTable:
    """One finding, and the rows of a table it is about; none where it is about the whole."""

    finding: Finding
    rows: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def found(model: dmn.Model) -> tuple[InTable, ...]:
    """Everything found in the tables of one file."""
    nodes = model.definitions.nodes.values()
    drawn = [one for one in nodes if isinstance(one, elements.Decision)]
    return tuple(each for one in drawn if isinstance(one.logic, elements.DecisionTable) for each in _table(model, one))


def _table(model: dmn.Model, decision: elements.Decision) -> Iterator[InTable]:
    box, types = model.table(decision.element)
    known = _known(model, decision)
    columns = [(column, list(_asked(column, known))) for column in box.inputs]
    wrong = [InTable(one) for _, told in columns for one in told] + list(_cells(box, known))
    yield from wrong
    yield from (InTable(one, (row,) if row else ()) for one, row in output_cells.findings(box, types, known))
    if any(one.finding.severity == "error" for one in wrong):
        return
    # A row kept for its reasons or its floor changes no level: only the gate that reads both can tell.
    for one in analysis.analyse(model, decision.element, weighing=False):
        yield InTable(one.finding, one.rows)


def _asked(column: elements.Input, known: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the question over a column."""
    for one in feel.check_expression(column.expression.text, known):
        yield replace(one, element=column.expression.element or column.element)


def _cells(box: elements.DecisionTable, known: Mapping[str, str]) -> Iterator[InTable]:
    kinds = [_type(column.expression.type_ref) for column in box.inputs]
    said = {(cell.text, kind) for row in box.rows for cell, kind in zip(row.tests, kinds, strict=True)}
    told = {(text, kind): feel.check_unary_tests(text, known, kind) for text, kind in said if text.strip() != ANYTHING}
    for row in box.rows:
        for cell, kind in zip(row.tests, kinds, strict=True):
            for one in told.get((cell.text, kind), ()):
                yield InTable(replace(one, element=cell.element), (row.element,) if row.element else ())


def _known(model: dmn.Model, decision: elements.Decision) -> dict[str, str]:
    """The names that a decision's own arrows bring to it, and those of their parts, with their types."""
    nodes = model.definitions.nodes
    brought = [nodes[key] for one in decision.requires if (key := one.rpartition("#")[2]) in nodes]
    parts: Collection[str] = known_names(model.definitions)
    return {**dict.fromkeys(parts, "Any"), **{one.variable.name: _type(one.variable.type_ref) for one in brought}}


def _type(reference: str | None) -> str:
    return reference if reference in TYPES else "Any"
