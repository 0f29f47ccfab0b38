"""Likely duplicates are offered before a case is made; going on is always possible, and the choice is on record."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from rj_engine import ledger
from rj_engine.cases import linked
from rj_engine.cases.case import Case, find
from rj_engine.workflows.beside.referrals import MakeReferral
from tests.places import Product
from tests.web.browsing import a_browser, a_case, posted, typical, words

KNOWN = "Katarzyna Invented"
TYPED = "Katazyna Invented"


def count(product: Product) -> int:
    return len(product.session.scalars(select(Case)).all())


def entries(product: Product, reference: str) -> dict[str, Any]:
    case = find(product.session, product.actor("lead"), reference)
    return {entry.tag: dict(entry.detail) for entry in ledger.read(product.session, case.id)}


def test_a_likely_duplicate_is_offered_with_its_reason_before_a_case_is_made(sqlite_product: Product) -> None:
    known = a_case(sqlite_product, victim_name=KNOWN)
    browser = a_browser(sqlite_product, "coordinator")
    sent = posted("referral", victim_name=TYPED)

    page = browser.post("/refer", "/refer", **sent)

    assert page.status_code == 200
    assert count(sqlite_product) == 1
    read = words(page.text)
    assert known in read
    assert f"Sounds the same as “{TYPED}”" in read or f"Spelt nearly the same as “{TYPED}”" in read
    unsaid = browser.post("/refer", "/refer", **sent, asked_about="yes")
    assert unsaid.status_code == 422
    assert "Say whether it is somebody" in unsaid.text
    assert f'value="{TYPED}"' in unsaid.text


def test_somebody_else_makes_a_case_alone_and_the_choice_is_recorded(sqlite_product: Product) -> None:
    a_case(sqlite_product, victim_name=KNOWN)
    browser = a_browser(sqlite_product, "coordinator")

    made = browser.post(
        "/refer", "/refer", **posted("referral", victim_name=TYPED), asked_about="yes", same_as="nobody"
    )

    assert made.status_code == 302
    told = entries(sqlite_product, made.location.rpartition("/")[2])
    assert told["case:duplicates:considered"] == {"shown": 1, "same": False}
    assert "case:linked" not in told


def test_the_same_person_makes_a_case_that_is_linked(product: Product) -> None:
    known = a_case(product, victim_name=KNOWN)
    browser = a_browser(product, "coordinator")

    made = browser.post("/refer", "/refer", **posted("referral", victim_name=TYPED), asked_about="yes", same_as=known)

    reference = made.location.rpartition("/")[2]
    assert entries(product, reference)["case:linked"] == {"with": known}
    assert entries(product, known)["case:linked"] == {"with": reference}
    by = product.actor("facilitator")
    others, hidden = linked.of_case(product.session, by, find(product.session, by, reference))
    assert [each.reference for each in others] == [known]
    assert not hidden


def test_a_case_that_was_not_shown_cannot_be_chosen(sqlite_product: Product) -> None:
    a_case(sqlite_product, victim_name=KNOWN)
    other = a_case(
        sqlite_product,
        victim_name="Alex Somebody",
        victim_phone="07700 900777",
        crime_reference=None,
        harmer_known="no",
    )
    browser = a_browser(sqlite_product, "coordinator")

    sent = posted("referral", victim_name=TYPED)

    assert browser.post("/refer", "/refer", **sent, asked_about="yes", same_as=other).status_code == 422


def test_the_same_telephone_number_is_a_reason(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Alex Somebody", victim_phone="07700 900123")
    browser = a_browser(sqlite_product, "coordinator")
    sent = posted("referral", victim_name="Robin Different", victim_phone="+44 7700 900123", crime_reference=None)

    read = words(browser.post("/refer", "/refer", **sent).text)

    assert reference in read
    assert "The same number as" in read


def test_the_other_side_of_the_wall_is_for_a_lead_to_know(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, harmer_known="yes", harmer_name=KNOWN, harmer_age_band="25_64")
    sent = posted("referral", victim_name=KNOWN, victim_phone="07700 900777", crime_reference=None)

    seen = a_browser(sqlite_product, "coordinator").post("/refer", "/refer", **sent)
    by_lead = a_browser(sqlite_product, "lead").post("/refer", "/refer", **sent)

    assert "Possible link, ask a lead" in seen.text
    assert reference not in seen.text
    assert reference in by_lead.text
    made = a_browser(sqlite_product, "coordinator").post("/refer", "/refer", **sent, asked_about="yes")
    assert made.status_code == 302


def test_a_referrer_is_asked_nothing_and_learns_nothing(sqlite_product: Product) -> None:
    a_case(sqlite_product, victim_name=KNOWN)

    made = a_browser(sqlite_product, "referrer").post("/refer", "/refer", **posted("referral", victim_name=KNOWN))

    assert made.status_code == 302
    assert count(sqlite_product) == 2


def test_the_form_comes_back_with_everything_that_was_typed(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "coordinator")

    page = browser.post("/refer/change", "/refer", **posted("referral", victim_name=TYPED))

    assert page.status_code == 200
    assert f'value="{TYPED}"' in page.text


def test_a_referral_of_somebody_unknown_is_made_at_once(sqlite_product: Product) -> None:
    made = sqlite_product.do(MakeReferral, "coordinator", answers=typical("referral"), command_id=uuid.uuid4())
    assert "case:duplicates:considered" not in entries(sqlite_product, made["reference"])
