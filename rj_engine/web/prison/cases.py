"""One case's history with prisons, across every move; and letting a victim be told where the harmer is held."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn, clock
from rj_engine.cases import case as cases
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.people import staff
from rj_engine.prisons import custody, places, reference, releases, requests, waiting
from rj_engine.prisons.releases import ReleasePlace
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.posted import command_id
from rj_engine.web.prison.wording import labels

screen = Blueprint("prison_cases", __name__, url_prefix="/cases")
TO_BE_MENDED: Final = 422


@screen.get("/<reference>/prison")
@needs("see_custody")
def history(reference: str) -> ResponseReturnValue:
    """Every stay and every request, the newest first."""
    return _page(reference)


@screen.post("/<reference>/release-place")
@needs("release_place")
def release(reference: str) -> ResponseReturnValue:
    """Let one victim be told where the harmer is held now, or withhold it again."""
    cases.find(db.session(), actor(), reference)
    end, words = "withhold" in request.form, request.form.get("words", "")
    to = request.form.get("to", type=UUID)
    if to is None:
        return _page(reference, Refused(marked("Choose whom it is released to."))), TO_BE_MENDED
    try:
        dispatch(ReleasePlace(command_id=command_id(), by=actor(), reference=reference, to=to, words=words, end=end))
    except Refused as refused:
        return _page(reference, refused), TO_BE_MENDED
    flash(
        gettext("It is withheld from now on.") if end else gettext("The victim may be told where they are held now."),
        "done",
    )
    return redirect(url_for("prison_cases.history", reference=reference))


def _page(reference_: str, wrong: Refused | None = None) -> str:
    session, by, today = db.session(), actor(), clock.today()
    case = cases.find(session, by, reference_)
    asked = requests.history(session, case.id)
    stays = custody.stays(session, case.id)
    victims = cases.of_role(session, case.id, *bpmn.parties()["victim"]["roles"])
    people = (
        {row.recorded_by for row in asked} | {row.answered_by for row in asked} | {row.recorded_by for row in stays}
    )
    shown = {
        "case": case,
        "age": (today - case.opened_at.astimezone(clock.LONDON).date()).days,
        "stays": [(stay, [row for row in asked if row.stay_id == stay.id]) for stay in stays],
        "days": {row.id: waiting.days_of(row, today) for row in asked},
        "routes": reference.ROUTES,
        "decisions": requests.DECISIONS,
        "chased": {key: labels("prison_chase", f"chase_{key}") for key in ("to", "channel", "result")},
        "choices": labels("prison_choice", "prison_outcome"),
        "deciders": labels("prison_reply", "prison_decided_by"),
        "told_day": date.fromisoformat,
        "known": places.register(session, case.service_id, today),
        "name_of": places.name_of,
        "reasons": reference.reasons(),
        "victims": [(person, releases.of(session, case.id, person.id)) for person in victims],
        "names": staff.names(session, {each for each in people if each}),
        "wrong": in_language(wrong.sentence) if wrong else "",
        "typed": request.form,
        "new_id": uuid4,
    }
    return render_template("prisons/history.html", **shown)
