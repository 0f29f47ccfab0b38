"""Letters the system sends by itself say only what the referrer may know."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from rj_engine import bpmn
from rj_engine.cases.case import Case
from rj_engine.letters import letter as heads
from rj_engine.letters.letter import LetterBroken
from rj_engine.workflows.post import letters
from rj_engine.workflows.published import publishing
from rj_engine.workflows.published.versions import unpack

SECRETS = {
    "victim_name": "Canary Victim",
    "victim_phone": "01632 960111",
    "harmer_name": "Canary Harmer",
    "what_happened": "Canary words about what happened.",
}
HEAD = "---\nto: referrer\nfacts: referrer_name\n---\n"


def a_case(product):
    told = product.do_referral("coordinator", referrer_name="Robin Invented", **SECRETS)
    return product.session.scalars(select(Case).where(Case.reference == told["reference"])).one()


def texts():
    return {name: text.decode() for name, text in bpmn.letters().items()}


def addressee(name):
    return heads.read(name, texts()[name]).to


@pytest.mark.parametrize("name", sorted(name for name in texts() if addressee(name) == letters.REFERRER))
def test_a_letter_to_the_referrer_names_nobody_in_the_case(sqlite_product, name):
    case = a_case(sqlite_product)
    text = letters.written(sqlite_product.session, case, name, texts())
    assert "Robin Invented" in text
    assert case.reference in text
    assert "{{" not in text
    assert "to: referrer" not in text
    assert [secret for secret in SECRETS.values() if secret in text] == []


def test_no_letter_to_anybody_else_is_written_without_a_person(sqlite_product):
    case = a_case(sqlite_product)
    for name in texts():
        if addressee(name) != letters.REFERRER:
            with pytest.raises(LetterBroken):
                letters.written(sqlite_product.session, case, name, texts())


@pytest.mark.parametrize(
    "body",
    [
        "# A title\n\n{{ victim_name }}",
        "# A title\n\n{{ ().__class__.__mro__ }}",
        "# A title\n\n{{ referrer_name.__class__ }}",
        "# A title\n\n{% if",
        "No title. {{ referrer_name }}",
    ],
)
def test_a_letter_that_asks_for_more_breaks_instead_of_leaving(sqlite_product, body):
    case = a_case(sqlite_product)
    with pytest.raises(LetterBroken):
        letters.written(sqlite_product.session, case, "referrer_try.md", {"referrer_try.md": HEAD + body})


def with_letter(name, text):
    """Intake as it ships, with one letter written otherwise."""
    bundle = publishing.shipped("intake")
    changed = type(bundle)(**{each: getattr(bundle, each) for each in bundle.__slots__} | {"letters": {name: text}})
    return unpack(uuid.uuid4(), 1, changed)


def test_a_pathway_whose_letter_names_what_its_addressee_may_not_know_is_not_published():
    text = HEAD.replace("referrer_name", "referrer_name victim_name") + "# Hello\n\n{{ victim_name }}\n"

    (found,) = publishing.misses(with_letter("referrer_acknowledgement.md", text))

    assert found.code == "letter_fact"
    assert "referrer_acknowledgement.md" in found.message
    assert "victim_name" in found.message


def test_a_pathway_that_would_send_a_letter_to_the_victim_by_itself_is_not_published():
    text = "---\nto: victim\nfacts: victim_name\n---\n# Hello\n\n{{ victim_name }}\n"

    (found,) = publishing.misses(with_letter("referrer_acknowledgement.md", text))

    assert (found.code, found.element) == ("letter_leaves_alone", "intake/send_acknowledgement")
