"""A decision file as a table that a safeguarding lead can read: what each row asks, what it gives, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rj_engine import dmn
from rj_engine.dmn.elements import Decision, DecisionTable, Literal
from rj_engine.dmn.elements import Row as Rule
from rj_engine.web.page.languages import marked

ANY: Final = frozenset({"", "-"})
"""A cell that asks nothing."""
DRAFT: Final = "Draft, not signed off. "
"""What every shipped row begins with; the product says it where it is still so."""
REASONS: Final = "_reasons"
"""What the name of the table ends in that repeats a gate's rows and adds their reasons."""
HOW: Final = {
    "UNIQUE": marked("Exactly one row can fit."),
    "FIRST": marked("The first row that fits decides."),
    "COLLECT": marked("Every row that fits counts."),
    "COLLECT MAX": marked("Every row that fits counts; the highest answer stands."),
}
_TEXTS: Final = re.compile(r'\[?"[^"]*"(?:\s*,\s*"[^"]*")*\]?')
_TEXT: Final = re.compile(r'"([^"]*)"')
_SOME: Final = re.compile(r'some \w+ in \? satisfies \w+ in \(("[^"]*"(?:\s*,\s*"[^"]*")*)\)')


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, its words, what it asks and gives, each a label and a text."""

    key: str
    words: str
    asks: Sequence[tuple[str, str]]
    gives: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """One decision of the file: its question, and its rows or the text that works it out."""

    name: str
    question: str
    how: str
    lines: Sequence[Line]
    text: str = ""


@lru_cache(maxsize=32)
def told(source: str) -> tuple[str, list[Told]]:
    """The file's own name, and its decisions in their order; a gate and its reasons are shown as one table."""
    model = dmn.load(source.encode())
    decisions = {node.name: node for node in model.definitions.nodes.values() if isinstance(node, Decision)}
    twins = {name: decisions.get(f"{name}{REASONS}") for name in decisions}
    folded = {name: twin for name, twin in twins.items() if twin is not None and _same(decisions[name], twin)}
    hidden = {twin.name for twin in folded.values()}
    return model.name, [_told(one, folded.get(name)) for name, one in decisions.items() if name not in hidden]


def _same(one: Decision, other: Decision) -> bool:
    """Whether two tables have the same rows, so that one of them need not be read twice."""
    return (
        isinstance(one.logic, DecisionTable)
        and isinstance(other.logic, DecisionTable)
        and (_tests(one.logic) == _tests(other.logic))
    )


def _tests(table: DecisionTable) -> list[list[str]]:
    return [[test.text for test in row.tests] for row in table.rows]


def _told(decision: Decision, reasons: Decision | None) -> Told:
    logic = decision.logic
    if not isinstance(logic, DecisionTable):
        return Told(decision.name, decision.question or "", "", [], logic.text if isinstance(logic, Literal) else "")
    shown = reasons.logic if reasons is not None and isinstance(reasons.logic, DecisionTable) else logic
    how = HOW.get(" ".join(filter(None, (logic.hit_policy, logic.aggregation))), "")
    lines = [_line(shown, row, own) for row, own in zip(shown.rows, logic.rows, strict=True)]
    return Told(decision.name, decision.question or "", how, lines)


def _line(table: DecisionTable, row: Rule, own: Rule) -> Line:
    asks = [
        (column.label or column.expression.text, _words(test.text))
        for column, test in zip(table.inputs, row.tests, strict=True)
        if test.text.strip() not in ANY
    ]
    gives = [
        (_label(column.label, column.name), _words(answer.text))
        for column, answer in zip(table.outputs, row.answers, strict=True)
        if column.name != "row"
    ]
    return Line(own.element or str(row.number), (own.description or "").removeprefix(DRAFT), asks, gives)


def _label(label: str | None, name: str | None) -> str:
    told = (label or name or "Answer").replace("_", " ")
    return told[:1].upper() + told[1:]


def _words(text: str) -> str:
    """A cell of plain values as words; anything else as its author wrote it."""
    stripped = text.strip()
    if (some := _SOME.fullmatch(stripped)) is not None:
        return "any of: " + _or(some[1])
    negated = re.fullmatch(r"not\((.+)\)", stripped)
    if negated is not None and _TEXTS.fullmatch(negated[1]):
        return "anything but " + _or(negated[1])
    if stripped in {"[]", "null"}:
        return "nothing"
    joined = _listed if stripped.startswith("[") else _or
    return joined(stripped) if _TEXTS.fullmatch(stripped) else stripped


def _or(text: str) -> str:
    return " or ".join(_plain(text))


def _listed(text: str) -> str:
    return ", ".join(_plain(text))


def _plain(text: str) -> Iterator[str]:
    return (found.replace("_", " ") for found in _TEXT.findall(text))
