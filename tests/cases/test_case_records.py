"""Agreements, surveys, orders, referrals out, safeguarding and messages: kept as facts, in the words of the forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from rj_engine import bpmn, clock
from rj_engine.cases import agreement, message_leg, on_record, orders, records, referral_out, safeguarding, survey
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.database import db
from rj_engine.forms import InvalidAnswers
from rj_engine.ledger import Entry
from tests.builders import FinishedTask, a_case, kept
from tests.places import Product

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 10)
ORDER: dict[str, Any] = {
    "order_type": "restraining_order",
    "order_authority": "An invented court",
    "order_forbids": "contact",
}


class Room:
    """One case, and what is kept of it."""

    def __init__(self, product: Product) -> None:
        self.product, self.identity = product, a_case(product).id

    @property
    def session(self) -> Any:
        return self.product.session

    @property
    def strand(self) -> Strand:
        return Strand(self.identity)

    def keep(self, kind: str, properties: Mapping[str, str] | None = None, **answers: Any) -> list[Entry]:
        case = self.session.get_one(Case, self.identity)
        task = FinishedTask(case, self.product.actor("facilitator"), answers, {"record": kind, **(properties or {})})
        entries = records.keep(task.told())
        db.session.commit()
        return entries

    def refused(self, kind: str, **answers: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidAnswers) as refusal:
            self.keep(kind, **answers)
        db.session.rollback()
        return refusal.value.messages


@pytest.fixture
def room(sqlite_product: Product) -> Iterator[Room]:
    with clock.at(NOW):
        yield Room(sqlite_product)


def promises(room: Room) -> list[tuple[int, str, str, date | None, str]]:
    found = agreement.items_of(room.session, agreement.newest(room.session, room.strand))
    return [(item.number, item.text, item.owner, item.due_on, item.status) for item in found]


def test_an_agreement_is_kept_promise_by_promise(room: Room) -> None:
    (entry,) = room.keep(
        "agreement",
        agreement_made="yes",
        item_1_text="He mends the fence.",
        item_1_owner="harmer",
        item_1_due_on="2026-06-24",
        item_2_text="They greet each other.",
        agreement_share="nobody",
        agreement_review_on="2026-07-08",
        agreement_fallback="We talk again.",
    )
    assert (entry.tag, entry.detail) == ("case:agreement:recorded", {"made": True, "items": 2})
    assert promises(room) == [
        (1, "He mends the fence.", "harmer", date(2026, 6, 24), ""),
        (2, "They greet each other.", "", None, ""),
    ]
    ((row, _),) = agreement.history(room.session, room.identity)
    assert (row.share, row.review_on, row.words["if_it_slips"]) == ("nobody", date(2026, 7, 8), "We talk again.")


def test_that_the_talking_was_the_outcome_is_an_agreement_without_promises(room: Room) -> None:
    room.keep("agreement", agreement_made="no", item_1_text="left over from before")
    ((row, items),) = agreement.history(room.session, room.identity)
    assert (row.made, items) == (False, [])
    assert agreement.newest(room.session, room.strand) is None


def test_an_agreement_without_a_promise_is_refused_at_its_question(room: Room) -> None:
    assert list(room.refused("agreement", agreement_made="yes", item_1_text="")) == ["item_1_text"]
    assert list(room.refused("agreement")) == ["agreement_made"]
    assert list(room.refused("agreement", agreement_made="yes", item_1_text="x", item_1_due_on="soon")) == [
        "item_1_due_on"
    ]


def test_a_review_says_of_each_promise_how_it_is_kept(room: Room) -> None:
    room.keep("agreement", agreement_made="yes", item_1_text="One", item_2_text="Two")
    room.keep("agreement_review", item_1_status="kept", item_2_status="broken", item_3_status="not_due")
    assert [status for *_, status in promises(room)] == ["kept", "broken"]
    room.keep("agreement_review", item_2_status="calmer")
    assert [status for *_, status in promises(room)] == ["kept", "calmer"]


def test_a_review_says_nothing_of_a_promise_that_was_never_made(room: Room) -> None:
    room.keep("agreement", agreement_made="yes", item_1_text="One")
    assert list(room.refused("agreement_review", item_2_status="kept")) == ["item_2_status"]
    assert list(room.refused("agreement_review", item_1_status="sort of")) == ["item_1_status"]
    assert room.keep("agreement_review", item_2_status="not_due")[0].detail == {"statuses": []}


def test_start_and_end_are_paired_by_person_and_outcome(room: Room) -> None:
    start = {"survey_kind": "start", "party": "victim"}
    room.keep("survey", start, dt_safety=6, dt_cope=2, dt_cjs=1)
    room.keep("survey", {"party": "harmer", "survey_kind": "start"}, dt_safety=1)
    entries = room.keep("survey", {"party": "victim"}, survey_result="returned", dt_safety=4, dt_cope=9, dt_informed=5)
    assert [entry.tag for entry in entries] == ["case:survey:recorded", "case:survey:worse_on_safety"]
    found = on_record.of(room.session, room.identity)
    assert [(pair.party, pair.outcome, pair.change) for pair in found.travelled] == [
        ("victim", "safety", -2),
        ("victim", "cope", 7),
    ]
    assert [found.is_worse(pair) for pair in found.travelled] == [True, False]


def test_the_first_mark_of_the_start_and_the_last_of_the_end_count(room: Room) -> None:
    for mark in (3, 8):
        with clock.at(NOW + timedelta(days=mark)):
            room.keep("survey", {"survey_kind": "start"}, dt_safety=mark)
            entries = room.keep("survey", survey_result="returned", dt_safety=mark)
        assert len(entries) == 1, "nobody feels less safe"
    with clock.at(NOW + timedelta(days=20)):
        room.keep("survey", {"survey_kind": "middle"}, survey_result="returned", dt_safety=1)
    (pair,) = survey.pairs(survey.history(room.session, room.identity))
    assert (pair.start, pair.end) == (3, 8)


def test_a_survey_that_did_not_come_back_is_issued_or_declined_never_an_answer(room: Room) -> None:
    room.keep("survey", survey_result="issued", survey_offered_by="email", survey_issued_on="2026-06-01")
    room.keep("survey", survey_result="declined", survey_offered_by="not_offered", survey_no_reason="Not safe.")
    by_result = {row.result: row for row in survey.history(room.session, room.identity)}
    assert by_result["issued"].issued_on == date(2026, 6, 1)
    assert by_result["declined"].issued_on is None, "what was never offered was never issued"
    assert by_result["declined"].words == "Not safe."
    assert {row.dt_safety for row in by_result.values()} == {None}


def test_marks_are_whole_numbers_from_0_to_10_and_mean_that_it_came_back(room: Room) -> None:
    for mark in (-1, 11, 2.5):
        assert list(room.refused("survey", survey_result="returned", dt_safety=mark)) == ["dt_safety"]
    assert list(room.refused("survey", survey_result="declined", dt_safety=3)) == ["survey_result"]
    assert list(room.refused("survey", survey_result="lost")) == ["survey_result"]


def test_a_talk_in_which_no_mark_was_given_leaves_no_survey(room: Room) -> None:
    assert room.keep("survey", {"survey_kind": "start"}, impact_words="Not today.") == []
    assert survey.history(room.session, room.identity) == []


def test_an_order_is_kept_with_its_days_and_holds_on_both_of_them(room: Room) -> None:
    room.keep("order", **ORDER, order_starts_on="2026-06-10", order_ends_on="2026-06-12", order_wording="No contact.")
    (row,) = orders.history(room.session, room.identity)
    assert (row.type, row.words["authority"], row.words["wording"]) == (
        "restraining_order",
        "An invented court",
        "No contact.",
    )
    held = [row.holds(TODAY + timedelta(days=day)) for day in (-1, 0, 2, 3)]
    assert held == [False, True, True, False]


def test_an_order_never_ends_before_it_begins_and_says_what_it_forbids(room: Room) -> None:
    assert list(room.refused("order", **ORDER, order_ends_on="2026-06-09")) == ["order_ends_on"]
    assert set(room.refused("order", order_type="bail")) == {"order_authority", "order_forbids"}


def test_an_order_nobody_has_read_counts_as_one_that_forbids_contact(room: Room) -> None:
    for forbids in orders.FORBIDS:
        room.keep("order", **{**ORDER, "order_forbids": forbids})
    found = orders.forbidding(room.session, room.strand, TODAY)
    assert {row.forbids for row in found} == {"contact", "not_known"}


def test_an_order_about_one_victim_leaves_the_other_alone_and_one_about_all_holds_for_each(room: Room) -> None:
    one, other = (a_victim(room, number) for number in (1, 2))
    told: dict[str, Any] = {"type": "bail", "forbids": "contact", "starts_on": TODAY, "recorded_at": NOW, "words": {}}
    kept(orders.OrderOrCondition(case_id=room.identity, about_id=one, **told))
    found = [len(orders.forbidding(room.session, Strand(room.identity, about), TODAY)) for about in (one, other)]
    assert found == [1, 0]
    kept(orders.OrderOrCondition(case_id=room.identity, **told))
    found = [len(orders.forbidding(room.session, Strand(room.identity, about), TODAY)) for about in (one, other)]
    assert found == [2, 1]


def a_victim(room: Room, number: int) -> UUID:
    row = Party(case_id=room.identity, role="victim", wall="V", number=number, name="Elm Invented", contact={})
    kept(row)
    return row.id


def test_a_referral_out_says_to_whom_what_for_and_on_what_ground(room: Room) -> None:
    told: dict[str, Any] = {
        "referral_out_to": "A helpline",
        "referral_out_purpose": "To be heard",
        "referral_out_basis": "consent",
    }
    assert list(room.refused("referral_out", **told)) == ["referral_out_result"]
    room.keep("referral_out", **told, referral_out_result="accepted")
    (row,) = referral_out.history(room.session, room.identity)
    assert (row.words["to"], row.words["purpose"], row.basis, row.result) == (
        "A helpline",
        "To be heard",
        "consent",
        "accepted",
    )


def test_a_safeguarding_action_keeps_its_words_sealed_and_out_of_the_ledger(room: Room) -> None:
    told: dict[str, Any] = {
        "concern_words": "He said he would come.",
        "action_basis": "Serious harm",
        "action_to": "The police",
    }
    assert list(room.refused("safeguarding_action", **told, action_taken=[])) == ["action_taken"]
    assert list(room.refused("safeguarding_action", **told, action_taken=["police", ""])) == ["action_taken"]
    (entry,) = room.keep("safeguarding_action", **told, action_taken=["police_999"], action_consent="no_serious_harm")
    assert entry.detail == {"actions": ["police_999"]}
    (row,) = safeguarding.history(room.session, room.identity)
    assert (row.words["concern"], row.actions) == ("He said he would come.", ["police_999"])


def test_a_message_goes_from_its_words_through_two_readers_to_the_other_side(room: Room) -> None:
    room.keep("message_leg", message_to="harmer", message_own_words="Why us?", message_agreed_words="Why us?")
    room.keep("message_leg", message_vet="pass")
    room.keep("message_leg", message_how="visit", message_on="2026-06-10", message_reaction="Was quiet.")
    (leg,) = message_leg.history(room.session, room.identity)
    assert (leg.author, leg.recipient, leg.first_vet, leg.passed_on, leg.passed_how) == (
        "victim",
        "harmer",
        "pass",
        TODAY,
        "visit",
    )
    assert leg.words == {"own": "Why us?", "agreed": "Why us?", "reaction": "Was quiet."}


def test_a_letter_that_is_to_be_changed_stays_and_the_new_words_are_a_new_leg(room: Room) -> None:
    room.keep("message_leg", letter_text="It was nobody's fault.")
    room.keep("message_leg", first_vet="change", first_vet_note="Whose fault?")
    with clock.at(NOW + timedelta(days=1)):
        room.keep("message_leg", letter_text="It was my fault.")
    room.keep("message_leg", first_vet="pass")
    room.keep("message_leg", second_vet="pass")
    room.keep("message_leg", victim_wants_letter="yes")
    room.keep("message_leg", handed_how="together", handed_on="2026-06-11", letter_kept_by="victim")
    newer, older = message_leg.history(room.session, room.identity)
    assert (older.first_vet, older.words["change"], older.passed_on) == ("change", "Whose fault?", None)
    assert (newer.kind, newer.first_vet, newer.second_vet, newer.wanted, newer.kept_by) == (
        "letter",
        "pass",
        "pass",
        "yes",
        "victim",
    )


def test_a_letter_that_was_stopped_was_not_passed_on(room: Room) -> None:
    room.keep("message_leg", letter_text="Words.")
    room.keep("message_leg", handed_how="stopped", handed_on="2026-06-10", letter_kept_by="service")
    (leg,) = message_leg.history(room.session, room.identity)
    assert (leg.passed_on, leg.passed_by, leg.kept_by) == (None, None, "service")


def test_a_step_of_a_letter_that_nobody_knows_leaves_nothing(room: Room) -> None:
    assert room.keep("message_leg", first_vet="pass") == []
    assert room.keep("message_leg", victim_wants_letter="no") == []
    assert room.keep("message_leg", handed_how="together") == []
    assert room.keep("message_leg", something_else="yes") == []
    assert list(room.refused("message_leg", letter_text="")) == ["message_agreed_words"]


def test_every_question_the_keepers_read_is_one_that_a_form_asks() -> None:
    asked = {key for form in bpmn.forms().values() for key in _keys(json.loads(form)["components"])}
    read = {"agreement_made", "item_5_text", "item_5_due_on", "item_5_status", "agreement_share", "survey_result"}
    read |= {f"dt_{outcome}" for outcome in survey.OUTCOMES} | {"referral_out_to", "referral_out_basis"}
    read |= {"concern_words", "action_taken", "action_basis", *message_leg._STEPS}
    assert read - asked == set()


def _keys(parts: list[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        if "key" in part:
            yield part["key"]
        yield from _keys(part.get("components", []))
