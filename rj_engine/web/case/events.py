"""Something has happened: choose what, then tell it; at any moment of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from rj_engine.cases.case import find
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.forms import InvalidAnswers, first_answers, from_html
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.fields import page_of
from rj_engine.web.page.listed import listed
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.typed import asked
from rj_engine.web.work.tasks import TO_BE_MENDED
from rj_engine.workflows.beside import events
from rj_engine.workflows.beside.events import Event, RaiseEvent

screen = Blueprint("events", __name__, url_prefix="/cases/<reference>/events")


def _session() -> Session:
    return db.session()


@screen.get("")
@needs("raise_event")
def choose(reference: str) -> ResponseReturnValue:
    """What may have happened."""
    case = find(_session(), actor(), reference)
    return render_template("events/choose.html", case=case, events=events.may_be_raised(actor()))


@screen.get("/<event>")
@needs("raise_event")
def ask(reference: str, event: str) -> ResponseReturnValue:
    """The questions about one kind of event."""
    chosen = _known(event)
    return _page(reference, chosen, first_answers(events.form_of(chosen), {}))


@screen.post("/<event>")
@needs("raise_event")
def send(reference: str, event: str) -> ResponseReturnValue:
    """Say that it has happened; what cannot be taken is shown again with the reason."""
    chosen = _known(event)
    form = events.form_of(chosen)
    asked(form)
    raw = from_html(form, request.form)
    about = request.form.get("about", type=UUID)
    command = RaiseEvent(
        command_id=command_id(), by=actor(), reference=reference, event=event, answers=raw, about=about
    )
    try:
        answer = dispatch(command)
    except InvalidAnswers as invalid:
        return _page(reference, chosen, raw, invalid.messages, about), TO_BE_MENDED
    flash(gettext("Recorded: %(label)s. %(next)s", label=chosen.label, next=chosen.next), "done")
    return _go_on(reference, answer["next_tasks"])


def _go_on(reference: str, opened: Sequence[Mapping[str, Any]]) -> ResponseReturnValue:
    """Straight on to what one has to do oneself because of it; else back to the case."""
    mine = [task for task in opened if task["lane"] in actor().lanes and not task["blocked"]]
    if mine:
        return redirect(url_for("tasks.show", task_id=mine[0]["id"]))
    return redirect(url_for("cases.show", reference=reference))


def _known(event: str) -> Event:
    return next((one for one in events.may_be_raised(actor()) if one.key == event), None) or abort(404)


def _page(
    reference: str,
    event: Event,
    raw: Mapping[str, Any],
    messages: Mapping[str, Sequence[str]] | None = None,
    about: UUID | None = None,
) -> str:
    case = find(_session(), actor(), reference)
    page = page_of(events.form_of(event), raw, {}, messages, listed)
    people = events.whom_it_may_be_about(_session(), case, event)
    shown = {"case": case, "event": event, "page": page, "people": people, "about": about, "new_id": uuid4}
    return render_template("events/form.html", **shown)
