"""Answers that a form takes, made from the form itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rj_engine import clock
from rj_engine.demonstration import journeys
from rj_engine.forms import Form
from rj_engine.forms.form import Field


def typical(form: str, **changes: Any) -> dict[str, Any]:
    """The demonstration's answers of an ordinary day for a form, changed by `changes`; None leaves one out."""
    return journeys.Stage(journeys.Staff()).filled(form, changes)


def plausible(form: Form, choose: Callable[[Field], Any] | None = None) -> dict[str, Any]:
    """An answer to every question, the first option where there is a choice, unless `choose` gives another."""
    found = {key: choose(field) if choose else None for key, field in form.fields.items()}
    return {key: found[key] if found[key] is not None else _plain(field) for key, field in form.fields.items()}


def _plain(field: Field) -> Any:
    if field.options:
        first = field.options[0].value
        return [first] if field.type == "checklist" else first
    longest: Mapping[str, Any] = {
        "checkbox": True,
        "number": field.limits.minimum or 1,
        "date": clock.today().isoformat(),
        "time": "10:30",
    }
    if field.type in longest:
        return longest[field.type]
    return {"email": "someone@example.org", "phone": "01632 960001"}.get(field.kind, "Plain words.")[:40]
