"""One winner: whoever comes second is told who was first and when, and nothing is done twice."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from rj_engine import clock, ledger
from rj_engine.cases.case import Case
from rj_engine.cases.consent import Consent
from rj_engine.commands import Actor, Command, dispatch
from rj_engine.people import sign_in
from rj_engine.workflows import rebuild
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.rows import Answers, Draft, Run, Task
from rj_engine.workflows.task.tasks import (
    AssignTask,
    ClaimTask,
    CompleteTask,
    ReleaseTask,
    SaveDraft,
    TaskGone,
    TaskTaken,
)
from tests.places import Product
from tests.reliability.crowd import together
from tests.reliability.figures import trials
from tests.reliability.small_case import ANSWERS, a_small_case, open_tasks, publish_small_pathway

CROWD = 16


@pytest.fixture
def place(product: Product) -> Product:
    """The product with the small pathway at its front door."""
    publish_small_pathway()
    return product


def do(kind: type[Command], by: Actor, command_id: UUID | None = None, **parts: Any) -> Callable[[], dict[str, Any]]:
    """A command made ready, to be given later."""
    command = kind(command_id=command_id or uuid.uuid4(), by=by, **parts)
    return lambda: dispatch(command)


def completed(product: Product, case: UUID) -> Counter[str]:
    """How often the ledger says each task of a case was completed."""
    entries = [entry for entry in ledger.read(product.session, case) if entry.tag == "case:task:completed"]
    return Counter(entry.detail["task_id"] for entry in entries)


def assert_whole(product: Product) -> None:
    """The inbox is the engine's, the chains hold."""
    assert not rebuild.compare(product.session)
    assert ledger.verify(product.session) > 0


def test_one_of_sixteen_completes_a_task_and_the_others_are_told_who_and_when(place: Product) -> None:
    people = [place.actor("coordinator"), place.actor("lead")]
    for number in range(trials("tasks raced for by 16 threads, each database")):
        case = a_small_case(place)
        task = open_tasks(place, case)["call"]
        begun = clock.now()
        works = [do(CompleteTask, people[i % 2], task_id=task, answers=ANSWERS["call"]) for i in range(CROWD)]

        outcomes = together(place, works)

        winners = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, dict)]
        losers = [outcome for outcome in outcomes if not isinstance(outcome, dict)]
        assert len(winners) == 1, (number, outcomes)
        assert {type(loser) for loser in losers} == {TaskGone}, losers
        assert {loser.who for loser in losers} == {people[winners[0] % 2].name}
        assert all(begun <= loser.when <= clock.now() for loser in losers)
        assert completed(place, case) == {str(task): 1}
        counted = select(func.count()).select_from(Answers).where(Answers.task_id == task)
        assert place.session.scalar(counted) == 1
    assert_whole(place)


def test_the_same_command_sent_from_eight_threads_is_done_once_and_answered_alike(place: Product) -> None:
    by = place.actor("coordinator")
    for _ in range(trials("same command from 8 threads, each database")):
        case = a_small_case(place)
        task, one = open_tasks(place, case)["weigh"], uuid.uuid4()

        works = [do(CompleteTask, by, one, task_id=task, answers=ANSWERS["weigh"]) for _ in range(8)]
        outcomes = together(place, works)

        assert all(outcome == outcomes[0] and isinstance(outcome, dict) for outcome in outcomes), outcomes
        assert completed(place, case) == {str(task): 1}
    assert_whole(place)


def test_one_of_sixteen_claims_a_task_and_the_others_hear_that_it_is_taken(place: Product) -> None:
    people = [place.actor("coordinator"), place.actor("lead")]
    for _ in range(trials("claims raced for by 16 threads, each database")):
        case = a_small_case(place)
        task = open_tasks(place, case)["call"]
        works = [do(ClaimTask, people[i % 2], task_id=task) for i in range(CROWD)]

        outcomes = together(place, works)

        holder = place.session.get_one(Task, task).assignee_id
        for i, outcome in enumerate(outcomes):
            assert isinstance(outcome, dict if people[i % 2].id == holder else TaskTaken), (i, outcome)
    assert_whole(place)


def test_a_withdrawal_beside_a_completion_ends_as_if_one_came_after_the_other(place: Product) -> None:
    dice = random.Random(7)
    seen: Counter[str] = Counter()
    by = place.actor("lead")
    for _ in range(trials("withdrawal against completion, each database")):
        case = a_small_case(place)
        task = open_tasks(place, case)["call"]
        reference = place.session.get_one(Case, case).reference
        works = [
            do(CompleteTask, by, task_id=task, answers=ANSWERS["call"]),
            do(Withdraw, by, reference=reference, party="victim", words="No more."),
        ]
        if dice.random() < 0.5:
            works.reverse()
        outcomes = together(place, works)

        assert {type(outcome) for outcome in outcomes} <= {dict, TaskGone}, outcomes
        lost = any(isinstance(outcome, TaskGone) for outcome in outcomes)
        seen["withdrawal first" if lost else "completion first"] += 1
        assert completed(place, case) == ({} if lost else {str(task): 1})
        assert set(open_tasks(place, case)) == {"aftercare"}
        standing = select(func.count()).select_from(Consent).where(Consent.withdrawn_at.is_(None))
        assert place.session.scalar(standing.where(Consent.case_id == case)) == 0
    print(dict(seen))
    assert_whole(place)


def test_two_tasks_of_one_case_completed_at_the_same_moment_are_both_done(place: Product) -> None:
    by, other = place.actor("coordinator"), place.actor("lead")
    for _ in range(trials("two tasks of one case at once, each database")):
        case = a_small_case(place)
        tasks = open_tasks(place, case)
        works = [
            do(CompleteTask, by, task_id=tasks["call"], answers=ANSWERS["call"]),
            do(CompleteTask, other, task_id=tasks["weigh"], answers=ANSWERS["weigh"]),
        ]

        outcomes = together(place, works)

        assert all(isinstance(outcome, dict) for outcome in outcomes), outcomes
        assert completed(place, case) == {str(tasks["call"]): 1, str(tasks["weigh"]): 1}
        assert place.session.scalars(select(Run).where(Run.case_id == case)).one().standing_tasks == []
    assert_whole(place)


def test_everything_that_can_be_done_to_one_task_at_once_leaves_one_story(place: Product) -> None:
    by, lead = place.actor("coordinator"), place.actor("lead")
    assert by.id is not None
    for _ in range(trials("claims raced for by 16 threads, each database")):
        case = a_small_case(place)
        task = open_tasks(place, case)["call"]
        works = [
            do(ClaimTask, by, task_id=task),
            do(AssignTask, lead, task_id=task, to=by.id),
            do(ReleaseTask, lead, task_id=task),
            do(SaveDraft, by, task_id=task, values={"contact_words": "half a"}),
            do(SaveDraft, by, task_id=task, values={"contact_words": "half a sen"}),
            do(CompleteTask, lead, task_id=task, answers=ANSWERS["call"]),
        ]

        outcomes = together(place, works)

        assert isinstance(outcomes[-1], dict), outcomes
        assert {type(outcome) for outcome in outcomes[:3]} <= {dict, TaskGone, TaskTaken}, outcomes
        assert all(isinstance(outcome, dict) for outcome in outcomes[3:5]), outcomes
        drafts = select(func.count()).select_from(Draft).where(Draft.task_id == task)
        assert place.session.scalar(drafts) == 1, "the coordinator's own words are kept though the lead was first"
    assert_whole(place)


def test_a_crowd_may_sign_in_at_once(product: Product) -> None:
    by = product.actor("facilitator")
    works = [do(sign_in.SignIn, by, secret_hash=sign_in.new_secret()[1]) for _ in range(CROWD)]

    outcomes = together(product, works)

    assert all(isinstance(outcome, dict) for outcome in outcomes), outcomes
    assert_whole(product)
