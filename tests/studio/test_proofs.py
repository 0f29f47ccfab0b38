"""Proofs are made beside the product: one worker each, told how far they are, cancelled at any time."""

from __future__ import annotations

from uuid import UUID

import pytest

from rj_engine.people.staff import the_clock
from rj_engine.workflows.published import publishing
from rj_engine.workflows.studio import prover, proving
from rj_engine.workflows.studio.proving import AskForProof, CancelProof, NoteProof, ProofGone, TakeProof
from rj_engine.workflows.studio.rows import PathwayProof
from tests.places import Product
from tests.studio.drawing import MANAGER, _dispatched, a_draft, row


def the_proof(product: Product, draft: UUID) -> PathwayProof:
    found = proving.latest(product.session, row(product, draft))
    assert found is not None
    return found


def test_a_worker_of_its_own_proves_a_draft(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    sqlite_product.do(AskForProof, MANAGER, draft_id=draft)

    assert proving.prove_due() == 1

    proof = the_proof(sqlite_product, draft)
    assert (proof.status, proof.result["broken"]) == ("holds", [])
    assert proof.states == proof.result["states"] > 1
    assert {"edges", "seconds", "holds"} <= proof.result.keys()
    assert proving.prove_due() == 0


def test_one_worker_takes_it_and_hears_that_it_was_cancelled(product: Product) -> None:
    draft = a_draft(product)
    proof = UUID(product.do(AskForProof, MANAGER, draft_id=draft)["proof"])
    by = the_clock(product.actor(MANAGER).service_id, "prove")
    _dispatched(TakeProof, by, proof_id=proof)

    with pytest.raises(ProofGone):
        _dispatched(TakeProof, by, proof_id=proof)
    product.do(CancelProof, MANAGER, proof_id=proof)
    _dispatched(NoteProof, by, proof_id=proof, states=3)

    assert (the_proof(product, draft).status, the_proof(product, draft).states) == ("cancelled", 3)


def test_asking_twice_for_the_same_text_is_asking_once(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    first, second = (sqlite_product.do(AskForProof, MANAGER, draft_id=draft) for _ in range(2))

    assert first == second


def test_a_proof_that_takes_too_long_names_the_part_to_split() -> None:
    told = prover.prove(publishing.shipped("complaint"), [], lambda _: None, longest=0)

    assert (told["status"], told["split"]) == ("unproved", "complaint")
