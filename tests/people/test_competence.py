"""What staff are trained for: who records it, of whom, and when it is in date."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rj_engine import bpmn, clock, dmn, feel, ledger
from rj_engine.commands import NotAllowed
from rj_engine.people import competence
from rj_engine.people.competence import NoSuchPerson, NoSuchTraining, OwnTraining, RecordCompetence, Trained
from rj_engine.people.staff import Service
from tests.places import Product

TODAY = date(2026, 6, 10)
NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)


def record(product: Product, who: str, of: str, **changed: Any) -> None:
    known: dict[str, Any] = {"level": 2, "modules": {"hate": TODAY}, "supervision_on": TODAY, "observed_on": TODAY}
    product.do(RecordCompetence, who, staff_id=product.actor(of).id, **{**known, **changed})


@pytest.mark.parametrize("who", ["lead", "service_manager"])
def test_a_lead_or_manager_records_what_a_colleague_is_trained_for(sqlite_product: Product, who: str) -> None:
    with clock.at(NOW):
        record(sqlite_product, who, "facilitator", cpd_hours=12)
    found = competence.of(sqlite_product.session, sqlite_product.actor("facilitator").id)
    assert found == Trained(2, {"hate": TODAY}, TODAY, TODAY, 12)


def test_what_is_recorded_takes_the_place_of_what_stood(sqlite_product: Product) -> None:
    record(sqlite_product, "lead", "facilitator", modules={"dash": TODAY})
    record(sqlite_product, "lead", "facilitator", level=1, modules={"hate": TODAY}, supervision_on=None)
    found = competence.of(sqlite_product.session, sqlite_product.actor("facilitator").id)
    assert (found.level, found.modules, found.supervision_on) == (1, {"hate": TODAY}, None)


@pytest.mark.parametrize("who", ["facilitator", "coordinator", "safeguarding_lead", "administrator", "auditor"])
def test_nobody_else_records_training(sqlite_product: Product, who: str) -> None:
    with pytest.raises(NotAllowed):
        record(sqlite_product, who, "facilitator2")


def test_nobody_records_their_own_training(sqlite_product: Product) -> None:
    with pytest.raises(OwnTraining):
        record(sqlite_product, "lead", "lead")


def test_another_services_person_and_an_unknown_one_are_not_there(sqlite_product: Product) -> None:
    with pytest.raises(NoSuchPerson):
        record(sqlite_product, "lead", "facilitator.sample")
    with pytest.raises(NoSuchPerson):
        sqlite_product.do(RecordCompetence, "lead", staff_id=uuid.uuid4(), level=1, modules={})


@pytest.mark.parametrize(
    "changed", [{"level": 4}, {"level": 0}, {"modules": {"tea": TODAY}}, {"cpd_hours": -1}, {"cpd_hours": 5000}]
)
def test_only_levels_and_modules_that_there_are(sqlite_product: Product, changed: dict[str, Any]) -> None:
    with pytest.raises(NoSuchTraining):
        record(sqlite_product, "lead", "facilitator", **changed)


def test_the_ledger_of_the_service_tells_what_was_recorded(sqlite_product: Product) -> None:
    record(sqlite_product, "lead", "facilitator", level=3)
    service = sqlite_product.session.scalars(select(Service.id).where(Service.code == "EC")).one()
    last = ledger.read(sqlite_product.session, service)[-1]
    assert (last.tag, last.detail["level"], last.detail["modules"]) == (
        "staff:competence:recorded",
        "advanced",
        {"hate": "2026-06-10"},
    )


def test_a_module_counts_on_its_last_day_and_not_after() -> None:
    trained = Trained(2, {"dash": TODAY})
    assert trained.lacks(["dash", "hate"], TODAY) == ["hate"]
    assert trained.lacks(["dash"], TODAY + timedelta(days=1)) == ["dash"]


@pytest.mark.parametrize(
    ("supervised", "observed", "expected"),
    [
        (TODAY, TODAY, "current"),
        (TODAY - timedelta(weeks=12), TODAY - timedelta(days=365), "current"),
        (TODAY - timedelta(weeks=12, days=1), TODAY, "lapsed"),
        (TODAY, TODAY - timedelta(days=366), "lapsed"),
        (TODAY - timedelta(weeks=13), None, "lapsed"),
        (None, TODAY, "unknown"),
        (TODAY, None, "unknown"),
    ],
)
def test_supervision_is_current_for_twelve_weeks_and_observed_practice_for_a_year(
    supervised: date | None, observed: date | None, expected: str
) -> None:
    assert Trained(3, {}, supervised, observed).supervision(TODAY) == expected


def test_nobody_and_a_person_without_a_record_have_no_level(sqlite_product: Product) -> None:
    assert competence.of(sqlite_product.session, None) == Trained()
    assert competence.of(sqlite_product.session, sqlite_product.actor("referrer").id).level == 0
    assert competence.level_name(0) == "not recorded yet"


def test_a_level_nobody_knows_is_the_highest() -> None:
    assert [competence.level_of(name) for name in ("foundation", "intermediate", "advanced", "whatever")] == [
        1,
        2,
        3,
        3,
    ]


def test_every_module_that_the_decision_names_can_be_recorded() -> None:
    model = dmn.load(bpmn.decisions()["competence"])
    flags = ["DA", "SA", "STALKING", "HBA", "EXPLOITATION", "DEATH", "HATE", "VIOLENCE"]
    for pathway in ("victim_initiated_rj", "apvc", "mediation"):
        facts = {"pathway": pathway, "child_party": "under_16", "harm_flags": flags, "complexity": "sensitive"}
        decided: Any = feel.to_json(model.decide("competence", {**facts, "supervision": "current"}).value)
        assert set(decided["modules"]) <= set(bpmn.training()["modules"])
        assert str(decided["lead"]) in bpmn.training()["levels"]


def test_everybody_of_the_service_who_works_on_cases_is_listed(sqlite_product: Product) -> None:
    people = [person.name for person, _ in competence.everybody(sqlite_product.session, sqlite_product.actor("lead"))]
    assert "Wren Invented" in people
    assert not {"Robin Invented", "Aubrey Invented", "Sky Invented"} & set(people)
