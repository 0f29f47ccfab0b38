"""Who refers sees what became of it, and who audits sees the record: neither sees anything else."""

from __future__ import annotations

import uuid

from rj_engine import ledger
from tests.places import Product
from tests.security.neighbourhood import sign_in


def test_a_referrer_begins_with_their_own_referrals_and_sees_only_their_state(sqlite_product: Product) -> None:
    made = sqlite_product.do_referral("referrer")["reference"]
    other = sqlite_product.do_referral("coordinator")["reference"]
    browser = sign_in(sqlite_product, "referrer").client
    assert browser.get("/").location == "/my-referrals"
    page = browser.get("/my-referrals").text
    assert made in page
    assert other not in page
    assert "There are none that are closed." in browser.get("/my-referrals?state=closed").text
    assert browser.get("/my-referrals?state=nonsense").status_code == 422
    assert browser.get(f"/cases/{made}").status_code == 403


def test_an_auditor_sees_the_record_page_by_page_and_can_have_it_checked(sqlite_product: Product) -> None:
    for _ in range(30):
        sqlite_product.do_referral("coordinator", victim_name="Hidden Invented")
    auditor = sign_in(sqlite_product, "auditor")
    assert auditor.client.get("/").location == "/record"
    first = auditor.client.get("/record").text
    assert "case:" in first
    assert "Hidden Invented" not in first
    assert "Earlier entries" in first
    following = first.partition("/record?before=")[2].partition('"')[0]
    second = auditor.client.get(f"/record?before={following}").text
    assert second != first
    assert auditor.client.get(f"/record?before={uuid.uuid4()}").status_code == 200
    assert auditor.knock("POST", "/record/verify", {}).status_code == 302
    assert "The record is whole" in auditor.client.get("/record").text
    elsewhere = sqlite_product.actor("facilitator.sample").service_id
    assert {entry.service_id for entry in ledger.page(sqlite_product.session, elsewhere)[0]} <= {elsewhere}
