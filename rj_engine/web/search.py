"""Find: a person or case by name, reference, crime, telephone or prison number.

What was typed is sent in a POST and then stands in the address sealed, for the one person who typed it: no log, no
history of a browser and no copied address tells a name, and going back from a case leads to the same results.
"""

from __future__ import annotations

import base64
import binascii

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rj_engine import sealing
from rj_engine.cases import finding
from rj_engine.cases.case import NotFound
from rj_engine.database import db
from rj_engine.sealing import SealBroken
from rj_engine.web.page.access import actor, needs

screen = Blueprint("search", __name__, url_prefix="/search")
LONGEST = 200


@screen.get("")
@needs("see_case")
def ask() -> ResponseReturnValue:
    """The empty box, with what it understands."""
    return render_template("search/results.html", sought="", result=None)


@screen.post("")
@needs("see_case")
def look() -> ResponseReturnValue:
    """Seal what was typed into the address of its results."""
    sought = " ".join(request.form.get("sought", "").split())[:LONGEST]
    if not sought:
        return redirect(url_for("search.ask"))
    return redirect(url_for("search.found", asked=_sealed(sought)), code=303)


@screen.get("/<asked>")
@needs("see_case")
def found(asked: str) -> ResponseReturnValue:
    """What was found."""
    sought = _opened(asked)
    result = finding.search(db.session(), actor(), sought)
    return render_template("search/results.html", sought=sought, result=result)


def _sealed(sought: str) -> str:
    who = actor().id
    assert who is not None  # noqa: S101 - whoever is signed in is somebody
    return base64.urlsafe_b64encode(sealing.seal(sought.encode(), "search", "asked", who)).decode().rstrip("=")


def _opened(asked: str) -> str:
    """What the address holds; another person's, and an invented one, lead nowhere."""
    who = actor().id
    try:
        sealed = base64.b64decode(asked + "=" * (-len(asked) % 4), altchars=b"-_", validate=True)
        if who is None:
            raise NotFound
        return sealing.unseal(sealed, "search", "asked", who).decode()
    except (binascii.Error, ValueError, SealBroken) as error:
        raise NotFound from error
