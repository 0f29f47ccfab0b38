"""Cases over the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from rj_engine import clock
from rj_engine.cases import queries
from rj_engine.cases.queries import CaseFile
from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.web.api.access import caller, require_token
from rj_engine.web.api.schemas import CasesQuery, MovedOut, WithdrawBody
from rj_engine.workflows import desk
from rj_engine.workflows.withdrawals import Withdraw

blueprint = Blueprint("api_cases", __name__, description="Cases: what the caller may see of them")
blueprint.before_request(require_token)


@blueprint.route("/cases")
class Cases(MethodView):
    """Cases."""

    @blueprint.arguments(CasesQuery, location="query")
    @blueprint.response(200)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Cases the caller may see, newest first."""
        caller().require("see_case")
        with translated():
            rows, cursor = queries.page(db.session(), caller(), **query)
        return {"cases": [asdict(row) for row in rows], "next_cursor": cursor}


@blueprint.route("/cases/<reference>")
class OneCase(MethodView):
    """One case."""

    @blueprint.response(200)
    def get(self, reference: str) -> dict[str, Any]:
        """What the caller may see of one case: people, consents, open tasks, what happened."""
        with translated():
            file = queries.case_file(db.session(), caller(), reference, clock.now())
            tasks = desk.open_tasks(db.session(), file.case)
        return {**_told(file), "tasks": [{"id": str(t.id), "name": t.name, "due_at": t.due_at} for t in tasks]}


@blueprint.route("/cases/<reference>/withdraw", methods=["POST"])
@blueprint.arguments(WithdrawBody)
@blueprint.response(200, MovedOut)
def withdraw(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Record that a party withdraws."""
    return dispatch(Withdraw(by=caller(), reference=reference, **body))


def _told(file: CaseFile) -> dict[str, Any]:
    case = file.case
    return {
        "reference": case.reference,
        "title": case.title,
        "pathway": case.pathway,
        "stage": case.stage,
        "status": case.status,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "closure_reason": case.closure_reason,
        "facilitator": file.facilitator,
        "people": [{"role": party.role, "name": party.name, "wall": party.wall} for party in file.parties],
        "consents": [
            {"party": given.party, "scope": given.scope, "expires_on": given.expires_on, "stands": file.standing(given)}
            for given in file.consents
        ],
        "timeline": [
            {"at": entry.at, "who": entry.actor_name, "tag": entry.tag, "detail": entry.detail}
            for entry in file.timeline
        ],
    }
