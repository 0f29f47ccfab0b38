"""Every way a task can be answered and a decision can come out, as far as anything tells the ways apart.

Of words and dates one stands for all. Of choices nobody reads, one stands for all. Of a decision's many facts none is
enumerated: each answer its table can give is tried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from rj_engine import bpmn, dmn
from rj_engine.dmn import elements as boxes
from rj_engine.errors import Finding
from rj_engine.forms import Field, Form, hidden_fields
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.proof.reads import Part

SOME_DAY: Final = "2031-01-15"
SOME_WORDS: Final = "…"
MOST_TICKS: Final = 6
"""Choices of one checklist that may matter each by itself; beyond it the walk would not end."""
Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What can be answered, given what is read of it."""

    parts: Mapping[str, tuple[Part, ...]]
    steers: frozenset[str]
    """Variables the pathway reads."""
    noted: Mapping[str, frozenset[str]]
    """Answers a watcher reads, with the ticks it looks for; each is told apart from each other."""

    def of(self, form: Form, variables: Mapping[str, object]) -> list[Answers]:
        """Each set of answers to a form that leads anywhere different."""
        wanted = self._wanted(form)
        shows = {name for key in wanted for one in form.fields[key].conditions for name in one.expression.names}
        found: list[dict[str, object]] = [{}]
        for key in form.ordered:
            if key in wanted:
                values = self._values(form.fields[key], told_apart=key in shows or key in self.noted)
                found = [grown for answers in found for grown in _grown(form, key, values, answers, variables)]
        return list({json.dumps(answers, sort_keys=True): answers for answers in found}.values())

    def _wanted(self, form: Form) -> set[str]:
        wanted = {key for key in form.fields if key in self.steers or key in self.noted}
        while True:
            shown_by = {
                name
                for key in wanted
                for condition in form.fields[key].conditions
                for name in condition.expression.names
                if name in form.fields
            }
            if shown_by <= wanted:
                return wanted
            wanted |= shown_by

    def _values(self, field: Field, *, told_apart: bool) -> list[object]:
        values = list(self._possible(field)) + ([] if field.required or field.type == "checkbox" else [None])
        if told_apart:
            return values
        parts = self.parts.get(field.key, ())
        alike = {json.dumps([part.of(value) for part in parts]): value for value in reversed(values)}
        return list(reversed(alike.values()))

    def _possible(self, field: Field) -> Sequence[object]:
        if field.chooses:
            return [option.value for option in field.options] or [SOME_WORDS]
        if field.type == "checklist":
            return self._ticks(field)
        if field.type == "number":
            return _numbers(field, self.parts.get(field.key, ()))
        fixed: dict[str, list[object]] = {"checkbox": [False, True], "date": [SOME_DAY], "time": ["12:00"]}
        return fixed.get(field.type) or [SOME_WORDS, *_literals(r"value='([^']*)'", self.parts.get(field.key, ()))]

    def _ticks(self, field: Field) -> list[object]:
        """Every set of those choices that matter; where only others could be ticked, one of them."""
        parts = self.parts.get(field.key, ())
        options = [option.value for option in field.options]
        if any(part.expression is not None and "list contains" not in part.says for part in parts):
            matter = options
        else:
            literals = set(_literals(r"value='([^']*)'", parts))
            matter = [option for option in options if option in literals | self.noted.get(field.key, frozenset())]
        if len(matter) > MOST_TICKS:
            message = f"“{field.label}” has too many choices that matter for the proof to try them all."
            raise PathwayRefused([Finding("too_many_outcomes", message, field.key)])
        others = [option for option in options if option not in matter][:1]
        chosen = [[one for one, ticked in zip(matter, ticks, strict=True) if ticked] for ticks in _all_ticks(matter)]
        return [ticks or others for ticks in chosen if ticks or others or not field.required]


def _all_ticks(choices: Sequence[str]) -> Iterator[tuple[bool, ...]]:
    return product((True, False), repeat=len(choices))


def _grown(
    form: Form, key: str, values: list[object], answers: dict[str, object], variables: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    if key in hidden_fields(form, answers, variables):
        yield answers
        return
    for value in values:
        yield answers if value is None else {**answers, key: value}


def _literals(pattern: str, parts: Sequence[Part]) -> list[str]:
    return [found for part in parts for found in re.findall(pattern, part.says)]


def _numbers(field: Field, parts: Sequence[Part]) -> list[object]:
    """The ends of what may be answered, and each side of every number it is compared with."""
    low, high = int(field.limits.minimum or 0), int(field.limits.maximum or 1000)
    near: set[int] = {
        round(float(text)) + step for text in _literals(r"Decimal\('([-\d.]+)'\)", parts) for step in (-1, 0, 1)
    }
    return [*sorted({low, high, *(number for number in near if low <= number <= high)})]


class DecisionUnknown(PathwayRefused):
    """The proof cannot tell what a decision may answer."""


def answers_of(decision: str, models: Mapping[str, dmn.Model], told: Mapping[str, Sequence[object]]) -> list[object]:
    """Every answer a decision can give: as its table's cells say, or as `told` for one that is worked out."""
    if decision in told:
        return list(told[decision])
    node = models[decision].definitions.nodes.get(decision)
    box = getattr(node, "logic", None)
    found = _constants(box) if isinstance(box, boxes.DecisionTable) else None
    if not found:
        message = f"Nothing says which answers the decision “{decision}” can give."
        raise DecisionUnknown([Finding("decision_unknown", message, decision)])
    return found


def _constants(box: boxes.DecisionTable) -> list[object] | None:
    if len(box.outputs) != 1:
        return None
    cells = [row.answers[0].text for row in box.rows]
    cells += [default.text] if (default := box.outputs[0].default) else []
    try:
        return list(dict.fromkeys(json.loads(cell) for cell in cells))
    except ValueError:
        return None


def told_answers() -> Mapping[str, Sequence[object]]:
    """The answers of worked-out decisions, as the list of invariants tells them."""
    told: Mapping[str, Sequence[object]] = bpmn.invariants()["decisions"]
    return told
