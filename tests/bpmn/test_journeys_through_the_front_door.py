"""Every way through the front door, drawn and walked: who is held, who is heard, where a referral goes."""

from __future__ import annotations

import pytest

from rj_engine import bpmn
from rj_engine.workflows.engine.step import OpenTask
from tests.bpmn.a_walk import Walk, definition, filled, first_choice, form


def a_referral(**answers: object) -> Walk:
    """A referral made with these answers, and the likeliest for the rest."""
    blank = OpenTask("", "", "", None, "referral", None, {}, None, {})
    told = dict(filled(blank, lambda _task, asked, _chance: answers.get(asked.key, first_choice(asked))))
    return Walk.start("intake", {**told, **answers})


def screened(**answers: object) -> Walk:
    """A referral in which nobody is at risk, acknowledged by telephone."""
    nobody = {asked.key: "no" for asked in form("safety_screen").fields.values() if asked.key.startswith("r0_")}
    nobody.pop("r0_notes")
    flags = {"harm_flags": answers["harm_flags"]} if "harm_flags" in answers else {}
    walk = a_referral(**answers).do("screen_for_safety", **nobody, **flags)
    return walk.do("acknowledge_referral", acknowledge_by_letter="no")


def test_a_danger_goes_to_the_safeguarding_lead_the_same_day() -> None:
    walk = a_referral().do("screen_for_safety", r0_immediate_danger="yes")
    assert walk.task("act_on_safety_concern").lane == "safeguarding_lead"

    assert walk.do("act_on_safety_concern", safeguarding_outcome="stop").ending == "intake/closed_for_safety"


def test_what_is_not_known_at_the_door_is_asked_of_the_referrer_and_never_read_as_no() -> None:
    nobody = {asked.key: "no" for asked in form("safety_screen").fields.values() if asked.chooses}
    walk = a_referral().do("screen_for_safety", **{**nobody, "r0_child_at_risk": "not_known"}).do("ask_the_referrer")
    assert walk.task("screen_for_safety")

    walk.do("screen_for_safety", **{**nobody, "r0_child_at_risk": "not_known"}).do("ask_the_referrer", gaps_filled="no")
    assert walk.task("act_on_safety_concern")


def test_a_harmers_side_referral_about_abuse_is_held_and_nobody_is_contacted() -> None:
    walk = screened(initiated_by="harmer", harm_flags=["DA"]).do("decide_on_hold", hold_decision="keep_holding").wait()
    walk.do("decide_on_hold", hold_decision="close")

    contacts = {"contact_victim", "contact_harmer"}
    passed = [definition("intake").elements[name] for name in walk.passed if name in definition("intake").elements]
    assert walk.ending == "intake/closed_held"
    assert not [one.id for one in passed if one.properties.get("effect") in contacts]


def test_a_harmers_side_referral_about_other_harm_waits_for_a_lead_to_say_how_to_ask() -> None:
    harmers_side = {"initiated_by": "professional_for_harmer", "relation": "other"}
    walk = screened(**harmers_side).do("decide_how_to_ask").do("allocate_case")

    assert walk.ending == "intake/start_rj"


@pytest.mark.parametrize(
    ("referral", "task", "answers", "end"),
    [
        ({"resident": "no"}, "transfer_to_area", {}, "closed_transferred"),
        ({"asks_for": "information"}, "give_information", {}, "closed_signposted"),
        ({"asks_for": "information"}, "give_information", {"signpost_result": "out_of_scope"}, "closed_out_of_scope"),
        ({"relation": "child_to_parent"}, "allocate_case", {}, "start_apvc"),
        ({"relation": "neighbours_two_way", "hate_pattern": "none"}, "allocate_case", {}, "start_mediation"),
    ],
)
def test_every_referral_ends_with_a_place_and_a_reason(
    referral: dict[str, object], task: str, answers: dict[str, object], end: str
) -> None:
    assert screened(**{"relation": "other", **referral}).do(task, **answers).ending == f"intake/{end}"


def test_officers_who_wait_need_no_facilitator_first() -> None:
    assert screened(initiated_by="police_on_scene", asks_for="informal", relation="other").ending == (
        "intake/start_informal"
    )


def test_a_quarrel_with_harm_in_it_goes_on_as_restorative_justice_once_somebody_says_who_was_harmed() -> None:
    stalked = {"relation": "neighbours_two_way", "harm_flags": ["STALKING"], "hate_pattern": "none"}
    walk = screened(**stalked).do("say_who_was_harmed", harmed_person="party_2").do("allocate_case")
    assert walk.ending == "intake/start_rj"

    walk = screened(**stalked).do("say_who_was_harmed", harmed_person="not_clear").do("place_by_hand")
    assert walk.ending == "intake/closed_by_hand"


@pytest.mark.parametrize(
    ("who", "end"),
    [
        ("victim", "closed_victim_withdrew"),
        ("harmer", "closed_harmer_withdrew"),
        ("parent_carer", "closed_family_withdrew"),
        ("party_1", "closed_party_1_withdrew"),
        ("party_2", "closed_party_2_declined"),
    ],
)
def test_whoever_says_stop_at_the_door_is_heard_and_only_the_referrer_is_told(who: str, end: str) -> None:
    walk = screened(relation="other").message(bpmn.parties()[who]["withdraws"])

    assert walk.do("respect_withdrawal", withdrawn_person=who).ending == f"intake/{end}"
    assert not walk.sends


def test_a_stop_before_the_screen_is_done_goes_first_to_the_safeguarding_lead() -> None:
    walk = a_referral().message("victim_withdraws")
    assert walk.task("look_before_stopping").lane == "safeguarding_lead"

    assert walk.do("look_before_stopping").task("respect_withdrawal")
