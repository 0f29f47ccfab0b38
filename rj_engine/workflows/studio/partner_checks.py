"""What is wrong with a service's list of partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from rj_engine import bpmn, clock
from rj_engine.cases import lists
from rj_engine.cases.partners import SHARING
from rj_engine.errors import Finding
from rj_engine.forms.answers import EMAIL

NAME: Final = 120
DAYS: Final[Mapping[str, str]] = {
    "agreed_on": "the day of the information-sharing agreement",
    "ends_on": "the day on which the agreement ends",
    "checked_on": "the day on which somebody last checked this",
}


def noted(rows: lists.Rows, before: lists.Rows, now: datetime) -> list[Finding]:
    """Everything wrong with the list, row by row; `before` is what was ever published."""
    today = now.astimezone(clock.LONDON).date()
    said = Counter(row["name"].lower() for row in rows.values() if row["active"])
    found = [one for key, row in rows.items() for one in _row(key, row, today)]
    for key, row in rows.items():
        if row["active"] and said[row["name"].lower()] > 1:
            found.append(Finding("partner_twice", f"Two partners are called “{row['name']}”.", element=key))
    lost = [(key, before[key]["name"]) for key in sorted(before.keys() - rows.keys())]
    return found + [
        Finding("partner_gone", f"“{name}” was published: retire it instead.", element=key) for key, name in lost
    ]


def _row(key: str, row: Mapping[str, Any], today: date) -> Iterator[Finding]:
    called = row["name"][:60] or "A partner"
    if not 0 < len(row["name"]) <= NAME:
        yield Finding("partner_name", f"“{called}”: give its name, {NAME} characters at most.", element=key)
    if row["kind"] not in bpmn.partners()["kinds"]:
        yield Finding("partner_kind", f"“{called}”: say what kind of organisation it is.", element=key)
    if set(row["area"]) - bpmn.districts().keys() or set(row["uses"]) - bpmn.partners()["uses"].keys():
        yield Finding("partner_choice", f"“{called}”: choose from the districts and uses that are there.", element=key)
    if row["active"] and not row["uses"]:
        yield Finding("partner_use", f"“{called}”: say what you have to do with it, or retire it.", element=key)
    if row["email"] and not EMAIL.match(row["email"]):
        words = f"“{called}”: give an email address like name@example.org, or none."
        yield Finding("partner_email", words, element=key)
    if row["telephone"] and sum(sign.isdigit() for sign in row["telephone"]) < len("1234567"):
        words = f"“{called}”: give a telephone number like 01632 960 001, or none."
        yield Finding("partner_telephone", words, element=key)
    yield from _days(key, row, called, today)


def _days(key: str, row: Mapping[str, Any], called: str, today: date) -> Iterator[Finding]:
    days = {name: _day(row[name]) for name in DAYS}
    for name, words in DAYS.items():
        if row[name] and days[name] is None:
            yield Finding("partner_day", f"“{called}”: give {words} as a real day.", element=key)
    agreed, ends, checked = days.values()
    if ends is not None and (agreed is None or ends <= agreed):
        yield Finding("partner_agreement", f"“{called}”: an agreement begins before it ends.", element=key)
    if checked is not None and checked > today:
        yield Finding("partner_checked", f"“{called}”: nobody has checked it on a day to come.", element=key)
    if row["active"] and SHARING & set(row["uses"]) and agreed is None:
        words = f"“{called}” is not offered where you tell it about somebody until an agreement is dated."
        yield Finding("partner_unagreed", words, element=key, severity="warning")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
