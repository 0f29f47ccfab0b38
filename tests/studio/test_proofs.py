"""Proofs are made beside the product: one worker each, told how far they are, cancelled at any time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from rj_engine import clock
from rj_engine.people.staff import the_clock
from rj_engine.workflows.published import publishing
from rj_engine.workflows.studio import asking, prover, proving
from rj_engine.workflows.studio.approving import ApproveDraft
from rj_engine.workflows.studio.drafting import SubmitDraft
from rj_engine.workflows.studio.proving import AskForProof, CancelProof, EndProof, NoteProof, ProofGone, TakeProof
from rj_engine.workflows.studio.rows import PathwayProof
from tests.places import Product
from tests.studio.drawing import HOLDS, MANAGER, SAFEGUARDING, _dispatched, a_draft, proved, reworded, row


def the_proof(product: Product, draft: UUID) -> PathwayProof:
    found = asking.latest(product.session, row(product, draft))
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


def test_a_draft_that_is_sent_on_unproved_is_proved_with_it(product: Product) -> None:
    draft = a_draft(product)
    reworded(product, draft)

    answer = send(product, draft)

    assert answer["proves"]
    proof = the_proof(product, draft)
    assert (proof.status, proof.checksum) == ("waiting", row(product, draft).checksum)
    ended(product, proof, "holds")
    assert row(product, draft).status == "submitted"
    product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=row(product, draft).edition)
    assert row(product, draft).status == "published"


def test_a_draft_that_was_sent_on_and_does_not_hold_comes_back_to_be_changed(product: Product) -> None:
    draft = a_draft(product)
    reworded(product, draft)
    send(product, draft)

    ended(product, the_proof(product, draft), "broken")

    assert row(product, draft).status == "open"
    reworded(product, draft)


def test_what_is_proved_already_is_not_proved_again(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    reworded(sqlite_product, draft)
    proved(sqlite_product, draft)
    before = the_proof(sqlite_product, draft).id

    assert not send(sqlite_product, draft)["proves"]

    assert the_proof(sqlite_product, draft).id == before


def send(product: Product, draft: UUID) -> dict[str, Any]:
    """Send a draft to a second person."""
    edition = row(product, draft).edition
    return product.do(SubmitDraft, MANAGER, draft_id=draft, edition=edition, stands_from=clock.today())


def ended(product: Product, proof: PathwayProof, status: str) -> None:
    """A worker takes a proof upon itself, and says what came out."""
    by = the_clock(product.actor(MANAGER).service_id, "prove")
    _dispatched(TakeProof, by, proof_id=proof.id)
    _dispatched(EndProof, by, proof_id=proof.id, result={**HOLDS, "status": status})


def test_a_proof_that_takes_too_long_names_the_part_to_split() -> None:
    told = prover.prove(publishing.shipped("complaint"), [], lambda _: None, longest=0)

    assert (told["status"], told["split"]) == ("unproved", "complaint")
