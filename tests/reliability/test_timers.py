"""Every timer fires once in effect, with any number of schedulers, after any absence, whatever the clock does."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from rj_engine import clock, failpoints, ledger
from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.errors import RjError
from rj_engine.ledger import LedgerEntry
from rj_engine.workflows import rebuild, scheduler
from rj_engine.workflows.rows import Outbox, Timer
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.reliability.crowd import together
from tests.reliability.figures import trials
from tests.reliability.small_case import (
    AFTER_THE_NUDGE,
    AFTER_THE_REST,
    ANSWERS,
    a_small_case,
    open_tasks,
    publish_small_pathway,
)

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def place(product: Product) -> Product:
    """The product with the small pathway at its front door."""
    publish_small_pathway()
    return product


def rang(product: Product) -> Counter[tuple[UUID, str]]:
    """How often each timer of each case was fired, as the ledger tells it."""
    entries = product.session.scalars(select(LedgerEntry).where(LedgerEntry.tag == "case:timer:fired"))
    return Counter((entry.chain, entry.detail["element"]) for entry in entries)


def a_scheduler(product: Product, seed: int) -> int:
    """A process that rings until nothing is due; its id. It has connections of its own."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child:
        return child
    dice = random.Random(seed)
    try:
        for _ in range(400):
            # A scheduler that meets a busy case comes back, as it does in service twenty seconds later.
            try:
                timers.fire_due(limit=dice.randint(1, 20))
            except RjError:
                continue
            due = select(func.count()).select_from(Timer).where(Timer.due_at <= clock.now())
            left = db.session.scalar(due)
            db.session.rollback()
            if left == 0:
                break
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a forked test process must not go on testing
        os._exit(1)


def test_each_timer_fires_once_though_four_schedulers_ring_and_one_is_killed(place: Product) -> None:
    number = trials("cases whose timers four schedulers fire")
    cases = [a_small_case(place) for _ in range(number)]
    count = 4 if place.url.startswith("postgresql") else 2
    with clock.at(clock.now() + AFTER_THE_NUDGE):
        children = [a_scheduler(place, seed) for seed in range(count)]
        time.sleep(random.Random(3).uniform(0.2, 0.5))
        os.kill(children[0], signal.SIGKILL)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(f"{count} schedulers ended with {ends}")
        assert all(end == 0 for end in ends[1:])
        while timers.fire_due():
            pass

    assert rang(place) == {(case, "intake/nudge"): 1 for case in cases}
    notices = select(Outbox.case_id, func.count()).group_by(Outbox.case_id)
    assert {tuple(row) for row in place.session.execute(notices)} == {(case, 1) for case in cases}
    assert not rebuild.compare(place.session)
    assert ledger.verify(place.session) > 0


def test_a_scheduler_back_after_seventy_two_hours_catches_up_once_each_oldest_first(place: Product) -> None:
    dice = random.Random(5)
    with clock.at(MONDAY):
        cases = [a_small_case(place) for _ in range(trials("cases that waited while the scheduler was dead"))]
    for place_in_line, case in enumerate(cases):
        with clock.at(MONDAY + timedelta(minutes=place_in_line)):
            for element in ("call", "weigh") if dice.random() < 0.5 else ():
                place.do(
                    CompleteTask, "coordinator", task_id=open_tasks(place, case)[element], answers=ANSWERS[element]
                )

    order = list(place.session.scalars(select(Timer.case_id).order_by(Timer.due_at, Timer.id)))
    with clock.at(MONDAY + timedelta(hours=72)):
        assert timers.fire_due(limit=5) == 5
        assert {chain for chain, _ in rang(place)} == set(order[:5])
        fired = timers.fire_due()
        again = timers.fire_due()

    assert (fired, again) == (len(cases) - 5, 0)
    assert set(rang(place).values()) == {1}
    entries = select(LedgerEntry.chain, LedgerEntry.at).where(LedgerEntry.tag == "case:timer:fired")
    rows = list(place.session.execute(entries))
    assert {row.at for row in rows} == {MONDAY + timedelta(hours=72)}
    assert sorted(order) == sorted(row.chain for row in rows)
    for case in cases:
        assert set(open_tasks(place, case)) in ({"call", "weigh"}, {"close"})
    assert not rebuild.compare(place.session)


def test_a_clock_set_back_and_forth_neither_skips_nor_repeats_a_timer(place: Product) -> None:
    with clock.at(MONDAY):
        case = a_small_case(place)
    counts = []
    for hours in (23, 25, 23, -1, 25, 24 * 8, 1, 26):
        with clock.at(MONDAY + timedelta(hours=hours)):
            counts.append(timers.fire_due())

    assert counts == [0, 1, 0, 0, 0, 0, 0, 0]
    assert rang(place) == {(case, "intake/nudge"): 1}
    numbers = [entry.number for entry in ledger.read(place.session, case)]
    assert numbers == list(range(1, len(numbers) + 1)), "the order of the ledger is its numbers, not its times"
    assert ledger.verify(place.session) > 0


def test_a_timer_whose_case_is_being_worked_on_fires_the_next_time(place: Product) -> None:
    if not place.url.startswith("postgresql"):
        pytest.skip("SQLite has one writer: the second waits for the first")
    case = a_small_case(place)
    task = open_tasks(place, case)["weigh"]
    by = place.actor("coordinator")
    met = []

    def ring_meanwhile() -> None:
        """While the completion holds the case, a scheduler comes by."""
        failpoints.set_hook("claimed", None)
        with clock.at(clock.now() + AFTER_THE_NUDGE):
            met.extend(together(place, [timers.fire_due]))

    failpoints.set_hook("claimed", ring_meanwhile)
    try:
        place.do(CompleteTask, "coordinator", task_id=task, answers={"weight": "light"})
    finally:
        failpoints.set_hook("claimed", None)

    assert by.id is not None
    assert met == [0]
    with clock.at(clock.now() + AFTER_THE_NUDGE):
        assert timers.fire_due() == 1
    assert rang(place) == {(case, "intake/nudge"): 1}


def test_a_timer_that_comes_due_as_its_task_is_completed_leaves_one_story(place: Product) -> None:
    by = "coordinator"
    seen: Counter[str] = Counter()
    for _ in range(trials("withdrawal against completion, each database")):
        case = a_small_case(place)
        task = open_tasks(place, case)["call"]

        def ring() -> int:
            with clock.at(clock.now() + AFTER_THE_NUDGE):
                return timers.fire_due()

        works = [ring, lambda task=task: place.do(CompleteTask, by, task_id=task, answers=ANSWERS["call"])]
        outcomes = together(place, works)
        assert isinstance(outcomes[1], dict), outcomes
        seen[f"rang {rang(place)[case, 'intake/nudge']}"] += 1
        assert rang(place)[case, "intake/nudge"] == (outcomes[0] or 0)
    print(dict(seen))
    assert not rebuild.compare(place.session)
    assert ledger.verify(place.session) > 0


def test_timers_of_a_stopped_case_wait_and_those_of_others_do_not(place: Product) -> None:
    stopped, other = a_small_case(place), a_small_case(place)
    with clock.at(clock.now() + AFTER_THE_NUDGE):
        place.session.execute(update(Case).where(Case.id == stopped).values(status="frozen"))
        db.session.commit()
        assert timers.fire_due() == 1
        assert rang(place) == {(other, "intake/nudge"): 1}

        place.session.execute(update(Case).where(Case.id == stopped).values(status="open"))
        db.session.commit()
        assert timers.fire_due() == 1


def test_the_alarm_clock_rings_by_itself(sqlite_product: Product) -> None:
    publish_small_pathway()
    case = a_small_case(sqlite_product)
    tasks = open_tasks(sqlite_product, case)
    sqlite_product.do(CompleteTask, "coordinator", task_id=tasks["weigh"], answers={"weight": "heavy"})
    delivered: list[str] = []

    class LetterBox:
        def deliver(self, kind: str, reference: str, payload: object) -> None:
            del kind, payload
            delivered.append(reference)

    ringing = scheduler.start(sqlite_product.app.app_context, LetterBox(), every_seconds=0.1)
    try:
        for _ in range(100):
            if delivered:
                break
            time.sleep(0.05)
    finally:
        ringing.shutdown(wait=True)
    assert len(delivered) == 1
    sent = select(func.count()).select_from(Outbox).where(Outbox.sent_at.is_not(None))
    assert sqlite_product.session.scalar(sent) == 1


def test_the_rest_ends_after_its_hours_and_opens_the_last_task_once(place: Product) -> None:
    case = a_small_case(place)
    for element in ("call", "weigh"):
        place.do(CompleteTask, "coordinator", task_id=open_tasks(place, case)[element], answers=ANSWERS[element])
    assert open_tasks(place, case) == {}
    with clock.at(clock.now() + AFTER_THE_REST):
        assert [timers.fire_due(), timers.fire_due()] == [1, 0]
    assert set(open_tasks(place, case)) == {"close"}
