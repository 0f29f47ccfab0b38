"""What every posted form carries besides its answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from flask import request

from rj_engine.cases.case import NotFound
from rj_engine.errors import Refused


class NotADay(Refused):
    """Give a real day, for example 31 3 2027."""

    code = "not_a_day"


def command_id() -> UUID:
    """The id minted when the form was rendered, so that pressing the button twice does the thing once."""
    return request.form.get("command_id", type=UUID) or uuid4()


def posted_id(name: str) -> UUID:
    """The id that a form chose; `NotFound` where it sent none."""
    found = request.form.get(name, type=UUID)
    if found is None:
        raise NotFound
    return found


def posted_day(name: str) -> date:
    """A day typed in three parts; refuses what is no day."""
    parts = (request.form.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day"))
    try:
        return date(*map(int, parts))
    except (ValueError, OverflowError) as error:
        raise NotADay from error
