"""What a letter to a prison may say: of the request, of the person held there, and of the event that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy.orm import Session

from rj_engine import bpmn, clock, forms
from rj_engine.cases import case as cases
from rj_engine.cases.case import Strand
from rj_engine.prisons import custody, requests

CHASE_FORM: Final = "prison_chase"
KINDS: Final[Mapping[str, str]] = {
    "access": "whether the person may be told about restorative justice",
    "event": "whether one event may take place",
}
EVENT_WORDS: Final = ("event_mode", "event_people", "event_room", "event_staff", "event_breaks", "event_entrances")
EVENT_DATES: Final = ("event_date_1", "event_date_2", "event_date_3")


def so_far(session: Session, strand: Strand, kind: str, today: date) -> dict[str, Any]:
    """How the newest request of this kind stands; no name of anybody it is about."""
    row = requests.newest(session, strand, kind)
    told: dict[str, Any] = {"request_kind": KINDS.get(kind, KINDS["access"])}
    if row is None:
        return told
    waiting = clock.working_days_between(row.delivered_on, today) if row.delivered_on else None
    return {
        **told,
        "sent_on": _day(row.sent_on),
        "delivered_on": _day(row.delivered_on),
        "days_waiting": str(waiting) if waiting else None,
        "chases": tuple(_chase(each) for each in row.chases if each.get("channel")),
    }


def of_the_prison(session: Session, strand: Strand, kind: str) -> dict[str, Any]:
    """Who is held there, by name and number alone, and what they told us of the request."""
    harmers = cases.of_role(session, strand.case_id, *bpmn.parties()["harmer"]["roles"])
    there = custody.stay(session, strand.case_id)
    row = requests.newest(session, strand, kind)
    return {
        "harmer_name": harmers[0].name if len(harmers) == 1 else None,
        "prisoner_number": there.detail.get("number") if there else None,
        "their_reference": row.detail.get("reference") if row else None,
        "decided_on": _day(row.decided_on) if row else None,
    }


def of_the_event(typed: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the form of the request: the letter is made from it before it is finished."""
    dates = tuple(typed[each] for each in EVENT_DATES if typed.get(each))
    return {**{each: typed.get(each) or None for each in EVENT_WORDS}, "event_dates": dates}


def _chase(climbed: Mapping[str, Any]) -> str:
    """One rung in words: the day, how, and which office; never a person."""
    on = _day(date.fromisoformat(str(climbed["on"]))) if climbed.get("on") else None
    offices, ways = _words()
    office, way = offices.get(str(climbed.get("to"))), ways.get(str(climbed.get("channel")))
    return ", ".join(each for each in (on, way, office) if each)


@cache
def _words() -> tuple[dict[str, str], dict[str, str]]:
    fields = forms.parse(bpmn.forms()[CHASE_FORM]).fields
    told = [{option.value: option.label for option in fields[key].options} for key in ("chase_to", "chase_channel")]
    return told[0], told[1]


def _day(value: date | datetime | None) -> str | None:
    return f"{value.day} {value:%B %Y}" if value else None
