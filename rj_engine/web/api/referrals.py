"""Referrals over the API."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from rj_engine.commands import dispatch
from rj_engine.web.api.access import caller, require_token
from rj_engine.web.api.schemas import AnswersBody, ReferralOut
from rj_engine.workflows.referrals import MakeReferral

blueprint = Blueprint("api_referrals", __name__, description="Referrals")
blueprint.before_request(require_token)


@blueprint.route("/referrals", methods=["POST"])
@blueprint.arguments(AnswersBody)
@blueprint.response(201, ReferralOut)
def refer(body: dict[str, Any]) -> dict[str, Any]:
    """Refer a case to the caller's team."""
    return dispatch(MakeReferral(command_id=body["command_id"], by=caller(), answers=body["answers"]))
