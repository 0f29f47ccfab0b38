"""How instants, days and keys are said on a page: London time, days written out, nothing counted in seconds."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from flask import Flask

from rj_engine import bpmn, clock


def day(value: date | datetime | None) -> str:
    """22 November 2026."""
    if value is None:
        return ""
    on = _on(value)
    return f"{on.day} {on:%B %Y}"


def moment(value: datetime | None) -> str:
    """22 November 2026 at 4:05pm."""
    if value is None:
        return ""
    local = value.astimezone(clock.LONDON)
    return f"{day(value)} at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def due(value: datetime | None) -> str:
    """Today, Tomorrow, or the day; with how late it is once it is past."""
    if value is None:
        return "No date"
    now = clock.now()
    days = (_on(value) - _on(now)).days
    if value < now:
        return f"{day(value)} ({_late(-days)} late)" if days else f"Today at {moment(value).rpartition(' ')[2]} (late)"
    return {0: "Today", 1: "Tomorrow"}.get(days, day(value))


def _late(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


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
