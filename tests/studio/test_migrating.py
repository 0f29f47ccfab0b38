"""Running cases move to another version: foreseen, one by one, stopped, resumed and undone; never twice."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from rj_engine import failpoints, ledger
from rj_engine.cases.case import NotFound, find
from rj_engine.commands import NotAllowed
from rj_engine.risk.gate import ContactBlocked
from rj_engine.workflows import rebuild
from rj_engine.workflows.migration import migrating
from rj_engine.workflows.migration.migrating import CancelMigration, StartMigration, UndoMigration
from rj_engine.workflows.task.tasks import ClaimTask, CompleteTask, SaveDraft
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING
from tests.studio.moving_cases import (
    INTAKE,
    NEW_WORDS,
    WHY,
    a_new_version,
    asked,
    expected,
    job,
    stands,
    worked,
)
from tests.web.browsing import a_case, open_task, typical


def finished(product: Product, reference: str) -> None:
    """The first open task of a case, done as on any day."""
    task = open_task(product, reference)
    product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))


def only(found: dict[str, object]) -> dict[str, object]:
    (one,) = found.values()
    assert isinstance(one, dict)
    return one


def tags(product: Product, reference: str) -> Sequence[str]:
    case = find(product.session, product.actor("lead"), reference)
    return [entry.tag for entry in ledger.read(product.session, case.id)]


def test_a_dry_run_says_of_each_case_what_would_become_of_it(product: Product) -> None:
    waiting, gone_past = a_case(product), a_case(product)
    finished(product, gone_past)
    number = a_new_version(product, NEW_WORDS)

    found = {one.reference: one for one in expected(product, number)}

    assert found[waiting].group == "whole"
    assert found[gone_past].group == "partly"
    assert [one.words for one in found[gone_past].misses] == ["“Is anyone at risk now?” is worded anew."]
    assert only(stands(product, waiting))["version"] == number - 1


def test_a_case_that_waits_at_what_is_gone_cannot_be_moved_and_the_words_say_why(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    number = a_new_version(
        sqlite_product, ('"screen_for_safety"', '"look_at_safety"'), (">screen_for_safety<", ">look_at_safety<"),
        ('name="Screen for safety"', 'name="Look at safety"'),
    )  # fmt: skip

    (one,) = expected(sqlite_product, number)

    assert (one.reference, one.group) == (reference, "cannot")
    assert one.why == ("It waits at “Screen for safety”, which is gone.",)


def test_cases_move_with_their_tasks_drafts_and_dates(product: Product) -> None:
    reference = a_case(product)
    task = open_task(product, reference)
    product.do(SaveDraft, "coordinator", task_id=task.id, values={"harm_flags": ["SA"]})
    before = only(stands(product, reference))
    number = a_new_version(product, NEW_WORDS)

    migration = asked(product, number)
    assert worked(product) == 1

    after, (row, cases) = only(stands(product, reference)), job(product, migration)
    assert (row.status, cases[reference].status) == ("done", "moved")
    assert after["version"] == number
    kept = open_task(product, reference)
    assert (kept.id, kept.key, kept.due_at, kept.opened_at) == (task.id, task.key, task.due_at, task.opened_at)
    assert kept.name == "Is anyone at risk now?"
    assert (after["timers"], after["variables"]) == (before["timers"], before["variables"])
    assert not rebuild.compare(product.session)
    assert tags(product, reference)[-1] == "case:run:migrated"
    finished(product, reference)
    assert worked(product) == 0


def test_a_case_that_went_on_after_somebody_looked_is_left(product: Product) -> None:
    reference = a_case(product)
    number = a_new_version(product, NEW_WORDS)
    migration = asked(product, number)
    finished(product, reference)

    assert worked(product) == 0

    row, cases = job(product, migration)
    assert (row.status, cases[reference].status) == ("done", "cannot")
    assert "gone on since you looked" in cases[reference].why
    assert only(stands(product, reference))["version"] == number - 1


def test_a_move_is_undone_to_exactly_what_it_was(product: Product) -> None:
    reference = a_case(product)
    before = stands(product, reference)
    migration = asked(product, a_new_version(product, NEW_WORDS))
    worked(product)
    assert stands(product, reference) != before

    product.do(UndoMigration, MANAGER, migration_id=migration)
    assert worked(product) == 1

    assert stands(product, reference) == before
    assert job(product, migration)[1][reference].status == "undone"
    assert tags(product, reference)[-1] == "case:run:moved_back"
    finished(product, reference)


def test_what_somebody_has_worked_since_is_not_undone_and_says_what_they_did(product: Product) -> None:
    done, begun, idle = (a_case(product) for _ in range(3))
    migration = asked(product, a_new_version(product, NEW_WORDS))
    worked(product)
    finished(product, done)
    product.do(SaveDraft, "coordinator", task_id=open_task(product, begun).id, values={"harm_flags": []})

    product.do(UndoMigration, MANAGER, migration_id=migration)
    assert worked(product) == 1

    cases = job(product, migration)[1]
    assert {key: one.status for key, one in cases.items()} == {done: "kept", begun: "kept", idle: "undone"}
    assert cases[done].why.startswith("“Is anyone at risk now?” was finished on")
    assert cases[begun].why == "Somebody has begun to fill in “Is anyone at risk now?” since."
    product.do(UndoMigration, MANAGER, migration_id=migration, references=[done])
    assert worked(product) == 0
    assert job(product, migration)[1][done].status == "kept"


def test_a_job_is_stopped_between_two_cases(product: Product) -> None:
    references = sorted(a_case(product) for _ in range(3))
    migration = asked(product, a_new_version(product, NEW_WORDS))
    left = [2]

    def stop_after_the_first() -> None:
        left[0] -= 1
        if left[0] == 0:
            failpoints.set_hook("committed", None)
            product.do(CancelMigration, MANAGER, migration_id=migration)

    failpoints.set_hook("committed", stop_after_the_first)
    assert worked(product) == 1

    row, cases = job(product, migration)
    assert row.status == "cancelled"
    assert [cases[each].status for each in references] == ["moved", "left", "left"]
    assert worked(product) == 0


def test_only_a_manager_moves_cases_one_job_at_a_time_and_says_why(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    number = a_new_version(sqlite_product, NEW_WORDS)
    mark = expected(sqlite_product, number)[0].mark
    parts = {"pathway": INTAKE, "number": number, "chosen": {reference: mark}, "reason": WHY}

    for who in ("lead", SAFEGUARDING):
        with pytest.raises(NotAllowed):
            sqlite_product.do(StartMigration, who, **parts)
    with pytest.raises(migrating.ReasonMissing):
        sqlite_product.do(StartMigration, MANAGER, **{**parts, "reason": " "})
    with pytest.raises(migrating.NothingChosen):
        sqlite_product.do(StartMigration, MANAGER, **{**parts, "chosen": {}})
    with pytest.raises(NotFound):
        sqlite_product.do(StartMigration, "service_manager.sample", **parts)
    sqlite_product.do(StartMigration, MANAGER, **parts)
    with pytest.raises(migrating.MigrationUnderWay):
        sqlite_product.do(StartMigration, MANAGER, **parts)


def test_another_services_cases_are_neither_seen_nor_moved(sqlite_product: Product) -> None:
    a_case(sqlite_product)
    number = a_new_version(sqlite_product, NEW_WORDS)

    assert expected(sqlite_product, number, "service_manager.sample") == []
    migration = asked(sqlite_product, number)
    with pytest.raises(NotFound):
        sqlite_product.do(UndoMigration, "service_manager.sample", migration_id=UUID(str(migration)))


def test_the_filter_lets_through_what_was_chosen(sqlite_product: Product) -> None:
    first, second = a_case(sqlite_product), a_case(sqlite_product)
    finished(sqlite_product, second)
    number = a_new_version(sqlite_product, NEW_WORDS)
    stages = {one.reference: one.stage for one in expected(sqlite_product, number)}

    assert {one.reference for one in expected(sqlite_product, number, version=str(number - 1))} == {first, second}
    assert expected(sqlite_product, number, version=str(number)) == []
    wanted = {key for key, stage in stages.items() if stage == stages[second]}
    assert {one.reference for one in expected(sqlite_product, number, stage=stages[second])} == wanted
    assert {one.reference for one in expected(sqlite_product, number, facilitator="nobody")} == {first, second}
    assert expected(sqlite_product, number, establishment="MSI") == []


def test_what_the_new_drawing_says_of_an_open_task_holds_at_once_and_the_gate_is_asked(product: Product) -> None:
    reference = a_case(product)
    task = open_task(product, reference)
    product.do(ClaimTask, "coordinator", task_id=task.id)
    ref = "<bpmn:flowNodeRef>screen_for_safety</bpmn:flowNodeRef>"
    lane = '<bpmn:lane id="lane_lead" name="RJ lead">'
    number = a_new_version(
        product, (ref, ""), (lane, lane + ref), ('value="assess_risk"', 'value="contact_harmer"'), ('"R0"', '"R1"')
    )
    migration = asked(product, number)
    assert worked(product) == 1

    now = open_task(product, reference)
    assert (now.id, now.lane, now.effect, now.stage, now.assignee_id) == (task.id, "lead", "contact_harmer", "R1", None)
    assert now.blocked != []
    with pytest.raises(ContactBlocked):
        product.do(CompleteTask, "lead", task_id=task.id, answers=typical(task.form))

    product.do(UndoMigration, MANAGER, migration_id=migration)
    assert worked(product) == 1
    was = open_task(product, reference)
    assert (was.lane, was.effect, was.blocked) == ("coordinator", "assess_risk", [])
    assert was.assignee_id == product.actor("coordinator").id


def test_a_clock_that_was_changed_leaves_the_dates_that_were_given(product: Product) -> None:
    reference = a_case(product)
    task = open_task(product, reference)
    number = a_new_version(
        product, (f'{NEW_WORDS[0]} camunda:formKey="safety_screen" camunda:dueDate="safety_screen"',
                  f'{NEW_WORDS[0]} camunda:formKey="safety_screen" camunda:dueDate="allocate"'),
    )  # fmt: skip

    (one,) = expected(product, number)
    assert (one.group, [each.words for each in one.misses]) == (
        "partly", ["“Screen for safety” keeps the date it was given."]
    )  # fmt: skip
    asked(product, number)
    assert worked(product) == 1
    assert open_task(product, reference).due_at == task.due_at
