"""Whole cases on the real engine and the real decisions, from the shipped data alone: every ending, told as steps."""

from __future__ import annotations

import random

import pytest

from tests.bpmn.a_walk import Walk, form, wander
from tests.bpmn.test_journeys_through_the_front_door import screened

TO_THE_HARMER = (
    "first_contact", "explain_rj", "ask_what_victim_wants", "needs_and_hopes",
    "record_victim_consent", "assess_risk", "sign_off",
)  # fmt: skip
TO_THE_CHOICE = (
    *TO_THE_HARMER, "ask_worker", "approach_harmer", "meet_harmer", "record_harmer_consent", "assess_risk", "sign_off",
)  # fmt: skip
TO_DELIVERY = (
    *TO_THE_CHOICE, "ask_victim_to_choose", "record_way_consent", "prepare_victim", "prepare_harmer", "plan_exchange",
    "check_preparation",
)  # fmt: skip
DAY = ("reconfirm_victim", "reconfirm_harmer", "assess_risk", "sign_off")
HAND_OVER = ("take_letter", "vet_letter", "vet_letter_again", "ask_victim_about_letter", *DAY, "hand_over_letter")


MOST_OFTEN = {"ask_victim_to_choose": {"way": "letter"}}
"""What is answered where the first answer offered is not the one most cases give."""


def a_case() -> Walk:
    """A case that a facilitator has just been given."""
    return Walk.start("victim_initiated_rj", {})


def after(steps: tuple[str, ...]) -> Walk:
    """A case in which these steps went as they most often do."""
    walk = a_case()
    for step in steps:
        walk.do(step, **MOST_OFTEN.get(step, {}))
    return walk


def closed(walk: Walk, reason: str) -> bool:
    """Give aftercare once more, close, and say whether the case has ended for this reason."""
    walk.do("agree_aftercare", aftercare_wanted="none").do("close_case", closure_reason=reason)
    return walk.ending == "victim_initiated_rj/case_closed" and walk.step.variables["closure_reason"] == reason


def test_the_case_study_goes_from_referral_to_a_letter_that_was_begun_before() -> None:
    door = screened(source_type="youth_justice_team", initiated_by="professional_for_victim", relation="other")
    door.do("allocate_case")
    assert door.ending == "intake/start_rj"

    walk = after(TO_THE_HARMER)
    walk.do("ask_worker", worker_type="early_help", letter_begun="yes").do(
        "approach_harmer", contact_channel="professional"
    )
    walk.do(
        "meet_harmer", harmer_letter_begun="begun", harmer_letter_origin="Last month, with their Early Help worker."
    )
    walk.do("record_harmer_consent", consent_child="yes", consent_parent="yes")
    walk.do("assess_risk", child_party="under_16").do("sign_off")
    walk.do("ask_victim_to_choose", way="shuttle").do("record_way_consent")
    for step in ("prepare_victim", "prepare_harmer", "plan_exchange", "check_preparation", *DAY):
        walk.do(step)
    walk.do("take_message", message_to="harmer").do("vet_message").do("ask_harmer_first")
    walk.do("pass_to_harmer", next_leg="finish").do("debrief_victim", what_next="another").do("debrief_harmer")

    walk.do("staff_debrief").do("assess_risk").do("sign_off")
    walk.do("ask_victim_to_choose", way="letter").do("record_way_consent")
    for step in ("prepare_victim", "prepare_harmer", "plan_exchange", "check_preparation"):
        walk.do(step)
    walk.do("take_letter", letter_origin="begun_before_referral").do(
        "vet_letter", first_vet="change", first_vet_note="x"
    )
    walk.do("vet_letter_again")
    assert walk.task("take_letter"), "a letter that one reader sends back is worked on again"
    for step in (*HAND_OVER, "debrief_victim", "debrief_harmer", "staff_debrief", "record_agreement"):
        walk.do(step)
    walk.do("agree_aftercare", aftercare_wanted="full").wait().do("aftercare_call", aftercare_next="finish")
    walk.do("send_survey").do("send_harmer_survey")
    walk.do("close_case", closure_reason="completed_letter", tell_referrer="yes")

    assert walk.ending == "victim_initiated_rj/case_closed"
    assert walk.sends == ["referrer_closed.md"]


def test_a_victim_who_says_no_is_offered_aftercare_and_the_case_closes() -> None:
    walk = a_case().do("first_contact").do("explain_rj").do("ask_what_victim_wants", victim_decision="no")

    assert closed(walk, "victim_declined")


def test_a_victim_who_is_not_ready_chooses_the_day_and_is_asked_again() -> None:
    walk = a_case().do("first_contact").do("explain_rj").do("ask_what_victim_wants", victim_decision="not_now")
    assert walk.step.open_tasks == ()

    walk.wait().do("ask_what_victim_wants", victim_decision="explore")
    assert walk.task("needs_and_hopes")


def test_a_victim_who_is_ready_sooner_need_not_wait_for_the_day() -> None:
    walk = a_case().do("first_contact").do("explain_rj").do("ask_what_victim_wants", victim_decision="not_now")

    assert walk.message("victim_ready").task("ask_what_victim_wants")
    assert walk.step.waits == ()


def test_a_victim_who_cannot_be_reached_is_tried_three_times_before_a_lead_decides() -> None:
    walk = a_case()
    for attempt in (1, 2):
        walk.do("first_contact", contact_result="no_answer", contact_attempts=attempt).wait()
    walk.do("first_contact", contact_result="no_answer", contact_attempts=3)

    assert closed(walk.do("review_no_contact", no_contact_decision="stop"), "victim_uncontactable")


def test_no_harmer_is_contacted_without_the_victims_word_for_it() -> None:
    walk = after(TO_THE_HARMER[:4]).do("record_victim_consent", may_contact_harmer="no")
    assert closed(walk, "restorative_conversation_only")

    walk = after(TO_THE_HARMER[:4]).do("record_victim_consent", consent_scopes=["hold_record", "contact_harmer"])
    assert walk.task("record_victim_consent"), "a yes without its ticks is asked again, not taken for a no"


def test_the_table_says_panel_and_the_panel_may_not_go_under_the_floor() -> None:
    walk = after(TO_THE_HARMER[:5])
    sensitive = {"harm_flags": ["DA"], "da_risk": "medium", "stalking_screen": "clear", "specialist": "in_place"}
    walk.do("assess_risk", **sensitive)
    assert walk.task("panel_decides").lane == "risk_panel"

    walk.do("panel_decides", sign_off_level="1")
    assert walk.task("assess_risk"), "medium domestic abuse has a floor of 3"
    walk.do("assess_risk", **sensitive).do("panel_decides", sign_off_level="3")
    assert walk.task("ask_worker")


def test_a_panel_may_stop_a_case_or_pause_it_with_a_review_date() -> None:
    walk = after(TO_THE_HARMER[:5]).do("assess_risk", mappa="level_2_3").do("panel_decides", sign_off_level="5")
    assert walk.step.open_tasks == ()
    walk.wait().do("review_pause", pause_decision="stop").do("tell_victim_stopped")

    assert closed(walk, "risk_do_not_proceed")


def test_the_table_says_stop_and_a_second_person_confirms_it_before_the_victim_is_told() -> None:
    walk = after(TO_THE_HARMER[:5]).do("assess_risk", coercion="current").do("sign_stop")
    assert walk.task("confirm_stop").lane == "safeguarding_lead"

    assert closed(walk.do("confirm_stop").do("tell_victim_stopped"), "risk_do_not_proceed")


def test_a_lead_may_tighten_an_assessment_to_a_stop() -> None:
    walk = after(TO_THE_HARMER[:6]).do("sign_off", sign_off_decision="tighten", sign_off_level="6").do("confirm_stop")

    assert closed(walk.do("tell_victim_stopped"), "risk_do_not_proceed")


def test_what_is_unknown_pauses_and_is_looked_at_again_when_facts_come() -> None:
    walk = after(TO_THE_HARMER[:5]).do("assess_risk", legal_bar="unknown").do("sign_pause")
    walk.message("facts_changed").do("review_pause").do("assess_risk").do("sign_off")

    assert walk.task("ask_worker")


def test_a_harmer_who_says_no_ends_it_and_the_victim_is_told() -> None:
    walk = after((*TO_THE_HARMER, "ask_worker", "approach_harmer")).do("meet_harmer", harmer_decision="no")

    assert closed(walk.do("tell_victim_about_harmer"), "harmer_declined")


def test_a_harmer_in_custody_is_not_approached_before_the_prison_agrees() -> None:
    walk = after(TO_THE_HARMER).do("ask_worker", harmer_route="custody")
    for step in ("confirm_place", "check_restrictions", "send_request", "check_delivery"):
        walk.do(step)
    walk.do("record_answer", prison_outcome="refused").do("review_refusal", review_next="take_it")
    walk.do("choose_after_refusal", prison_outcome="victim_stops").do("tell_victim_about_harmer")

    assert "harmer_engagement/approach_harmer" not in walk.passed
    assert closed(walk, "prison_refused")


def test_in_custody_a_meeting_waits_for_the_prison_once_more() -> None:
    walk = after(TO_THE_CHOICE).do("ask_victim_to_choose", way="direct_conference", custody="yes")
    for step in ("record_way_consent", "prepare_victim", "prepare_harmer", "plan_exchange", "check_preparation"):
        walk.do(step)

    assert walk.task("confirm_place")


MOMENTS = [TO_THE_HARMER[:1], TO_THE_HARMER, TO_THE_CHOICE, TO_DELIVERY, (*TO_DELIVERY, *HAND_OVER)]


@pytest.mark.parametrize("steps", MOMENTS)
def test_a_victim_can_withdraw_at_any_moment_and_all_else_stops(steps: tuple[str, ...]) -> None:
    walk = after(steps).message("victim_withdraws")
    assert [task.element for task in walk.step.open_tasks] == ["victim_initiated_rj/respect_victim_withdrawal"]
    assert walk.step.waits == ()

    assert closed(walk.do("respect_victim_withdrawal"), "victim_withdrew")


def test_a_harmer_who_withdraws_ends_it_and_the_victim_has_aftercare() -> None:
    walk = after(TO_DELIVERY).message("harmer_withdraws").do("respond_to_harmer_withdrawal")

    assert closed(walk, "harmer_withdrew")


def test_a_victim_who_wants_no_more_aftercare_is_not_rung_again() -> None:
    walk = a_case().message("victim_withdraws").do("respect_victim_withdrawal")
    walk.do("agree_aftercare", aftercare_wanted="full").message("victim_withdraws")

    assert walk.task("close_case")
    assert walk.step.waits == ()


def test_a_worry_in_aftercare_goes_to_the_safeguarding_lead_and_the_calls_go_on() -> None:
    walk = a_case().message("victim_withdraws").do("respect_victim_withdrawal")
    walk.do("agree_aftercare", aftercare_wanted="concern")
    assert walk.task("act_on_concern").lane == "safeguarding_lead"

    assert walk.do("act_on_concern").wait().task("aftercare_call")


def test_nothing_is_handed_over_on_a_day_when_somebody_is_not_fit() -> None:
    walk = after((*TO_DELIVERY, *HAND_OVER[:6])).do("assess_risk", fit_today="no").do("sign_pause").wait()
    walk.do("review_pause", pause_decision="stop").do("explain_no_go", what_next="nothing")

    assert "exchange/hand_over_letter" not in walk.passed
    assert closed(walk, "risk_do_not_proceed")


def test_a_no_on_the_day_from_either_person_calls_it_off() -> None:
    for steps, who in ((HAND_OVER[:4], "reconfirm_victim"), (HAND_OVER[:5], "reconfirm_harmer")):
        walk = after((*TO_DELIVERY, *steps)).do(who, consent_given="no").do("explain_no_go", what_next="nothing")
        assert closed(walk, "victim_declined")


def test_a_letter_that_the_victim_does_not_want_stays_with_us() -> None:
    walk = after((*TO_DELIVERY, *HAND_OVER[:3])).do(
        "ask_victim_about_letter", victim_wants_letter="no", what_next="nothing"
    )

    assert closed(walk, "victim_declined")


def test_a_message_passes_only_when_its_reader_and_its_hearer_say_yes() -> None:
    walk = after(TO_THE_CHOICE).do("ask_victim_to_choose", way="shuttle")
    for step in ("record_way_consent", *TO_DELIVERY[-4:], *DAY):
        walk.do(step)
    walk.do("take_message").do("vet_message", message_vet="change").do("take_message").do("vet_message")
    walk.do("ask_victim_first").do("pass_to_victim", next_leg="another_day")
    assert walk.task("reconfirm_victim"), "another day, another check"
    for step in DAY:
        walk.do(step)
    walk.do("take_message", message_to="harmer").do("vet_message").do("ask_harmer_first", consent_given="no")

    assert "shuttle_delivery/pass_to_harmer" not in walk.passed
    assert walk.task("debrief_victim")


def test_a_victim_may_take_time_to_choose_or_stop() -> None:
    walk = after(TO_THE_CHOICE).do("ask_victim_to_choose", way="not_now").wait()

    assert closed(walk.do("ask_victim_to_choose", way="stop"), "victim_declined")


@pytest.mark.parametrize(
    ("answers", "asked", "offered"),
    [
        ({}, "ask_victim_to_choose", {"direct_conference", "live_video"}),
        ({"responsibility": "partial"}, "ask_victim_to_choose_indirect", {"live_video"}),
        ({"presentation": "minimising"}, "ask_victim_to_choose_not_live", set()),
    ],
)
def test_only_ways_that_the_signed_level_allows_are_offered(
    answers: dict[str, object], asked: str, offered: set[str]
) -> None:
    walk = after(TO_THE_CHOICE[:-2]).do("assess_risk", **answers).do("sign_off")

    options = {option.value for option in form(walk.task(asked).form or "").fields["way"].options}
    assert options & {"direct_conference", "live_video"} == offered
    assert {"letter", "shuttle", "recorded_video", "proxy", "not_now", "stop"} <= options


def test_a_meeting_does_not_go_ahead_at_a_level_that_allows_only_other_ways() -> None:
    walk = after(TO_THE_CHOICE).do("ask_victim_to_choose", way="direct_conference")
    for step in ("record_way_consent", *TO_DELIVERY[-4:], *DAY[:2]):
        walk.do(step)
    walk.do("assess_risk", responsibility="partial").do("sign_off")

    assert walk.task("explain_no_go")


def test_a_harmer_who_says_no_leaves_the_victim_a_conversation_with_a_stand_in() -> None:
    walk = after((*TO_THE_HARMER, "ask_worker", "approach_harmer")).do("meet_harmer", harmer_decision="no")
    walk.do("tell_victim_about_harmer", one_party_way="proxy").do("record_proxy_consent")
    for step in ("assess_risk", "sign_off", "prepare_proxy", "check_proxy", "hold_proxy"):
        walk.do(step)

    assert closed(walk, "completed_proxy")


def test_what_was_agreed_is_looked_at_beside_the_calls_and_the_case_waits_for_it() -> None:
    walk = after((*TO_DELIVERY, *HAND_OVER, "debrief_victim", "debrief_harmer", "staff_debrief"))
    walk.do("record_agreement", agreement_made="yes").do("agree_aftercare", aftercare_wanted="none")
    assert walk.step.open_tasks == ()

    walk.wait().do("review_agreement", review_next="finish")
    assert walk.task("close_case")


def test_runs_by_chance_all_come_to_an_end_and_never_break() -> None:
    for seed in range(40):
        chance = random.Random(seed)
        walk = wander("victim_initiated_rj", {}, chance)
        assert walk.ending == "victim_initiated_rj/case_closed", seed
        met_victim = any(name.endswith("/explain_rj") for name in walk.passed)
        assert not met_victim or "aftercare/agree_aftercare" in walk.passed or "victim_ends" in str(walk.passed), seed
