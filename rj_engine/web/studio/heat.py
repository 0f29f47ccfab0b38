"""Watching a pathway: where its cases stand, what is late, how long each step takes, on the diagram and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from rj_engine import clock
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.published import versions
from rj_engine.workflows.studio import approving
from rj_engine.workflows.studio import heat as heats
from rj_engine.workflows.studio.heat import Asked, Heat

USUAL: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram with its counts."""

    process: str
    facts: Mapping[str, Any]


@screen.get("/pathways/<key>/watch")
@needs("approve_pathways")
def watch(key: str) -> ResponseReturnValue:
    """Every element where something stands or went through; the bottlenecks first."""
    session, who, now = db.session(), actor(), clock.now()
    asked = _asked(key)
    number = asked.number or versions.newest(session, key, who.service_id, now).number
    diagrams = _diagrams(key, number)
    found = heats.heat(session, who, asked, now)
    parts = {"worst": heats.bottlenecks(found), "versions": heats.versions_of(session, who, key), "number": number}
    drawn = _drawings(asked, number, diagrams, found)
    return render_template("studio/watch.html", asked=asked, found=found, drawings=drawn, **parts)


@screen.get("/pathways/<key>/watch/<process>/<element>")
@needs("approve_pathways")
def watch_element(key: str, process: str, element: str) -> ResponseReturnValue:
    """The cases that stand at one element."""
    asked = _asked(key)
    at = f"{process}/{element}"
    found = heats.cases_at(db.session(), actor(), asked, at)
    return render_template("studio/watch_element.html", asked=asked, element=at, found=found, most=heats.MOST_CASES)


@screen.get("/pathways/<key>/versions/<int(max=999999):number>/diagrams/<name>")
@needs("approve_pathways")
def version_diagram(key: str, number: int, name: str) -> ResponseReturnValue:
    """One diagram of a published version."""
    source = _diagrams(key, number).get(name)
    if source is None:
        abort(404)
    return Response(source, content_type="application/xml; charset=utf-8")


def _diagrams(key: str, number: int) -> Mapping[str, str]:
    """Those of a version that this service may use: never of one that another wrote for itself."""
    session = db.session()
    row = versions.numbered(session, key, number)
    approving.require_usable(session, actor(), row)
    return versions.bundle_of(row).diagrams


def _asked(key: str) -> Asked:
    """What the address asks for: a version, or all; the last 90 days where no days, or no real ones, are given."""
    today = clock.today()
    since, until = (_day(name) for name in ("since", "until"))
    until = until or today
    since = since if since and since <= until else until - USUAL
    return Asked(key, request.args.get("version", type=int), since, until)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _drawings(asked: Asked, number: int, diagrams: Mapping[str, str], found: Sequence[Heat]) -> list[Drawing]:
    """The pathway itself, then every part where something stands, each with what is written on its elements."""
    busy = dict.fromkeys(one.element.partition("/")[0] for one in found if one.open)
    wanted = [asked.pathway, *(process for process in busy if process != asked.pathway)]
    return [
        Drawing(process, _facts(asked.pathway, number, process, found))
        for process in wanted
        if f"{process}.bpmn" in diagrams
    ]


def _facts(pathway: str, number: int, process: str, found: Sequence[Heat]) -> dict[str, Any]:
    here = {one.element.partition("/")[2]: one for one in found if one.element.startswith(f"{process}/")}
    return {
        "source": url_for("studio.version_diagram", key=pathway, number=number, name=f"{process}.bpmn"),
        "open": [],
        "inside": [],
        "passed": [key for key, one in here.items() if one.completed and not one.open],
        "warm": [key for key, one in here.items() if one.open and not one.overdue],
        "hot": [key for key, one in here.items() if one.overdue],
        "words": {key: _words(one) for key, one in here.items() if one.open},
    }


def _words(one: Heat) -> str:
    told = ngettext("%(num)d open", "%(num)d open", one.open)
    return gettext("%(open)s, %(late)d late", open=told, late=one.overdue) if one.overdue else str(told)
