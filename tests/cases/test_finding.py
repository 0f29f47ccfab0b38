"""People are found as one hears and mistypes them, and nobody learns of a case that they may not see."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from rj_engine.cases import finding, found_by
from rj_engine.cases.case import Case, Party, Referral
from rj_engine.cases.finding import Result
from rj_engine.cases.found_by import FoundBy
from rj_engine.cases.marks import number_of, words_of
from rj_engine.clock import now
from rj_engine.database import db, unit_of_work
from rj_engine.prisons.custody import Custody
from tests.builders import a_case, kept
from tests.places import Product


def named(case: Case, name: str, wall: str = "V", **contact: str) -> Case:
    """Somebody of that name in a case."""
    role = {"V": "victim", "H": "harmer"}[wall]
    kept(Party(case_id=case.id, role=role, wall=wall, name=name, contact=contact))
    return case


def searched(product: Product, typed: str, who: str = "facilitator") -> Result:
    return finding.search(product.session, product.actor(who), typed)


def names(result: Result) -> list[str | None]:
    return [each.name for each in result.found]


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        ("Katarzyna Wiśniewska-Invented", "katazina wisniewska"),
        ("Siobhán O'Invented", "Siobhan OInvented"),
        ("Łukasz Invented", "lukasz invented"),
        ("Mohammed Invented", "Muhamad Invented"),
        ("Thi Nguyen Invented", "invented nguyan"),
        ("Jörg Ærø-Invented", "jorg aero"),
        ("Stephen Invented", "Steven Invented"),
        ("Иван Придуманный", "Иван Придуманый"),
        ("Li Invented", "Li Invented"),
    ],
)
def test_a_misspelt_name_is_found(told: str, typed: str, sqlite_product: Product) -> None:
    case = named(a_case(sqlite_product), told)
    named(a_case(sqlite_product), "Alex Somebody")

    found = searched(sqlite_product, typed).found

    assert [(each.reference, each.name) for each in found] == [(case.reference, told)]


def test_the_likest_name_stands_first_and_says_why(product: Product) -> None:
    for name in ("Jon Inventid", "John Invented", "Joan Invention"):
        named(a_case(product), name)

    found = searched(product, "john invented").found

    assert [(each.name, each.why) for each in found[:2]] == [
        ("John Invented", "The same name"),
        ("Jon Inventid", "Sounds the same"),
    ]


def test_a_word_that_very_many_have_is_found_beside_a_rarer_one_or_as_it_is(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Robin Karomilen", "Robin Invented", "Robin Invented", "Ash Invented", "Robin Ash"):
        named(a_case(product), name)
    monkeypatch.setattr(finding, "COMMON", 20)

    assert names(searched(product, "Robyn Karonilen")) == ["Robin Karomilen"]
    assert names(searched(product, "invented robin")) == ["Robin Invented"] * 2
    assert len(names(searched(product, "Robin"))) == 4


def test_other_names_are_not_found(sqlite_product: Product) -> None:
    named(a_case(sqlite_product), "Robin Invented")

    assert searched(sqlite_product, "Alex Different") == Result()
    assert searched(sqlite_product, "  ") == Result()
    assert searched(sqlite_product, "!!") == Result()


@pytest.mark.parametrize("typed", ["07700 900123", "+44 7700 900123", "0044 (0)7700-900123", "900123", "0123"])
def test_a_telephone_number_is_found_however_it_is_typed(typed: str, product: Product) -> None:
    named(a_case(product), "Robin Invented", victim_phone="07700 900123", victim_address="1 Invented Road")

    assert names(searched(product, typed)) == ["Robin Invented"]


def test_an_email_address_is_found(sqlite_product: Product) -> None:
    named(a_case(sqlite_product), "Robin Invented", victim_email="Robin@example.org")

    assert names(searched(sqlite_product, "robin@EXAMPLE.org")) == ["Robin Invented"]


def test_a_crime_number_and_a_reference_find_the_case(product: Product) -> None:
    made = product.do_referral("coordinator", crime_reference="46/12345/26")

    for typed in ("46/12345/26", "4612345 26", "12345/26", made["reference"], made["reference"].lower()):
        assert {each.reference for each in searched(product, typed).found} == {made["reference"]}, typed


def test_a_prison_number_finds_the_case(product: Product) -> None:
    case = a_case(product)
    kept(Custody(case_id=case.id, status="custody", began_at=now(), detail={"number": "A1234BC"}))

    assert [each.reference for each in searched(product, "a1234bc").found] == [case.reference]


def test_another_teams_person_is_only_a_possible_link(product: Product) -> None:
    case = named(a_case(product, "coordinator.west"), "Robin Invented", victim_phone="07700 900123")

    for typed in ("Robin Invented", "07700 900123"):
        assert searched(product, typed) == Result(elsewhere=True)
        assert [each.reference for each in searched(product, typed, "lead").found] == [case.reference]
    assert searched(product, case.reference) == Result()


def test_a_likeness_that_is_not_plain_says_nothing_of_another_team(sqlite_product: Product) -> None:
    named(a_case(sqlite_product, "coordinator.west"), "Robin Invented")

    for typed in ("Robin", "Robyn Inventid"):
        assert searched(sqlite_product, typed) == Result()


def test_nothing_is_found_across_services(sqlite_product: Product) -> None:
    named(a_case(sqlite_product, "lead.sample"), "Robin Invented", victim_phone="07700 900123")

    assert searched(sqlite_product, "Robin Invented", "lead") == Result()
    assert searched(sqlite_product, "07700 900123", "lead") == Result()


def test_what_is_changed_is_found_by_its_new_name_alone(product: Product) -> None:
    case = named(a_case(product), "Robin Invented")
    with unit_of_work() as session:
        person = session.scalars(select(Party).where(Party.case_id == case.id)).one()
        person.name = "Ash Somebody"

    assert names(searched(product, "Ash Somebody")) == ["Ash Somebody"]
    assert searched(product, "Robin Invented") == Result()


def test_what_is_removed_is_found_no_more(product: Product) -> None:
    case = named(a_case(product), "Robin Invented")
    with unit_of_work() as session:
        session.delete(session.scalars(select(Party).where(Party.case_id == case.id)).one())

    assert product.session.scalar(select(func.count()).select_from(FoundBy)) == 0


def test_the_marks_can_be_made_anew(product: Product) -> None:
    product.do_referral("coordinator", victim_name="Robin Invented", crime_reference="46/12345/26")
    before = marked(product)
    with unit_of_work() as session:
        session.execute(FoundBy.__table__.delete())  # type: ignore[attr-defined]  # a table, as mapped

    assert found_by.rebuild() == len({holder for _, holder in before})
    assert marked(product) == before


def marked(product: Product) -> set[tuple[int, object]]:
    return {(row.mark, row.holder_id) for row in product.session.execute(select(FoundBy.mark, FoundBy.holder_id))}


def test_the_database_holds_no_name_among_the_marks(sqlite_product: Product) -> None:
    named(a_case(sqlite_product), "Robin Invented", victim_phone="07700 900123")

    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM found_by").all()

    assert rows
    assert all("obin" not in str(row) and "900123" not in str(row) for row in rows)
    assert Referral.__tablename__ == "referral"


def test_words_and_numbers_are_read_as_people_write_them() -> None:
    assert words_of("Dr. Zoë  O’Invented-Smith") == ["zoe", "oinvented", "smith"]  # noqa: RUF001 - as telephones type
    assert number_of("+44 (0)7700 900-123") == number_of("07700900123") == "07700900123"
    assert number_of("46/12345/26") == "461234526"
