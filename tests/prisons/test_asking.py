"""Asking a prison from the first question to what is done with the answer, on the shipped drawings."""

from __future__ import annotations

from datetime import date

import pytest

from tests.prisons.a_prison import Asking, working_day

REFUSED = {
    "prison_outcome": "refused",
    "prison_decided_by": "rehub",
    "prison_reason_code": "rehub_refused_process",
    "prison_in_writing": "no",
    "prison_consulted": "no",
}


def test_a_prison_that_agrees_settles_it() -> None:
    asking = Asking.sent().do("record_answer")

    assert asking.step.ended
    assert asking.outcome == "granted"


@pytest.mark.parametrize(
    ("known", "place", "route"),
    [
        ({"harm_flags": ["DA"]}, {}, "rehub_first"),
        ({}, {}, "direct_omu"),
        ({"harmer_age_band": "16_17"}, {"prison_kind": "youth_custody"}, "yjs_lead"),
        ({}, {"prison_kind": "secure_hospital"}, "clinician_lead"),
    ],
)
def test_whom_to_ask_first_comes_from_the_table(known: dict[str, object], place: dict[str, object], route: str) -> None:
    asking = Asking.begun(**known).do("confirm_place", **place).do("check_restrictions")

    assert asking.task("send_request").variables["prison_route"] == route


def test_a_restriction_is_looked_at_by_the_lead_before_anything_is_sent() -> None:
    asking = Asking.begun().do("confirm_place")
    asking.do("check_restrictions", restriction_order="yes", restrictions_result="stands_in_way")

    assert asking.open == ["review_refusal"]
    asking.do("review_refusal", review_reason_code="court_order")
    assert asking.open == ["send_request"]


def test_a_refusal_is_never_simply_taken() -> None:
    asking = Asking.sent().do("record_answer", **REFUSED)

    assert asking.open == ["review_refusal"]
    assert not asking.step.ended


def test_a_review_is_asked_for_and_chased_from_day_nought() -> None:
    asking = Asking.sent().do("record_answer", **REFUSED).do("review_refusal")
    asking.today = working_day(8)
    asking.do("send_request", request_is_review="yes").do("check_delivery").until_next()

    assert asking.task("chase").variables["ladder_rung"] == 5
    assert asking.today == working_day(13)


@pytest.mark.parametrize("choice", ["victim_indirect", "victim_proxy", "victim_waits_release", "victim_stops"])
def test_after_a_refusal_that_stands_the_victim_chooses(choice: str) -> None:
    asking = Asking.sent().do("record_answer", **REFUSED).do("review_refusal", review_next="take_it")
    asking.do("choose_after_refusal", prison_outcome=choice)

    assert asking.step.ended
    assert asking.outcome == choice


def test_a_victim_may_wait_and_have_the_prison_asked_again_on_a_day_they_name() -> None:
    asking = Asking.sent().do("record_answer", **REFUSED).do("review_refusal", review_next="take_it")
    asking.do("choose_after_refusal", prison_outcome="victim_waits", prison_return_on="2024-06-03").until_next()

    assert asking.today == date(2024, 6, 3)
    assert asking.open == ["check_restrictions"]


def test_conditions_that_fit_the_signed_assessment_are_a_yes() -> None:
    asking = Asking.sent().do(
        "record_answer", prison_outcome="granted_conditions", prison_conditions="Two officers in the room."
    )
    assert asking.open == ["check_conditions"]
    asking.do("check_conditions")

    assert asking.step.ended
    assert asking.outcome == "granted_conditions"


def test_conditions_that_do_not_fit_are_treated_as_a_refusal() -> None:
    asking = Asking.sent().do(
        "record_answer", prison_outcome="granted_conditions", prison_conditions="The victim sits with an officer."
    )
    asking.do("check_conditions", conditions_fit="no")

    assert asking.open == ["review_refusal"]


def test_whoever_is_named_instead_is_asked() -> None:
    asking = Asking.sent().do("record_answer", prison_outcome="redirected", redirected_to="rehub")

    assert asking.open == ["send_request"]


def test_a_move_begins_the_asking_anew_wherever_it_stood() -> None:
    asking = Asking.sent().until_next().do("chase").told("prison_transfer")
    assert asking.open == ["confirm_place"]
    assert asking.step.waits == ()

    asking.today = working_day(9)
    for step in ("confirm_place", "check_restrictions", "send_request"):
        asking.do(step)
    asking.do("check_delivery").until_next()
    assert asking.task("chase").variables["ladder_rung"] == 5
    assert asking.today == working_day(14)


def test_a_release_is_confirmed_and_no_prison_is_asked_any_more() -> None:
    asking = Asking.sent().told("prison_release")
    assert asking.open == ["confirm_release"]
    asking.do("confirm_release")

    assert asking.step.ended
    assert asking.outcome == "released"


def test_a_release_that_was_put_off_leads_back_to_where_they_are() -> None:
    asking = Asking.sent().told("prison_release").do("confirm_release", prison_outcome="still_in_custody")

    assert asking.open == ["confirm_place"]


def test_where_nobody_knows_where_they_are_somebody_asks_again() -> None:
    asking = Asking.begun().do("confirm_place", custody_place="not_known").until_next()

    assert asking.open == ["confirm_place"]
    assert asking.today == working_day(5)


def test_an_event_needs_clearances_and_a_booking_besides_the_yes() -> None:
    asking = Asking.sent("event").do("record_answer")
    assert asking.open == ["clear_people"]
    asking.do("clear_people", clearance_result="waiting", clearance_reason_code="vetting_delay").until_next()
    asking.do("clear_people")
    assert asking.open == ["book_event"]
    asking.do("book_event")

    assert asking.step.ended
    assert asking.outcome == "granted"


def test_a_booking_that_falls_through_is_asked_for_again() -> None:
    asking = Asking.sent("event").do("record_answer").do("clear_people")
    asking.do("book_event", booking_result="fell_through", booking_reason_code="regime_lockdown", booking_late="yes")

    assert asking.open == ["send_request"]


def test_a_person_refused_by_security_is_looked_at_by_the_lead() -> None:
    asking = Asking.sent("event").do("record_answer")
    asking.do("clear_people", clearance_result="refused", clearance_reason_code="security_refused")

    assert asking.open == ["review_refusal"]
