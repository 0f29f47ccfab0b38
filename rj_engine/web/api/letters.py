"""The letters of a task over the API: looked at as HTML, made as PDF or Word."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from flask import Response
from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.letters import page
from rj_engine.letters.files import KINDS
from rj_engine.web.api.access import allows, caller
from rj_engine.web.api.reading import Calls
from rj_engine.web.case.letters import attached
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.drafts import ProduceLetter

blueprint = Calls("api_letters", "Letters: look at one, make one")
LOOK: Final = "html"
MOST_PEOPLE: Final = 99


class LetterQuery(Schema):
    """Which file, and for whom."""

    kind = fields.String(data_key="as", load_default=LOOK, validate=OneOf([LOOK, *KINDS]))
    number = fields.Integer(
        data_key="to",
        load_default=None,
        validate=Range(1, MOST_PEOPLE),
        metadata={"description": "Which of several people of that kind, in the order in which they were told."},
    )


@blueprint.route("/tasks/<uuid:task_id>/letters/<name>", methods=["GET"])
@allows("produce_letter")
@blueprint.arguments(LetterQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/html", description="HTML, PDF or DOCX, as asked.")
def show(query: dict[str, Any], task_id: UUID, name: str) -> Response:
    """One letter of a task. As html it is only looked at; as pdf or docx it is made, and the ledger says so."""
    kind, number, by = query["kind"], query["number"], caller()
    with translated():
        _, document = drafts.look_at(db.session(), by, task_id, name, number, clock.now())
    if kind == LOOK:
        return Response(page.whole(document), mimetype="text/html")
    made = KINDS[kind].made(document)
    dispatch(ProduceLetter(command_id=uuid4(), by=by, task_id=task_id, letter=name, number=number, file=kind))
    return attached(made, kind)
