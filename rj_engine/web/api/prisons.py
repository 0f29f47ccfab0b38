"""The prison board over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from rj_engine import clock
from rj_engine.database import db, translated
from rj_engine.reports import stalls
from rj_engine.reports.stalls import MOVES, SORTS, Wanted
from rj_engine.web.api.access import allows, caller
from rj_engine.web.api.reading import Calls
from rj_engine.web.api.schemas import Instant

blueprint = Calls("api_prisons", "Requests to prisons: what waits, and whose move it is")
MOST = 200


class BoardQuery(Schema):
    """How the board is looked at."""

    stalled = fields.Boolean(load_default=False)
    sort = fields.String(load_default="waited", validate=validate.OneOf(list(SORTS)))
    move = fields.String(load_default="", validate=validate.OneOf(["", *MOVES]))
    kind = fields.String(load_default="", validate=validate.OneOf(["", "access", "event"]))
    place = fields.String(load_default="", validate=validate.Length(max=60))
    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=stalls.PAGE, validate=validate.Range(1, MOST))


class StepOut(Schema):
    """An open task of a request."""

    id = fields.UUID()
    name = fields.String()
    assignee = fields.UUID(attribute="assignee_id", allow_none=True)
    due_at = Instant()


class StallOut(Schema):
    """One request that waits; restricted."""

    id = fields.UUID()
    case = fields.String()
    kind = fields.String()
    decision = fields.String()
    place = fields.String()
    route = fields.String()
    sent_on = fields.Date()
    delivered_on = fields.Date(allow_none=True)
    working_days = fields.Integer(attribute="days.total")
    working_days_ours = fields.Integer(attribute="days.ours")
    working_days_victims = fields.Integer(attribute="days.victims")
    calendar_days = fields.Integer()
    band = fields.String()
    move = fields.String()
    steps = fields.List(fields.Nested(StepOut))
    next_on = fields.Date(allow_none=True)
    last_chased_on = fields.Date(allow_none=True)
    held_until = fields.Date(allow_none=True)
    promised_on = fields.Date(allow_none=True)
    held_up_by = fields.String()
    victim_told_on = fields.Date(allow_none=True)


class BoardOut(Schema):
    """One page of the board."""

    prison_requests = fields.List(fields.Nested(StallOut))
    next_cursor = fields.String(allow_none=True)
    count = fields.Integer()


@blueprint.route("/prison-requests", methods=["GET"])
@allows("see_prison_board")
@blueprint.arguments(BoardQuery, location="query")
@blueprint.response(200, BoardOut)
def board(query: dict[str, Any]) -> dict[str, Any]:
    """Requests that wait; with `stalled` those of 20 working days and more, those refused, and those we forgot."""
    cursor, limit, stalled = query.pop("cursor"), query.pop("limit"), query.pop("stalled")
    wanted = Wanted(**query, stalled="yes" if stalled else "")
    with translated():
        page = stalls.board(db.session(), caller(), wanted, clock.today(), cursor=cursor, limit=limit)
    return {"prison_requests": page.rows, "next_cursor": page.next_cursor, "count": page.count}
