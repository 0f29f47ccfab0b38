"""The same name in another case is found, and shown only to whoever may know."""

from __future__ import annotations

import pytest

from rj_engine import sealing
from rj_engine.cases import links
from rj_engine.cases.case import Case, Party
from rj_engine.cases.links import Link
from tests.builders import a_case, kept
from tests.places import Product


def named(case: Case, name: str, wall: str = "V") -> Case:
    """Somebody of that name in a case."""
    role = {"V": "victim", "H": "harmer"}[wall]
    kept(Party(case_id=case.id, role=role, wall=wall, name=name, contact={}))
    return case


def seen(product: Product, who: str, case: Case) -> list[Link]:
    return links.possible(product.session, product.actor(who), case)


def test_a_name_is_found_however_it_is_written(product: Product) -> None:
    first = named(a_case(product), "Zoë O'Invented-Smith")
    second = named(a_case(product), "zoe  oinvented smith")

    assert seen(product, "facilitator", second) == [Link("zoe  oinvented smith", first.reference, same_side=True)]


def test_somebody_on_the_other_side_elsewhere_is_for_a_lead_to_know(sqlite_product: Product) -> None:
    there = named(a_case(sqlite_product), "Ash Invented", "H")
    here = named(a_case(sqlite_product), "Ash Invented", "V")

    assert seen(sqlite_product, "facilitator", here) == [Link("Ash Invented", None, same_side=False)]
    assert seen(sqlite_product, "lead", here) == [Link("Ash Invented", there.reference, same_side=False)]


def test_another_teams_case_is_not_named(sqlite_product: Product) -> None:
    named(a_case(sqlite_product, "coordinator.west"), "Ash Invented")
    here = named(a_case(sqlite_product), "Ash Invented")

    assert seen(sqlite_product, "facilitator", here) == [Link("Ash Invented", None, same_side=False)]


def test_nothing_crosses_from_one_service_to_another(sqlite_product: Product) -> None:
    named(a_case(sqlite_product, "lead.sample"), "Ash Invented")
    here = named(a_case(sqlite_product), "Ash Invented")

    assert seen(sqlite_product, "lead", here) == []


@pytest.mark.parametrize("other", ["Ashe Invented", "Ash", ""])
def test_a_mark_tells_names_apart_and_nothing_of_them(other: str, sqlite_product: Product) -> None:
    assert sqlite_product.url
    assert sealing.mark("Ash Invented") != sealing.mark(other)
    assert len(sealing.mark(other)) == 32
