"""The letters of a task: to look at, and as files to print or to go on writing in."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from rj_engine import bpmn, clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.letters import page
from rj_engine.letters.files import KINDS
from rj_engine.web.access import actor, needs
from rj_engine.workflows import drafts
from rj_engine.workflows.drafts import NoSuchKind, Offer, ProduceLetter
from rj_engine.workflows.rows import Task

screen = Blueprint("letters", __name__, url_prefix="/tasks/<uuid:task_id>/letters")
PAGE_HEADINGS: Final = 1
"""The page has a heading of its own above the letter's."""


@screen.get("/<name>")
@needs("produce_letter")
def show(task_id: UUID, name: str) -> ResponseReturnValue:
    """The letter on a page, to be read before it is made."""
    offer, document = drafts.look_at(db.session(), actor(), task_id, name, _number(), clock.now())
    shown = page.part(document, below=PAGE_HEADINGS)
    return render_template("letters/letter.html", offer=offer, letter=shown, task_id=task_id)


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
    return {"referrer": "the referrer", "prison": "the prison", "agency": "the agency"}[offer.letter.to]


def register(app: Flask) -> None:
    """Give the task page its letters."""
    app.add_template_filter(here, "letters_here")
    app.add_template_filter(addressee)
