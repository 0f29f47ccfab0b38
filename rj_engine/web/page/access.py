"""Who is asking, and whether they may: every view says the verb it needs, or that it is public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar, cast
from uuid import uuid4

from flask import Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from rj_engine import clock
from rj_engine.commands import Actor, NotAllowed, dispatch
from rj_engine.database import db, translated
from rj_engine.people import languages
from rj_engine.people.sign_in import SignIn, SignOut, StaySignedIn, by_cookie, hash_of, new_secret
from rj_engine.settings import Settings
from rj_engine.web.page.typed import typed_so_far

PUBLIC: Final = ""
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Person(UserMixin):
    """A signed-in member of staff; the cookie's secret is the identity."""

    def __init__(self, actor: Actor, secret: str, language: str = languages.ENGLISH) -> None:
        """`secret` stays with the browser; the database holds its hash. `language` is that of the pages."""
        self.actor = actor
        self.secret = secret
        self.language = language

    def get_id(self) -> str:
        """What the session cookie keeps."""
        return self.secret


def needs(verb: str) -> Callable[[View], View]:
    """Let only those in whose roles allow `verb`."""

    def mark(view: View) -> View:
        view.verb = verb  # type: ignore[attr-defined]  # read back in `_check`, and by the house test
        return view

    return mark


def public(view: View) -> View:
    """Let anybody in."""
    return needs(PUBLIC)(view)


def actor() -> Actor:
    """Who is asking."""
    return cast("Person", current_user).actor


def settings() -> Settings:
    """The product's settings."""
    return cast("Settings", current_app.config["RJ_SETTINGS"])


def sign_in(who: Actor) -> None:
    """Open a sign-in with a fresh secret; whatever the session held before is gone."""
    secret, secret_hash = new_secret()
    dispatch(SignIn(command_id=uuid4(), by=who, secret_hash=secret_hash))
    session.clear()
    login_user(Person(who, secret))


def sign_out() -> None:
    """End every sign-in of this person, here and elsewhere."""
    dispatch(SignOut(command_id=uuid4(), by=actor()))
    logout_user()
    session.clear()


def register(app: Flask) -> None:
    """Check every request; a view that says nothing about its verb is an error of ours and lets nobody in."""
    login = LoginManager(app)
    login.session_protection = None  # a sign-in ends by its row; telephones change their address all the time
    login.user_loader(_person)
    login.unauthorized_handler(_please_sign_in)
    app.before_request(_check)
    app.context_processor(_known_to_templates)


def _person(secret: str) -> Person | None:
    known = settings()
    idle, longest = timedelta(minutes=known.idle_minutes), timedelta(hours=known.session_hours)
    if g.get("database_away"):
        return None  # the page that says so asks again who is signed in
    g.database_away = True
    with translated():
        found = by_cookie(db.session(), secret, clock.now(), idle, longest)
        language = languages.of(db.session(), found[0].id) if found else languages.ENGLISH
    g.database_away = False
    if found is None:
        return None
    who, wants_stamp = found
    if wants_stamp:
        dispatch(StaySignedIn(command_id=uuid4(), by=who, secret_hash=hash_of(secret)))
    return Person(who, secret, language)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None or request.path.startswith("/api/"):
        return None  # no such page, or the API, which asks for a token itself
    verb = getattr(current_app.view_functions[request.endpoint], "verb", None)
    if verb is None:
        abort(500)
    if verb == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return cast("ResponseReturnValue", current_app.login_manager.unauthorized())  # type: ignore[attr-defined]  # set by Flask-Login
    if verb not in actor().verbs:
        raise NotAllowed(verb=verb)
    return None


def _please_sign_in() -> ResponseReturnValue:
    """Ask for a sign-in; somebody who was typing sees what they typed, to copy it."""
    if request.method == "GET":
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
    if request.method == "PUT":
        return {"notice": gettext("Not saved: you have been signed out. What you typed is still on this page.")}, 401
    return render_template("errors/signed_out.html", typed=typed_so_far()), 401


def _known_to_templates() -> dict[str, Any]:
    signed_in = bool(current_user) and current_user.is_authenticated
    return {"settings": settings(), "actor": actor() if signed_in else None, "now": g.get("now") or clock.now()}
