"""Notes on a case, a supervisor's comment on them, and the link between two cases."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from rj_engine.cases.linked import LinkCases, UnlinkCases
from rj_engine.cases.notes import CommentNote, WriteNote
from rj_engine.commands import dispatch
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id

screen = Blueprint("notes", __name__, url_prefix="/cases/<reference>")


@screen.post("/notes")
@needs("write_note")
def write(reference: str) -> ResponseReturnValue:
    """Keep a note, in linked cases as well where they are ticked."""
    words, also = request.form.get("words", ""), request.form.getlist("also")
    tell = [one for one in map(_id, request.form.getlist("tell")) if one is not None]
    note = WriteNote(command_id=command_id(), by=actor(), reference=reference, words=words, also=also, tell=tell)
    answer = dispatch(note)
    flash(" ".join(_kept(answer["told"], answer["unclear"])), "done")
    return redirect(url_for("cases.show", reference=reference, _anchor="notes"))


@screen.post("/notes/<uuid:note>/comments")
@needs("comment_note")
def comment(reference: str, note: UUID) -> ResponseReturnValue:
    """Keep what a supervisor says about a note."""
    words = request.form.get("words", "")
    dispatch(CommentNote(command_id=command_id(), by=actor(), reference=reference, note_id=note, words=words))
    flash(gettext("The comment is kept beside the note."), "done")
    return redirect(url_for("cases.show", reference=reference, _anchor="notes"))


def _kept(told: int, unclear: int) -> Iterator[str]:
    yield gettext("The note is kept.")
    if told:
        yield ngettext("%(num)d colleague will be told.", "%(num)d colleagues will be told.", told)
    if unclear:
        yield gettext("An @ stands before a name that fits no colleague of this team, or more than one: choose them.")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@screen.post("/links/end")
@needs("link_cases")
def unlink(reference: str) -> ResponseReturnValue:
    """Take a link away, with the reason."""
    other, reason = request.form.get("other", ""), request.form.get("reason", "")
    command = UnlinkCases(command_id=command_id(), by=actor(), reference=reference, other=other, reason=reason)
    flash(gettext("No longer linked with %(other)s.", other=dispatch(command)["other"]), "done")
    return redirect(url_for("cases.show", reference=reference, _anchor="linked"))


@screen.post("/links")
@needs("link_cases")
def link(reference: str) -> ResponseReturnValue:
    """Link the case with another that one may see."""
    other, reason = request.form.get("other", ""), request.form.get("reason", "")
    command = LinkCases(command_id=command_id(), by=actor(), reference=reference, other=other, reason=reason)
    flash(gettext("Linked with %(other)s.", other=dispatch(command)["other"]), "done")
    return redirect(url_for("cases.show", reference=reference, _anchor="linked"))
