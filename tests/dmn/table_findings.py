"""Builds a table and tells what analysis finds in it."""

from __future__ import annotations

from typing import Any

from small_models import a_decision, a_fact, a_model, a_table, a_type

from rj_engine.dmn import analysis

FLAGS = a_type("flag", "string", allowed='"A", "B", "C"') + a_type("flags", "flag", many=True)
OPEN_FLAGS = a_type("flags", "string", many=True)
COLOUR = ("c", "string", '"red", "green", "blue"')


def found(
    inputs: list[Any], rows: list[list[str]], outputs: Any = ("said",), types: str = "", **options: Any
) -> list[tuple[str, tuple[str, ...], dict[str, object]]]:
    return [
        (one.finding.code, one.rows, one.example)
        for one in analysed(inputs, rows, outputs=outputs, types=types, **options)
    ]


def analysed(
    inputs: list[Any],
    rows: list[list[str]],
    *,
    outputs: Any = ("said",),
    types: str = "",
    orders: Any = None,
    floor: int | None = None,
    **options: Any,
) -> list[analysis.Analysed]:
    facts = [one if isinstance(one, str) else one[0] for one in inputs]
    table = a_table(inputs, list(outputs), rows, **options)
    known = [*facts, "other", "the other"]
    model = a_model(types, *(a_fact(name) for name in known), a_decision("d", table, known))
    return analysis.analyse(model, "d", orders, floor)


AGE = ("age", "number")
