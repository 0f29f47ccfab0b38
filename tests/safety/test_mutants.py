"""A pathway drawn wrong is refused: by the lint, or by the proof."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rj_engine.workflows.engine.definition import PathwayRefused
from tests.reliability.figures import FULL
from tests.safety.catching import caught_by, drawn, learn, shipped
from tests.safety.judge import condemned
from tests.safety.mutants import Mutant, Remembering, every

SURVIVORS = json.loads((Path(__file__).parent / "survivors.json").read_text(encoding="utf-8"))
"""Mutants that nothing refuses, each with the reason why nobody is put in danger by it."""
BESIDE = (
    "complaint", "handover", "less_safe", "rights_request", "safeguarding_response", "serious_incident",
    "victim_update",
)  # fmt: skip
LEAST_CAUGHT = 0.95
LIVES = 400 if FULL else 40


RARE = pytest.mark.skipif(not FULL, reason="found only among many lives: RJ_FULL=1 lives 400 of them")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    Remembering.memory.clear()


def chosen() -> list[Mutant]:
    """All of them in a full run, else those of the pathways that run beside a case: they are walked in seconds."""
    return [mutant for mutant in every() if FULL or mutant.process in BESIDE]


def test_nearly_every_diagram_drawn_wrong_is_refused_and_the_rest_endangers_nobody() -> None:
    learn(() if FULL else BESIDE)
    caught, unknown, unsafe = 0, [], {}
    for mutant in chosen():
        if caught_by(mutant) is not None:
            caught += 1
        elif mutant.name not in SURVIVORS:
            unknown.append(mutant.name)
        elif fault := _judged(mutant):
            unsafe[mutant.name] = fault

    assert unknown == []
    assert caught / (caught + len(unsafe)) >= LEAST_CAUGHT, unsafe


def _judged(mutant: Mutant) -> str | None:
    """What random lives of cases find unsafe about it, or what refuses to publish it."""
    try:
        published = drawn(mutant)
    except PathwayRefused as refused:
        return refused.sentence
    found = (condemned(one, LIVES) for one in published)
    return next((fault for fault in found if fault), None)


def test_every_survivor_is_still_a_mutant_and_says_why_it_may_live() -> None:
    names = {mutant.name for mutant in every()}

    assert SURVIVORS.keys() - names == set()
    assert all(len(why) > 20 for why in SURVIVORS.values())


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("risk_assessment: skip sign_off", "unsigned"),
        pytest.param("victim_initiated_rj: skip first_assessment", "nobody has assessed", marks=RARE),
        pytest.param("letter_writing: skip vet_letter_again", "second_vet", marks=RARE),
        ("consent: skip record_victim_consent", "agreed"),
    ],
)
def test_the_second_opinion_can_tell_a_safe_diagram_from_an_unsafe_one(name: str, fault: str) -> None:
    found = [mutant for mutant in every() if mutant.name == name]
    if not found:
        pytest.skip("this element has more than one way on")

    opinion = str(_judged(found[0]))
    assert fault in opinion or "cannot be used as it is drawn" in opinion


def test_the_second_opinion_finds_nothing_wrong_with_what_ships() -> None:
    """The rules of its own are those of victim and harmer; other pathways have theirs in the proof alone."""
    known = [one for one in shipped() if one.pathway in {"victim_initiated_rj", "renewal"}]

    assert [condemned(one, 12) for one in known] == [None, None]
