"""The clocks of a draft as a table, its letters as text; what cannot be kept is said and stays as it was typed.

Where somebody else has saved the draft meanwhile, theirs stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Finding
from rj_engine.letters.views import VIEWS, known_to
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio.files import difference
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.studio import draft_clocks, drafting
from rj_engine.workflows.studio.draft_clocks import AddClock, KeepClocks
from rj_engine.workflows.studio.draft_letters import KeepLetter
from rj_engine.workflows.studio.drafting import DraftMoved, FileRefused

TO_BE_MENDED: Final = 422
MOVED: Final = 409
NEW: Final = "new"


@screen.get("/drafts/<uuid:draft_id>/clocks")
@needs("approve_pathways")
def clocks(draft_id: UUID) -> ResponseReturnValue:
    """The clocks that the draft names; a second person looks at them here, too."""
    return _clocks(draft_id)


def _clocks(draft_id: UUID, wrong: Sequence[Finding] = (), moved: str = "") -> str:
    session = db.session()
    draft = drafting.find(session, actor(), draft_id)
    bundle, before = drafting.content(draft), drafting.basis(session, draft)
    rows = [(key, bundle.clocks[key], before.clocks.get(key)) for key in draft_clocks.used(bundle)]
    shown = {"rows": rows, "units": draft_clocks.UNITS, "wrong": wrong, "sent": request.form, "new_id": uuid4}
    return render_template("studio/clocks.html", draft=draft, moved=moved, **shown)


@screen.post("/drafts/<uuid:draft_id>/clocks")
@needs("manage_pathways")
def keep_clocks(draft_id: UUID) -> ResponseReturnValue:
    """Keep how long each runs."""
    keys = [name.removeprefix("amount-") for name in request.form if name.startswith("amount-")]
    lengths = {key: (request.form[f"amount-{key}"], request.form.get(f"unit-{key}", "")) for key in keys}
    try:
        answer = dispatch(KeepClocks(**_of(draft_id), lengths=lengths))
    except FileRefused as refused:
        return _clocks(draft_id, refused.findings), TO_BE_MENDED
    except DraftMoved as moved:
        return _clocks(draft_id, moved=moved.sentence), MOVED
    flash(gettext("The clocks are kept.") if answer["changed"] else gettext("No clock was changed."), "done")
    return redirect(url_for("studio.clocks", draft_id=draft_id))


@screen.post("/drafts/<uuid:draft_id>/clocks/new")
@needs("manage_pathways")
def add_clock(draft_id: UUID) -> ResponseReturnValue:
    """Put a clock of the service's own in."""
    typed: dict[str, Any] = {name: request.form.get(name, "").strip() for name in ("key", "label", "amount", "unit")}
    try:
        dispatch(AddClock(**_of(draft_id), **typed))
    except FileRefused as refused:
        return _clocks(draft_id, refused.findings), TO_BE_MENDED
    except DraftMoved as moved:
        return _clocks(draft_id, moved=moved.sentence), MOVED
    flash(gettext("The clock is in the draft. Steps and waits can name it."), "done")
    return redirect(url_for("studio.clocks", draft_id=draft_id))


@screen.get("/drafts/<uuid:draft_id>/letters")
@needs("approve_pathways")
def letters(draft_id: UUID) -> ResponseReturnValue:
    """The letters that the draft may send or offer."""
    session = db.session()
    draft = drafting.find(session, actor(), draft_id)
    now, before = drafting.content(draft).letters, drafting.basis(session, draft).letters
    return render_template("studio/letters.html", draft=draft, letters=now, before=before)


@screen.get("/drafts/<uuid:draft_id>/letters/<name>")
@needs("approve_pathways")
def letter(draft_id: UUID, name: str) -> ResponseReturnValue:
    """The text of one letter, beside what its addressee may be told."""
    draft = drafting.find(db.session(), actor(), draft_id)
    return _letter(draft_id, name, drafting.content(draft).letters.get(name, ""))


def _letter(draft_id: UUID, name: str, text: str, wrong: Sequence[Finding] = (), moved: str = "") -> str:
    draft = drafting.find(db.session(), actor(), draft_id)
    theirs = drafting.content(draft).letters.get(name, "") if moved else text
    facts: Mapping[str, Any] = {kind: sorted(known_to(kind)) for kind in VIEWS}
    shown = {"name": "" if name == NEW else name, "text": text, "wrong": wrong, "facts": facts, "new_id": uuid4}
    shown |= {"moved": moved, "lines": difference(theirs, text)}
    return render_template("studio/letter_text.html", draft=draft, shipped=name in bpmn.letters(), **shown)


@screen.post("/drafts/<uuid:draft_id>/letters/<name>")
@needs("manage_pathways")
def keep_letter(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Keep the text, or take the shipped one again."""
    text = "" if request.form.get("action") == "shipped" else request.form.get("text", "")
    called = request.form.get("name", "").strip() if name == NEW else name
    try:
        dispatch(KeepLetter(**_of(draft_id), name=called, text=text))
    except FileRefused as refused:
        return _letter(draft_id, called or name, text, refused.findings), TO_BE_MENDED
    except DraftMoved as moved:
        return _letter(draft_id, called or name, request.form.get("text", ""), moved=moved.sentence), MOVED
    flash(gettext("The letter is kept."), "done")
    return redirect(url_for("studio.letters", draft_id=draft_id))


def _of(draft_id: UUID) -> dict[str, Any]:
    edition = request.form.get("edition", default=0, type=int)
    return {"command_id": command_id(), "by": actor(), "draft_id": draft_id, "edition": edition}
