"""Cases over the API."""

from __future__ import annotations

from typing import Any

from rj_engine import clock
from rj_engine.cases import queries
from rj_engine.cases.queries import CaseFile
from rj_engine.commands import dispatch
from rj_engine.database import db, translated
from rj_engine.web.api.access import allows, caller
from rj_engine.web.api.reading import Calls
from rj_engine.web.api.schemas import AnswersBody, CaseOut, CasesOut, CasesQuery, CommandBody, MovedOut, WithdrawBody
from rj_engine.workflows.beside.renewals import RenewWhatRanOut
from rj_engine.workflows.beside.victims import AddVictim
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task import desk

blueprint = Calls("api_cases", "Cases: what the caller may see of them")


@blueprint.route("/cases", methods=["GET"])
@allows("see_case", "see_own_referrals")
@blueprint.arguments(CasesQuery, location="query")
@blueprint.response(200, CasesOut)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Cases the caller may see, newest first; of their own referrals a referrer gets reference, status and date."""
    find = queries.page if "see_case" in caller().verbs else queries.own_referrals
    with translated():
        rows, cursor = find(db.session(), caller(), **query)
    return {"cases": rows, "next_cursor": cursor}


@blueprint.route("/cases/<reference>", methods=["GET"])
@allows("see_case")
@blueprint.response(200, CaseOut)
def show(reference: str) -> dict[str, Any]:
    """What the caller may see of one case: people, consents, open tasks, what happened."""
    with translated():
        file = queries.case_file(db.session(), caller(), reference, clock.now())
        return _told(file, desk.open_tasks(db.session(), file.case))


@blueprint.route("/cases/<reference>/withdraw", methods=["POST"])
@allows("withdraw_party")
@blueprint.arguments(WithdrawBody)
@blueprint.response(200, MovedOut)
def withdraw(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Record that a party withdraws."""
    return dispatch(Withdraw(by=caller(), reference=reference, **body))


@blueprint.route("/cases/<reference>/victims", methods=["POST"])
@allows("complete_task")
@blueprint.arguments(AnswersBody)
@blueprint.response(200, MovedOut)
def add_victim(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Name another person harmed in the same incident; they get a run of their own."""
    return dispatch(AddVictim(by=caller(), reference=reference, **body))


@blueprint.route("/cases/<reference>/renew", methods=["POST"])
@allows("complete_task")
@blueprint.arguments(CommandBody)
@blueprint.response(200, MovedOut)
def renew(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Set about renewing a consent or an assessment that has run out."""
    return dispatch(RenewWhatRanOut(by=caller(), reference=reference, **body))


def _told(file: CaseFile, tasks: list[Task]) -> dict[str, Any]:
    shown = ("reference", "title", "pathway", "stage", "status", "opened_at", "closed_at", "closure_reason")
    given = ("party", "scope", "given_on", "expires_on", "withdrawn_at")
    return {
        **{name: getattr(file.case, name) for name in (*shown, "facilitator_id")},
        "facilitator_name": file.facilitator,
        "people": file.parties,
        "consents": [
            {**{name: getattr(consent, name) for name in given}, "stands": file.standing(consent)}
            for consent in file.consents
        ],
        "tasks": tasks,
        "orders": file.records.orders,
        "agreements": [{"agreement": row, "items": items} for row, items in file.records.agreements],
        "surveys": file.records.surveys,
        "less_safe": [pair for pair in file.records.travelled if file.records.is_worse(pair)],
        "referrals_out": file.records.referrals_out,
        "timeline": file.timeline,
    }
