"""How a form opens: what stands in it before anyone types, and which answers open which question in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from rj_engine.forms.form import Condition, Field, Form

MOST_CASES: Final = 1024
"""Combinations of answers tried for one condition; beyond that the browser leaves the question open."""
MOST_TICKS: Final = 8


def first_answers(form: Form, variables: Mapping[str, object]) -> dict[str, object]:
    """Raw answers a fresh form shows: what the case already knows (`prefill`), else the author's default."""
    shown = {}
    for key, field in form.fields.items():
        known = variables.get(field.properties.get("prefill", ""))
        value = field.default if known is None else known
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
    domains = [_domain(form.fields[key]) for key in reads]
    count = 1
    for domain in domains:
        count *= len(domain)
    if not 0 < count <= MOST_CASES:
        return None
    cases = product(*domains)
    hides = [case for case in cases if condition.hides({**variables, **dict(zip(reads, case, strict=True))})]
    return Rule(reads, tuple(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in hides))


def _domain(field: Field) -> Sequence[object]:
    """Every answer there can be, or none where they cannot be counted."""
    values = [option.value for option in field.options]
    if field.type == "checkbox":
        return (False, True)
    if field.chooses and values:
        return (None, *values)
    if field.type == "checklist" and 0 < len(values) <= MOST_TICKS:
        return [[value for at, value in enumerate(values) if ticks >> at & 1] for ticks in range(2 ** len(values))]
    return ()


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
    opening = [f"“{option.label}”" for option in field.options if option.value not in hides]
    if not field.chooses or not opening:
        return ""
    return f"Answer this if you chose {' or '.join(opening)} for “{field.label}”."
