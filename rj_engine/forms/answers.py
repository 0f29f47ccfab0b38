"""Marshmallow fields for the answers a person types: forgiving about how, exact about what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields

from rj_engine import clock
from rj_engine.forms.form import Field
from rj_engine.forms.html import PARTS
from rj_engine.forms.limits import KEY, LISTED_BESIDES, compiled
from rj_engine.forms.wording import about, missing

EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,63}\Z")
TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*(am|pm)?\Z", re.IGNORECASE)
HOUR = re.compile(r"(1[0-2]|0?[1-9])\s*(am|pm)\Z", re.IGNORECASE)
MOST_DIGITS = 15
NOON = 12


class Answer(fields.Field[Any]):
    """One answer to `question`; a refusal is one sentence that names the question."""

    def __init__(self, question: Field, **more: Any) -> None:
        """Asked once a form; shared by every request."""
        self.question = question
        super().__init__(
            required=question.required,
            allow_none=not question.required,
            error_messages={"required": missing(question), "null": missing(question)},
            metadata={"description": question.label},
            **more,
        )

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002 - marshmallow's signature
        **kwargs: Any,  # noqa: ARG002 - marshmallow's signature
    ) -> Any:
        return self._take(value)

    def _take(self, value: Any) -> Any:
        """The answer as it is kept, or a `ValidationError`."""
        raise NotImplementedError

    def refuse(self, must: str) -> ValidationError:
        """The error that says what the answer must be."""
        return ValidationError(about(self.question, must))


class TextAnswer(Answer):
    """Words, line ends made one kind and control characters refused."""

    def _take(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse("be text")
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
            raise self.refuse("only use ordinary letters, numbers and signs")
        if self.question.type == "textfield" and "\n" in text:
            raise self.refuse("be on one line")
        self._measure(text)
        self._shape(text)
        return text

    def _measure(self, text: str) -> None:
        limits = self.question.limits
        if limits.max_length is not None and len(text) > limits.max_length:
            raise self.refuse(f"be {limits.max_length:,} characters or fewer")
        if limits.min_length is not None and len(text) < limits.min_length:
            raise self.refuse(f"be {limits.min_length:,} characters or more")

    def _shape(self, text: str) -> None:
        limits, kind = self.question.limits, self.question.kind
        if limits.pattern and not compiled(limits.pattern).search(text):
            raise ValidationError(limits.pattern_message or about(self.question, "be in the right format"))
        if kind == "email" and not EMAIL.match(text):
            raise self.refuse("be an email address, like name@example.org")
        digits = sum(sign.isdigit() for sign in text)
        if kind == "phone" and not (7 <= digits <= MOST_DIGITS and re.fullmatch(r"[\d\s()+./x-]+", text)):  # noqa: PLR2004 - E.164
            raise self.refuse("be a telephone number, like 01632 960 001")


class NumberAnswer(Answer):
    """A number, whole ones as int; a comma between thousands is understood."""

    def _take(self, value: Any) -> int | float:
        number = self._number(value)
        limits = self.question.limits
        if limits.minimum is not None and number < limits.minimum:
            raise self.refuse(f"be {limits.minimum:,g} or more")
        if limits.maximum is not None and number > limits.maximum:
            raise self.refuse(f"be {limits.maximum:,g} or less")
        exponent = number.normalize().as_tuple().exponent
        if limits.decimals is not None and isinstance(exponent, int) and -exponent > limits.decimals:
            places = limits.decimals
            raise self.refuse(f"have at most {places} digits after the point" if places else "be a whole number")
        return int(number) if number == number.to_integral_value() else float(number)

    def _number(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            raise self.refuse("be a number")
        try:
            number = Decimal(str(value).replace(",", "").strip())
        except InvalidOperation:
            raise self.refuse("be a number") from None
        if (
            not number.is_finite()
            or number.adjusted() >= MOST_DIGITS
            or len(number.as_tuple().digits) > 2 * MOST_DIGITS
        ):
            raise self.refuse(f"be a number of at most {MOST_DIGITS} digits")
        return number


class TickAnswer(Answer):
    """A box that is ticked or not; a required one must be."""

    def _take(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse("be ticked or left")
        if self.question.required and not value:
            raise ValidationError(missing(self.question))
        return value


class ChoiceAnswer(Answer):
    """One of the options; where the service's own lists hold them, whoever records the answer checks it."""

    def _take(self, value: Any) -> str:
        if not isinstance(value, str) or not self._offered(value):
            raise ValidationError(missing(self.question))
        return value

    def _offered(self, value: str) -> bool:
        drawn = not self.question.options or any(option.value == value for option in self.question.options)
        beside = self.question.chooses and self.question.key in LISTED_BESIDES
        return drawn or (beside and KEY.match(value) is not None)


class ChecklistAnswer(ChoiceAnswer):
    """Any of the options, in the order they are offered; an exclusive one (“None of these”) stands alone."""

    def _take(self, value: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(each, str) and self._offered(each) for each in value):
            raise ValidationError(missing(self.question))
        if self.question.required and not value:
            raise ValidationError(missing(self.question))
        exclusive = self.question.properties.get("exclusive")
        if exclusive in value and len(set(value)) > 1:
            alone = next((each.label for each in self.question.options if each.value == exclusive), exclusive)
            raise self.refuse(f"be “{alone}” or other answers, not both")
        order = [option.value for option in self.question.options] or value
        return [each for each in dict.fromkeys(order) if each in value]


class DateAnswer(Answer):
    """A day, kept as ISO text; given so, or as day, month and year."""

    def _take(self, value: Any) -> str:
        day = self._from_parts(value) if isinstance(value, dict) else self._from_text(value)
        today, kind = clock.today(), self.question.kind
        if kind == "date_past" and day > today:
            raise self.refuse("be today or in the past")
        if kind == "date_future" and day < today:
            raise self.refuse("be today or in the future")
        return day.isoformat()

    def _from_text(self, value: Any) -> date:
        try:
            return self._possible(date.fromisoformat(value)) if len(value) == len("2026-01-31") else self._unreal()
        except (TypeError, ValueError):
            return self._unreal()

    def _from_parts(self, value: Mapping[str, Any]) -> date:
        given = {part: str(value.get(part) or "").strip() for part in PARTS}
        lacking = [part for part in PARTS if not given[part]]
        if lacking:
            raise self.refuse(f"include a {' and '.join(lacking)}")
        if not all(text.isascii() and text.isdigit() for text in given.values()):
            return self._unreal()
        try:
            return self._possible(date(int(given["year"]), int(given["month"]), int(given["day"])))
        except (ValueError, OverflowError):
            return self._unreal()

    def _possible(self, day: date) -> date:
        if not 1900 <= day.year <= 2200:  # noqa: PLR2004 - a year in two digits is a slip, not the first century
            raise self.refuse("have a year of four digits, like 2026")
        return day

    def _unreal(self) -> date:
        raise self.refuse("be a real date")


class TimeAnswer(Answer):
    """A time of day, kept as HH:MM; 2:30pm and 2pm are understood."""

    def _take(self, value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if found := TIME.match(text):
            hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
        elif found := HOUR.match(text):
            hour, minute, half = int(found[1]), 0, found[2].lower()
        else:
            raise self.refuse("be a time, like 2:30pm or 14:30")
        if half and hour <= NOON:
            hour = hour % NOON + (NOON if half == "pm" else 0)
        return f"{hour:02}:{minute:02}"


ANSWERS: Mapping[str, type[Answer]] = {
    "textfield": TextAnswer,
    "textarea": TextAnswer,
    "number": NumberAnswer,
    "checkbox": TickAnswer,
    "radio": ChoiceAnswer,
    "select": ChoiceAnswer,
    "checklist": ChecklistAnswer,
    "date": DateAnswer,
    "time": TimeAnswer,
}
