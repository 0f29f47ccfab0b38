"""Nothing acknowledged is lost, nothing is half done, nothing runs twice, wherever the process dies."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from rj_engine import clock, failpoints, ledger
from rj_engine.cases.case import Case
from rj_engine.cases.contact import Contact
from rj_engine.commands import CommandResult, dispatch
from rj_engine.ledger import LedgerEntry
from rj_engine.workflows import rebuild
from rj_engine.workflows.post import outbox
from rj_engine.workflows.rows import Answers, Outbox, Task
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.reliability.figures import trials
from tests.reliability.killing import Death, Tell, do_and_die, kill_me
from tests.reliability.small_case import (
    AFTER_THE_NUDGE,
    AFTER_THE_REST,
    a_small_case,
    open_tasks,
    publish_small_pathway,
    some_answers,
)

OF_A_CLOCK = ("begun", "permitted", "stored", "projected", "ledgered", "before_commit", "committed")
"""Moments that firing a timer passes."""
OF_A_NOTE = ("begun", "permitted", "ledgered", "before_commit", "committed")
"""Moments that noting a delivery passes."""


@pytest.fixture
def place(product: Product) -> Product:
    """The product with the small pathway at its front door."""
    publish_small_pathway()
    return product


def works_on(product: Product, case: UUID, dice: random.Random) -> Callable[[Tell], None]:
    """Somebody who completes whatever is open in a case, saying before and after each what they do."""

    def work(tell: Tell) -> None:
        while tasks := open_tasks(product, case):
            element = dice.choice(sorted(tasks))
            command_id = uuid.uuid4()
            answers = some_answers(element, dice)
            tell(f"try {command_id} {tasks[element]} {answers.get('again') or answers.get('weight')}")
            product.do(CompleteTask, "coordinator", command_id=command_id, task_id=tasks[element], answers=answers)
            tell(f"done {command_id}")

    return work


def traces(product: Product, command_id: str, task_id: str) -> tuple[int, int, int, int]:
    """What one completion left: results, answers, closed tasks, ledger entries that say so."""
    command, task = UUID(command_id), UUID(task_id)
    session = product.session
    said = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.command_id == command)
    wanted = (
        select(func.count()).select_from(CommandResult).where(CommandResult.command_id == command),
        select(func.count()).select_from(Answers).where(Answers.task_id == task),
        select(func.count()).select_from(Task).where(Task.id == task, Task.how_closed == "done"),
        said.where(LedgerEntry.tag == "case:task:completed"),
    )
    results, answers, closed, entries = (session.scalar(one) or 0 for one in wanted)
    return results, answers, closed, entries


def check_completions(product: Product, lines: list[str], acknowledged: list[str], point: str | None) -> list[str]:
    """Every acknowledged one is there whole, the last one whole or not at all; the ids of those that are not."""
    absent = []
    for line in lines:
        command_id, task_id, _ = line.split()
        left = traces(product, command_id, task_id)
        if command_id in acknowledged or point == "committed":
            assert left == (1, 1, 1, 1), (point, left)
        elif point is not None:
            assert left == (0, 0, 0, 0), (point, left)
        assert left in {(1, 1, 1, 1), (0, 0, 0, 0)}, (point, left)
        if left[0] == 0:
            absent.append(line)
    assert len(absent) <= 1
    return absent


def send_again(product: Product, line: str) -> dict[str, Any]:
    """What a browser does that never got its answer: the same command, the same id."""
    command_id, task_id, told = line.split()
    answers = {"yes": {"contact_words": "Again.", "again": "yes"}, "no": {"contact_words": "Again.", "again": "no"}}
    known = answers.get(told, {"weight": told} if told in {"light", "heavy"} else {"note": "Again."})
    by = product.actor("coordinator")
    return dispatch(CompleteTask(command_id=UUID(command_id), by=by, task_id=UUID(task_id), answers=known))


def finish(product: Product, case: UUID) -> None:
    """The case goes on to its end, and its story has each thing once."""
    quietly = random.Random(1)
    for _ in range(20):
        while tasks := open_tasks(product, case):
            element = min(tasks)
            product.do(CompleteTask, "coordinator", task_id=tasks[element], answers=some_answers(element, quietly))
        with clock.at(clock.now() + AFTER_THE_REST):
            timers.fire_due()
        if product.session.get_one(Case, case).status == "closed":
            break
    session = product.session
    assert session.get_one(Case, case).status == "closed"
    tags = Counter(entry.tag for entry in ledger.read(session, case))
    answered = session.scalar(select(func.count()).select_from(Answers).where(Answers.case_id == case))
    called = select(func.count()).select_from(Answers).join(Task, Task.id == Answers.task_id)
    calls = session.scalar(called.where(Answers.case_id == case, Task.element == "intake/call"))
    contacts = session.scalar(select(func.count()).select_from(Contact).where(Contact.case_id == case))
    notices = session.scalar(select(func.count()).select_from(Outbox).where(Outbox.case_id == case))
    assert tags["case:task:completed"] == answered
    assert contacts == calls
    assert tags["case:decision:taken"] == notices == 1
    assert tags["case:closed"] == tags["case:run:ended"] == tags["case:timer:fired"] == 1


def test_a_process_killed_at_any_moment_of_a_completion_loses_and_doubles_nothing(place: Product) -> None:
    dice = random.Random(11)
    killed: Counter[str] = Counter()
    for number in range(trials("kills while completing tasks, each database")):
        point = failpoints.NAMES[number % len(failpoints.NAMES)]
        case = a_small_case(place)
        told = do_and_die(place, works_on(place, case, dice), Death(at=point, time_of=dice.choice([1, 2])))
        assert told.killed, told.lines
        killed[point] += 1

        absent = check_completions(place, told.after("try"), told.after("done"), point)

        assert not rebuild.compare(place.session)
        unanswered = told.after("try")[-1]
        first, second = send_again(place, unanswered), send_again(place, unanswered)
        assert first == second
        assert bool(absent) == (point != "committed")
        finish(place, case)
    print(dict(killed))
    assert ledger.verify(place.session) > 0


def test_a_process_killed_wherever_it_happens_to_be_loses_and_doubles_nothing(place: Product) -> None:
    dice = random.Random(12)
    cut: Counter[str] = Counter()
    for _ in range(trials("kills at random moments, each database")):
        case = a_small_case(place)
        told = do_and_die(place, works_on(place, case, dice), Death(after=dice.uniform(0.02, 0.2)))

        absent = check_completions(place, told.after("try"), told.after("done"), None)

        cut[f"{len(told.after('done'))} acknowledged, {len(absent)} cut off"] += 1
        assert not rebuild.compare(place.session)
        for line in absent:
            assert send_again(place, line) == send_again(place, line)
        finish(place, case)
    print(dict(cut))
    assert ledger.verify(place.session) > 0


def test_a_scheduler_killed_while_it_fires_a_timer_fires_it_once_in_the_end(place: Product) -> None:
    for number in range(trials("kills while firing timers, each database")):
        point = OF_A_CLOCK[number % len(OF_A_CLOCK)]
        case = a_small_case(place)
        with clock.at(clock.now() + AFTER_THE_NUDGE):
            told = do_and_die(place, lambda tell: tell(f"fired {timers.fire_due()}"), Death(at=point))
            assert told.killed
            assert len(rang(place, case)) == (point == "committed")
            assert not rebuild.compare(place.session)

            timers.fire_due()
            timers.fire_due()

        assert rang(place, case) == ["intake/nudge"]
        notices = select(func.count()).select_from(Outbox).where(Outbox.case_id == case)
        assert place.session.scalar(notices) == 1
    assert ledger.verify(place.session) > 0


def rang(product: Product, case: UUID) -> list[str]:
    """The timers that the ledger says were fired in a case."""
    entries = ledger.read(product.session, case)
    return [entry.detail["element"] for entry in entries if entry.tag == "case:timer:fired"]


class LetterBox:
    """A post that writes each delivery down at once, and may die of it."""

    def __init__(self, path: Path, *, deadly: bool) -> None:
        self.path, self.deadly = path, deadly

    def deliver(self, kind: str, reference: str, payload: dict[str, Any]) -> None:
        del kind, payload
        with self.path.open("a", encoding="ascii") as box:
            box.write(f"{reference}\n")
        if self.deadly:
            kill_me()

    @property
    def received(self) -> list[str]:
        return self.path.read_text(encoding="ascii").splitlines() if self.path.exists() else []


def test_a_post_killed_while_it_delivers_repeats_itself_under_the_same_reference_only(
    place: Product, tmp_path: Path
) -> None:
    for number in range(trials("kills while delivering effects, each database")):
        point = (*OF_A_NOTE, "handed over")[number % (len(OF_A_NOTE) + 1)]
        case = a_small_case(place)
        tasks = open_tasks(place, case)
        place.do(CompleteTask, "coordinator", task_id=tasks["weigh"], answers={"weight": "light"})
        path = tmp_path / f"box-{number}"
        box = LetterBox(path, deadly=point == "handed over")
        death = Death(after=None, at=None if box.deadly else point)

        told = do_and_die(place, lambda tell, box=box: tell(f"sent {outbox.deliver_due(box)}"), death)
        assert told.killed
        again = LetterBox(path, deadly=False)
        assert outbox.deliver_due(again) == (point != "committed")
        assert outbox.deliver_due(again) == 0

        row = place.session.scalars(select(Outbox).where(Outbox.case_id == case)).one()
        assert row.sent_at is not None
        assert set(again.received) == {row.reference}
        assert len(again.received) == (1 if point == "committed" else 2)
        sent = [entry for entry in ledger.read(place.session, case) if entry.tag == "case:effect:sent"]
        assert len(sent) == 1
    assert ledger.verify(place.session) > 0
