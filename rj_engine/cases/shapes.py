"""What answers must say before they become a record: marshmallow shapes, and refusals in words for the person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from rj_engine.forms import InvalidAnswers

LONGEST_CODE: Final = 40
LONGEST_WORDS: Final = 20000
CHOOSE: Final = "Choose one of the answers."
ANSWER: Final = "Answer this question."


class Shape(Schema):
    """Answers as one record reads them; what else a form asks stays with the answers."""

    class Meta:
        """A form may ask more than the record keeps."""

        unknown = EXCLUDE


def word(*allowed: str, required: bool = False) -> fields.String:
    """One code: of those `allowed`, or any short one where a form has its own list."""
    check = OneOf(allowed, error=CHOOSE) if allowed else Length(min=1, max=LONGEST_CODE, error=CHOOSE)
    if required:
        return fields.String(required=True, validate=check, error_messages={"required": CHOOSE, "null": CHOOSE})
    return fields.String(allow_none=True, load_default=None, validate=check)


def words(*, required: bool = False) -> fields.String:
    """What somebody said or wrote; a required one says something."""
    if required:
        check = Length(min=1, max=LONGEST_WORDS, error=ANSWER)
        return fields.String(required=True, validate=check, error_messages={"required": ANSWER, "null": ANSWER})
    return fields.String(allow_none=True, load_default=None, validate=Length(max=LONGEST_WORDS))


def day() -> fields.Date:
    """A day, or none."""
    return fields.Date(allow_none=True, load_default=None, error_messages={"invalid": "This must be a real date."})


def mark() -> fields.Integer:
    """A mark from 0 to 10, or none: not answering is an answer."""
    check = Range(0, 10, error="This must be a whole number from 0 to 10.")
    return fields.Integer(strict=True, allow_none=True, load_default=None, validate=check)


def codes() -> fields.List[str]:
    """Several codes, one at least."""
    each = fields.String(validate=Length(min=1, max=LONGEST_CODE))
    at_least_one = Length(min=1, error=CHOOSE)
    return fields.List(each, required=True, validate=at_least_one, error_messages={"required": CHOOSE, "null": CHOOSE})


def told(shape: type[Shape], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as typed values; refuses with `InvalidAnswers`, a message for each question that does not fit."""
    try:
        loaded: dict[str, Any] = shape().load(dict(answers))
    except ValidationError as error:
        raise InvalidAnswers(_flat(error.messages_dict), answers) from None
    return loaded


def refuse(answers: Mapping[str, Any], **messages: str) -> InvalidAnswers:
    """The refusal that says one thing about each question."""
    return InvalidAnswers({key: [message] for key, message in messages.items()}, answers)


def in_order(first: date | None, last: date | None) -> bool:
    """Whether two days, each of which may be open, come in this order."""
    return first is None or last is None or first <= last


def _flat(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Messages by question; those about one entry of a list stand with their list."""
    return {key: sorted(set(_each(found))) for key, found in messages.items()}


def _each(found: Any) -> list[str]:
    if isinstance(found, Mapping):
        return [message for inner in found.values() for message in _each(inner)]
    return [str(message) for message in found]
