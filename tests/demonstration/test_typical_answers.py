"""Typical answers are an ordinary day: each form takes them as they are."""

from __future__ import annotations

from typing import Any

import pytest

from rj_engine import bpmn
from rj_engine.demonstration import journeys, telling
from rj_engine.forms import Form, parse, validate

VARIABLES: dict[str, Any] = {"stage": "pre_event", "may_step_up": "yes"}
WAYS = [{"way": way} for way in ("direct_conference", "live_video", "recorded_video", "letter")]
TOLD_OTHERWISE: dict[str, list[dict[str, Any]]] = {
    "referral": [
        {"initiated_by": "police_on_scene"},
        {"relation": "child_to_parent"},
        {"relation": "neighbours_two_way"},
    ],
    "harmer_preparation": WAYS,
    "mediation_review_offer": [{"check_next": "again"}],
    "mediation_sign_off": [{"sign_off_decision": "tighten", "sign_off_level": level} for level in ("5", "6")],
    "plan_exchange": WAYS,
    "victim_preparation": WAYS,
}
"""Forms that are told in several ways: the answers, or what the run knows, that lead to each of the other ways."""


def test_every_form_has_typical_answers_and_no_other() -> None:
    assert telling.typical_answers().keys() == bpmn.forms().keys()


@pytest.mark.parametrize("form", sorted(bpmn.forms()))
def test_a_form_takes_its_typical_answers(form: str) -> None:
    given = {
        key: journeys.on_the_day(value) for key, value in telling.typical_answers()[form].items() if value is not None
    }

    asked = parse(bpmn.forms()[form])
    others = [{}, *TOLD_OTHERWISE.get(form, [])]
    kept = {key for other in others for key in _kept(asked, {**given, **other}, {**VARIABLES, **other})}

    assert given.keys() - kept == set(), "a typical answer to a question that is hidden would never be kept"


def _kept(form: Form, answers: dict[str, Any], variables: dict[str, Any]) -> set[str]:
    own = {key: value for key, value in answers.items() if key in form.fields}
    return set(validate(form, own, variables))
