"""Which questions the other answers make moot; the one place that decides it, for pages, API and checks alike."""

from __future__ import annotations

from collections.abc import Mapping

from rj_engine.forms.form import BLANK, Field, Form


def hidden_fields(form: Form, answers: Mapping[str, object], variables: Mapping[str, object]) -> frozenset[str]:
    """Keys that are neither asked, required nor kept with these answers.

    A hidden question counts as unanswered for every condition that reads it. The case's variables are seen
    under the answers; a name nobody knows is null.
    """
    return seen(form, answers, variables)[0]


def seen(
    form: Form, answers: Mapping[str, object], variables: Mapping[str, object]
) -> tuple[frozenset[str], dict[str, object]]:
    """The hidden keys, and everything as conditions read it."""
    context = dict(variables)
    context.update((key, field.empty) for key, field in form.fields.items())
    hidden = set()
    for key in form.ordered:
        field = form.fields[key]
        if any(condition.hides(context) for condition in field.conditions):
            hidden.add(key)
        else:
            context[key] = as_feel(field, answers.get(key))
    return frozenset(hidden), context


def as_feel(field: Field, value: object) -> object:
    """An answer, checked or not yet, as conditions read it: nothing given is null (false, an empty list)."""
    if field.type == "checkbox":
        return value is True
    if field.type == "checklist":
        return list(value) if isinstance(value, (list, tuple)) else field.empty
    if isinstance(value, (dict, list)) or value in BLANK:
        return None
    if field.type == "number":
        return _number(value)
    return value


def _number(value: object) -> object:
    if isinstance(value, str):
        try:
            value = float(value.replace(",", "").strip())
        except ValueError:
            return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
