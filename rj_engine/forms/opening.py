"""How a form opens: what stands in it before anyone types, and which answers open which question in the browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from rj_engine import clock
from rj_engine.clock import Period
from rj_engine.forms.form import Condition, Field, Form

MOST_CASES: Final = 1024
"""Combinations of answers tried for one condition; beyond that the browser leaves the question open."""
MOST_TICKS: Final = 8
TYPED: Final = frozenset({"textfield", "textarea", "date", "time"})
GIVEN: Final = "…"
"""Stands for whatever was typed."""


def first_answers(
    form: Form, variables: Mapping[str, object], periods: Mapping[str, Period] | None = None
) -> dict[str, object]:
    """Raw answers a fresh form shows.

    What the case already knows (`prefill`), else a day by a clock (`suggest_clock`), else the author's default.
    """
    shown: dict[str, object] = {}
    for key, field in form.fields.items():
        value = variables.get(field.properties.get("prefill", ""))
        if value is None and (period := (periods or {}).get(field.properties.get("suggest_clock", ""))) is not None:
            value = clock.due_on(clock.today(), period).isoformat()
        value = field.default if value is None else value
        if value is not None:
            shown[key] = value
    return shown


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition worked out beforehand: with which answers to `reads` it hides, each as JSON text."""

    reads: tuple[str, ...]
    hides: tuple[str, ...]


def rules(form: Form, variables: Mapping[str, object]) -> dict[str, Rule]:
    """A rule for each condition whose outcome hangs only on choices, by the condition's text.

    Evaluated with the FEEL that checks the answers, so that browser and server cannot differ. A condition that
    reads typed text, a number or a date has no rule: its question stays open and the server decides.
    """
    every = {condition.text: condition for field in form.fields.values() for condition in field.conditions}
    found = {text: _rule(condition, form, variables) for text, condition in every.items()}
    return {text: rule for text, rule in found.items() if rule is not None}


def _rule(condition: Condition, form: Form, variables: Mapping[str, object]) -> Rule | None:
    reads = tuple(sorted(condition.expression.names & form.fields.keys()))
    domains = [_domain(form.fields[key], condition.text) for key in reads]
    count = 1
    for domain in domains:
        count *= len(domain)
    if not 0 < count <= MOST_CASES:
        return None
    cases = product(*domains)
    hides = [case for case in cases if condition.hides({**variables, **dict(zip(reads, case, strict=True))})]
    return Rule(reads, tuple(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in hides))


def _domain(field: Field, condition: str) -> Sequence[object]:
    """Every answer there can be, or none where they cannot be counted; typed ones only as given or not."""
    values = [option.value for option in field.options]
    if field.type == "checkbox":
        return (False, True)
    if field.chooses and values:
        return (None, *values)
    if field.type == "checklist" and 0 < len(values) <= MOST_TICKS:
        return [[value for at, value in enumerate(values) if ticks >> at & 1] for ticks in range(2 ** len(values))]
    return (None, GIVEN) if field.type in TYPED and _only_asks_whether(field.key, condition) else ()


def _only_asks_whether(key: str, condition: str) -> bool:
    """Whether the condition reads the answer for nothing but whether there is one."""
    rest = re.sub(rf'\b{key}\b\s*!?=\s*(?:null\b|"")', "", condition)
    return re.search(rf"\b{key}\b", rest) is None


def told(form: Form, conditions: Iterable[Condition], found: Mapping[str, Rule]) -> str:
    """When to answer a conditional question, for a page where scripts cannot open it; empty if hard to say."""
    sentences = []
    for condition in conditions:
        rule = found.get(condition.text)
        if rule is None or len(rule.reads) != 1:
            return ""
        sentences.append(_opens(form.fields[rule.reads[0]], {json.loads(case)[0] for case in _scalar(rule)}))
    return " ".join(sentences) if all(sentences) else ""


def _scalar(rule: Rule) -> list[str]:
    return [case for case in rule.hides if not case.startswith("[[")]


def _opens(field: Field, hides: set[object]) -> str:
    if field.type == "checkbox":
        return f"Answer this if you ticked “{field.label}”." if hides == {False} else ""
    if field.type in TYPED:
        return f"Answer this if you answered “{field.label}”." if hides == {None} else ""
    opening = [f"“{option.label}”" for option in field.options if option.value not in hides]
    if not field.chooses or not opening:
        return ""
    return f"Answer this if you chose {' or '.join(opening)} for “{field.label}”."
