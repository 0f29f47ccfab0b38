"""The pages on which a decision is read row by row, and signed off by a safeguarding lead alone."""

from __future__ import annotations

import uuid

import pytest

from rj_engine import bpmn
from rj_engine.web import decision_tables
from rj_engine.workflows.published.signed_decisions import checksum_of
from tests.builders import a_case, a_run, an_assessment
from tests.places import Product
from tests.web.browsing import a_browser, words

DRAFT = "Draft, not signed off"
GATE = bpmn.decisions()["rj_gate"].decode()
PAGE = f"/decisions/rj_gate/{checksum_of(GATE)}"


def test_a_safeguarding_lead_reads_the_gate_and_signs_it_off(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "safeguarding_lead")
    assert DRAFT in words(browser.get("/decisions").text)
    page = words(browser.get(PAGE).text)
    assert "G01 Someone is in immediate danger. " + DRAFT + " Immediate danger: yes Level: 6" in page

    empty = browser.post(PAGE, PAGE, command_id=str(uuid.uuid4()), words="")
    assert (empty.status_code, "There is a problem" in empty.text) == (422, True)
    signed = browser.post(PAGE, PAGE, command_id=str(uuid.uuid4()), words="Every row read with the panel.")
    assert signed.status_code == 302

    page = words(browser.get(PAGE).text)
    assert "Signed off by Sacha Invented on" in page or "Signed off by" in page
    assert "Every row read with the panel." in page
    assert DRAFT not in page
    assert "Sign it off" not in page


def test_others_read_it_and_find_no_button(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "facilitator")
    page = browser.get(PAGE).text
    assert DRAFT in page
    assert "Sign it off" not in page
    assert browser.post(PAGE, "/tasks", words="Mine.").status_code == 403
    assert browser.get(f"/decisions/rj_gate/{'0' * 64}").status_code == 404


def test_the_case_page_says_by_whose_rules_the_risk_was_judged(sqlite_product: Product) -> None:
    case = a_case(sqlite_product)
    case.pathway = "victim_initiated_rj"
    run = a_run(case)
    session = sqlite_product.session
    lead = sqlite_product.actor("lead").id
    session.add(an_assessment(case, lead, None, None, run_id=run.id, gate="rj_gate"))
    session.commit()
    browser = a_browser(sqlite_product, "safeguarding_lead")
    assert f"By the rules of Risk gate : {DRAFT}" in words(browser.get(f"/cases/{case.reference}").text)
    browser.post(PAGE, PAGE, words="Every row read with the panel.")
    assert "By the rules of Risk gate : Signed off by" in words(browser.get(f"/cases/{case.reference}").text)


@pytest.mark.parametrize("name", sorted(bpmn.decisions()))
def test_every_row_of_every_decision_is_shown_in_words_and_once(name: str) -> None:
    title, tables = decision_tables.told(bpmn.decisions()[name].decode())
    assert title
    lines = [line for table in tables for line in table.lines]
    assert lines
    assert len({line.key for line in lines}) == len(lines)
    assert [line.key for line in lines if not line.words or DRAFT in line.words] == []
    assert [line.key for line in lines if not line.gives] == []
    assert all(table.lines or table.text for table in tables)
