"""The chase ladder: each rung once, on its working day; what stops it, what does not, and who chooses."""

from __future__ import annotations

from datetime import date

import pytest

from rj_engine import bpmn
from rj_engine.prisons import reference
from tests.bpmn.a_walk import models
from tests.prisons.a_prison import SENT, Asking, working_day

RUNGS = [5, 10, 15, 20, 30, 40, 60]


def silent_until(asking: Asking, last: int) -> list[tuple[int, date]]:
    """Chase a prison that never answers, up to and with this rung; every rung climbed and its day."""
    climbed = []
    while not climbed or climbed[-1][0] < last:
        asking.until_next()
        climbed.append((asking.task("chase").variables["ladder_rung"], asking.today))
        asking.do("chase")
        if "put_choice" in asking.open:
            asking.do("put_choice", prison_outcome="victim_waits")
    return climbed


def test_a_silent_prison_is_chased_once_at_each_rung_on_its_working_day() -> None:
    asking = Asking.sent()

    climbed = silent_until(asking, 60)

    assert climbed == [(rung, working_day(rung)) for rung in RUNGS]
    assert asking.open == ["record_answer"]


def test_after_the_last_rung_somebody_asks_every_twenty_working_days() -> None:
    asking = Asking.sent()
    silent_until(asking, 60)

    assert silent_until(asking, 100) == [(80, working_day(80)), (100, working_day(100))]


def test_the_victim_is_asked_after_twenty_forty_and_sixty_days_and_each_time_after() -> None:
    asking = Asking.sent()
    silent_until(asking, 80)

    days = [day for name, day, _ in asking.done if name == "put_choice"]
    assert days == [working_day(count) for count in (20, 40, 60, 80)]


@pytest.mark.parametrize("choice", ["victim_indirect", "victim_proxy", "victim_waits_release", "victim_stops"])
def test_a_victim_who_has_waited_long_enough_ends_the_asking(choice: str) -> None:
    asking = Asking.sent()
    silent_until(asking, 15)
    asking.until_next().do("chase").do("put_choice", prison_outcome=choice)

    assert asking.step.ended
    assert asking.outcome == choice


def test_a_chase_done_late_does_not_move_the_next_rung() -> None:
    asking = Asking.sent().until_next()
    asking.today = working_day(8)
    asking.do("chase").until_next()

    assert asking.today == working_day(10)


def test_we_have_it_does_not_stop_the_clock() -> None:
    asking = Asking.sent().until_next().do("chase", chase_result="acknowledged").until_next()

    assert asking.today == working_day(10)


@pytest.mark.parametrize("reason", ["promised", "our_side", "victim_side"])
def test_a_day_we_know_stops_the_clock_and_the_ladder_goes_on_from_there(reason: str) -> None:
    promised = date(2024, 2, 7)
    asking = Asking.sent().until_next()
    asking.do("chase", chase_result=reason, hold_until=promised.isoformat()).until_next()

    assert (asking.task("chase").variables["ladder_rung"], asking.today) == (10, promised)
    asking.do("chase").until_next()
    assert (asking.task("chase").variables["ladder_rung"], asking.today) == (15, working_day(5, promised))


def test_a_promise_between_two_rungs_stops_the_clock_and_can_be_broken_and_made_again() -> None:
    asking = Asking.sent()
    for promised in (date(2024, 1, 31), date(2024, 2, 21)):
        asking.do(
            "record_answer",
            prison_outcome="deferred",
            prison_reason_code="rehub_queue",
            hold_until=promised.isoformat(),
        )
    asking.until_next()

    assert (asking.task("chase").variables["ladder_rung"], asking.today) == (5, date(2024, 2, 21))


def test_an_answer_on_the_phone_while_chasing_is_recorded_before_the_next_rung() -> None:
    asking = Asking.sent().until_next().do("chase", chase_result="answered").do("record_answer")

    assert asking.step.ended
    assert asking.outcome == "granted"


def test_a_chase_that_brings_the_answer_does_not_ask_the_victim_first() -> None:
    asking = Asking.sent()
    silent_until(asking, 15)
    asking.until_next().do("chase", chase_result="answered")

    assert asking.open == ["record_answer"]


def test_a_rung_closes_the_wait_for_an_answer_and_opens_one_chase() -> None:
    asking = Asking.sent().until_next()

    assert asking.open == ["chase"]
    assert asking.step.waits == ()


def test_the_table_climbs_the_rungs_that_the_data_names() -> None:
    climbed, asks = [0], []
    while climbed[-1] < 100:
        given = {"ladder_rung": climbed[-1], "ladder_base": 0, "hold_until": None}
        value = models()["prison_ladder"].decide("prison_ladder", given).value
        asks += [climbed[-1]] if value["choice"] == "yes" else []
        climbed.append(int(value["rung"]))

    assert climbed[1:8] == [rung.day for rung in reference.ladder()] == RUNGS
    assert asks[:3] == [rung.day for rung in reference.ladder() if rung.choice]
    assert climbed[8] - climbed[7] == reference.after_last()


def test_every_rung_has_its_draft_and_its_words_on_the_form() -> None:
    form = bpmn.forms()["prison_chase"].decode()

    for rung in reference.ladder():
        assert rung.letter in bpmn.letters()
        assert f"ladder_rung != {rung.day}" in form
        assert rung.words in form


def test_no_rung_is_a_letter_that_leaves_by_itself() -> None:
    for part in ("prison_permission", "prison_request", "prison_ladder", "prison_handback"):
        assert b"sendTask" not in bpmn.pathways()[part]


def test_the_clock_of_the_ladder_starts_with_the_day_the_request_arrived() -> None:
    asking = Asking.begun()
    for step in ("confirm_place", "check_restrictions", "send_request"):
        asking.do(step)
    asking.today = working_day(3)
    asking.do("check_delivery", request_delivered_on=working_day(2).isoformat()).until_next()

    assert asking.today == working_day(7)


def test_a_request_that_did_not_arrive_is_sent_again() -> None:
    asking = Asking.begun()
    for step in ("confirm_place", "check_restrictions", "send_request"):
        asking.do(step)
    asking.do("check_delivery", delivery_result="bounced", request_delivered_on=None, delivery_proof=None)

    assert asking.open == ["send_request"]
    assert asking.today == SENT
