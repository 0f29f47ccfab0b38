"""What a browser sends, as raw answers: a date comes as three parts, a tick as a presence, a checklist as repeats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from rj_engine.forms.form import Field, Form

PARTS = ("day", "month", "year")
TICKED = "yes"
"""The value of a ticked box on the page."""


class Posted(Protocol):
    """A multidict, as web frameworks give the body of a form."""

    def get(self, key: str, /) -> str | None:
        """The first value of a name."""

    def getlist(self, key: str, /) -> list[str]:
        """Every value of a name."""


def from_html(form: Form, posted: Posted) -> dict[str, object]:
    """Raw answers to this form's questions; everything else the page sent (tokens, buttons) is left alone."""
    return {key: _raw(field, posted) for key, field in form.fields.items()}


def _raw(field: Field, posted: Posted) -> object:
    if field.type == "checkbox":
        return posted.get(field.key) is not None
    if field.type == "checklist":
        return [value for value in posted.getlist(field.key) if value]
    if field.type == "date":
        return _day({part: (posted.get(f"{field.key}-{part}") or "").strip() for part in PARTS})
    return posted.get(field.key) or ""


def _day(parts: Mapping[str, str]) -> object:
    """ISO text where the parts make a day, so that conditions can read it; else what was typed."""
    if not any(parts.values()):
        return ""
    try:
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"])).isoformat()
    except (ValueError, OverflowError):
        return dict(parts)
