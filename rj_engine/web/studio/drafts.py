"""One draft: its files, what is wrong, what it changes, its proof, and sending it to a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Finding
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio import told
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.studio import approving, asking, checks, drafting, proving
from rj_engine.workflows.studio.approving import ApproveDraft
from rj_engine.workflows.studio.checks import Noted
from rj_engine.workflows.studio.drafting import AddForm, DropDraft, FileRefused, SubmitDraft, TakeBackDraft

TO_BE_MENDED = 422


@screen.get("/drafts/<uuid:draft_id>")
@needs("approve_pathways")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """The whole of one draft."""
    return page(draft_id)


def page(
    draft_id: UUID, wrong: Sequence[Finding] = (), offer: Mapping[str, Any] | None = None, *, may_tick: bool = False
) -> str:
    """The draft, with why a file was not taken, or what taking it as it is would mean."""
    session, who = db.session(), actor()
    found = drafting.find(session, who, draft_id)
    bundle, noted = drafting.content(found), drafting.noted(session, found)
    authors = staff.names(session, {UUID(each) for each in found.authors} | {found.changed_by})
    return render_template(
        "studio/draft.html",
        draft=found,
        basis=checks.files_of(drafting.basis(session, found)),
        files=checks.files_of(bundle),
        noted=noted,
        changes=approving.changed(session, found),
        proof=asking.latest(session, found),
        proved=proving.that_holds(session, found),
        names=authors,
        wrong=told.alike([Noted("", finding) for finding in wrong]),
        found=told.by_file(noted),
        offer=offer,
        may_tick=may_tick,
        today=clock.today(),
        new_id=uuid4,
    )


@screen.post("/drafts/<uuid:draft_id>/forms")
@needs("manage_pathways")
def add_form(draft_id: UUID) -> ResponseReturnValue:
    """Put a new form in, and open it."""
    command = AddForm(
        command_id=command_id(),
        by=actor(),
        draft_id=draft_id,
        edition=_edition(),
        key=request.form.get("key", "").strip(),
    )
    try:
        answer = dispatch(command)
    except FileRefused as refused:
        return page(draft_id, refused.findings), TO_BE_MENDED
    return redirect(url_for("studio.edit", draft_id=draft_id, name=answer["file"]))


@screen.post("/drafts/<uuid:draft_id>/submit")
@needs("manage_pathways")
def submit(draft_id: UUID) -> ResponseReturnValue:
    """Send it to a second person."""
    try:
        day = date.fromisoformat(request.form.get("stands_from", ""))
    except ValueError:
        return page(
            draft_id, [Finding("day", gettext("Say from which day new cases use it: a real day."))]
        ), TO_BE_MENDED
    command = SubmitDraft(command_id=command_id(), by=actor(), draft_id=draft_id, edition=_edition(), stands_from=day)
    try:
        answer = dispatch(command)
    except FileRefused as refused:
        return page(draft_id, refused.findings), TO_BE_MENDED
    words = gettext("The draft waits for a second person. Nobody can change it meanwhile.")
    proves = gettext("Its proof has begun: it can be approved as soon as that holds, and comes back where it does not.")
    return _done(draft_id, f"{words} {proves}" if answer["proves"] else words)


@screen.post("/drafts/<uuid:draft_id>/take-back")
@needs("manage_pathways")
def take_back(draft_id: UUID) -> ResponseReturnValue:
    """Go on drawing."""
    return _did(
        TakeBackDraft(command_id=command_id(), by=actor(), draft_id=draft_id),
        gettext("The draft is open again."),
    )


@screen.post("/drafts/<uuid:draft_id>/drop")
@needs("manage_pathways")
def drop(draft_id: UUID) -> ResponseReturnValue:
    """Let it go."""
    dispatch(DropDraft(command_id=command_id(), by=actor(), draft_id=draft_id))
    flash(gettext("The draft is dropped. The published version stands as it was."), "done")
    return redirect(url_for("studio.listed"))


@screen.post("/drafts/<uuid:draft_id>/approve")
@needs("approve_pathways")
def approve(draft_id: UUID) -> ResponseReturnValue:
    """Publish what somebody else wrote."""
    answer = dispatch(ApproveDraft(command_id=command_id(), by=actor(), draft_id=draft_id, edition=_edition()))
    flash(
        gettext("Version %(number)s is published. Cases that run stay on their version.", number=answer["number"]),
        "done",
    )
    return redirect(url_for("studio.history", key=answer["pathway"]))


def _did(command: Command, words: str) -> ResponseReturnValue:
    return _done(UUID(dispatch(command)["draft"]), words)


def _done(draft_id: UUID, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("studio.draft", draft_id=draft_id))


def _edition() -> int:
    return request.form.get("edition", default=0, type=int)
