"""Before a case is made: people who may be known already, why they may be, and what is decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext

from rj_engine.cases import linked
from rj_engine.cases.linked import Considered, Known
from rj_engine.database import db
from rj_engine.forms import validate
from rj_engine.web.page.access import actor
from rj_engine.workflows.beside import referrals

NOBODY: Final = "nobody"
ASKED: Final = "same_as"
OURS: Final = frozenset({"csrf_token", ASKED, "asked_about"})
TO_BE_MENDED: Final = 422


@dataclass(frozen=True, slots=True)
class Looked:
    """What to show before the case is made, or what was decided."""

    page: str | None = None
    status: int = 200
    considered: Considered | None = None


def look(raw: Mapping[str, Any]) -> Looked:
    """Look once for the people of a referral; `InvalidAnswers` first where the answers cannot be taken anyway.

    Going on is always possible. Whoever sees no case is asked nothing, and learns nothing.
    """
    answers = validate(referrals.form(), raw, {})
    known = linked.known(db.session(), actor(), referrals.named(answers), answers)
    if not known.likely and not known.elsewhere:
        return Looked()
    if "asked_about" not in request.form:
        return Looked(_page(known))
    chosen = request.form.get(ASKED, "" if known.likely else NOBODY)
    if chosen not in {NOBODY, *(each.found.reference for each in known.likely)}:
        return Looked(_page(known, gettext("Say whether it is somebody of these people")), TO_BE_MENDED)
    return Looked(considered=Considered(len(known.likely), None if chosen == NOBODY else chosen))


def _page(known: Known, wrong: str = "") -> str:
    typed = [(name, value) for name in request.form if name not in OURS for value in request.form.getlist(name)]
    return render_template("refer/known_already.html", known=known, typed=typed, wrong=wrong, nobody=NOBODY)
