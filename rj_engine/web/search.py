"""Find: a person or case by name, reference, crime, telephone or prison number, in one district if wished.

What was typed is sent in a POST and then stands in the address sealed, for the one person who typed it: no log, no
history of a browser and no copied address tells a name, and going back from a case leads to the same results.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rj_engine import bpmn
from rj_engine.cases import finding
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.in_address import LONGEST, hidden, shown
from rj_engine.workflows.workload.filters import NoSuchFilter

screen = Blueprint("search", __name__, url_prefix="/search")


@screen.get("")
@needs("see_case")
def ask() -> ResponseReturnValue:
    """The empty box, with what it understands."""
    return render_template("search/results.html", sought="", result=None, district=_district(), districts=_districts())


@screen.post("")
@needs("see_case")
def look() -> ResponseReturnValue:
    """Seal what was typed into the address of its results."""
    sought = " ".join(request.form.get("sought", "").split())[:LONGEST]
    district = request.form.get("district") or None
    if not sought:
        return redirect(url_for("search.ask", district=district))
    return redirect(url_for("search.found", asked=hidden(sought), district=district), code=303)


@screen.get("/<asked>")
@needs("see_case")
def found(asked: str) -> ResponseReturnValue:
    """What was found."""
    sought, district = shown(asked), _district()
    result = finding.search(db.session(), actor(), sought, _districts().get(district, ""))
    known = {"sought": sought, "district": district, "districts": _districts()}
    return render_template("search/results.html", result=result, **known)


def _districts() -> dict[str, str]:
    return dict(bpmn.districts())


def _district() -> str:
    wanted = request.args.get("district", "")
    if wanted and wanted not in bpmn.districts():
        raise NoSuchFilter
    return wanted
