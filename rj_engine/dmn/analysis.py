"""What is wrong with a decision table before anyone is decided about by it: DMN 1.5, 8.2.11 and beyond.

Gaps, overlaps, contradictions, rows that can never fire or never matter, and answers that fall when a risk rises:
each is proved on the declared values, by exact set arithmetic, and shown by an example.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from rj_engine import feel
from rj_engine.dmn.hit_policies import same
from rj_engine.dmn.model import Model
from rj_engine.dmn.monotony import Order, falls
from rj_engine.dmn.regions import Cover, Region, TooLarge, is_empty, meet, point_in
from rj_engine.dmn.surveys import Survey, survey
from rj_engine.errors import Finding

_AGGREGATED: Final = {"MAX": 1, "MIN": -1}


@dataclass(frozen=True, slots=True)
class Analysed:
    """One thing an author should see: what, which rows, and an input that shows it."""

    finding: Finding
    rows: tuple[str, ...]
    example: dict[str, object]
    """By the text of the input column."""

    def as_json(self) -> dict[str, object]:
        """The finding with its rows and example as plain JSON."""
        return {**self.finding.as_json(), "rows": list(self.rows), "example": feel.to_json(self.example)}


def analyse(
    model: Model,
    decision: str,
    orders: Mapping[str, Order] | None = None,
    floor: int | None = None,
    *,
    weighing: bool = True,
) -> list[Analysed]:
    """Everything found in one decision's table; an empty list is a clean table.

    `orders` asks whether the answer may fall: for an input column, its values from the least to the greatest risk,
    or `ADDING` for a list that may only tighten as items are added. `floor` says that of a greatest output (`C>`)
    the greatest up to this one is read as well. Without `weighing` rows of a greatest or least are not asked whether
    they ever change the answer, which costs more than all else. Refuses: a decision without a table.
    """
    table = survey(model, decision)
    try:
        found = [*_unclear(table), *_rows(table, floor, weighing=weighing), *_gaps(table)]
        for question, order in (orders or {}).items():
            found.extend(
                _analysed(table, "not_monotone", message, rows, point)
                for message, rows, point in falls(table, question, order)
            )
    except TooLarge:
        return [_analysed(table, "too_large", "The table is too large to analyse exactly.", (), None)]
    return found


def witnesses(
    model: Model, decision: str, avoid: Sequence[Mapping[str, str]] = (), floor: int | None = None
) -> dict[str, dict[str, object] | None]:
    """For each row of a `C>` table an input for which lowering its output changes the answer; None where none is.

    `avoid` holds conditions (input column to cell) that never meet, such as a fact that is always read as another.
    Frozen from a signed table, they show what an edited one would loosen.
    """
    table = survey(model, decision)
    never = [table.region_of(one) for one in avoid]
    found: dict[str, dict[str, object] | None] = {}
    for row, region in table.regions.items():
        rivals = [table.regions[other] for other in _rivals(table, row, 1, floor)]
        point = Cover([*rivals, *never]).gap(region)
        found[table.name(row)] = None if point is None else table.example(point)
    return found


def _analysed(
    table: Survey, code: str, message: str, rows: Collection[int], point: Sequence[int] | None, severity: str = "error"
) -> Analysed:
    example = {} if point is None else table.example(point)
    if example:
        looked_at = {name: value for name, value in example.items() if table.matters(name, rows)}
        shown = ", ".join(f"{name}: {table.shown(value)}" for name, value in looked_at.items())
        message = f"{message} Example: {shown or 'anything'}."
    finding = Finding(code, message, element=table.box.element, line=table.box.line, severity=severity)
    return Analysed(finding, tuple(table.name(row) for row in rows), example)


def _unclear(table: Survey) -> Iterator[Analysed]:
    for row, cells in table.unclear.items():
        shown = ", ".join(cells)
        message = f"{table.name(row)} cannot be analysed exactly because of {shown}."
        yield _analysed(table, "not_analysed", message, [row], None, "warning")


def _gaps(table: Survey) -> Iterator[Analysed]:
    if table.unclear or any(output.default is not None for output in table.box.outputs):
        return
    point = Cover(list(table.regions.values())).gap(table.whole)
    if point is not None:
        yield _analysed(table, "gap", "No row matches every input.", (), point)


def _rows(table: Survey, floor: int | None, *, weighing: bool) -> Iterator[Analysed]:
    for row, region in table.regions.items():
        if is_empty(region):
            yield _analysed(table, "unreachable", f"{table.name(row)} can never match.", [row], None)
    policy = table.box.hit_policy
    if policy in {"UNIQUE", "ANY"}:
        yield from _overlaps(table)
    elif policy in {"FIRST", "PRIORITY"}:
        yield from _masked(table, table.by_precedence())
    elif weighing and table.box.aggregation in _AGGREGATED:
        yield from _outdone(table, _AGGREGATED[table.box.aggregation], floor)


def _overlaps(table: Survey) -> Iterator[Analysed]:
    for (row, one), (other, another) in combinations(table.regions.items(), 2):
        common = meet(one, another)
        if is_empty(common):
            continue
        names = f"{table.name(row)} and {table.name(other)}"
        if table.box.hit_policy == "UNIQUE":
            message = f"{names} match together although only one row may."
            yield _analysed(table, "overlap", message, [row, other], point_in(common))
        elif not same(table.outputs[row], table.outputs[other]):
            message = f"{names} match together and answer differently."
            yield _analysed(table, "contradiction", message, [row, other], point_in(common))


def _masked(table: Survey, order: Sequence[int]) -> Iterator[Analysed]:
    for place, row in enumerate(order):
        before = [table.regions[earlier] for earlier in order[:place]]
        if not is_empty(table.regions[row]) and Cover(before).gap(table.regions[row]) is None:
            hiding = _touching(table, row, order[:place])
            message = f"{table.name(row)} never decides: all it matches is matched first by {_names(table, hiding)}."
            yield _analysed(table, "masked", message, [row, *hiding], point_in(table.regions[row]))


def _rivals(table: Survey, row: int, sign: int, floor: int | None) -> list[int]:
    """The rows that, where they match too, leave this one without effect."""
    level = table.level(row)
    most = floor if floor is not None and level <= floor else None
    return [
        other
        for other in table.regions
        if other != row and sign * table.level(other) >= sign * level and (most is None or table.level(other) <= most)
    ]


def _outdone(table: Survey, sign: int, floor: int | None) -> Iterator[Analysed]:
    """Rows of a greatest or least whose output never is the one: kept, perhaps, for their reasons."""
    for row, region in table.regions.items():
        rivals = _rivals(table, row, sign, floor)
        if not is_empty(region) and Cover([table.regions[other] for other in rivals]).gap(region) is None:
            hiding = _touching(table, row, rivals)
            names = _names(table, hiding)
            message = f"{table.name(row)} never changes the answer: all it matches is answered as strongly by {names}."
            yield _analysed(table, "redundant", message, [row, *hiding], point_in(region), "warning")


def _touching(table: Survey, row: int, others: Sequence[int]) -> list[int]:
    """The fewest of the others, taken in turn, that together hide the row."""
    hiding = [other for other in others if not is_empty(meet(table.regions[row], table.regions[other]))]
    for other in list(hiding):
        fewer: list[Region] = [table.regions[one] for one in hiding if one != other]
        if Cover(fewer).gap(table.regions[row]) is None:
            hiding.remove(other)
    return hiding


def _names(table: Survey, rows: Sequence[int]) -> str:
    return " and ".join(table.name(row) for row in rows)
