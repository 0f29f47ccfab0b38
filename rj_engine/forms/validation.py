"""From raw answers to checked ones, or every message at once."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import ValidationError

from rj_engine.errors import Refused
from rj_engine.forms.form import BLANK, Field, Form
from rj_engine.forms.html import PARTS
from rj_engine.forms.schema import schema_for
from rj_engine.forms.visibility import hidden_fields


class InvalidAnswers(Refused):
    """There is a problem with the answers."""

    code = "invalid_answers"

    def __init__(self, messages: Mapping[str, list[str]], raw: Mapping[str, object]) -> None:
        """`messages` go by question; `raw` is everything that was typed, to be shown again."""
        super().__init__(fields=sorted(messages))
        self.messages = dict(messages)
        self.raw = dict(raw)


def validate(form: Form, raw: Mapping[str, object], variables: Mapping[str, object]) -> dict[str, object]:
    """The answers worth keeping: questions the others make moot are dropped, blanks left out.

    Refuses with `InvalidAnswers`, which holds every message and every raw value. A box is always kept, ticked
    or not; dates are ISO text, times HH:MM. What the case already knows stands where a question that need not be
    answered is not mentioned at all; sent blank, it is cleared.
    """
    raw = {**_already_known(form, raw, variables), **raw}
    hidden = hidden_fields(form, raw, variables)
    given = {key: value for key, value in raw.items() if key not in hidden and not _blank(form.fields.get(key), value)}
    asked = [key for key in form.fields if key not in hidden]
    for key in asked:
        if form.fields[key].type == "checkbox":
            given.setdefault(key, False)
    try:
        answers = schema_for(form)(only=asked).load(given)
    except ValidationError as error:
        raise InvalidAnswers(_messages(form, error), raw) from None
    return {key: answers[key] for key in asked if key in answers}


def _already_known(form: Form, raw: Mapping[str, object], variables: Mapping[str, object]) -> Mapping[str, object]:
    unmentioned = (field for key, field in form.fields.items() if key not in raw and not field.required)
    known = {field.key: variables.get(field.properties.get("prefill", "")) for field in unmentioned}
    return {key: value for key, value in known.items() if value is not None}


def _blank(field: Field | None, value: object) -> bool:
    if field is None:
        return False
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return not any(str(value.get(part) or "").strip() for part in PARTS)
    return value == [] or (not isinstance(value, list) and value in BLANK)


def _messages(form: Form, error: ValidationError) -> dict[str, list[str]]:
    """Messages in the order of the questions, strangers last."""
    found = error.messages_dict
    order = [*form.fields, *(key for key in found if key not in form.fields)]
    return {key: [str(message) for message in found[key]] for key in order if key in found}
