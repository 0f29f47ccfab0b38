"""How instants, days and keys are said on a page: London time, days written out, nothing counted in seconds."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from typing import Final

from babel.dates import format_date
from flask import Flask
from flask_babel import gettext, ngettext, pgettext

from rj_engine import bpmn, clock
from rj_engine.web.page.languages import language

NOON: Final = 12


def day(value: date | datetime | None) -> str:
    """22 November 2026; 22 Tachwedd 2026."""
    return _written_out(_on(value), language()) if value is not None else ""


@lru_cache(maxsize=4096)
def _written_out(on: date, tongue: str) -> str:
    return format_date(on, "d MMMM y", locale=tongue)


def moment(value: datetime | None) -> str:
    """22 November 2026 at 4:05pm; 22 Tachwedd 2026 am 4:05yh."""
    return gettext("%(day)s at %(time)s", day=day(value), time=hour(value)) if value is not None else ""


def hour(value: datetime) -> str:
    """4:05pm; 4:05yh."""
    local = value.astimezone(clock.LONDON)
    morning = local.hour < NOON
    half = pgettext("before noon", "am") if morning else pgettext("after noon", "pm")
    return f"{local.hour % NOON or NOON}:{local:%M}{half}"


def due(value: datetime | None) -> str:
    """Today, Tomorrow, or the day; with how late it is once it is past."""
    if value is None:
        return str(gettext("No date"))
    now = clock.now()
    days = (_on(value) - _on(now)).days
    if value >= now:
        return str({0: gettext("Today"), 1: gettext("Tomorrow")}.get(days, day(value)))
    if not days:
        return str(gettext("Today at %(time)s (late)", time=hour(value)))
    return str(ngettext("%(day)s (%(num)d day late)", "%(day)s (%(num)d days late)", -days, day=day(value)))


def _on(value: date | datetime) -> date:
    return value.astimezone(clock.LONDON).date() if isinstance(value, datetime) else value


def phrase(key: str | None) -> str:
    """A key as words: needs_more_time becomes Needs more time."""
    text = (key or "").replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def stage(key: str | None) -> str:
    """The words for a stage: Risk assessment."""
    return bpmn.stages().get(key or "") or phrase(key)


def lower_first(text: str) -> str:
    """For the middle of a sentence: today, tomorrow."""
    return text[:1].lower() + text[1:]


def lane(key: str | None) -> str:
    """The words for a lane: RJ lead."""
    known = bpmn.roles()["lanes"].get(key or "")
    return str(known["label"]) if known else phrase(key)


def role(key: str) -> str:
    """The words for a role."""
    known = bpmn.roles()["roles"].get(key)
    return str(known["label"]) if known else phrase(key)


@cache
def pathway(key: str) -> str:
    """A pathway's or a part's own name."""
    known = bpmn.pathways().get(key)
    return (bpmn.pathway_name(known.decode()) if known else "") or phrase(key)


def closing(reason: str | None) -> str:
    """The words for a reason to close."""
    known = bpmn.closure_reasons().get(reason or "")
    return str(known["label"]) if known else phrase(reason)


def register(app: Flask) -> None:
    """Give the templates these words."""
    for word in (day, moment, due, phrase, stage, lane, role, pathway, closing, lower_first):
        app.add_template_filter(word)
