"""Whatever is decided beside a case, the case hears of it: no pathway that reaches people works on after a stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rj_engine import bpmn
from rj_engine.risk import gate
from rj_engine.risk.requirements import REACH_SOMEBODY
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.proof import pathways
from rj_engine.workflows.published import publishing

STOP = "risk_stops"
GOES_ON = {
    "complaint": "Whoever complained is answered, whatever becomes of the case.",
    "rights_request": "Whoever asked about their data is answered within the month, whatever becomes of the case.",
    "serious_incident": "It decides itself whether the work stops, and tells the others.",
    "safeguarding_response": "It decides itself whether the work stops, and tells the others.",
}
"""Pathways that run beside a case and must not end because its work does."""


def definitions() -> Iterator[tuple[str, Definition]]:
    for shipped in pathways.shipped():
        yield shipped.pathway, shipped.definition


def told() -> set[str]:
    """What the ends of pathways tell the other runs of a case."""
    found = {element.properties.get("tells", "") for _, one in definitions() for element in one.elements.values()}
    return set(" ".join(found).split())


def reaches_people(definition: Definition) -> bool:
    effects = {element.properties.get("effect") for element in definition.elements.values()}
    return any(effect in REACH_SOMEBODY or gate.guarded(effect) for effect in effects if effect)


def test_what_stops_a_case_is_told_by_some_end() -> None:
    assert STOP in told()
    assert set(GOES_ON) <= set(publishing.SHIPPED)


@pytest.mark.parametrize("name", publishing.SHIPPED)
def test_a_pathway_that_reaches_people_hears_every_stop_told_beside_it(name: str) -> None:
    definition = dict(definitions())[name]
    assert name in GOES_ON or not reaches_people(definition) or STOP in definition.messages


def test_a_handover_hears_whoever_it_would_ask() -> None:
    asked = {"victim_withdraws", "parent_withdraws", "party_1_withdraws"}
    assert asked <= dict(definitions())["handover"].messages


def test_what_can_happen_at_any_moment_and_ends_work_can_be_told_of_a_case_on_every_pathway() -> None:
    """An event that holds everything begins a pathway that decides, whatever the case runs on."""
    for event in bpmn.events().values():
        if event.get("holds"):
            assert any("where" not in begins for begins in event["starts"])
