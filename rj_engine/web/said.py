"""Answers of finished tasks in words: question, answer, colleagues by name."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from rj_engine.database import db
from rj_engine.forms import Field, readable
from rj_engine.people import staff
from rj_engine.workflows.desk import Said


def answered(said: Said) -> list[tuple[str, str]]:
    """The questions that were answered, in the order they were asked."""
    found = [(field.label, _words(field, said.values.get(key))) for key, field in said.form.fields.items()]
    return [(question, answer) for question, answer in found if answer]


def _words(field: Field, value: object) -> str:
    if field.kind not in {"staff", "facilitator"} or not isinstance(value, str):
        return readable(field, value)
    try:
        identity = UUID(value)
    except ValueError:
        return value
    return staff.names(db.session(), {identity}).get(identity, value)


def register(app: Flask) -> None:
    """Give it to the templates."""
    app.add_template_filter(answered)
