"""The marshmallow schema of a form, made from the same JSON that asks the questions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema

from rj_engine.forms.answers import ANSWERS
from rj_engine.forms.form import Form


class AnswersSchema(Schema):
    """Answers to one form; an answer to a question it does not ask is refused."""

    class Meta:
        """Unknown keys are refused, not dropped: a typing error in a client must not lose an answer."""

        unknown = RAISE

    error_messages = {"unknown": "This form does not ask that question."}  # noqa: RUF012 - marshmallow's own declaration


@lru_cache(maxsize=512)
def schema_for(form: Form) -> type[AnswersSchema]:
    """The schema class of this form; made once."""
    members: dict[str, Any] = {key: ANSWERS[field.type](field) for key, field in form.fields.items()}
    schema: type[AnswersSchema] = type(f"{_camel(form.id)}Answers", (AnswersSchema,), members)
    return schema


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
