"""What can happen at any moment of a case, over the API."""

from __future__ import annotations

from typing import Any

from rj_engine.cases.case import find
from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.web.api.access import allows, caller
from rj_engine.web.api.reading import Calls
from rj_engine.web.api.schemas import EventBody, EventsOut, MovedOut
from rj_engine.workflows.beside import events
from rj_engine.workflows.beside.events import RaiseEvent

blueprint = Calls("api_events", "What can happen at any moment of a case")


@blueprint.route("/cases/<reference>/events", methods=["GET"])
@allows("raise_event")
@blueprint.response(200, EventsOut)
def listed(reference: str) -> dict[str, Any]:
    """What may be told of a case now; nothing of one that is closed."""
    with translated():
        case = find(db.session(), caller(), reference)
        if case.status == "closed":
            return {"events": []}
        people = {one.key: events.whom_it_may_be_about(db.session(), case, one) for one in _may_be_told()}
    return {
        "events": [{"event": one, "form": events.form_of(one), "people": people[one.key]} for one in _may_be_told()]
    }


@blueprint.route("/cases/<reference>/events", methods=["POST"])
@allows("raise_event")
@blueprint.arguments(EventBody)
@blueprint.response(200, MovedOut)
def tell(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Say that something has happened."""
    return dispatch(RaiseEvent(by=caller(), reference=reference, **body))


def _may_be_told() -> list[events.Event]:
    return events.may_be_raised(caller())
