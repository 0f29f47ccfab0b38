"""What somebody had typed when their request could not be done: shown again, so that no words are lost."""

from __future__ import annotations

from flask import g, request

from rj_engine.forms import Form, from_html, readable

PRIVATE = frozenset({"csrf_token", "command_id", "password", "action"})


def asked(form: Form) -> None:
    """Note which form this request answers, so that an error page can show the answers by their questions."""
    g.asked = form


def typed_so_far() -> list[tuple[str, str]]:
    """Question and answer of everything that was sent, but for tokens and passwords.

    Nothing where the request came from another site's page: whoever made that page chose the words.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    form: Form | None = g.get("asked")
    if form is None:
        names = (name for name in request.form if name not in PRIVATE)
        found = [(_spoken(name), ", ".join(request.form.getlist(name))) for name in names]
    else:
        raw = from_html(form, request.form)
        found = [(field.label, _shown(field, raw[key])) for key, field in form.fields.items()]
    return [(question, answer) for question, answer in found if answer.strip() and answer != "No"]


def _shown(field: object, value: object) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return readable(field, value)  # type: ignore[arg-type]  # always a Field


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()
