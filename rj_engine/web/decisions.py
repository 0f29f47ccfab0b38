"""Decisions: the tables that cases are decided by, each a draft until a safeguarding lead signs that version off."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.web import decision_tables
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.published import signed_decisions
from rj_engine.workflows.published.signed_decisions import DecisionFile, SignDecision, WordsMissing
from rj_engine.workflows.task.desk import Desk

screen = Blueprint("decisions", __name__, url_prefix="/decisions")
TO_BE_MENDED = 422


@screen.app_template_filter("decision")
def title_of(file: DecisionFile) -> str:
    """A decision file's own name."""
    return decision_tables.told(file.text)[0]


@screen.app_template_global("gates_behind")
def gates_behind(desk: Desk) -> list[DecisionFile]:
    """The gates whose rows judge the answers of this task."""
    return signed_decisions.behind(db.session(), desk.case, desk.task, desk.element.properties.get("record", ""))


@screen.get("")
@needs("see_case")
def listed() -> ResponseReturnValue:
    """Every decision that new cases take, with its state."""
    return render_template("decisions/list.html", files=signed_decisions.listed(db.session(), actor()))


@screen.get("/<name>/<checksum>")
@needs("see_case")
def show(name: str, checksum: str) -> ResponseReturnValue:
    """One version of one decision, row by row."""
    return _page(name, checksum)


@screen.post("/<name>/<checksum>")
@needs("sign_decision")
def sign(name: str, checksum: str) -> ResponseReturnValue:
    """Sign this version off; without words it is asked again."""
    words = request.form.get("words", "")
    command = SignDecision(command_id=command_id(), by=actor(), decision=name, checksum=checksum, words=words)
    try:
        dispatch(command)
    except WordsMissing as missing:
        return _page(name, checksum, in_language(missing.sentence)), TO_BE_MENDED
    flash(gettext("This version is signed off. If the file changes, the new version is a draft again."), "done")
    return redirect(url_for("decisions.show", name=name, checksum=checksum))


def _page(name: str, checksum: str, wrong: str = "") -> str:
    session = db.session()
    file = signed_decisions.one(session, actor(), name, checksum)
    _, tables = decision_tables.told(file.text)
    in_use = signed_decisions.is_in_use(session, file)
    may_sign = in_use and file.signature is None and "sign_decision" in actor().verbs
    shown = {"file": file, "tables": tables, "may_sign": may_sign, "left": not in_use, "wrong": wrong}
    words = request.form.get("words", "")
    return render_template("decisions/decision.html", new_id=uuid4, words=words, **shown)
