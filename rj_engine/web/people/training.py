"""Training: what colleagues are trained for, until when, and their supervision; recorded by a lead or manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn, clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.forms import Form, InvalidAnswers, from_html, parse, validate
from rj_engine.people import competence
from rj_engine.people.competence import RecordCompetence, Trained
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.fields import page_of
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.typed import asked

screen = Blueprint("training", __name__, url_prefix="/training")
TO_BE_MENDED: Final = 422
UNTIL: Final = "until_"
"""What the key of a module's question begins with."""


@screen.get("")
@needs("record_competence")
def listed() -> ResponseReturnValue:
    """Everybody of one's service who works on cases, and what of theirs is not in date."""
    people = competence.everybody(db.session(), actor())
    rows = [(person, trained, list(_not_in_date(trained))) for person, trained in people]
    return render_template("training/list.html", rows=rows, level_name=competence.level_name)


@screen.get("/<uuid:staff_id>")
@needs("record_competence")
def show(staff_id: UUID) -> ResponseReturnValue:
    """One colleague's training as it stands."""
    return _page(staff_id, _answers(competence.of(db.session(), staff_id)))


@screen.post("/<uuid:staff_id>")
@needs("record_competence")
def record(staff_id: UUID) -> ResponseReturnValue:
    """Put it in the place of what stood; what cannot be taken is shown again with the reason."""
    asked(form())
    raw = from_html(form(), request.form)
    competence.find(db.session(), actor(), staff_id)
    try:
        answers = validate(form(), raw, {})
    except InvalidAnswers as invalid:
        return _page(staff_id, raw, invalid.messages), TO_BE_MENDED
    dispatch(_command(staff_id, answers))
    flash(gettext("The training is recorded."), "done")
    return redirect(url_for("training.listed"))


@cache
def form() -> Form:
    """The questions, one for each module that there is."""
    training = bpmn.training()
    levels = [{"value": level, "label": words.capitalize()} for level, words in training["levels"].items()]
    components: list[Mapping[str, Any]] = [
        {"type": "radio", "key": "level", "label": "Level", "values": levels, "validate": {"required": True}},
        _day("supervision_on", "Last practice supervision", "A sensitive case needs it in the last 12 weeks.", "past"),
        _day("observed_on", "Last watched at work", "A sensitive case needs it in the last 12 months.", "past"),
        {
            "type": "number",
            "key": "cpd_hours",
            "label": "Hours of further training in the last 12 months",
            "decimalDigits": 0,
            "validate": {"min": 0, "max": competence.MOST_HOURS},
        },
        {"type": "text", "text": "### Modules\nLeave the day empty where they have not done the module."},
        *(
            _day(f"{UNTIL}{module}", f"{words[0].upper()}{words[1:]}", "In date until", "")
            for module, words in training["modules"].items()
        ),
    ]
    return parse({"type": "default", "id": "training", "components": components})


def _day(key: str, label: str, hint: str, kind: str) -> Mapping[str, Any]:
    known = {"type": "datetime", "subtype": "date", "key": key, "label": label, "dateLabel": label}
    return {**known, "description": hint, "properties": {"kind": f"date_{kind}"} if kind else {}}


def _answers(trained: Trained) -> dict[str, Any]:
    days = {"supervision_on": trained.supervision_on, "observed_on": trained.observed_on}
    days |= {f"{UNTIL}{module}": until for module, until in trained.modules.items()}
    told = {key: day.isoformat() for key, day in days.items() if day is not None}
    return {**told, "level": str(trained.level or ""), "cpd_hours": trained.cpd_hours}


def _command(staff_id: UUID, answers: Mapping[str, Any]) -> RecordCompetence:
    days = {key: date.fromisoformat(answers[key]) for key in answers if key.endswith("_on") or key.startswith(UNTIL)}
    return RecordCompetence(
        command_id=command_id(),
        by=actor(),
        staff_id=staff_id,
        level=int(answers["level"]),
        modules={key.removeprefix(UNTIL): day for key, day in days.items() if key.startswith(UNTIL)},
        supervision_on=days.get("supervision_on"),
        observed_on=days.get("observed_on"),
        cpd_hours=answers.get("cpd_hours"),
    )


def _page(staff_id: UUID, raw: Mapping[str, Any], messages: Mapping[str, Sequence[str]] | None = None) -> str:
    person = competence.find(db.session(), actor(), staff_id)
    page = page_of(form(), raw, {}, messages)
    return render_template("training/form.html", person=person, page=page, new_id=uuid4)


def _not_in_date(trained: Trained) -> Iterator[str]:
    """What a lead has to see to: supervision, and modules that have run out."""
    today = clock.today()
    if trained.supervision(today) != competence.CURRENT:
        yield gettext("supervision or observed practice")
    yield from map(competence.module_name, trained.lacks(trained.modules, today))
