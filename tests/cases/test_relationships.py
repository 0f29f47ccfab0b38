"""How people of a case are related: recorded once, changed with a reason, each side of the wall apart."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import bpmn, ledger
from rj_engine.cases import case as cases
from rj_engine.cases import relationships
from rj_engine.cases.case import Case, NotFound, Party
from rj_engine.cases.linked import LinkCases, NotLinked, SameCase, UnlinkCases, of_case
from rj_engine.cases.linked import ReasonNeeded as ReasonToUnlink
from rj_engine.cases.relationships import (
    AmendRelationship,
    ReasonNeeded,
    RecordedAlready,
    RecordRelationship,
    Related,
    Relationship,
    TwoPeople,
)
from tests.places import Product
from tests.web.browsing import Browser, a_browser, a_case, words


def found(product: Product, reference: str) -> Case:
    return cases.find(product.session, product.actor("lead"), reference)


def people(product: Product, reference: str) -> dict[str, Party]:
    return {one.role: one for one in cases.parties(product.session, found(product, reference))}


def standing(product: Product, reference: str) -> list[Related]:
    case = found(product, reference)
    return relationships.of_case(product.session, case, cases.parties(product.session, case))


def recorded(product: Product, reference: str, one: UUID, other: UUID, kind: str = "neighbour") -> UUID:
    told = {"reference": reference, "one": one, "other": other, "how": kind}
    return UUID(product.do(RecordRelationship, "facilitator", **told)["relationship"])


def tags(product: Product, reference: str) -> list[str]:
    return [entry.tag for entry in ledger.read(product.session, found(product, reference).id)]


def test_what_is_recorded_is_said_from_either_person(product: Product) -> None:
    reference = a_case(product)
    known = people(product, reference)

    recorded(product, reference, known["harmer"].id, known["victim"].id, "parent")

    (one,) = standing(product, reference)
    assert one.seen_from(known["harmer"]) == ("parent of", known["victim"].name)
    assert one.seen_from(known["victim"]) == ("child of", known["harmer"].name)
    assert one.across
    assert "case:relationship:recorded" in tags(product, reference)


def test_two_people_have_one_relationship_at_a_time(product: Product) -> None:
    reference = a_case(product)
    known = people(product, reference)
    recorded(product, reference, known["harmer"].id, known["victim"].id)

    with pytest.raises(RecordedAlready):
        recorded(product, reference, known["victim"].id, known["harmer"].id, "friend")


def test_a_relationship_needs_two_people_of_the_case_and_a_known_kind(product: Product) -> None:
    reference, elsewhere = a_case(product), a_case(product)
    victim, harmer = (people(product, reference)[role].id for role in ("victim", "harmer"))
    stranger = people(product, elsewhere)["harmer"].id

    for other, kind in ((victim, "friend"), (stranger, "friend"), (harmer, "enemy"), (harmer, "")):
        with pytest.raises(TwoPeople):
            recorded(product, reference, victim, other, kind)


def test_a_change_keeps_what_stood_and_its_sealed_reason(product: Product) -> None:
    reference = a_case(product)
    known = people(product, reference)
    first = recorded(product, reference, known["harmer"].id, known["victim"].id)
    change = {"reference": reference, "relationship": first, "how": "former_partner"}

    with pytest.raises(ReasonNeeded):
        product.do(AmendRelationship, "facilitator", **change, reason="  ")
    with pytest.raises(TwoPeople):
        product.do(AmendRelationship, "facilitator", **change | {"how": "enemy"}, reason="She said so")
    product.do(AmendRelationship, "facilitator", **change, reason="She said so")

    assert [one.kind for one in standing(product, reference)] == ["former_partner"]
    before = product.session.get_one(Relationship, first)
    assert before.reason == "She said so"
    assert b"She said so" not in (before.reason_sealed or b"")
    with pytest.raises(NotFound):
        product.do(AmendRelationship, "facilitator", **change, reason="Again")
    second = standing(product, reference)[0].id
    product.do(AmendRelationship, "lead", reference=reference, relationship=second, how="", reason="A mistake")
    assert standing(product, reference) == []
    assert len(list(product.session.scalars(select(Relationship)))) == 2
    assert tags(product, reference).count("case:relationship:amended") == 2


def test_nobody_relates_people_of_another_teams_case(product: Product) -> None:
    reference = a_case(product)
    known = people(product, reference)
    told = {"reference": reference, "one": known["victim"].id, "other": known["harmer"].id, "how": "friend"}

    with pytest.raises(NotFound):
        product.do(RecordRelationship, "facilitator.west", **told)


def test_the_page_keeps_what_crosses_the_wall_apart(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    known = people(sqlite_product, reference)
    browser, page = a_browser(sqlite_product, "facilitator"), f"/cases/{reference}"
    sent = {"one": str(known["harmer"].id), "related_to": str(known["victim"].id), "kind": "neighbour"}

    assert browser.post(f"{page}/relationships", page, **sent).status_code == 302
    assert browser.post(f"{page}/relationships", page, one="", related_to="").status_code == 422

    told = words(browser.get(page).text)
    assert "Across the two sides" in told
    assert f"{known['harmer'].name}: neighbour of {known['victim'].name}" in told
    (one,) = standing(sqlite_product, reference)
    sent = {"relationship": str(one.id), "kind": "friend", "reason": "He told us"}
    assert browser.post(f"{page}/relationships/change", page, **sent).status_code == 302
    assert browser.post(f"{page}/relationships/change", page).status_code == 422
    assert "from neighbour of to friend of: He told us" in words(browser.get(page).text)


def linked(product: Product) -> tuple[str, str]:
    first, second = a_case(product), a_case(product)
    product.do(LinkCases, "facilitator", reference=first, other=second, reason="The same night")
    return first, second


def test_a_link_ends_with_a_reason_that_both_histories_keep(product: Product) -> None:
    first, second = linked(product)

    with pytest.raises(ReasonToUnlink):
        product.do(UnlinkCases, "facilitator", reference=second, other=first, reason="")
    product.do(UnlinkCases, "facilitator", reference=second, other=first, reason="Two different nights")

    for reference in (first, second):
        assert of_case(product.session, product.actor("lead"), found(product, reference)) == ([], False)
        entry = ledger.read(product.session, found(product, reference).id)[-1]
        assert (entry.tag, entry.detail["why"]) == ("case:unlinked", "Two different nights")
    product.do(LinkCases, "facilitator", reference=first, other=second, reason="The same night after all")
    assert len(of_case(product.session, product.actor("lead"), found(product, first))[0]) == 1


def test_only_what_is_linked_can_be_unlinked(product: Product) -> None:
    first, second = a_case(product), a_case(product)

    with pytest.raises(NotLinked):
        product.do(UnlinkCases, "facilitator", reference=first, other=second, reason="Two nights")
    with pytest.raises(SameCase):
        product.do(UnlinkCases, "facilitator", reference=first, other=first, reason="Two nights")


def test_a_link_is_taken_away_on_the_page(sqlite_product: Product) -> None:
    first, second = linked(sqlite_product)
    browser: Browser = a_browser(sqlite_product, "facilitator")

    reply = browser.post(f"/cases/{first}/links/end", f"/cases/{first}", other=second, reason="Two nights")

    assert reply.status_code == 302
    assert f"No longer linked with {second}: Two nights" in words(browser.get(f"/cases/{first}").text)


def test_every_relationship_can_be_said_from_both_sides() -> None:
    assert all(known["label"] and known["back"] for known in bpmn.relationships().values())
