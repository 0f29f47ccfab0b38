"""One question as the parameters of one GOV.UK component."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext

from rj_engine.forms import Field, Option
from rj_engine.forms.html import PARTS, TICKED

Params = dict[str, Any]
SUGGESTED: Final = frozenset({"district", "partner"})
"""What is typed freely, with the service's own list to choose from beside it."""
SHORT_ANSWER: Final = 1000
"""Characters up to which a long-text question shows how many are left."""
ROWS: Final = 5
WIDTHS: Final = {
    "number": "govuk-input--width-5",
    "time": "govuk-input--width-5",
    "phone": "govuk-input--width-20",
    "person_name": "govuk-!-width-two-thirds",
}
INPUT_MODES: Final = {"number": "decimal", "phone": "tel", "email": "email"}
KEYBOARDS: Final = {"phone": "tel", "email": "email"}


def component(field: Field, raw: object, options: Sequence[Option], messages: Sequence[str]) -> tuple[str, Params]:
    """The macro's name and its parameters."""
    macro, shape = SHAPES[field.type]
    params: Params = {"name": field.key, "id": field.key}
    if field.hint:
        params["hint"] = {"text": field.hint}
    if messages:
        params["errorMessage"] = {"text": messages[0]}
    params.update(shape(field, raw, options))
    return ("govukCharacterCount" if "maxlength" in params else macro), params


def _label(field: Field) -> Params:
    return {"text": field.label, "classes": "govuk-label--s"}


def _fieldset(field: Field) -> Params:
    return {"legend": {"text": field.label, "classes": "govuk-fieldset__legend--s"}}


def _text(raw: object) -> str:
    return "" if raw is None else str(raw)


def _line(field: Field, raw: object, options: Sequence[Option]) -> Params:
    about = field.kind if field.type == "textfield" else field.type
    more: Params = {}
    if options and about in SUGGESTED:
        place = f"{field.key}-suggestions"
        more = {"attributes": {"list": place}, "suggestions": {"id": place, "words": [each.label for each in options]}}
    return {
        **more,
        "label": _label(field),
        "value": _text(raw),
        "type": KEYBOARDS.get(about, "text"),
        "classes": WIDTHS.get(about, ""),
        "inputmode": INPUT_MODES.get(about),
        "spellcheck": False if about in {"person_name", "email", "phone"} else None,
        "autocomplete": "off",
    }


def _area(field: Field, raw: object, options: Sequence[Option]) -> Params:
    del options
    params: Params = {"label": _label(field), "value": _text(raw), "rows": ROWS, "autocomplete": "off"}
    longest = field.limits.max_length
    return {**params, "maxlength": longest} if longest and longest <= SHORT_ANSWER else params


def _radios(field: Field, raw: object, options: Sequence[Option]) -> Params:
    short = len(options) == len(("Yes", "No")) and all(len(option.label) <= len("Not yet") for option in options)
    return {
        "fieldset": _fieldset(field),
        "classes": "govuk-radios--small govuk-radios--inline" if short else "govuk-radios--small",
        "items": [_item(option, option.value == raw) for option in options],
    }


def _item(option: Option, checked: bool) -> Params:
    item: Params = {"value": option.value, "text": option.label, "checked": checked}
    return {**item, "hint": {"text": option.hint}} if option.hint else item


def _select(field: Field, raw: object, options: Sequence[Option]) -> Params:
    blank = {"value": "", "text": gettext("Choose"), "selected": raw in (None, "")}
    items = [{"value": each.value, "text": each.label, "selected": each.value == raw} for each in options]
    return {"label": _label(field), "items": [blank, *items]}


def _checklist(field: Field, raw: object, options: Sequence[Option]) -> Params:
    ticked = raw if isinstance(raw, list) else []
    items: list[Params] = []
    for option in options:
        item = _item(option, option.value in ticked)
        if option.value == field.properties.get("exclusive"):
            items.append({"divider": gettext("or")})
            item["behaviour"] = "exclusive"
        items.append(item)
    small = "govuk-checkboxes--small"
    return {"fieldset": _fieldset(field), "classes": small, "items": items}


def _tick(field: Field, raw: object, options: Sequence[Option]) -> Params:
    del options
    item: Params = {"value": TICKED, "text": field.label, "checked": raw is True}
    if field.hint:
        item["hint"] = {"text": field.hint}
    return {"classes": "govuk-checkboxes--small", "items": [item], "hint": None}


def _day(field: Field, raw: object, options: Sequence[Option]) -> Params:
    del options
    iso = (part.lstrip("0") for part in _text(raw).split("-"))
    given = raw if isinstance(raw, Mapping) else dict(zip(reversed(PARTS), iso, strict=False))
    names = zip(PARTS, (2, 2, 4), strict=True)
    return {
        "namePrefix": field.key,
        "fieldset": _fieldset(field),
        "items": [
            {
                "name": part,
                "value": _text(given.get(part)),
                "classes": f"govuk-input--width-{width}",
                "autocomplete": "off",
            }
            for part, width in names
        ],
    }


SHAPES: Mapping[str, tuple[str, Callable[[Field, object, Sequence[Option]], Params]]] = {
    "textfield": ("govukInput", _line),
    "number": ("govukInput", _line),
    "time": ("govukInput", _line),
    "textarea": ("govukTextarea", _area),
    "radio": ("govukRadios", _radios),
    "select": ("govukSelect", _select),
    "checkbox": ("govukCheckboxes", _tick),
    "checklist": ("govukCheckboxes", _checklist),
    "date": ("govukDateInput", _day),
}
