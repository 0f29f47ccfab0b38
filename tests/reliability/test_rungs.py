"""Each rung of the chase ladder opens once: after a silence of the scheduler, and with four schedulers, one killed."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta

from sqlalchemy import func, select

from rj_engine import clock
from rj_engine.ledger import LedgerEntry
from rj_engine.workflows import rebuild
from rj_engine.workflows.rows import Task
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.prisons.asked import MONDAY, Asking
from tests.reliability.test_timers import a_scheduler

SMALL, FULL = 4, 5_000
CHASE = "prison_ladder/chase"


def chases(product: Product) -> dict[object, int]:
    """Case to how many chases were ever opened."""
    counted = select(Task.case_id, func.count()).where(Task.element == CHASE).group_by(Task.case_id)
    return {row[0]: row[1] for row in product.session.execute(counted)}


def test_after_seventy_two_hours_of_silence_each_rung_opens_once(product: Product) -> None:
    cases = [Asking.sent(product).case_id for _ in range(3)]

    with clock.at(MONDAY + timedelta(days=7, hours=72)):
        fired = [timers.fire_due() for _ in range(3)]

    assert fired == [3, 0, 0]
    assert chases(product) == dict.fromkeys(cases, 1), "one rung at a time: the next waits until this one is climbed"
    assert not rebuild.compare(product.session)


def test_four_schedulers_of_which_one_is_killed_open_each_rung_once(product: Product) -> None:
    number = FULL if os.environ.get("RJ_FULL") else SMALL
    cases = [Asking.sent(product).case_id for _ in range(number)]
    with clock.at(MONDAY + timedelta(days=8)):
        children = [a_scheduler(product, seed) for seed in range(4 if product.url.startswith("postgresql") else 2)]
        time.sleep(random.Random(6).uniform(0.1, 0.4))
        os.kill(children[0], signal.SIGKILL)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert all(end == 0 for end in ends[1:]), ends
        while timers.fire_due():
            pass

    assert chases(product) == dict.fromkeys(cases, 1)
    rang = select(func.count()).where(LedgerEntry.tag == "case:timer:fired")
    assert product.session.scalar(rang) == number
