"""The inbox: mine, my team's, unclaimed tasks, what waits on others and overdue promises, filtered and in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.page import in_address
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import marked
from rj_engine.web.page.posted import command_id, posted_id
from rj_engine.workflows.workload import filters, inbox, own_desk, promises, waits
from rj_engine.workflows.workload.filters import Choices
from rj_engine.workflows.workload.inbox import Asked
from rj_engine.workflows.workload.own_desk import RemoveFilter, SaveFilter

screen = Blueprint("inbox", __name__)
QUEUES: Final[Mapping[str, str]] = {
    "mine": marked("My tasks"),
    "team": marked("Team"),
    "unclaimed": marked("Unclaimed"),
    "waiting": marked("Waiting on others"),
    "promises": marked("Promises"),
}
"""Four queues of tasks, and what was promised in the contact log."""
PROMISES: Final = "promises"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody ticked and typed below the list, to be shown again with what is wrong."""

    values: Mapping[str, str] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()
    errors: Sequence[tuple[str, str]] = ()
    """Field and sentence."""


@screen.get("/tasks")
@needs("see_case")
def queue() -> ResponseReturnValue:
    """One page of a queue."""
    return page(Typed())


@screen.post("/tasks/somebody")
@needs("see_case")
def with_somebody() -> ResponseReturnValue:
    """Show the tasks of cases with somebody of this name in them; the name stands sealed in the address."""
    typed = " ".join(request.form.get("somebody", "").split())[: in_address.LONGEST]
    asked: dict[str, Any] = request.args.to_dict() | {"somebody": in_address.hidden(typed) if typed else None}
    return redirect(url_for("inbox.queue", **asked), code=303)


@screen.post("/tasks/filters")
@needs("see_case")
def save() -> ResponseReturnValue:
    """Keep the filters that are on under a name."""
    queue, known = _wanted(), filters.choices(_session(), actor())
    asked: dict[str, Any] = {"queue": queue, **filters.read(request.args, known).given}
    name, shared = request.form.get("name", ""), "shared" in request.form
    dispatch(SaveFilter(command_id=command_id(), by=actor(), name=name, asked=asked, shared=shared))
    flash(gettext("The filter is saved."), "done")
    return redirect(url_for("inbox.queue", **asked))


@screen.post("/tasks/filters/remove")
@needs("see_case")
def remove() -> ResponseReturnValue:
    """Remove a saved filter of one's own."""
    dispatch(RemoveFilter(command_id=command_id(), by=actor(), filter_id=posted_id("filter")))
    flash(gettext("The filter is removed."), "done")
    return redirect(url_for("inbox.queue"))


def page(typed: Typed) -> str:
    """The queue that the address names, through its filters; with what was typed below it."""
    session, by, wanted = _session(), actor(), _wanted()
    known = filters.choices(session, by)
    sieve = filters.read(request.args, known)
    asked = inbox.asked(session, by, "mine" if wanted == PROMISES else wanted, clock.now(), sieve)
    given, somebody = sieve.given, request.args.get("somebody", "")
    if somebody:
        given, asked = {**given, "somebody": somebody}, replace(asked, somebody=in_address.shown(somebody))
    shown = _tasks(session, asked) if wanted != PROMISES else _promised(session, asked)
    about = {"wanted": wanted, "queues": QUEUES, "sieve": sieve, "given": given, "choices": known}
    return render_template(
        "inbox/queue.html",
        counts=counted(session, asked),
        chips=_chips(known, given, asked.somebody),
        somebody=asked.somebody,
        saved=own_desk.saved_filters(session, by),
        colleagues=staff.colleagues(session, by) if "assign_task" in by.verbs else [],
        typed=typed,
        new_id=uuid4,
        **about,
        **shown,
    )


def counted(session: Session, asked: Asked, late: int | None = None) -> dict[str, int]:
    """How many there are in each queue under the filters, and how many promises are past their day, where not known."""
    today = asked.now.astimezone(clock.LONDON).date()
    late = promises.count(session, asked.by, asked.own, today) if late is None else late
    return {**inbox.counts(session, asked), PROMISES: late}


def _tasks(session: Session, asked: Asked) -> dict[str, Any]:
    found = inbox.listed(session, asked, cursor=request.args.get("after"))
    names = staff.names(session, {row.assignee for row in found.tasks if row.assignee})
    again = own_desk.follow_ups(session, asked.by, {row.id for row in found.tasks})
    prisons = waits.of_prisons(session, asked.by, asked.own) if asked.queue == "waiting" else []
    return {"page": found, "names": names, "again": again, "prisons": prisons, "away": asked.away, "promises": []}


def _promised(session: Session, asked: Asked) -> dict[str, Any]:
    today = asked.now.astimezone(clock.LONDON).date()
    found = promises.overdue(session, asked.by, asked.own, today)
    return {"page": inbox.Page([], None), "promises": found, "prisons": [], "again": {}, "names": {}, "away": {}}


def _chips(known: Choices, given: Mapping[str, str], somebody: str) -> list[tuple[str, str, dict[str, str]]]:
    """Each filter that is on: its name, its words, and what remains of the address without it."""
    return [
        (
            name,
            somebody if name == "somebody" else known.of(name)[value],
            {other: it for other, it in given.items() if other != name},
        )
        for name, value in given.items()
        if name != "sort"
    ]


def _wanted() -> str:
    wanted = request.args.get("queue", "mine")
    if wanted not in QUEUES:
        raise inbox.NoSuchPage
    return wanted


def _session() -> Session:
    return db.session()
