"""Signing in and out."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rj_engine.database import db
from rj_engine.people.sign_in import SignInRefused, check_password
from rj_engine.web.page import access
from rj_engine.web.page.access import needs, public, settings
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.protection import account, limiter

FAILED: Final = 401
screen = Blueprint("sign_in", __name__)


def _failed(reply: object) -> bool:
    return getattr(reply, "status_code", None) == FAILED


@screen.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    return render_template("sign_in/form.html", email="", wrong="")


@screen.post("/sign-in")
@limiter.limit(lambda: settings().sign_ins_per_address, deduct_when=_failed)
@limiter.limit(lambda: settings().sign_ins_per_account, key_func=account, deduct_when=_failed)
@public
def check() -> ResponseReturnValue:
    """Sign in, and go on to the page that was asked for."""
    email = request.form.get("email", "")
    try:
        who = check_password(db.session(), email, request.form.get("password", ""))
    except SignInRefused as refused:
        return render_template("sign_in/form.html", email=email, wrong=in_language(refused.sentence)), FAILED
    access.sign_in(who)
    return redirect(_local(request.args.get("next", "")))


@screen.post("/sign-out")
@needs("sign_in")
def out() -> ResponseReturnValue:
    """End every sign-in of this person."""
    access.sign_out()
    return redirect(url_for("sign_in.form"))


@screen.get("/still-here")
@needs("sign_in")
def still_here() -> ResponseReturnValue:
    """Somebody is still there: the sign-in counts as used."""
    return {"signed_in": True}


@screen.get("/nothing-yet")
@needs("sign_in")
def nothing_yet() -> ResponseReturnValue:
    """Say that this role has no page here."""
    return render_template("sign_in/nothing_yet.html")


def _local(address: str) -> str:
    """The page asked for, if it is one of ours."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours else url_for("home.show")
