"""Who is noted in a case when it comes in, on which side of the wall, and with whose words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from rj_engine.cases.case import Case, Party, parties
from rj_engine.demonstration import telling
from rj_engine.demonstration.journeys import Staff, Stage
from rj_engine.workflows.beside import referrals
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.answers import typical
from tests.places import Product

FAMILY = {"relation": "child_to_parent", "asks_for": "not_said", "sibling_name": "Finch", "sibling_age_band": "10_15"}
QUARREL = {"relation": "neighbours_two_way", "asks_for": "mediation", "harm_flags": ["STALKING"]}
ASPEN = {
    "victim_2_name": "Aspen Invented",
    "victim_2_age_band": "18_24",
    "victim_2_basis": "wider_indirect",
    "victim_2_aware": "no",
    "victim_2_safe_contact_channels": ["email"],
    "victim_2_email": "aspen@example.org",
    "victim_2_safe_contact_voicemail": "none",
    "victim_2_safe_contact_device_shared": "no",
}


def people(product: Product, **answers: Any) -> tuple[str, list[Party]]:
    """Reference and people of a case referred with these answers."""
    reference = Staff().refer("coordinator", Stage(Staff()).filled("referral", answers))
    return reference, named(product, reference)


def named(product: Product, reference: str) -> list[Party]:
    """The people of a case as they stand now."""
    session = product.session
    return parties(session, session.scalars(select(Case).where(Case.reference == reference)).one())


def do(product: Product, reference: str, element: str, who: str, **answers: Any) -> None:
    """Finish the open task drawn as `element`."""
    where = Task.reference == reference, Task.closed_at.is_(None), Task.element == f"intake/{element}"
    task = product.session.scalars(select(Task).where(*where)).one()
    product.do(CompleteTask, who, task_id=task.id, answers=typical(task.form, **answers))


def told(found: list[Party]) -> list[tuple[str, int, str, str]]:
    """Role, number, side of the wall and first name of each."""
    return [(one.role, one.number, one.wall, one.name.split()[0]) for one in found]


def test_a_victim_and_a_harmer_stand_on_two_sides_of_the_wall(sqlite_product: Product) -> None:
    assert told(people(sqlite_product)[1]) == [("victim", 1, "V", "Alder"), ("harmer", 1, "H", "Hazel")]


def test_each_of_several_victims_has_their_own_words_and_nobody_elses(sqlite_product: Product) -> None:
    _, (first, second, harmer) = people(sqlite_product, more_victims="one", **ASPEN)

    assert told([first, second]) == [("victim", 1, "V", "Alder"), ("victim", 2, "V", "Aspen")]
    assert first.contact["safe_contact_channels"] == ["call"]
    assert second.contact == ASPEN
    assert not [key for key in {**first.contact, **harmer.contact} if key.startswith("victim_2")]


def test_a_second_victim_is_noted_only_where_one_is_said_to_be(sqlite_product: Product) -> None:
    assert len(people(sqlite_product, more_victims="none", **ASPEN)[1]) == len(("victim", "harmer"))


def test_a_family_is_told_in_its_own_words(sqlite_product: Product) -> None:
    _, found = people(sqlite_product, **FAMILY)

    assert told(found) == [
        ("parent_carer", 1, "V", "Maple"),
        ("sibling", 1, "V", "Finch"),
        ("young_person", 1, "H", "Wren"),
    ]
    assert "young_person_school" not in found[0].contact
    assert found[0].contact["parent_carer_safe_contact_device_who"] == "The young person"


def test_two_sides_of_a_quarrel_have_a_side_of_the_wall_each(sqlite_product: Product) -> None:
    assert told(people(sqlite_product, **QUARREL)[1]) == [
        ("party_1", 1, "1", "Juniper"),
        ("party_2", 1, "2", "Plover"),
    ]


@pytest.mark.parametrize(
    ("harmed", "victim", "harmer"), [("party_1", "Juniper", "Plover"), ("party_2", "Plover", "Juniper")]
)
def test_once_somebody_says_who_was_harmed_they_are_victim_and_harmer(
    sqlite_product: Product, harmed: str, victim: str, harmer: str
) -> None:
    reference, _ = people(sqlite_product, **QUARREL)
    do(sqlite_product, reference, "screen_for_safety", "coordinator", harm_flags=["STALKING"])
    do(sqlite_product, reference, "acknowledge_referral", "coordinator")
    do(sqlite_product, reference, "say_who_was_harmed", "lead", harmed_person=harmed)

    assert told(named(sqlite_product, reference)) == [("victim", 1, "V", victim), ("harmer", 1, "H", harmer)]


def test_a_family_placed_by_hand_as_restorative_justice_has_its_parent_and_sibling_as_victims(
    sqlite_product: Product,
) -> None:
    reference, _ = people(sqlite_product, **FAMILY, initiated_by="harmer")
    do(sqlite_product, reference, "screen_for_safety", "coordinator")
    do(sqlite_product, reference, "acknowledge_referral", "coordinator")
    do(sqlite_product, reference, "decide_how_to_ask", "lead")
    placed = {"hand_route": "rj", "hand_decision": "start_rj", "hand_placed_with": None, "hand_placed_on": None}
    do(sqlite_product, reference, "place_by_hand", "lead", **placed)

    assert told(named(sqlite_product, reference)) == [
        ("victim", 1, "V", "Maple"),
        ("victim", 2, "V", "Finch"),
        ("harmer", 1, "H", "Wren"),
    ]


def test_everybody_the_form_can_name_has_a_place_in_the_case() -> None:
    asked = {key.removesuffix("_name") for key in referrals.form().fields if key.endswith("_name")}
    nobody = {"referrer", *(key for key in asked if key.endswith("neutral"))}

    assert asked - nobody == referrals.PEOPLE.keys()
    assert telling.typical_answers()["referral"]["party_1_name"]
