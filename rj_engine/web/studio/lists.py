"""The lists of a service, reasons to close and partners: what stands, its versions, a draft, and the second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn, clock
from rj_engine.cases import lists, partners, reasons
from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Finding
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio import list_words
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.studio import list_approving, list_changes, list_drafts, list_exchange
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.list_approving import ApproveList, StandOnList
from rj_engine.workflows.studio.list_drafts import AddRow, DropList, StartList, SubmitList, TakeBackList
from rj_engine.workflows.studio.list_exchange import TakeList

TO_BE_MENDED: Final = 422


@screen.get("/lists/<key>")
@needs("approve_pathways")
def list_standing(key: str) -> ResponseReturnValue:
    """The list as the service uses it today, its draft and its versions."""
    return _standing(_known(key))


def _standing(key: str, wrong: Sequence[Finding] = ()) -> str:
    session, who, now = db.session(), actor(), clock.now()
    versions = lists.every(session, who.service_id, key)
    known = {
        "rows": list_drafts.stands(session, who.service_id, key, now),
        "standing": lists.standing(session, who.service_id, key, now),
        "coming": list_approving.coming(session, who, key, now),
        "draft": list_drafts.alive(session, who, key),
        "versions": versions,
        "noted": list_approving.wrong_standing(session, who.service_id, key, now),
        "ending": partners.ending(session, who.service_id, now) if key == lists.PARTNERS else [],
        "names": staff.names(session, {row.approved_by for row in versions}),
        "today": clock.today(),
    }
    return _shown("studio/list_standing.html", key, wrong=wrong, **known)


@screen.post("/lists/<key>/draft")
@needs("manage_pathways")
def start_list(key: str) -> ResponseReturnValue:
    """Begin the next version, or go on with it."""
    answer = dispatch(StartList(command_id=command_id(), by=actor(), what=_known(key)))
    if not answer["new"]:
        flash(gettext("A draft of this list was begun before. This is it."), "note")
    return redirect(url_for("studio.list_draft", draft_id=answer["draft"]))


@screen.post("/lists/<key>/versions/<int(max=999999):number>/stand")
@needs("manage_pathways")
def stand_on_list(key: str, number: int) -> ResponseReturnValue:
    """Use an earlier version again."""
    try:
        dispatch(StandOnList(command_id=command_id(), by=actor(), what=_known(key), number=number))
    except FileRefused as refused:
        return _standing(key, refused.findings), TO_BE_MENDED
    flash(gettext("This list is used from now. Closed cases keep the words they were closed with."), "done")
    return redirect(url_for("studio.list_standing", key=key))


@screen.get("/lists/drafts/<uuid:draft_id>")
@needs("approve_pathways")
def list_draft(draft_id: UUID) -> ResponseReturnValue:
    """The whole of one draft: rows, what is wrong, what it changes and touches."""
    return draft_page(draft_id)


def draft_page(draft_id: UUID, wrong: Sequence[Finding] = ()) -> str:
    """The draft, with why something could not be done."""
    session, now = db.session(), clock.now()
    draft = list_drafts.find(session, actor(), draft_id)
    rows, quiet = draft.content["rows"], list_drafts.brought_along(session, draft)
    before = {**quiet, **list_drafts.stands(session, draft.service_id, draft.kind, now)}
    versions = lists.every(session, draft.service_id, draft.kind)
    against = next((one for one in versions if one.number == request.args.get("against", type=int)), None)
    known = {
        "draft": draft,
        "rows": rows,
        "before": before,
        "noted": list_drafts.noted(session, draft, now),
        "versions": versions,
        "coming": list_drafts.to_come(session, draft.service_id, draft.kind, now),
        "aside": list_drafts.puts_aside(session, draft, now),
        "numbers": {one.id: one.number for one in versions},
        "against": against,
        "changes": list_changes.changes(draft.kind, {**quiet, **against.rows} if against else before, rows),
        "touched": list_changes.touched(session, draft.service_id, draft.kind, before, rows),
        "names": staff.names(session, {draft.changed_by}),
        "today": clock.today(),
    }
    return _shown("studio/list_draft.html", draft.kind, wrong=wrong, **known)


@screen.post("/lists/drafts/<uuid:draft_id>/rows")
@needs("manage_pathways")
def add_row(draft_id: UUID) -> ResponseReturnValue:
    """Put a new reason or partner in, and open it."""
    name, of = request.form.get("name", ""), request.form.get("of", "")
    try:
        answer = dispatch(AddRow(command_id=command_id(), by=actor(), draft_id=draft_id, name=name, of=of))
    except FileRefused as refused:
        return draft_page(draft_id, refused.findings), TO_BE_MENDED
    return redirect(url_for("studio.list_row", draft_id=draft_id, key=answer["key"]))


@screen.post("/lists/drafts/<uuid:draft_id>/submit")
@needs("manage_pathways")
def submit_list(draft_id: UUID) -> ResponseReturnValue:
    """Send it to a second person."""
    try:
        day = date.fromisoformat(request.form.get("stands_from", ""))
    except ValueError:
        words = gettext("Say from which day the list is used: a real day.")
        return draft_page(draft_id, [Finding("day", words, element="stands_from")]), TO_BE_MENDED
    edition = request.form.get("edition", default=0, type=int)
    command = SubmitList(command_id=command_id(), by=actor(), draft_id=draft_id, edition=edition, stands_from=day)
    return _done(command, draft_id, gettext("The list waits for a second person. Nobody can change it meanwhile."))


@screen.post("/lists/drafts/<uuid:draft_id>/take-back")
@needs("manage_pathways")
def take_back_list(draft_id: UUID) -> ResponseReturnValue:
    """Go on with it."""
    command = TakeBackList(command_id=command_id(), by=actor(), draft_id=draft_id)
    return _done(command, draft_id, gettext("The draft is open again."))


@screen.post("/lists/drafts/<uuid:draft_id>/drop")
@needs("manage_pathways")
def drop_list(draft_id: UUID) -> ResponseReturnValue:
    """Let it go."""
    answer = dispatch(DropList(command_id=command_id(), by=actor(), draft_id=draft_id))
    flash(gettext("The draft is dropped. The list stands as it was."), "done")
    return redirect(url_for("studio.list_standing", key=answer["list"]))


@screen.post("/lists/drafts/<uuid:draft_id>/approve")
@needs("approve_pathways")
def approve_list(draft_id: UUID) -> ResponseReturnValue:
    """Publish what somebody else wrote."""
    edition = request.form.get("edition", default=0, type=int)
    try:
        answer = dispatch(ApproveList(command_id=command_id(), by=actor(), draft_id=draft_id, edition=edition))
    except FileRefused as refused:
        return draft_page(draft_id, refused.findings), TO_BE_MENDED
    words = gettext("Version %(number)s is published. Closed cases keep their words.", number=answer["number"])
    flash(words, "done")
    return redirect(url_for("studio.list_standing", key=answer["list"]))


@screen.get("/lists/<key>/file")
@needs("approve_pathways")
def list_file(key: str) -> ResponseReturnValue:
    """The list that stands, as one file without anybody's name or address."""
    rows = list_drafts.stands(db.session(), actor().service_id, _known(key), clock.now())
    named = {"Content-Disposition": f'attachment; filename="{key}.json"'}
    return Response(list_exchange.packed(key, rows), content_type="application/json", headers=named)


@screen.post("/lists/drafts/<uuid:draft_id>/file")
@needs("manage_pathways")
def take_list(draft_id: UUID) -> ResponseReturnValue:
    """Take the rows of a file in, or say everything that is wrong with it."""
    kind = list_drafts.find(db.session(), actor(), draft_id).kind
    sent = request.files.get("file")
    edition = request.form.get("edition", default=0, type=int)
    try:
        rows = list_exchange.opened(sent.read(list_exchange.WHOLE + 1) if sent else b"", kind)
        answer = dispatch(TakeList(command_id=command_id(), by=actor(), draft_id=draft_id, edition=edition, rows=rows))
    except FileRefused as refused:
        return draft_page(draft_id, refused.findings), TO_BE_MENDED
    flash(gettext("%(count)s rows are in the draft. What they change stands below.", count=answer["rows"]), "done")
    return redirect(url_for("studio.list_draft", draft_id=draft_id))


def _done(command: Command, draft_id: UUID, words: str) -> ResponseReturnValue:
    try:
        dispatch(command)
    except FileRefused as refused:
        return draft_page(draft_id, refused.findings), TO_BE_MENDED
    flash(words, "done")
    return redirect(url_for("studio.list_draft", draft_id=draft_id))


def _known(key: str) -> str:
    return key if key in lists.KINDS else abort(404)


def _shown(template: str, key: str, **known: Any) -> str:
    categories = reasons.of_the_product() if key == lists.REASONS else {}
    outcomes = {one for one, told in bpmn.closure_reasons().items() if told["rj_outcome"]}
    more = {"key": key, "words": list_words.of(), "categories": categories, "outcomes": outcomes}
    known |= {"day_of": list_words.day_of, "in_order": list_words.in_order}
    return render_template(template, sent=request.form, new_id=uuid4, **more, **known)
