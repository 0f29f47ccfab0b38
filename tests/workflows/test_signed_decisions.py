"""A decision is a draft until a safeguarding lead of the service has signed that exact version off."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from sqlalchemy import select

from rj_engine import ledger
from rj_engine.commands import NotAllowed, dispatch
from rj_engine.people.joining import operator
from rj_engine.workflows.published import publishing, signed_decisions
from rj_engine.workflows.published.publishing import PublishBundle
from rj_engine.workflows.published.signed_decisions import (
    DecisionFile,
    NotInUse,
    SignDecision,
    SignedAlready,
    SignedDecision,
    WordsMissing,
    checksum_of,
)
from tests.places import Product

WORDS = "All 55 rows read with the panel; G12 talked through."


def the_gate(product: Product, who: str = "lead", name: str = "rj_gate") -> DecisionFile:
    found = [one for one in signed_decisions.listed(product.session, product.actor(who)) if one.name == name]
    assert len(found) == 1
    return found[0]


def signed(product: Product, who: str = "safeguarding_lead", words: str = WORDS, **changed: str) -> None:
    gate = the_gate(product)
    parts = {"decision": gate.name, "checksum": gate.checksum, **changed}
    product.do(SignDecision, who, words=words, **parts)


def test_every_shipped_decision_is_a_draft_at_first(product: Product) -> None:
    found = signed_decisions.listed(product.session, product.actor("lead"))
    assert {"rj_gate", "apvc_gate", "mediation_gate", "informal_gate", "sign_off"} <= {one.name for one in found}
    assert [one.name for one in found if one.signature] == []


def test_a_safeguarding_lead_signs_one_version_by_name_and_it_stands_in_the_ledger(product: Product) -> None:
    signed(product)
    gate = the_gate(product)
    assert gate.signature is not None
    assert (gate.signature.name, gate.signature.words) == (product.actor("safeguarding_lead").name, WORDS)
    assert the_gate(product, name="apvc_gate").signature is None
    row = product.session.scalars(select(SignedDecision)).one()
    assert WORDS.encode() not in row.words_sealed
    entries = ledger.read(product.session, product.actor("lead").service_id)
    assert [entry.detail for entry in entries if entry.tag == "decision:signed_off"] == [
        {"decision": "rj_gate", "checksum": gate.checksum}
    ]


@pytest.mark.parametrize("who", ["facilitator", "lead", "service_manager"])
def test_nobody_but_a_safeguarding_lead_signs(product: Product, who: str) -> None:
    with pytest.raises(NotAllowed):
        signed(product, who)


def test_it_is_signed_once_in_words_and_only_as_it_is_used(product: Product) -> None:
    with pytest.raises(WordsMissing):
        signed(product, words="  ")
    with pytest.raises(NotInUse):
        signed(product, checksum=checksum_of("another table"))
    signed(product)
    with pytest.raises(SignedAlready):
        signed(product)


def test_one_services_signature_is_not_anothers(product: Product) -> None:
    signed(product)
    assert the_gate(product, "lead.sample").signature is None


def test_a_changed_file_is_a_draft_again_and_the_old_one_keeps_its_signature(product: Product) -> None:
    signed(product)
    old = the_gate(product)
    for pathway in old.pathways:
        bundle = publishing.shipped(pathway)
        changed = {**bundle.decisions, "rj_gate.dmn": bundle.decisions["rj_gate.dmn"].replace("danger.", "danger now.")}
        bundle = dataclasses.replace(bundle, decisions=changed)
        dispatch(PublishBundle(command_id=uuid.uuid4(), by=operator(), bundle=bundle))
    new = the_gate(product)
    assert new.checksum != old.checksum
    assert new.signature is None
    kept = signed_decisions.one(product.session, product.actor("lead"), old.name, old.checksum)
    assert kept.signature is not None
    assert not signed_decisions.is_in_use(product.session, kept)
