"""Each rung of the chase ladder opens once: after a silence of the scheduler, and with four schedulers, one killed."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from rj_engine import clock
from rj_engine.ledger import LedgerEntry
from rj_engine.prisons import reference
from rj_engine.workflows import rebuild
from rj_engine.workflows.rows import Task
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.prisons.asked import MONDAY, Asking
from tests.reliability.many_askings import askings
from tests.reliability.test_timers import a_scheduler

SMALL, FULL = 40, 5_000
CHASE = "prison_ladder/chase"
YEAR_BEGINS = datetime(2026, 3, 20, 10, 0, tzinfo=clock.LONDON)
"""A Friday before the clocks go forward, before Easter, and nine months before Christmas."""


def chases(product: Product) -> dict[object, int]:
    """Case to how many chases were ever opened."""
    counted = select(Task.case_id, func.count()).where(Task.element == CHASE).group_by(Task.case_id)
    return {row[0]: row[1] for row in product.session.execute(counted)}


def test_after_seventy_two_hours_of_silence_each_rung_opens_once(product: Product) -> None:
    cases = askings(product, 12)

    with clock.at(MONDAY + timedelta(days=7, hours=72)):
        fired = [timers.fire_due() for _ in range(3)]

    assert fired == [12, 0, 0]
    assert chases(product) == dict.fromkeys(cases, 1), "one rung at a time: the next waits until this one is climbed"
    assert not rebuild.compare(product.session)


def test_one_look_of_a_scheduler_rings_more_than_a_batch(
    sqlite_product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "BATCH", 5)
    monkeypatch.setattr(timers.fire_due, "__defaults__", (5,))
    cases = askings(sqlite_product, 12)
    with clock.at(MONDAY + timedelta(days=8)):
        assert [timers.fire_all_due(), timers.fire_all_due()] == [12, 0]
    assert chases(sqlite_product) == dict.fromkeys(cases, 1)


def test_four_schedulers_of_which_one_is_killed_open_each_rung_once(product: Product) -> None:
    number = FULL if os.environ.get("RJ_FULL") and product.url.startswith("postgresql") else SMALL
    cases = askings(product, number)
    with clock.at(MONDAY + timedelta(days=8)):
        began = time.monotonic()
        children = [a_scheduler(product, seed) for seed in range(4 if product.url.startswith("postgresql") else 2)]
        time.sleep(random.Random(6).uniform(0.1, 0.4) * (1 if number == SMALL else 20))
        os.kill(children[0], signal.SIGKILL)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert all(end == 0 for end in ends[1:]), ends
        while timers.fire_due():
            pass
        print(f"{number} rungs, {len(children)} schedulers ended with {ends}, {time.monotonic() - began:.0f} s")

    assert chases(product) == dict.fromkeys(cases, 1)
    rang = select(func.count()).where(LedgerEntry.tag == "case:timer:fired")
    assert product.session.scalar(rang) == number


def test_over_a_year_with_bank_holidays_and_both_clock_changes_each_rung_comes_at_the_end_of_its_day(
    sqlite_product: Product,
) -> None:
    asking = Asking.sent(sqlite_product, YEAR_BEGINS)
    sent, due = YEAR_BEGINS.date(), [rung.day for rung in reference.ladder()]
    offsets = set()
    while sent + timedelta(days=365) > clock.add_working_days(sent, due[-1]):
        due.append(due[-1] + reference.after_last())
    for day in due:
        rings = asking.next_rung_at()
        assert rings == clock.end_of(clock.add_working_days(sent, day)), f"the rung of day {day}"
        offsets.add(rings.astimezone(clock.LONDON).utcoffset())
        with clock.at(rings - timedelta(seconds=1)):
            assert timers.fire_due() == 0
        with clock.at(rings + timedelta(hours=10)):
            assert [timers.fire_due(), timers.fire_due()] == [1, 0]
            asking.do("chase", chased_on=clock.today().isoformat())
            if asking.open("put_choice"):
                asking.do("put_choice", prison_outcome="victim_waits", choice_asked_on=clock.today().isoformat())
    assert len(offsets) == 2, "rungs fell into winter and into summer"
    assert len(chases(sqlite_product)) == 1
    assert list(chases(sqlite_product).values()) == [len(due)]
