"""What an author should know about an expression before anyone relies on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from rj_engine.errors import Finding
from rj_engine.feel.expression import compile_expression
from rj_engine.feel.refusal import ExpressionRefused
from rj_engine.feel.values.types import Type


def check_expression(text: str, names: Mapping[str, str | Type] | Collection[str]) -> list[Finding]:
    """Return what is wrong or doubtful in an expression, given the names it may use."""
    try:
        expression = compile_expression(text, names)
    except ExpressionRefused as refusal:
        return refusal.findings
    return [
        Finding("unknown_name", f"There is no {name} here." + _nearest(name, names))
        for name in sorted(expression.names - set(names))
    ]


def _nearest(name: str, names: Collection[str]) -> str:
    near = get_close_matches(name, list(names), n=1)
    return f" Did you mean {near[0]}?" if near else ""
