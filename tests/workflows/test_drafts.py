"""Letters at a task: offered to whom they may go, made behind the gate, noted in the ledger, sent by nobody."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from rj_engine import clock, ledger
from rj_engine.cases.case import Case, NotFound, Party
from rj_engine.cases.consent import Consent
from rj_engine.commands import NotAllowed
from rj_engine.database import db
from rj_engine.demonstration import telling
from rj_engine.demonstration.journeys import Staff, Stage, play
from rj_engine.letters.document import Document
from rj_engine.letters.writing import LetterNotReady
from rj_engine.risk.gate import ContactBlocked
from rj_engine.workflows.rows import Outbox, Task
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.drafts import NoSuchKind, Offer, ProduceLetter, WhoIsItFor
from rj_engine.workflows.task.tasks import NotYourLane, TaskGone
from tests.places import Product

HOME = "12 Elm Road\nSampletown\nZZ1 1ZZ"
SECOND = {
    "victim_2_name": "Second Invented",
    "victim_2_age_band": "25_64",
    "victim_2_basis": "subjected",
    "victim_2_aware": "yes",
    "victim_2_safe_contact_channels": ["call"],
    "victim_2_phone": "01632 960 077",
    "victim_2_safe_contact_voicemail": "none",
    "victim_2_safe_contact_device_shared": "no",
}
BY_POST = {"safe_contact_channels": ["call", "post"], "victim_address": HOME}


def a_case(product: Product, begins_as: str, steps: int | None = None, **answers: Any) -> Case:
    """A case as far as a journey of the demonstration takes it."""
    journey = telling.whole(telling.beginning(begins_as))
    journey.referral["answers"].update(answers)
    played = play(journey, Stage(Staff(), checks=False), steps=steps, starts=clock.now())
    return product.session.scalars(select(Case).where(Case.reference == played.reference)).one()


def task_of(product: Product, case: Case, element: str) -> Task:
    """The open task of that element, whatever part it stands in."""
    where = Task.case_id == case.id, Task.closed_at.is_(None), Task.element.endswith(f"/{element}")
    return product.session.scalars(select(Task).where(*where)).one()


def offers(product: Product, task: Task, who: str = "facilitator") -> list[Offer]:
    return drafts.offered(product.session, product.actor(who), task.id, clock.now())


def looked_at(product: Product, task: Task, name: str, number: int | None = None) -> tuple[Offer, Document]:
    return drafts.look_at(product.session, product.actor("facilitator"), task.id, name, number, clock.now())


def produced(product: Product, case_id: uuid.UUID) -> list[dict[str, Any]]:
    return [entry.detail for entry in ledger.read(product.session, case_id) if entry.tag == "case:letter:produced"]


def test_a_task_offers_its_letters_and_making_one_is_noted_and_sends_nothing(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "allocated")
    task = task_of(sqlite_product, case, "first_contact")
    (offer,) = offers(sqlite_product, task)
    assert (offer.letter.name, offer.problem) == ("victim_introduction.md", "")

    sqlite_product.do(ProduceLetter, "facilitator", task_id=task.id, letter=offer.letter.name, file="pdf")

    (noted,) = produced(sqlite_product, task.case_id)
    assert noted == {
        "letter": "I would like to talk with you",
        "to": "victim",
        "file": "pdf",
        "task": "Contact the victim",
    }
    letters = select(Outbox).where(Outbox.case_id == case.id)
    assert [row.payload["properties"].get("letter") for row in sqlite_product.session.scalars(letters)] in (
        [],
        ["referrer_acknowledgement.md"],
    )


def test_looking_at_a_letter_leaves_no_trace(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "allocated")
    task = task_of(sqlite_product, case, "first_contact")
    _, document = looked_at(sqlite_product, task, "victim_introduction.md")
    assert document.title == "I would like to talk with you"
    assert produced(sqlite_product, task.case_id) == []


@pytest.mark.parametrize("name", ["harmer_invitation.md", "victim_closing.md", "nothing.md", "../roles.json"])
def test_a_letter_that_the_task_does_not_offer_is_not_there(sqlite_product: Product, name: str) -> None:
    task = task_of(sqlite_product, a_case(sqlite_product, "allocated"), "first_contact")
    with pytest.raises(NotFound):
        looked_at(sqlite_product, task, name)
    with pytest.raises(NotFound):
        sqlite_product.do(ProduceLetter, "facilitator", task_id=task.id, letter=name, file="pdf")


def test_only_who_may_work_the_task_makes_its_letters(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "allocated")
    task = task_of(sqlite_product, case, "first_contact")
    case_id = case.id
    wanted = {"task_id": task.id, "letter": "victim_introduction.md", "file": "docx"}
    for who, refusal in (("coordinator", NotYourLane), ("facilitator.west", NotFound), ("referrer", NotAllowed)):
        with pytest.raises(refusal):
            sqlite_product.do(ProduceLetter, who, **wanted)
    with pytest.raises(NoSuchKind):
        sqlite_product.do(ProduceLetter, "facilitator", **{**wanted, "file": "exe"})
    assert produced(sqlite_product, case_id) == []


def test_no_letter_is_made_at_a_task_that_is_done(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "victim_met")
    closed = select(Task).where(Task.case_id == case.id, Task.element.endswith("/first_contact"))
    task = sqlite_product.session.scalars(closed).one()
    assert offers(sqlite_product, task) == []
    with pytest.raises(TaskGone):
        sqlite_product.do(ProduceLetter, "facilitator", task_id=task.id, letter="victim_introduction.md", file="pdf")


def test_no_invitation_is_made_while_the_gate_misses_anything(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "harmer_agreed", steps=11, harmer_worker="Wim Invented")
    task = task_of(sqlite_product, case, "approach_harmer")
    case_id = case.id
    wanted = {"task_id": task.id, "letter": "harmer_invitation.md", "file": "pdf"}
    sqlite_product.do(ProduceLetter, "facilitator", **wanted)

    taken_back = update(Consent).where(Consent.case_id == case_id, Consent.scope == "contact_harmer")
    sqlite_product.session.execute(taken_back.values(withdrawn_at=clock.now()))
    db.session.commit()

    with pytest.raises(ContactBlocked):
        sqlite_product.do(ProduceLetter, "facilitator", **wanted)
    assert len(produced(sqlite_product, case_id)) == 1


def test_an_invitation_waits_for_the_worker_who_passes_it_on(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "harmer_agreed", steps=11, harmer_worker="")
    task = task_of(sqlite_product, case, "approach_harmer")
    (offer,) = offers(sqlite_product, task)
    assert "the worker who passes the letter on" in offer.problem
    with pytest.raises(LetterNotReady) as refusal:
        sqlite_product.do(ProduceLetter, "facilitator", task_id=task.id, letter=offer.letter.name, file="pdf")
    assert refusal.value.missing == ["the worker who passes the letter on"]


def test_a_harmer_who_was_never_approached_gets_no_closing_letter(sqlite_product: Product) -> None:
    told = telling.beginning("victim_met")
    journey = telling.whole({**told, "steps": told["steps"][:2]})
    steps = (
        {
            "task": "ask_what_victim_wants",
            "who": "facilitator",
            "answers": {"victim_decision": "no", "victim_words": "No."},
        },
        {"task": "agree_aftercare", "who": "facilitator", "answers": {"aftercare_wanted": "none"}},
    )
    declined = telling.Journey(**{**_parts(journey), "steps": (*journey.steps, *steps)})
    played = play(declined, Stage(Staff(), checks=False), starts=clock.now())
    case = sqlite_product.session.scalars(select(Case).where(Case.reference == played.reference)).one()
    task = task_of(sqlite_product, case, "close_case")
    assert [offer.letter.to for offer in offers(sqlite_product, task, "lead")] == ["victim"]


def _parts(journey: telling.Journey) -> dict[str, Any]:
    return {name: getattr(journey, name) for name in journey.__slots__}


def test_an_envelope_shows_the_neutral_name_and_none_where_somebody_sees_the_post(sqlite_product: Product) -> None:
    neutral = {"safe_contact_neutral_name": "Sam from the office"}
    seen = {"safe_contact_device_shared": "yes", "safe_contact_device_who": "A flatmate"}
    service = "the service's own name"
    for told, sender in ((neutral, "Sam from the office"), (seen, ""), ({}, service)):
        case = a_case(sqlite_product, "allocated", **BY_POST, **told)
        task = task_of(sqlite_product, case, "first_contact")
        offer, document = looked_at(sqlite_product, task, "victim_introduction.md")
        assert offer.by_post
        assert document.cover is not None
        assert document.cover.address == ("12 Elm Road", "Sampletown", "ZZ1 1ZZ")
        assert document.cover.sender == sender or (sender == service and document.cover.sender)


def test_a_letter_does_not_go_by_post_to_somebody_who_did_not_say_that_it_is_safe(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "allocated", safe_contact_channels=["call"])
    task = task_of(sqlite_product, case, "first_contact")
    offer, document = looked_at(sqlite_product, task, "victim_introduction.md")
    assert not offer.by_post
    assert document.cover is None


def test_of_several_victims_each_has_their_own_letter_at_their_own_task(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "allocated", more_victims="one", **SECOND)
    victims = {each.id: each.name for each in sqlite_product.session.scalars(select(Party)) if each.case_id == case.id}
    where = Task.case_id == case.id, Task.closed_at.is_(None), Task.element.endswith("/first_contact")
    tasks = sqlite_product.session.scalars(select(Task).where(*where)).all()
    names = []
    for task in tasks:
        (offer,) = offers(sqlite_product, task)
        assert offer.document is not None
        others = [name for name in victims.values() if offer.party is None or name != offer.party.name]
        assert not [name for name in others if name in offer.document.text]
        names.append(offer.party.name if offer.party else "")
    assert len(names) == len(set(names)) == 2


def test_where_several_may_get_a_letter_one_has_to_be_named(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, "harmer_agreed", steps=11, harmer_worker="Wim Invented")
    second = Party(
        case_id=case.id, role="harmer", wall="H", number=2, name="Other Invented", contact={"harmer_worker": "Wim"}
    )
    db.session.add(second)
    db.session.commit()
    task = task_of(sqlite_product, case, "approach_harmer")
    with pytest.raises(WhoIsItFor):
        looked_at(sqlite_product, task, "harmer_invitation.md")
    _, document = looked_at(sqlite_product, task, "harmer_invitation.md", 2)
    assert "Dear Other Invented," in document.text
    with pytest.raises(NotFound):
        looked_at(sqlite_product, task, "harmer_invitation.md", 3)


def test_an_unknown_task_and_another_teams_are_the_same_nothing(sqlite_product: Product) -> None:
    task = task_of(sqlite_product, a_case(sqlite_product, "allocated"), "first_contact")
    for who, identity in (("facilitator", uuid.uuid4()), ("facilitator.west", task.id)):
        by = sqlite_product.actor(who)
        with pytest.raises(NotFound):
            drafts.look_at(sqlite_product.session, by, identity, "victim_introduction.md", None, clock.now())
