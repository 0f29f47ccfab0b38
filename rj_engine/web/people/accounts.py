"""The people of a service: who may do what, who has left, and one's own password."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug import Response

from rj_engine import bpmn
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.people import changing, passwords
from rj_engine.people.changing import ChangePassword, ChangeStaff, EndSignIns, GivePassword, SwitchOff, SwitchOn
from rj_engine.people.joining import AddStaff
from rj_engine.people.languages import ChooseLanguage
from rj_engine.web.page import access
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.posted import command_id

screen = Blueprint("people", __name__, url_prefix="/people")
SWITCHES = {"off": SwitchOff, "on": SwitchOn, "out": EndSignIns}
DONE = {
    "off": marked("The account is switched off. Every sign-in and token of theirs has ended."),
    "on": marked("They can sign in again."),
    "out": marked("Every sign-in and token has ended."),
}
TO_BE_MENDED = 422


@screen.get("")
@needs("manage_people")
def colleagues() -> ResponseReturnValue:
    """Everybody of one's service."""
    session, by = db.session(), actor()
    names = {team.id: team.name for team in changing.teams(session, by)}
    return render_template("people/list.html", people=changing.everybody(session, by), teams=names)


@screen.get("/new")
@needs("manage_people")
def ask_new() -> ResponseReturnValue:
    """Ask who joins."""
    return _page(None, {})


@screen.post("/new")
@needs("manage_people")
def add() -> ResponseReturnValue:
    """Add a person with a password to begin with."""
    told = _told()
    try:
        hashed = passwords.hashed(request.form.get("password", ""), frozenset(told["roles"]))
        dispatch(AddStaff(command_id=command_id(), by=actor(), password_hash=hashed, **told, email=_email()))
    except Refused as refused:
        return _page(None, {**told, "email": _email()}, refused), TO_BE_MENDED
    flash(gettext("%(name)s can sign in now.", name=told["name"]), "done")
    return redirect(url_for("people.colleagues"))


@screen.get("/<uuid:staff_id>")
@needs("manage_people")
def show(staff_id: UUID) -> ResponseReturnValue:
    """One person, to change."""
    return _page(staff_id, {})


@screen.post("/<uuid:staff_id>")
@needs("manage_people")
def change(staff_id: UUID) -> ResponseReturnValue:
    """Change name, team and roles."""
    told = _told()
    try:
        dispatch(ChangeStaff(command_id=command_id(), by=actor(), staff_id=staff_id, **told))
    except Refused as refused:
        return _page(staff_id, told, refused), TO_BE_MENDED
    flash(gettext("The change is made."), "done")
    return redirect(url_for("people.colleagues"))


@screen.post("/<uuid:staff_id>/switch")
@needs("manage_people")
def switch(staff_id: UUID) -> ResponseReturnValue:
    """Switch an account off or on, or end its sign-ins."""
    which = request.form.get("which", "")
    command = SWITCHES.get(which, EndSignIns)
    dispatch(command(command_id=command_id(), by=actor(), staff_id=staff_id))
    flash(in_language(DONE.get(which, DONE["out"])), "done")
    return redirect(url_for("people.show", staff_id=staff_id))


@screen.post("/<uuid:staff_id>/password")
@needs("manage_people")
def give_password(staff_id: UUID) -> ResponseReturnValue:
    """Give somebody who has lost theirs a password to begin with."""
    person = changing.find(db.session(), actor(), staff_id)
    try:
        hashed = passwords.hashed(request.form.get("password", ""), frozenset(map(str, person.roles)))
        dispatch(GivePassword(command_id=command_id(), by=actor(), staff_id=staff_id, password_hash=hashed))
    except Refused as refused:
        return _page(staff_id, {}, refused), TO_BE_MENDED
    flash(gettext("The password is changed. Tell them in person, and ask them to change it."), "done")
    return redirect(url_for("people.show", staff_id=staff_id))


@screen.get("/me")
@needs("sign_in")
def me() -> ResponseReturnValue:
    """One's own account."""
    return render_template("people/me.html", new_id=uuid4, wrong=None)


@screen.post("/me")
@needs("sign_in")
def change_my_password() -> ResponseReturnValue:
    """Change one's own password and sign in anew with it."""
    by, given = actor(), request.form
    try:
        hashed = changing.checked(db.session(), by, given.get("present", ""), given.get("password", ""))
    except Refused as refused:
        return render_template("people/me.html", new_id=uuid4, wrong=refused), TO_BE_MENDED
    dispatch(ChangePassword(command_id=command_id(), by=by, password_hash=hashed))
    access.sign_in(by)
    flash(gettext("Your password is changed. You are signed out everywhere else."), "done")
    return redirect(url_for("people.me"))


@screen.post("/me/language")
@needs("sign_in")
def choose_language() -> Response:
    """Choose the language of one's own pages."""
    dispatch(ChooseLanguage(command_id=command_id(), by=actor(), language=request.form.get("language", "")))
    return redirect(url_for("people.me"))


@screen.post("/me/out")
@needs("sign_in")
def end_mine() -> Response:
    """End every sign-in and token of one's own."""
    by = actor()
    dispatch(EndSignIns(command_id=command_id(), by=by, staff_id=by.id))  # type: ignore[arg-type]  # who signs in has an id
    return redirect(url_for("sign_in.form"))


def _told() -> dict[str, Any]:
    given = request.form
    team = given.get("team", type=UUID) or UUID(int=0)
    return {"name": given.get("name", "").strip(), "team_id": team, "roles": tuple(given.getlist("roles"))}


def _email() -> str:
    return request.form.get("email", "").strip()


def _page(staff_id: UUID | None, typed: dict[str, Any], wrong: Refused | None = None) -> str:
    session, by = db.session(), actor()
    person = changing.find(session, by, staff_id) if staff_id else None
    shown = {"person": person, "typed": typed, "wrong": wrong, "new_id": uuid4, "me": by.id}
    roles = {key: role["label"] for key, role in bpmn.roles()["roles"].items()}
    return render_template("people/person.html", **shown, teams=changing.teams(session, by), roles=roles)
