"""Typical answers are an ordinary day: each form takes them as they are."""

from __future__ import annotations

from typing import Any

import pytest

from rj_engine import bpmn
from rj_engine.demonstration import journeys, telling
from rj_engine.forms import parse, validate

VARIABLES: dict[str, Any] = {"stage": "pre_event", "may_step_up": "yes"}
TOLD_OTHERWISE: dict[str, list[dict[str, Any]]] = {
    "referral": [
        {"initiated_by": "police_on_scene"},
        {"relation": "child_to_parent"},
        {"relation": "neighbours_two_way"},
    ],
}
"""Forms that are told in several ways: the answers that lead to each of the other ways."""


def test_every_form_has_typical_answers_and_no_other() -> None:
    assert telling.typical_answers().keys() == bpmn.forms().keys()


@pytest.mark.parametrize("form", sorted(bpmn.forms()))
def test_a_form_takes_its_typical_answers(form: str) -> None:
    given = {
        key: journeys.on_the_day(value) for key, value in telling.typical_answers()[form].items() if value is not None
    }

    ways = [given, *({**given, **other} for other in TOLD_OTHERWISE.get(form, []))]
    kept = {key for way in ways for key in validate(parse(bpmn.forms()[form]), way, VARIABLES)}

    assert kept == given.keys(), "a typical answer to a question that is hidden would never be kept"
