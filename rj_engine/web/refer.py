"""A new referral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.cases.case import find
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.forms import InvalidAnswers, first_answers, from_html
from rj_engine.web import known_already
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.fields import page_of
from rj_engine.web.page.listed import listed
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.typed import asked
from rj_engine.web.work.tasks import TO_BE_MENDED
from rj_engine.workflows.beside import referrals, victims
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.beside.victims import AddVictim

screen = Blueprint("refer", __name__, url_prefix="/refer")


@screen.get("")
@needs("make_referral")
def form() -> ResponseReturnValue:
    """An empty referral."""
    return _page(first_answers(referrals.form(), {}))


@screen.post("")
@needs("make_referral")
def send() -> ResponseReturnValue:
    """Make the case; what cannot be taken is shown again with the reason."""
    asked(referrals.form())
    raw = from_html(referrals.form(), request.form)
    try:
        duplicates = known_already.look(raw)
        if duplicates.page is not None:
            return duplicates.page, duplicates.status
        command = MakeReferral(command_id=command_id(), by=actor(), answers=raw, considered=duplicates.considered)
        answer = dispatch(command)
    except InvalidAnswers as invalid:
        return _page(raw, invalid.messages), TO_BE_MENDED
    return _made(answer)


@screen.post("/change")
@needs("make_referral")
def change() -> ResponseReturnValue:
    """The form again with everything that was typed, from the page that asks about people known already."""
    return _page(from_html(referrals.form(), request.form))


def _made(answer: Mapping[str, Any]) -> ResponseReturnValue:
    flash(gettext("The referral is recorded as %(reference)s.", reference=answer["reference"]), "done")
    if "see_case" in actor().verbs:
        return redirect(url_for("cases.show", reference=answer["reference"]))
    return redirect(url_for("refer.form"))


@screen.get("/<reference>/victims")
@needs("complete_task")
def another(reference: str) -> ResponseReturnValue:
    """Ask about another person harmed in the same incident."""
    return _victim_page(reference, first_answers(victims.form(), {}))


@screen.post("/<reference>/victims")
@needs("complete_task")
def add_victim(reference: str) -> ResponseReturnValue:
    """Add them; what cannot be taken is shown again with the reason."""
    asked(victims.form())
    raw = from_html(victims.form(), request.form)
    try:
        dispatch(AddVictim(command_id=command_id(), by=actor(), reference=reference, answers=raw))
    except InvalidAnswers as invalid:
        return _victim_page(reference, raw, invalid.messages), TO_BE_MENDED
    flash(gettext("They are added. What they say and decide stays theirs."), "done")
    return redirect(url_for("cases.show", reference=reference))


def _victim_page(reference: str, raw: Mapping[str, Any], messages: Mapping[str, Sequence[str]] | None = None) -> str:
    case = find(db.session(), actor(), reference)
    page = page_of(victims.form(), raw, {}, messages, listed)
    return render_template("refer/another.html", page=page, case=case, new_id=uuid4)


def _page(raw: Mapping[str, Any], messages: Mapping[str, Sequence[str]] | None = None) -> str:
    page = page_of(referrals.form(), raw, {}, messages, listed)
    return render_template("refer/form.html", page=page, title=referrals.form().title, new_id=uuid4)
