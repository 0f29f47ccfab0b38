"""Referrals over the API."""

from __future__ import annotations

from typing import Any

from rj_engine.commands import dispatch
from rj_engine.web.api.access import allows, caller
from rj_engine.web.api.reading import Calls
from rj_engine.web.api.schemas import AnswersBody, ReferralOut
from rj_engine.workflows.beside.referrals import MakeReferral

blueprint = Calls("api_referrals", "Referrals")


@blueprint.route("/referrals", methods=["POST"])
@allows("make_referral")
@blueprint.arguments(AnswersBody)
@blueprint.response(201, ReferralOut)
def refer(body: dict[str, Any]) -> dict[str, Any]:
    """Refer a case to the caller's team; who may not see cases is not told what happens in this one."""
    answer = dispatch(MakeReferral(command_id=body["command_id"], by=caller(), answers=body["answers"]))
    return answer if "see_case" in caller().verbs else {**answer, "next_tasks": []}
