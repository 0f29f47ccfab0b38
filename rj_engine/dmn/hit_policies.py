"""What a table answers when its rows have been tried: DMN 1.5, 8.2.10."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rj_engine import feel
from rj_engine.dmn.run import Run

Rows = Sequence[int]
"""Indices of the rows that matched, in the table's order."""

_EQUAL: Final = feel.compile_expression("left = right", ("left", "right"))
_AGGREGATES: Final = {
    name: feel.compile_expression(f"{function}(answers)", ("answers",))
    for name, function in (("SUM", "sum"), ("MIN", "min"), ("MAX", "max"), ("COUNT", "count"))
}


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows that matched, with the means to answer from them."""

    rows: Rows
    answer: Callable[[int], object]
    """The output of one row, which is evaluated when asked for."""
    rank: Callable[[int], tuple[int, ...]]
    """Where one row's output stands in the order of the output values; lower is first."""
    run: Run
    table: str
    element: str | None
    row_name: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The table's answer and the rows it rests on."""

    value: object
    rows: Rows


def same(left: object, right: object) -> bool:
    """Whether FEEL holds two values equal; null equals null."""
    return _EQUAL.evaluate({"left": left, "right": right}) is True


def _refusal(hits: Hits, code: str, what: str) -> Conclusion:
    names = " and ".join(hits.row_name(row) for row in hits.rows)
    hits.run.fail(code, f"In {hits.table}, {names} {what}, so there is no answer.", hits.element)
    return Conclusion(None, hits.rows)


def _unique(hits: Hits) -> Conclusion:
    if len(hits.rows) > 1:
        return _refusal(hits, "overlapping_rows", "match together although only one row may")
    return Conclusion(hits.answer(hits.rows[0]), hits.rows)


def _any(hits: Hits) -> Conclusion:
    answers = [hits.answer(row) for row in hits.rows]
    if not all(same(answers[0], other) for other in answers[1:]):
        return _refusal(hits, "contradicting_rows", "match together and answer differently")
    return Conclusion(answers[0], hits.rows)


def _first(hits: Hits) -> Conclusion:
    return Conclusion(hits.answer(hits.rows[0]), hits.rows[:1])


def _by_priority(hits: Hits) -> list[int]:
    return sorted(hits.rows, key=hits.rank)


def _priority(hits: Hits) -> Conclusion:
    best = _by_priority(hits)[0]
    return Conclusion(hits.answer(best), [best])


def _output_order(hits: Hits) -> Conclusion:
    rows = _by_priority(hits)
    return Conclusion([hits.answer(row) for row in rows], rows)


def _rule_order(hits: Hits) -> Conclusion:
    return Conclusion([hits.answer(row) for row in hits.rows], hits.rows)


def _aggregate(name: str) -> Callable[[Hits], Conclusion]:
    expression = _AGGREGATES[name]

    def conclude(hits: Hits) -> Conclusion:
        answers = [hits.answer(row) for row in hits.rows]
        value = expression.evaluate({"answers": answers}, hits.run.feel)
        if value is None:
            hits.run.fail("no_aggregate", f"The outputs of {hits.table} have no {name.lower()}.", hits.element)
        return Conclusion(value, hits.rows)

    return conclude


POLICIES: Final[dict[tuple[str, str | None], Callable[[Hits], Conclusion]]] = {
    ("UNIQUE", None): _unique,
    ("ANY", None): _any,
    ("FIRST", None): _first,
    ("PRIORITY", None): _priority,
    ("OUTPUT ORDER", None): _output_order,
    ("RULE ORDER", None): _rule_order,
    ("COLLECT", None): _rule_order,
    **{("COLLECT", name): _aggregate(name) for name in _AGGREGATES},
}
