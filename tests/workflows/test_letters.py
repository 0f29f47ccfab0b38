"""Letters the system sends by itself say only what the referrer may know."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rj_engine import bpmn
from rj_engine.cases.case import Case
from rj_engine.workflows import letters
from rj_engine.workflows.letters import LetterBroken

SECRETS = {
    "victim_name": "Canary Victim",
    "victim_phone": "01632 960111",
    "harmer_name": "Canary Harmer",
    "what_happened": "Canary words about what happened.",
}


def a_case(product):
    told = product.do_referral("coordinator", referrer_name="Robin Invented", **SECRETS)
    return product.session.scalars(select(Case).where(Case.reference == told["reference"])).one()


def templates():
    return {name: text.decode() for name, text in bpmn.letters().items()}


@pytest.mark.parametrize("name", sorted(name for name in templates() if name.startswith(letters.TO_REFERRER)))
def test_a_letter_to_the_referrer_names_nobody_in_the_case(sqlite_product, name):
    case = a_case(sqlite_product)
    text = letters.written(sqlite_product.session, case, name, templates())
    assert "Robin Invented" in text
    assert case.reference in text
    assert "{{" not in text
    assert [secret for secret in SECRETS.values() if secret in text] == []


def test_no_letter_to_victim_or_harmer_is_written_without_a_person(sqlite_product):
    case = a_case(sqlite_product)
    for name in templates():
        if not name.startswith(letters.TO_REFERRER):
            with pytest.raises(LetterBroken):
                letters.written(sqlite_product.session, case, name, templates())


@pytest.mark.parametrize(
    "text", ["{{ victim_name }}", "{{ ().__class__.__mro__ }}", "{{ reference.__class__ }}", "{% if"]
)
def test_a_letter_that_asks_for_more_breaks_instead_of_leaving(sqlite_product, text):
    case = a_case(sqlite_product)
    with pytest.raises(LetterBroken):
        letters.written(sqlite_product.session, case, "referrer_try.md", {"referrer_try.md": text})
