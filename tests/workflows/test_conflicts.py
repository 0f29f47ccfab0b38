"""Whoever is too close to a case, or to somebody in it, is not offered its tasks, cannot take them, and is told why."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import clock, ledger
from rj_engine.cases.case import Case, NotFound
from rj_engine.cases.conflicts import ConflictOfInterest
from rj_engine.commands import NotAllowed
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.tasks import AssignTask, ClaimTask, CompleteTask
from rj_engine.workflows.workload import conflicts, inbox
from rj_engine.workflows.workload.conflicts import AboutWhat, DeclareConflict, EndConflict, WhyNeeded
from tests.answers import typical
from tests.places import Product
from tests.security.neighbourhood import Known
from tests.security.neighbourhood import a_case as at_first_contact
from tests.web.browsing import a_case, open_task

WHY = "My neighbour."


def declare(product: Product, who: str, **about: str) -> dict[str, object]:
    return product.do(DeclareConflict, who, of=product.actor(who).id, words=WHY, **about)


def unclaimed(product: Product, who: str) -> list[str]:
    now = clock.now()
    return [row.case for row in inbox.page(product.session, product.actor(who), "unclaimed", now).tasks]


def test_a_conflict_with_a_case_takes_it_out_of_what_one_is_offered(product: Product) -> None:
    close, other = a_case(product), a_case(product)
    declare(product, "coordinator", reference=close.lower())

    assert unclaimed(product, "coordinator") == [other]
    task = open_task(product, close)
    task_id, answers = task.id, typical(task.form)
    with pytest.raises(ConflictOfInterest, match="You have a conflict of interest"):
        product.do(ClaimTask, "coordinator", task_id=task_id)
    with pytest.raises(ConflictOfInterest):
        product.do(CompleteTask, "coordinator", task_id=task_id, answers=answers)
    with pytest.raises(ConflictOfInterest, match=product.actor("coordinator").name):
        product.do(AssignTask, "lead", task_id=task_id, to=product.actor("coordinator").id)
    shown = desk.desk(product.session, product.actor("coordinator"), task_id, clock.now())
    assert "conflict of interest" in shown.untrained
    product.do(ClaimTask, "lead", task_id=task_id)


def test_a_conflict_with_a_person_holds_wherever_they_come_up(product: Product) -> None:
    declare(product, "coordinator", person="quill  RARELY-invented")

    close, other = a_case(product, victim_name="Quill Rarely Invented"), a_case(product, victim_name="Kim Invented")

    assert close not in unclaimed(product, "coordinator")
    assert other in unclaimed(product, "coordinator")


def test_open_tasks_go_back_to_the_team_and_the_case_waits_for_a_lead(product: Product) -> None:
    known: Known = at_first_contact(product)

    answer = declare(product, "facilitator", reference=known.reference)

    assert answer["led"] == [known.reference]
    task = product.session.get_one(Task, known.task)
    assert task.assignee_id is None
    entries = ledger.read(product.session, product.actor("facilitator").service_id)
    assert entries[-1].tag == "staff:conflict:declared"
    assert WHY not in str(entries[-1].detail)


def test_nobody_is_offered_what_opens_next_in_such_a_case(product: Product) -> None:
    known: Known = at_first_contact(product)
    declare(product, "facilitator", reference=known.reference)
    task = product.session.get_one(Task, known.task)

    product.do(CompleteTask, "facilitator2", task_id=known.task, answers=typical(task.form))

    opened = select(Task.assignee_id).where(Task.reference == known.reference, Task.closed_at.is_(None))
    assert product.actor("facilitator").id not in set(product.session.scalars(opened))


def test_what_is_over_is_said_by_somebody_else(product: Product) -> None:
    close = a_case(product)
    conflict = str(declare(product, "coordinator", reference=close)["conflict"])

    with pytest.raises(NotAllowed):
        product.do(EndConflict, "facilitator", conflict_id=UUID(conflict))
    with pytest.raises(NotFound):
        product.do(EndConflict, "coordinator", conflict_id=UUID(conflict))
    product.do(EndConflict, "lead", conflict_id=UUID(conflict))

    assert close in unclaimed(product, "coordinator")
    assert conflicts.standing(product.session, product.actor("coordinator")) == []


def test_a_lead_records_a_colleagues_conflict_and_a_colleague_does_not(product: Product) -> None:
    close = a_case(product)
    of = product.actor("coordinator").id
    with pytest.raises(NotAllowed):
        product.do(DeclareConflict, "facilitator", of=of, reference=close, words=WHY)
    with pytest.raises(NotFound):
        product.do(DeclareConflict, "lead.sample", of=of, reference=close, words=WHY)

    product.do(DeclareConflict, "lead", of=of, reference=close, words=WHY)

    assert close not in unclaimed(product, "coordinator")
    assert [each.words for each in conflicts.standing(product.session, product.actor("coordinator"))] == [WHY]
    assert conflicts.standing(product.session, product.actor("facilitator")) == []


def test_it_is_about_one_thing_and_says_why(product: Product) -> None:
    of = product.actor("coordinator").id
    reference = product.session.scalar(select(Case.reference)) or a_case(product)
    for about in ({}, {"reference": reference, "person": "Alex Invented"}):
        with pytest.raises(AboutWhat):
            product.do(DeclareConflict, "coordinator", of=of, words=WHY, **about)
    with pytest.raises(WhyNeeded):
        product.do(DeclareConflict, "coordinator", of=of, words=" ", reference=reference)
