"""Output cells of a decision table that its column cannot hold: another type, or no value of its list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from rj_engine import feel
from rj_engine.dmn import elements, foreseen
from rj_engine.dmn.cells import is_constant
from rj_engine.dmn.type_book import TypeBook
from rj_engine.errors import Finding
from rj_engine.feel.values.types import NULL, Type
from rj_engine.workflows.published.worded import KINDS, listed, shown

NOT_A_ROW: Final = ""
"""The element of a default stands in no row."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one output column may hold."""

    name: str
    kind: Type
    allowed: frozenset[object]
    """Empty where its values are not listed one by one."""


def findings(box: elements.DecisionTable, types: TypeBook, known: Mapping[str, str]) -> Iterator[tuple[Finding, str]]:
    """One for each cell that is wrong, with the row it stands in."""
    columns = [
        Column(output.label or output.name or "", *foreseen.column_of(box, index, types))
        for index, output in enumerate(box.outputs)
    ]
    for row in box.rows:
        for cell, column in zip(row.answers, columns, strict=True):
            yield from ((one, row.element or NOT_A_ROW) for one in _cell(cell, column, known))
    for output, column in zip(box.outputs, columns, strict=True):
        if output.default is not None:
            told = _cell(output.default, column, known)
            yield from ((replace(one, element=one.element or output.element), NOT_A_ROW) for one in told)


def _value(text: str) -> object:
    return feel.compile_expression(text).evaluate({})


def _cell(cell: elements.Literal, column: Column, known: Mapping[str, str]) -> list[Finding]:
    if not is_constant(cell.text):
        return [replace(one, element=cell.element) for one in feel.check_expression(cell.text, known)]
    value = _value(cell.text)
    kind = feel.constant(value).kind
    where = f"The column “{column.name}”" if column.name else "The column"
    if kind not in {NULL, column.kind} and column.kind.name in KINDS:
        words = f"{where} is {KINDS[column.kind.name]}; {shown(value)} is {KINDS[kind.name]}."
        return [Finding("wrong_type", words, cell.element)]
    if not column.allowed or value is None or value in column.allowed:
        return []
    near = get_close_matches(str(value), [str(one) for one in column.allowed], n=1)
    also = f" Did you mean “{near[0]}”?" if near else ""
    return [
        Finding(
            "unlisted_output", f"{where} has no {shown(value)}.{also} It has {listed(column.allowed)}.", cell.element
        )
    ]
