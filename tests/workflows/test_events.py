"""What can happen at any moment: it is held, ended and called back at once, and somebody has to act on it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rj_engine import bpmn, clock, ledger
from rj_engine.cases import holds
from rj_engine.cases.case import Party, Strand
from rj_engine.prisons import custody
from rj_engine.risk import assessment
from rj_engine.risk.gate import ContactBlocked
from rj_engine.workflows import rebuild
from rj_engine.workflows.beside import events
from rj_engine.workflows.beside.renewals import NothingToRenew, RenewWhatRanOut
from rj_engine.workflows.beside.withdrawals import CaseClosed, NoSuchParty, Withdraw
from tests.places import Product
from tests.workflows.a_told_case import a_case, running, two_victims


def test_a_worry_about_safety_holds_an_open_delivery_at_once_and_the_lead_lets_it_go_on(product: Product) -> None:
    with a_case(product, "letter", "sign_off") as case:
        assert case.task("hand_over_letter").blocked == []

        case.raise_event("safeguarding")

        assert case.holds() == ["safeguarding"]
        assert "act_on_worry" in case.open
        assert "hand_over_letter" not in case.open, "it is asked and assessed again before anything is handed over"
        case.complete("act_on_worry", "safeguarding_lead")
        case.complete("decide_safety", "safeguarding_lead")
        assert case.holds() == []
        assert case.case.status == "open"
        assert not rebuild.compare(product.session)
        assert ledger.verify(product.session) > 0


def test_a_held_task_says_what_it_waits_for(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        case.raise_event("safeguarding")

        blocked = " ".join(case.task("approach_harmer").blocked)

        assert "a worry about safety is open" in blocked
        assert "risk assessment" in blocked


def test_danger_now_rings_999_before_anything_else(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "allocated", "allocate_case") as case:
        case.raise_event("safeguarding", answers={"danger_now": "not_known"})
        assert "ring_999" in case.open
        assert "act_on_worry" not in case.open
        case.complete("ring_999", "facilitator")
        assert "act_on_worry" in case.open


def test_a_worry_that_stays_is_looked_at_again_and_one_that_must_not_go_on_stops_contact(
    sqlite_product: Product,
) -> None:
    with a_case(sqlite_product, "harmer_agreed", "approach_harmer") as case:
        case.raise_event("safeguarding")
        case.complete("act_on_worry", "safeguarding_lead")

        case.complete("decide_safety", "safeguarding_lead", hold_decision="stop", stop_words="It would not be safe.")

        assert case.holds() == ["safeguarding"], "what stopped stays held"
        assert case.open == {"tell_victim_it_stops"}


def test_two_worries_are_two_holds_each_cleared_by_its_own_run(product: Product) -> None:
    with a_case(product, "prepared", "check_preparation") as case:
        case.raise_event("safeguarding")
        case.raise_event("safeguarding", who="coordinator")
        assert case.holds() == ["safeguarding"] * 2
        runs = [run.pathway for run in running(case)]
        assert runs.count("safeguarding_response") == 2
        assert runs.count("reassessment") == 1, "the risk is looked at once"
        case.complete("act_on_worry", "safeguarding_lead")
        case.complete("decide_safety", "safeguarding_lead")
        assert case.holds() == ["safeguarding"]


def test_a_change_of_facts_ends_the_assessment_and_holds_back_contact_until_it_is_signed_anew(
    product: Product,
) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        assert case.task("approach_harmer").blocked == []

        case.raise_event("reassess")

        assert assessment.standing(product.session, case.strand()) is None
        assert case.task("approach_harmer").blocked == ["signed risk assessment"]
        case.complete("assess_risk", "facilitator")
        assert case.task("approach_harmer").blocked == ["signed risk assessment"]
        case.complete("sign_off", "lead")
        assert case.task("approach_harmer").blocked == []
        assert [run.pathway for run in running(case)] == ["victim_initiated_rj"]
        assert case.case.pathway == "victim_initiated_rj"


def test_facts_that_change_before_any_assessment_start_none(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "victim_met", "explain_rj") as case:
        before = case.open
        case.raise_event("reassess")
        assert case.open == before
        assert "case:event:raised" in case.tags()


def test_facts_that_change_while_somebody_signs_send_that_signature_back(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "assessed", "assess_risk") as case:
        case.raise_event("reassess")

        assert case.open == {"sign_off"}, "the assessment under way is the one that is made anew"
        with pytest.raises(assessment.NothingToSign):
            case.complete("sign_off", "lead")
        case.complete("sign_off", "lead", sign_off_decision="return")
        assert case.open == {"assess_risk"}


def test_a_reassessment_that_must_not_go_on_is_heard_by_the_case(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        case.raise_event("reassess")
        bar = {"legal_bar": "in_force_absolute", "legal_bar_detail": "An order of an invented court"}
        case.complete("assess_risk", "facilitator", **bar)
        case.complete("sign_stop", "lead")
        case.complete("confirm_stop", "safeguarding_lead")
        assert case.open == {"tell_victim_it_stops"}


def test_who_withdraws_ends_what_looks_at_the_risk_again(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        case.raise_event("reassess")
        sqlite_product.do(Withdraw, "facilitator", reference=case.reference, party="victim")
        assert case.open == {"respect_victim_withdrawal"}


def test_a_victim_who_is_ready_sooner_does_not_wait_for_the_day(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "victim_met", "explain_rj") as case:
        waits = {"victim_decision": "not_now", "return_on": "today+60", "pause_reason": "not_said"}
        case.complete("ask_what_victim_wants", "facilitator", **waits)
        assert case.open == set()

        case.raise_event("victim_ready")

        assert case.open != set()


def test_a_move_to_another_prison_ends_the_stay_and_asks_anew(product: Product) -> None:
    with a_case(product, "harmer_agreed", "ask_worker") as case:
        case.raise_event("prison_transfer")

        there = custody.stay(product.session, case.case.id)
        assert there is not None
        assert there.status == custody.UNKNOWN
        assert {"confirm_place", "assess_risk"} <= case.open
        assert "access granted by the prison where they are now" in case.task("approach_harmer").blocked
        case.raise_event("prison_release")
        assert [run.pathway for run in running(case)].count("custody_change") == 1


def test_a_complaint_leaves_the_work_going_on_unless_somebody_may_have_been_pressed(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        case.raise_event("complaint")
        assert case.open == {"approach_harmer", "acknowledge_complaint"}
        assert case.task("approach_harmer").blocked == []
        case.complete("acknowledge_complaint", "service_manager")
        case.complete("answer_complaint", "service_manager")
        assert case.open == {"approach_harmer"}
        assert case.case.status == "open"

        case.raise_event("complaint", answers={"complaint_pressure": "not_known"})
        assert "assess_risk" in case.open


def test_a_question_about_ones_data_is_answered_within_a_month(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "victim_met", "explain_rj") as case:
        before = case.open
        case.raise_event("rights_request")
        case.complete("note_request", "service_manager")
        due = case.task("answer_request").due_at
        assert 27 <= (due - clock.now()).days <= 33
        case.complete("answer_request", "service_manager")
        assert case.open == before


def test_a_case_changes_hands_with_every_open_task_once_the_victim_has_agreed(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "harmer_agreed", "ask_worker") as case:
        old, new = (sqlite_product.actor(who).id for who in ("facilitator", "lead"))
        assert case.task("approach_harmer").assignee_id == old
        case.raise_event("staff_unavailable", who="coordinator")
        case.complete("ask_about_colleague", "lead", handover_agreed="someone_else")
        case.complete("ask_about_colleague", "lead")

        case.complete("hand_over", "lead", facilitator=str(new))

        assert case.case.facilitator_id == new
        assert {case.task(one).assignee_id for one in ("approach_harmer", "assess_risk")} == {new}


def test_a_death_stops_everything_and_nobody_hears_of_it_by_themselves(product: Product) -> None:
    with a_case(product, "letter", "take_letter") as case:
        case.raise_event("serious_incident", answers={"incident_kind": "death"})
        assert case.holds() == ["serious_incident"]
        case.complete("take_charge", "lead")
        case.complete("decide_incident", "lead", hold_decision="close")

        case.complete("end_now", "lead")

        assert case.open == set()
        assert (case.case.status, case.case.closure_reason) == ("closed", "died")
        assert running(case) == []
        assert not rebuild.compare(product.session)


def test_nobody_is_contacted_after_something_grave_until_the_lead_has_decided(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "victim_met", "explain_rj") as case:
        case.raise_event("serious_incident", answers={"incident_kind": "not_known"})
        with pytest.raises(ContactBlocked, match="something grave has happened"):
            case.complete("ask_what_victim_wants", "facilitator")
        with pytest.raises(NothingToRenew):
            sqlite_product.do(RenewWhatRanOut, "facilitator", reference=case.reference)
        case.complete("take_charge", "lead")
        case.complete("decide_incident", "lead")
        assert case.task("ask_what_victim_wants").blocked == []
        case.complete("ask_what_victim_wants", "facilitator")


def test_an_incident_after_which_the_work_stops_with_care_turns_to_the_victim(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "letter", "take_letter") as case:
        case.raise_event("serious_incident")
        case.complete("take_charge", "lead")
        case.complete("decide_incident", "lead", hold_decision="stop", stop_words="It cannot go on.")
        assert case.open == {"tell_victim_it_stops"}


def test_the_case_ends_only_when_nothing_runs_beside_it_any_more(sqlite_product: Product) -> None:
    with a_case(sqlite_product, "letter", "send_harmer_survey") as case:
        case.raise_event("complaint")
        case.complete("close_case", "lead")
        assert case.case.status == "open"
        case.complete("acknowledge_complaint", "service_manager")
        case.complete("answer_complaint", "service_manager")
        assert (case.case.status, case.case.closure_reason) == ("closed", "completed_letter")
        with pytest.raises(CaseClosed):
            case.raise_event("complaint")


def test_every_event_can_be_raised_at_every_moment_of_a_journey(sqlite_product: Product) -> None:
    moments = ("allocate_case", "ask_what_victim_wants", "sign_off", "approach_harmer", "vet_letter", "agree_aftercare")
    for until in moments:
        with a_case(sqlite_product, "letter", until) as case:
            for event in bpmn.events():
                case.raise_event(event)
                assert case.case.status == "open", (until, event)
            assert case.tags().count("case:event:raised") == len(bpmn.events())
    assert not rebuild.compare(sqlite_product.session)


def test_a_worry_about_one_victim_holds_nothing_of_the_other(product: Product) -> None:
    case = two_victims(product)
    with clock.at(case.now):
        roles = bpmn.parties()["victim"]["roles"]
        where = Party.case_id == case.case.id, Party.role.in_(roles)
        first, second = product.session.scalars(select(Party.id).where(*where).order_by(Party.number)).all()
        case.raise_event("safeguarding", about=first)
        session = product.session
        assert holds.standing(session, Strand(case.case.id, first))
        assert not holds.standing(session, Strand(case.case.id, second))
        with pytest.raises(NoSuchParty):
            case.raise_event("complaint", about=first)
        case.raise_event("serious_incident", about=first, answers={"incident_kind": "death"})
        case.complete("take_charge", "lead")
        case.complete("decide_incident", "lead", hold_decision="close")
        case.complete("end_now", "lead")
        assert {run.about_id for run in running(case) if run.pathway == "victim_initiated_rj"} == {second}
        assert case.case.status == "open"


def test_every_event_speaks_of_what_is_there() -> None:
    for key in bpmn.events():
        event = events.known(key)
        assert events.form_of(event).fields, key
        assert event.verb in bpmn.roles()["verbs"], key
        assert {begins["pathway"] for begins in event.starts} <= bpmn.pathways().keys(), key
        assert {one["event"] for one in event.also} <= bpmn.events().keys(), key
        for one in event.also:
            for question, values in one.get("if", {}).items():
                offered = {option.value for option in events.form_of(event).fields[question].options}
                assert set(values) <= offered, (key, question)


def test_every_trigger_of_the_domain_can_be_ticked() -> None:
    triggers = {option.value for option in events.form_of(events.known("reassess")).fields["reassess_triggers"].options}
    assert len(triggers) == 21, "the twenty of the domain's list (C.5), and anything else"
