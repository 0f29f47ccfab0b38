"""A victim hears how it stands as often as they agreed to; whoever feels less safe is looked into by a lead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rj_engine import clock
from rj_engine.cases.contact import Contact
from rj_engine.workflows.beside import silence
from tests.places import Product
from tests.workflows.a_told_case import Told, a_case

UPDATE, LOOK_INTO = "tell_victim_how_it_stands", "look_into_less_safe"


def after(case: Told, days: int) -> datetime:
    """Noon so many days after the victim last heard from us."""
    last = silence.last_told(case.product.session, case.strand(), "victim")
    assert last
    return clock.start_of(last.date() + timedelta(days=days)) + timedelta(hours=12)


def waiting(product: Product) -> a_case:
    """A case in which a prison was asked: the pathway itself has nothing to tell the victim for now.

    The victim had asked to hear from us every two weeks.
    """
    return a_case(product, "prison", "check_delivery")


def test_whoever_asked_to_hear_every_two_weeks_is_told_how_it_stands_after_two_weeks_and_once(
    product: Product,
) -> None:
    with waiting(product) as case:
        with clock.at(after(case, 13)):
            assert silence.look() == 0
        with clock.at(after(case, 15)):
            assert silence.look() == 1
            assert silence.look() == 0
            assert UPDATE in case.open
            assert "case:silence:too_long" in case.tags()


@pytest.mark.parametrize(("wanted", "not_yet", "then"), [("four_weeks", 26, 32), ("not_asked", 13, 16)])
def test_what_the_victim_says_next_time_counts_from_then_on(
    sqlite_product: Product, wanted: str, not_yet: int, then: int
) -> None:
    with waiting(sqlite_product) as case:
        with clock.at(after(case, 15)):
            silence.look()
            case.complete(UPDATE, "facilitator", contact_wanted=wanted)
            assert UPDATE not in case.open
        with clock.at(after(case, not_yet)):
            assert silence.look() == 0
        with clock.at(after(case, then)):
            assert silence.look() == 1


def test_whoever_wants_to_hear_only_when_something_changes_is_left_in_peace(sqlite_product: Product) -> None:
    with waiting(sqlite_product) as case:
        with clock.at(after(case, 15)):
            silence.look()
            case.complete(UPDATE, "facilitator", contact_wanted="on_change")
        with clock.at(after(case, 90)):
            assert silence.look() == 0


def test_a_promised_day_is_waited_for(sqlite_product: Product) -> None:
    with waiting(sqlite_product) as case:
        with clock.at(after(case, 15)):
            silence.look()
            promise = {"next_promise": "Ring when the prison answers", "next_promise_on": "today+40"}
            case.complete(UPDATE, "facilitator", contact_wanted="two_weeks", **promise)
        with clock.at(after(case, 30)):
            assert silence.look() == 0
        with clock.at(after(case, 41)):
            assert silence.look() == 1


def test_a_day_promised_to_somebody_else_keeps_no_news_from_the_victim(sqlite_product: Product) -> None:
    with waiting(sqlite_product) as case, clock.at(after(case, 15)):
        strand, later = case.strand(), clock.today() + timedelta(days=40)
        told = {"case_id": strand.case_id, "about_id": strand.about_id, "at": clock.now(), "promised_on": later}
        session = sqlite_product.session
        session.add(Contact(party="harmer", channel="call", result="spoke", **told))
        session.commit()

        assert silence.look() == 1


def test_nobody_is_told_anything_while_a_worry_about_safety_is_open(sqlite_product: Product) -> None:
    with waiting(sqlite_product) as case, clock.at(after(case, 15)):
        case.raise_event("safeguarding")
        assert silence.look() == 0


def test_a_victim_who_withdraws_is_not_told_any_more(sqlite_product: Product) -> None:
    from rj_engine.workflows.beside.withdrawals import Withdraw

    with waiting(sqlite_product) as case, clock.at(after(case, 15)):
        silence.look()
        case.product.do(Withdraw, "facilitator", reference=case.reference, party="victim", words="No more.")
        assert UPDATE not in case.open


def test_whoever_feels_less_safe_at_the_end_opens_a_task_of_the_lead_and_keeps_the_case_open(
    product: Product,
) -> None:
    with a_case(product, "case_study", "aftercare_call") as case:
        case.complete("send_survey", "coordinator", dt_safety=1)
        assert "case:survey:worse_on_safety" in case.tags()
        assert LOOK_INTO in case.open
        assert case.task(LOOK_INTO).lane == "lead"

        case.complete(LOOK_INTO, "lead")
        assert LOOK_INTO not in case.open
