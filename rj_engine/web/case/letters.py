"""The letters of a task: to look at, and as files to print or to go on writing in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn, clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.letters import page
from rj_engine.letters import words as own_words
from rj_engine.letters.document import Document
from rj_engine.letters.files import KINDS
from rj_engine.letters.wall import WallCrossed
from rj_engine.letters.words import NoTitle, TooLong
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import marked
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.correspondence import (
    WAYS,
    LetterCommand,
    ReadLetter,
    RecordLetterSent,
    SayWhatToChange,
    SomebodyElseReads,
    WhenAndHow,
    WriteLetter,
)
from rj_engine.workflows.task.drafts import NoSuchKind, Offer, ProduceLetter, SecondReaderNeeded

screen = Blueprint("letters", __name__, url_prefix="/tasks/<uuid:task_id>/letters")
OFFICES: Final = {"referrer": marked("the referrer"), "prison": marked("the prison"), "agency": marked("the agency")}
PAGE_HEADINGS: Final = 1
"""The page has a heading of its own above the letter's."""
TO_BE_MENDED: Final = 422


class NotByPost(Refused):
    """They have not said that post is safe, or nobody knows their address. No envelope is made."""

    code = "not_by_post"


@screen.get("/<name>")
@needs("produce_letter")
def show(task_id: UUID, name: str) -> ResponseReturnValue:
    """The letter on a page, to be read before it is made."""
    offer, document = drafts.look_at(db.session(), actor(), task_id, name, _number(), clock.now())
    return _page(task_id, offer, document)


def _page(task_id: UUID, offer: Offer, document: Document, wrong: Refused | None = None) -> str:
    mine = offer.own is not None and offer.own.written_by == actor().id
    named = {offer.own.read_by, offer.own.written_by, offer.own.sent_by} - {None} if offer.own else set()
    names = staff.names(db.session(), {each for each in named if each})
    shown = {"letter": page.part(document, below=PAGE_HEADINGS), "ways": WAYS, "names": names, "mine": mine}
    more = {"wrong": wrong, "sent": request.form, "new_id": uuid4, "today": clock.today()}
    return render_template("letters/letter.html", offer=offer, task_id=task_id, **shown, **more)


@screen.get("/<name>/words")
@needs("produce_letter")
def words(task_id: UUID, name: str) -> ResponseReturnValue:
    """The words of this letter, to be changed."""
    offer, document = drafts.look_at(db.session(), actor(), task_id, name, _number(), clock.now())
    typed = offer.own.words if offer.own and offer.own.words else own_words.of(document)
    return render_template("letters/words.html", offer=offer, task_id=task_id, words=typed, wrong=None, new_id=uuid4)


@screen.post("/<name>/words")
@needs("produce_letter")
def write(task_id: UUID, name: str) -> ResponseReturnValue:
    """Keep the words, or give the author's back; what cannot be kept is shown again with every word."""
    typed = request.form.get("words", "") if request.form.get("action") != "back" else ""
    try:
        dispatch(WriteLetter(words=typed, **_of(task_id, name)))
    except (WallCrossed, NoTitle, TooLong) as wrong:
        offer, _ = drafts.look_at(db.session(), actor(), task_id, name, _number(), clock.now())
        shown = {"offer": offer, "task_id": task_id, "words": typed, "wrong": wrong, "new_id": uuid4}
        return render_template("letters/words.html", **shown), TO_BE_MENDED
    flash(gettext("The letter has these words now. Read it once more."), "done")
    return redirect(url_for("letters.show", task_id=task_id, name=name, to=_number()))


@screen.post("/<name>/read")
@needs("produce_letter")
def read(task_id: UUID, name: str) -> ResponseReturnValue:
    """What a second person says of changed words."""
    verdict, note = request.form.get("verdict", ""), request.form.get("note", "")
    return _try(
        task_id, name, ReadLetter(verdict=verdict, note=note, **_of(task_id, name)), gettext("What you said is kept.")
    )


@screen.post("/<name>/sent")
@needs("produce_letter")
def sent(task_id: UUID, name: str) -> ResponseReturnValue:
    """Note that the letter was sent: when and how."""
    how, on = request.form.get("how", ""), _day()
    return _try(
        task_id, name, RecordLetterSent(sent_on=on, how=how, **_of(task_id, name)), gettext("Recorded as sent.")
    )


@screen.post("/<name>/envelope")
@needs("produce_letter")
def envelope(task_id: UUID, name: str) -> ResponseReturnValue:
    """A sheet for the window of an envelope: name and address, nothing of ours."""
    _, document = drafts.look_at(db.session(), actor(), task_id, name, _number(), clock.now())
    if document.cover is None:
        raise NotByPost
    bare = Document("Envelope", "", (), replace(document.cover, sender=""))
    return attached(KINDS["pdf"].made(bare), "pdf")


def _of(task_id: UUID, name: str) -> dict[str, Any]:
    return {"command_id": command_id(), "by": actor(), "task_id": task_id, "letter": name, "number": _number()}


def _try(task_id: UUID, name: str, command: LetterCommand, done: str) -> ResponseReturnValue:
    """Do it and come back to the letter; what cannot be done is said there, with what was filled in."""
    try:
        dispatch(command)
    except (SayWhatToChange, WhenAndHow, SomebodyElseReads, SecondReaderNeeded) as wrong:
        offer, document = drafts.look_at(db.session(), actor(), task_id, name, _number(), clock.now())
        return _page(task_id, offer, document, wrong), TO_BE_MENDED
    flash(done, "done")
    return redirect(url_for("letters.show", task_id=task_id, name=name, to=_number()))


def _day() -> date | None:
    try:
        return date(*(int(request.form.get(f"on-{part}", "")) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        return None


@screen.post("/<name>")
@needs("produce_letter")
def make(task_id: UUID, name: str) -> ResponseReturnValue:
    """The letter as a file; nothing is handed over before the ledger has it.

    Each press is an act of its own, so that the gate is asked each time.
    """
    kind, number, who = request.form.get("as", ""), _number(), actor()
    if kind not in KINDS:
        raise NoSuchKind
    _, document = drafts.look_at(db.session(), who, task_id, name, number, clock.now())
    made = KINDS[kind].made(document)
    dispatch(ProduceLetter(command_id=uuid4(), by=who, task_id=task_id, letter=name, number=number, file=kind))
    return attached(made, kind)


def _number() -> int | None:
    """Which of several people it is to."""
    return request.args.get("to", type=int)


def attached(made: bytes, kind: str) -> Response:
    """A file to be kept, never shown inside a page."""
    answer = Response(made, mimetype=KINDS[kind].media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{KINDS[kind].name}"'
    return answer


def here(task: Task) -> list[Offer]:
    """The letters that whoever is asking may use at a task."""
    who = actor()
    if "produce_letter" not in who.verbs:
        return []
    return drafts.offered(db.session(), who, task.id, clock.now())


def addressee(offer: Offer) -> str:
    """Whom a letter is to: the person's name, or the office."""
    if offer.party is not None:
        return f"{offer.party.name} ({bpmn.parties()[offer.letter.to]['label']})"
    return str(gettext(OFFICES[offer.letter.to]))


def register(app: Flask) -> None:
    """Give the task page its letters."""
    app.add_template_filter(here, "letters_here")
    app.add_template_filter(addressee)
