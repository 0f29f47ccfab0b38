"""One row of a list: kept as it is typed, right or wrong, and beside what somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn, clock
from rj_engine.cases import lists, reasons
from rj_engine.cases.case import NotFound
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.words import hour, pathway
from rj_engine.web.studio import list_words
from rj_engine.web.studio.lists import draft_page
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.studio import list_drafts
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.list_drafts import KeepRow, RemoveRow, RowMoved
from rj_engine.workflows.studio.typed_rows import CHOICES, TICK, WORDS, typed

TO_BE_MENDED: Final = 422
MOVED: Final = 409


@screen.get("/lists/drafts/<uuid:draft_id>/rows/<key>")
@needs("approve_pathways")
def list_row(draft_id: UUID, key: str) -> ResponseReturnValue:
    """One row, to be read or changed."""
    return _page(draft_id, key)


def _page(draft_id: UUID, key: str, mine: Mapping[str, Any] | None = None, moved: str = "") -> str:
    session, now = db.session(), clock.now()
    draft = list_drafts.find(session, actor(), draft_id)
    rows = draft.content["rows"]
    if key not in rows:
        raise NotFound
    found = [one for one in list_drafts.noted(session, draft, now) if one.element == key]
    known = {
        "draft": draft,
        "key": key,
        "row": mine or rows[key],
        "theirs": rows[key] if moved else None,
        "moved": moved,
        "noted": [(one, list_words.field_of(one)) for one in found],
        "new": key not in list_drafts.published_keys(session, draft.service_id, draft.kind),
        "before": list_drafts.stands(session, draft.service_id, draft.kind, now).get(key),
        "seen": list_drafts.mark(rows[key]),
    }
    if draft.kind == lists.REASONS:
        known |= _of_reasons(str(rows[key]["counted_as"]), mine or rows[key])
    shown = {"words": list_words.of(), "describing": list_words.describing, "new_id": uuid4}
    return render_template("studio/list_row.html", **shown, **known)


def _of_reasons(category: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Categories, which of them are outcomes, and the pathways that a reason may be offered in."""
    of_product, outcomes = reasons.of_the_product(), bpmn.closure_reasons()
    may = {*of_product.get(category, {}).get("pathways", ()), *row["pathways"]}
    return {
        "categories": of_product,
        "outcomes": {one for one, told in outcomes.items() if told["rj_outcome"]},
        "pathways": {one: pathway(one) for one in sorted(may)},
    }


@screen.post("/lists/drafts/<uuid:draft_id>/rows/<key>")
@needs("manage_pathways")
def keep_row(draft_id: UUID, key: str) -> ResponseReturnValue:
    """Keep it, and say what is wrong with it; what somebody else saved meanwhile stands beside it."""
    try:
        dispatch(_keeping(draft_id, key))
    except RowMoved as moved:
        return _page(draft_id, key, _typed(draft_id, key), moved.sentence), MOVED
    draft = list_drafts.find(db.session(), actor(), draft_id)
    wrong = [one for one in list_drafts.noted(db.session(), draft, clock.now()) if one.element == key]
    if any(one.severity == "error" for one in wrong):
        return _page(draft_id, key), TO_BE_MENDED
    flash(gettext("The row is kept in the draft."), "done")
    return redirect(url_for("studio.list_draft", draft_id=draft_id))


@screen.put("/lists/drafts/<uuid:draft_id>/rows/<key>")
@needs("manage_pathways")
def keep_row_typed(draft_id: UUID, key: str) -> ResponseReturnValue:
    """Keep what is typed so far; tells when it was kept, or who saved another."""
    try:
        dispatch(_keeping(draft_id, key, fresh=True))
    except RowMoved as moved:
        return {"notice": gettext("%(moved)s Press Keep to compare the two.", moved=moved.sentence)}, MOVED
    return {"notice": gettext("Saved at %(time)s", time=hour(clock.now()))}


@screen.post("/lists/drafts/<uuid:draft_id>/rows/<key>/remove")
@needs("manage_pathways")
def remove_row(draft_id: UUID, key: str) -> ResponseReturnValue:
    """Take out what was never published."""
    try:
        dispatch(RemoveRow(command_id=command_id(), by=actor(), draft_id=draft_id, key=key))
    except FileRefused as refused:
        return draft_page(draft_id, refused.findings), TO_BE_MENDED
    flash(gettext("The row is taken out of the draft."), "done")
    return redirect(url_for("studio.list_draft", draft_id=draft_id))


def _keeping(draft_id: UUID, key: str, *, fresh: bool = False) -> KeepRow:
    """The command; each saving while somebody types is one of its own."""
    return KeepRow(
        command_id=uuid4() if fresh else command_id(),
        by=actor(),
        draft_id=draft_id,
        key=key,
        row=_sent(draft_id),
        seen=request.form.get("seen", ""),
        sitting=request.form.get("sitting", "")[:40],
    )


def _sent(draft_id: UUID) -> dict[str, Any]:
    kind = list_drafts.find(db.session(), actor(), draft_id).kind
    words = {name: request.form.get(name, "") for name in WORDS[kind]}
    ticks = {name: request.form.getlist(name) for name in CHOICES[kind]}
    return {**words, **ticks, TICK[kind]: bool(request.form.get(TICK[kind]))}


def _typed(draft_id: UUID, key: str) -> dict[str, Any]:
    """What was sent, as a row."""
    kind = list_drafts.find(db.session(), actor(), draft_id).kind
    return typed(kind, key, _sent(draft_id))
