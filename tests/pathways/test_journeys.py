"""Golden journeys: every way a case can go, told in JSON, played on the whole product."""

from __future__ import annotations

from functools import cache
from uuid import uuid4

import pytest
from sqlalchemy import select

from rj_engine import bpmn, ledger
from rj_engine.cases.case import Case
from rj_engine.demonstration.journeys import Hands, Played, Staff, Stage, play
from rj_engine.demonstration.telling import Journey
from rj_engine.forms import parse
from rj_engine.workflows import rebuild
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.published import publishing, versions
from rj_engine.workflows.rows import Passage
from tests.pathways.journeys_told import ApiHands, every_journey
from tests.places import Product

EVERY = list(every_journey())
ALL = pytest.mark.parametrize("journey", EVERY, ids=[journey.title for journey in EVERY])
TOGETHER = pytest.mark.xdist_group("journeys")
"""In one process, so that the tests of coverage below know of all of them."""
END = "endEvent"
passed: dict[str, set[str]] = {}
"""Title of a journey to every element it passed, for the tests of coverage below."""
reasons: dict[str, str | None] = {}


@ALL
def test_a_case_goes_as_its_journey_tells(product: Product, journey: Journey) -> None:
    _play_and_check(product, journey, Staff())


@TOGETHER
@ALL
def test_a_case_goes_so_through_the_api(sqlite_product: Product, journey: Journey) -> None:
    _play_and_check(sqlite_product, journey, ApiHands(sqlite_product))


@TOGETHER
def test_every_end_is_reached_by_a_journey() -> None:
    _all_played()
    ends = {element.key for element in _elements() if element.kind == END}

    assert ends
    assert ends - set().union(*passed.values()) == set()


@TOGETHER
def test_every_reason_to_close_a_case_is_reached_by_a_journey() -> None:
    _all_played()
    possible = _reasons_drawn() | _reasons_offered()

    assert possible - set(reasons.values()) == set()


def _play_and_check(product: Product, journey: Journey, hands: Hands) -> None:
    played = play(journey, Stage(hands))

    session = product.session
    case = session.scalars(select(Case).where(Case.reference == played.reference)).one()
    story = ledger.read(session, case.id)
    assert ledger.verify(session) > len(journey.steps)
    assert not rebuild.compare(session), "the inbox and the engine disagree"
    assert _missing_of(journey.tags, [entry.tag for entry in story]) == []
    assert [entry.at for entry in story] == sorted(entry.at for entry in story)
    _remember(product, journey, played, case)


def _remember(product: Product, journey: Journey, played: Played, case: Case) -> None:
    passed[journey.title] = set(product.session.scalars(select(Passage.element)))
    reasons[journey.title] = case.closure_reason if case.status == "closed" else None
    assert played.done


def _missing_of(wanted: tuple[str, ...], tags: list[str]) -> list[str]:
    """The tags that do not come, in this order, in the story."""
    rest = iter(tags)
    return [tag for tag in wanted if tag not in rest]


def _all_played() -> None:
    if len(passed) < len({journey.title for journey in EVERY}):
        pytest.skip("says something only when every journey was played in the same run")


@cache
def _elements() -> list[Element]:
    """Every element of the shipped pathways and of all they call."""
    shipped = [versions.unpack(uuid4(), 1, publishing.shipped(pathway)) for pathway in publishing.SHIPPED]
    return [element for published in shipped for element in published.definition.elements.values()]


def _reasons_drawn() -> set[str]:
    drawn = {element.properties.get("closure_reason", "=") for element in _elements()}
    return {reason for reason in drawn if not reason.startswith("=")}


def _reasons_offered() -> set[str]:
    """What the closing form offers, but for those that ask for a step no diagram has."""
    effects = {element.properties.get("effect") for element in _elements()}
    offered = parse(bpmn.forms()["close_case"]).fields["closure_reason"].options
    needed = {key: reason.get("requires_effect") for key, reason in bpmn.closure_reasons().items()}
    return {option.value for option in offered if needed[option.value] is None or needed[option.value] in effects}
