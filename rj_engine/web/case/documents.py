"""The documents of a case: added, opened, taken away. Nothing that came from outside is ever shown inside a page."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases import documents
from rj_engine.cases.case import Case, NotFound, Party
from rj_engine.cases.documents import AddDocument, Document, OpenDocument, RemoveDocument, WhoseIsIt
from rj_engine.cases.papers import reading
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.settings import Settings
from rj_engine.web.page.access import actor, needs, settings
from rj_engine.web.page.languages import marked
from rj_engine.web.page.posted import command_id

screen = Blueprint("documents", __name__, url_prefix="/cases/<reference>/documents")
TO_BE_MENDED: Final = 422
SERVICE: Final = "service"
MEGABYTE: Final = 1_000_000
ROOM_FOR_THE_FORM: Final = 100_000
"""Bytes of a request beside the file."""
ALONE: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
KINDS: Final = {
    "pdf": marked("PDF"),
    "jpg": marked("Photograph"),
    "png": marked("Picture"),
    "webp": marked("Picture"),
    "docx": marked("Word document"),
    "odt": marked("OpenDocument text"),
    "txt": marked("Text"),
}


@screen.get("")
@needs("see_case")
def listed(reference: str) -> ResponseReturnValue:
    """Every document of the case, and the form to add one."""
    return _page(reference)


@screen.post("")
@needs("add_document")
def add(reference: str) -> ResponseReturnValue:
    """Read the file, make it anew, keep it; what cannot be kept is said, with all that was filled in."""
    case = cases.find(db.session(), actor(), reference)
    sent = request.files.get("file")
    try:
        paper = reading.read(sent.read() if sent else b"", _largest())
        name = request.form.get("name", "").strip() or (sent.filename if sent else "") or ""
        whose = _whose(case)
        adding = AddDocument(
            command_id=command_id(), by=actor(), reference=reference, paper=paper, name=name, party=whose
        )
        dispatch(adding)
    except NotFound:
        raise
    except Refused as refused:
        return _page(reference, refused), TO_BE_MENDED
    flash(gettext("The document is kept. What it told of its maker was taken out."), "done")
    return redirect(url_for("documents.listed", reference=case.reference))


@screen.post("/<int:number>")
@needs("see_case")
def download(reference: str, number: int) -> ResponseReturnValue:
    """The document as a file, once the ledger has it."""
    dispatch(OpenDocument(command_id=uuid4(), by=actor(), reference=reference, number=number))
    row = documents.one(db.session(), cases.find(db.session(), actor(), reference).id, number)
    answer = Response(row.body, mimetype=row.media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@screen.post("/<int:number>/remove")
@needs("add_document")
def remove(reference: str, number: int) -> ResponseReturnValue:
    """Take it away for good, with the reason."""
    reason = request.form.get("reason", "")
    case = cases.find(db.session(), actor(), reference)
    try:
        dispatch(RemoveDocument(command_id=command_id(), by=actor(), reference=reference, number=number, reason=reason))
    except documents.WhyIsItTakenAway as refused:
        return _page(reference, refused), TO_BE_MENDED
    flash(gettext("Document %(number)s was taken away. What it held is gone.", number=number), "done")
    return redirect(url_for("documents.listed", reference=case.reference))


def _largest() -> int:
    return settings().largest_document_mb * MEGABYTE


def _whose(case: Case) -> UUID | None:
    """The person it is about, or none for the service; somebody has to be chosen."""
    chosen = request.form.get("whose", "")
    if chosen == SERVICE:
        return None
    people = {str(party.id): party.id for party in cases.parties(db.session(), case)}
    if chosen not in people:
        raise WhoseIsIt
    return people[chosen]


def _page(reference: str, wrong: Refused | None = None) -> str:
    case = cases.find(db.session(), actor(), reference)
    people = cases.parties(db.session(), case)
    shown = {"case": case, "people": people, "wrong": wrong, "sent": request.form, "new_id": uuid4}
    where = {"taken": reading.TAKEN, "largest": settings().largest_document_mb, "service": SERVICE}
    return render_template("documents/list.html", **shown, **where)


def of(case: Case) -> list[tuple[Document, Party | None]]:
    """The documents of a case with whose they are, for the case page and the page of documents."""
    people = {party.id: party for party in cases.parties(db.session(), case)}
    rows = documents.of_case(db.session(), case.id)
    return [(row, people.get(row.about_id) if row.about_id else None) for row in rows]


def side(party: Party | None) -> str:
    """Whose it is, in words: the name and the part, or the service."""
    return f"{party.name} ({_part(party)})" if party else gettext("The service")


def _part(party: Party) -> str:
    for known in bpmn.parties().values():
        if party.role in known["roles"]:
            return str(known["label"])
    return party.role.replace("_", " ")


def size(count: int) -> str:
    """Bytes as people say them: 12 KB, 3.4 MB."""
    if count < MEGABYTE:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / MEGABYTE:.1f} MB"


def register(app: Flask, known: Settings) -> None:
    """Let files through at their one door, before anything reads the request; give the pages these words."""

    def make_room() -> None:
        if request.endpoint == "documents.add":
            request.max_content_length = known.largest_document_mb * MEGABYTE + ROOM_FOR_THE_FORM

    app.before_request(make_room)
    app.add_template_filter(of, "documents_of")
    app.add_template_filter(side, "whose_document")
    app.add_template_filter(size, "file_size")
    app.add_template_filter(lambda row: KINDS.get(row.kind, row.kind), "kind_of_document")
