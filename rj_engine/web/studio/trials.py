"""Trying a draft: how it begins, the next form, the clock, a step back, the journey to keep."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn
from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Finding, Refused
from rj_engine.forms import InvalidAnswers, from_html
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.typed import asked
from rj_engine.web.studio import trial_offers, trial_page
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.beside import events
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.studio import drafting, trial_begins, trial_journey, trials
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.trial_happenings import TellInTrial, WithdrawInTrial
from rj_engine.workflows.studio.trials import AnswerInTrial, BeginTrial, DropTrial, RestartTrial, StepBack, WindTrial

TO_BE_MENDED: Final = 422


@screen.get("/drafts/<uuid:draft_id>/try")
@needs("try_pathway")
def ask_trial(draft_id: UUID) -> ResponseReturnValue:
    """With what kind of case, and where it begins."""
    return _ways(draft_id)


def _ways(draft_id: UUID, wrong: Sequence[Finding] = ()) -> str:
    session, who = db.session(), actor()
    draft = drafting.find(session, who, draft_id)
    earlier = trials.of_draft(session, who, draft_id)
    event = trial_begins.event_of(draft.pathway)
    shown = {"earlier": earlier, "event": event, "wrong": wrong, "new_id": uuid4, "sent": request.form}
    return render_template("studio/try.html", draft=draft, **shown)


@screen.post("/drafts/<uuid:draft_id>/try")
@needs("try_pathway")
def begin_trial(draft_id: UUID) -> ResponseReturnValue:
    """Begin one; what keeps the draft from running, or the case from being copied, is said on the same page."""
    session, who = db.session(), actor()
    draft = drafting.find(session, who, draft_id)
    way, reference = request.form.get("way", ""), request.form.get("reference", "")
    try:
        offered = trial_offers.offered(session, who, way, draft.pathway, reference)
        answer = dispatch(BeginTrial(command_id=command_id(), by=who, draft_id=draft_id, offered=offered))
    except (PathwayRefused, FileRefused) as refused:
        return _ways(draft_id, refused.findings), TO_BE_MENDED
    return redirect(url_for("studio.trial", trial_id=answer["trial"]))


@screen.get("/trials/<uuid:trial_id>")
@needs("try_pathway")
def trial(trial_id: UUID) -> ResponseReturnValue:
    """The trial as it stands, with the form that is next."""
    return _page(trial_id, request.args.get("task", type=UUID), event=request.args.get("event", ""))


def _page(
    trial_id: UUID,
    task: UUID | None,
    raw: Mapping[str, Any] | None = None,
    wrong: Mapping[str, Sequence[str]] | None = None,
    event: str = "",
) -> str:
    shown = trial_page.page(trial_id, actor(), trial_page.Wanted(task, event, raw, wrong or {}))
    draft = drafting.find(db.session(), actor(), shown.trial.draft_id)
    return render_template("studio/trial.html", shown=shown, draft=draft, new_id=uuid4, messages=wrong or {})


@screen.post("/trials/<uuid:trial_id>")
@needs("try_pathway")
def answer_in_trial(trial_id: UUID) -> ResponseReturnValue:
    """Finish the form; what cannot be taken is shown again with the reason, as in life."""
    task = request.form.get("task", type=UUID)
    form = trial_page.form_asked(trial_id, actor(), task)
    asked(form)
    raw = from_html(form, request.form)
    try:
        dispatch(AnswerInTrial(**_of(trial_id), task_id=task, answers=raw))
    except InvalidAnswers as invalid:
        return _page(trial_id, task, raw, invalid.messages), TO_BE_MENDED
    except Refused as refused:
        return _page(trial_id, task, raw, {"": [refused.sentence]}), TO_BE_MENDED
    return redirect(url_for("studio.trial", trial_id=trial_id))


@screen.post("/trials/<uuid:trial_id>/events/<event>")
@needs("try_pathway")
def tell_in_trial(trial_id: UUID, event: str) -> ResponseReturnValue:
    """Say that something has happened in it; what cannot be taken is shown again with the reason."""
    if event not in bpmn.events():
        abort(404)
    form = events.form_of(events.known(event))
    asked(form)
    raw = from_html(form, request.form)
    return _done(trial_id, TellInTrial(**_of(trial_id), event=event, answers=raw), event, raw)


@screen.post("/trials/<uuid:trial_id>/withdraw")
@needs("try_pathway")
def withdraw_in_trial(trial_id: UUID) -> ResponseReturnValue:
    """Somebody of its case wants to stop."""
    party, _, person = request.form.get("party", "").partition(":")
    words = request.form.get("words", "")
    known = UUID(person) if _is_id(person) else None
    return _done(trial_id, WithdrawInTrial(**_of(trial_id), party=party, person=known, words=words))


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _done(
    trial_id: UUID, command: Command, event: str = "", raw: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    try:
        dispatch(command)
    except InvalidAnswers as invalid:
        return _page(trial_id, None, raw, invalid.messages, event=event), TO_BE_MENDED
    except Refused as refused:
        said = {"": [gettext(refused.sentence)]}
        return _page(trial_id, None, raw, said, event=event), TO_BE_MENDED
    return redirect(url_for("studio.trial", trial_id=trial_id))


@screen.post("/trials/<uuid:trial_id>/clock")
@needs("try_pathway")
def wind_trial(trial_id: UUID) -> ResponseReturnValue:
    """Wind its clock on: to the next timer, or by days."""
    days = request.form.get("days", type=int) if request.form.get("action") == "days" else None
    try:
        dispatch(WindTrial(**_of(trial_id), days=days))
    except Refused as refused:
        return _page(trial_id, None, None, {"": [refused.sentence]}), TO_BE_MENDED
    return redirect(url_for("studio.trial", trial_id=trial_id))


@screen.post("/trials/<uuid:trial_id>/back")
@needs("try_pathway")
def trial_back(trial_id: UUID) -> ResponseReturnValue:
    """Take the last step back, or all of them."""
    kind = RestartTrial if request.form.get("action") == "again" else StepBack
    dispatch(kind(**_of(trial_id)))
    return redirect(url_for("studio.trial", trial_id=trial_id))


@screen.post("/trials/<uuid:trial_id>/drop")
@needs("try_pathway")
def drop_trial(trial_id: UUID) -> ResponseReturnValue:
    """Throw it away."""
    answer = dispatch(DropTrial(command_id=command_id(), by=actor(), trial_id=trial_id))
    flash(gettext("The trial is thrown away. Nothing of it is left."), "done")
    return redirect(url_for("studio.draft", draft_id=answer["draft"]))


@screen.get("/trials/<uuid:trial_id>/journey")
@needs("try_pathway")
def trial_as_journey(trial_id: UUID) -> ResponseReturnValue:
    """The trial as a file: who answered what, in order."""
    session = db.session()
    found = trials.find(session, actor(), trial_id)
    text = json.dumps(trial_journey.told(found, trials.steps(session, found)), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="trial_of_{found.pathway}.json"'}
    return Response(text, content_type="application/json; charset=utf-8", headers=headers)


@screen.get("/trials/<uuid:trial_id>/diagrams/<int(max=999):run>/<name>")
@needs("try_pathway")
def trial_diagram(trial_id: UUID, run: int, name: str) -> ResponseReturnValue:
    """One diagram that the trial runs on."""
    source = trial_page.diagram(trial_id, actor(), run, name)
    if source is None:
        abort(404)
    return Response(source, content_type="application/xml; charset=utf-8")


def _of(trial_id: UUID) -> dict[str, Any]:
    number = request.form.get("number", default=-1, type=int)
    return {"command_id": command_id(), "by": actor(), "trial_id": trial_id, "number": number}
