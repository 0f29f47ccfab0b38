"""Answers as a person reads them: the option's words, the day written out, Yes or No for a box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rj_engine.forms.form import Field


def readable(field: Field, value: object) -> str:
    """One answer in words; empty where none was given."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_label(field, str(each)) for each in value)
    if field.type == "date":
        return _written_out(str(value))
    return _label(field, str(value))


def _label(field: Field, value: str) -> str:
    return next((option.label for option in field.options if option.value == value), value)


def _written_out(iso: str) -> str:
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"
