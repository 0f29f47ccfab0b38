"""Keyboard shortcuts: what each letter does, to be changed or switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import keyboard
from rj_engine.people.keyboard import KeysDoNotFit, SetKeyboard
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id

screen = Blueprint("keyboard", __name__, url_prefix="/keyboard")
TO_BE_MENDED: Final = 422
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "home": ("home.show", "sign_in"),
    "tasks": ("inbox.queue", "see_case"),
    "cases": ("cases.listed", "see_case"),
    "refer": ("refer.form", "make_referral"),
    "keys": ("keyboard.show", "sign_in"),
}
"""Shortcuts that lead to a page, with the verb that opens it."""


@screen.get("")
@needs("sign_in")
def show() -> ResponseReturnValue:
    """Every shortcut with its letter."""
    return _page(keyboard.of(db.session(), actor().id))


@screen.post("")
@needs("sign_in")
def choose() -> ResponseReturnValue:
    """Keep the letters; what cannot be taken is shown again with the reason."""
    letters = {action: request.form.get(action, "").strip() for action in keyboard.ACTIONS}
    keys = keyboard.Keys("on" in request.form, letters)
    try:
        dispatch(SetKeyboard(command_id=command_id(), by=actor(), on=keys.on, letters=letters))
    except KeysDoNotFit as refused:
        return _page(keys, in_language(refused.sentence)), TO_BE_MENDED
    flash(gettext("Your shortcuts are kept."), "done")
    return redirect(url_for("keyboard.show"))


def told() -> dict[str, Any]:
    """Letter to what it does, for the script: a page to go to, or something to do in a list."""
    keys = keyboard.of(db.session(), actor().id)
    found: dict[str, Any] = {}
    for action, letter in keys.letters.items():
        endpoint, verb = PLACES.get(action, ("", ""))
        if letter and keys.on and (not verb or verb in actor().verbs):
            found[letter] = {"go": url_for(endpoint)} if endpoint else {"do": action}
    return found


def _page(keys: keyboard.Keys, wrong: str = "") -> str:
    return render_template("people/keyboard.html", keys=keys, actions=keyboard.ACTIONS, wrong=wrong, new_id=uuid4)


def register(app: Flask) -> None:
    """Let every page know the shortcuts of who looks at it."""
    app.add_template_global(told, "shortcuts")
