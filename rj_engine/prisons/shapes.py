"""What a finished task of the prison step must have told before it becomes a record; checked by marshmallow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf

from rj_engine.errors import Broken

KINDS: Final = ("access", "event")
GRANTED: Final = ("granted", "granted_conditions")
DECISIONS: Final = (*GRANTED, "refused", "deferred", "redirected")
HELD: Final = ("promised", "our_side", "victim_side")
"""What stops the clock of the ladder until a day."""
NEWS: Final = ("no_news", "acknowledged", "answered", *HELD)
CHOICES: Final = ("victim_waits", "victim_indirect", "victim_proxy", "victim_waits_release", "victim_stops")


class RecordDoesNotFit(Broken):
    """A form of the prison step does not ask what its record needs. A lead has been told."""

    code = "prison_record_does_not_fit"


class _Shape(Schema):
    """Answers as one record reads them; what else a form asks stays with the answers."""

    class Meta:
        """A form may ask more than the record keeps."""

        unknown = EXCLUDE


def _word(*allowed: str, required: bool = False) -> fields.String:
    checks = [OneOf(allowed)] if allowed else [Length(max=60)]
    if required:
        return fields.String(required=True, validate=checks)
    return fields.String(allow_none=True, load_default=None, validate=checks)


def _words() -> fields.String:
    return fields.String(allow_none=True, load_default=None, validate=Length(max=4000))


def _day(*, required: bool = False) -> fields.Date:
    return fields.Date(required=True) if required else fields.Date(allow_none=True, load_default=None)


class Place(_Shape):
    """Where somebody is."""

    custody_place = _word("custody", "community", "not_known", required=True)
    prison_kind = _word("adult_prison", "youth_custody", "secure_hospital", "not_known")
    prison_code = _word()
    prison_other = _words()
    prisoner_number = _words()
    place_source = _word()
    place_confirmed_on = _day()
    release_expected_on = _day()


class Release(_Shape):
    """Whether somebody is out."""

    prison_outcome = _word("released", "still_in_custody", "not_known", required=True)
    released_on = _day()
    supervised_by = _word()
    licence_no_contact = _word("yes", "no", "not_known")
    place_source = _word()
    place_confirmed_on = _day()


class Request(_Shape):
    """A request that has left."""

    request_to = _word(required=True)
    request_contact = _words()
    request_method = _word(required=True)
    request_sent_on = _day(required=True)
    request_reference = _words()
    request_enclosed = fields.List(fields.String(), load_default=list)
    request_is_review = _word("yes", "no")
    event_mode = _word()
    victim_told_on = _day()


class Delivery(_Shape):
    """Whether a request has arrived."""

    delivery_result = _word("arrived", "bounced", "pom_changed", "no_sign", required=True)
    request_delivered_on = _day()
    delivery_proof = _word()


class Chase(_Shape):
    """One rung climbed."""

    chase_to = _word(required=True)
    chase_channel = _word(required=True)
    chased_on = _day(required=True)
    chase_result = _word(*NEWS, required=True)
    hold_until = _day()
    chase_reason_code = _word()
    victim_updated = _word("yes", "no")


class Answer(_Shape):
    """What a prison, or whoever decides for it, has answered."""

    prison_outcome = _word(*DECISIONS, required=True)
    prison_decided_by = _word()
    prison_decided_on = _day()
    prison_reason_code = _word()
    prison_reason_words = _words()
    prison_in_writing = _word("yes", "no", "not_known")
    prison_consulted = _word("yes", "no", "not_known")
    prison_conditions = _words()
    hold_until = _day()
    redirected_to = _word()
    prison_victim_told = _word("yes", "no")


class Conditions(_Shape):
    """Whether conditions fit the signed assessment."""

    conditions_list = _words()
    conditions_fit = _word("yes", "no", required=True)


class Review(_Shape):
    """A lead's look at a refusal."""

    review_reason_code = _word()
    review_decided_by = _word()
    review_written = _word("yes", "no", "not_known")
    review_challengeable = _word("yes", "no", "not_known")
    review_alternatives = fields.List(fields.String(), load_default=list)
    review_next = _word("ask_again", "take_it", required=True)


class Choice(_Shape):
    """What the victim wants while, or after, a prison does not agree."""

    prison_outcome = _word(*CHOICES, required=True)
    choice_words = _words()
    choice_asked_on = _day()


class Clearances(_Shape):
    """Who may come in."""

    clearance_result = _word("cleared", "waiting", "refused", required=True)
    clearance_reason_code = _word()


class Booking(_Shape):
    """The day that is booked, or that it fell through."""

    booking_result = _word("booked", "fell_through", required=True)
    event_on = _day()
    booking_reason_code = _word()
    booking_late = _word("yes", "no", "not_known")


def told(shape: type[_Shape], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as typed values of a record."""
    try:
        loaded: dict[str, Any] = shape().load(dict(answers))
    except ValidationError as error:
        raise RecordDoesNotFit(record=shape.__name__, fields=sorted(map(str, error.messages_dict))) from error
    return loaded
