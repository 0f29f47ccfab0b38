"""Repairs by a lead: back to a step, a wait ended, a task skipped; with a reason, on record, never past the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock, ledger
from rj_engine.cases.case import Case, NotFound
from rj_engine.commands import Actor, NotAllowed
from rj_engine.errors import Refused
from rj_engine.risk import gate
from rj_engine.risk.requirements import REACH_SOMEBODY, REQUIREMENTS
from rj_engine.workflows.beside import message_waits, repairs, repairs_offered
from rj_engine.workflows.beside.incidents import RetryIncident
from rj_engine.workflows.beside.message_waits import EndMessageWait
from rj_engine.workflows.beside.repairs import EndWait, ReenterElement, Repair, SkipTask
from rj_engine.workflows.beside.repairs_offered import Standing
from rj_engine.workflows.engine import lint, runner
from rj_engine.workflows.engine.reentry import CannotReenter
from rj_engine.workflows.engine.runner import EngineBroken
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Incident, Passage, Run, Task, Timer
from rj_engine.workflows.studio import trial_world, trials
from tests.places import Product
from tests.reliability.small_case import (
    a_small_case,
    open_tasks,
    publish_small_pathway,
)
from tests.studio.trying import Trying
from tests.workflows.a_waiting_case import complete, racing, reference, waiting_for

WHY = "They rang back and are ready now."
A_FEW = 3
"""Steps back that are tried from each open task."""
HANDLES: Mapping[type[Repair], Callable[..., object]] = {
    SkipTask: repairs.skip,
    ReenterElement: repairs.reenter,
    EndWait: repairs.end_wait,
    EndMessageWait: message_waits.end_message_wait,
}


@pytest.fixture
def place(product: Product) -> Product:
    """The product with the small pathway at its front door."""
    publish_small_pathway()
    return product


def run_of(product: Product, case: UUID) -> Run:
    """Its one run."""
    return product.session.scalars(select(Run).where(Run.case_id == case)).one()


def back(product: Product, case: UUID, leaving: str, element: str, who: str = "lead", why: str = WHY) -> None:
    """Put the case back at `element` in the place of the open task `leaving`."""
    task = product.session.get_one(Task, open_tasks(product, case)[leaving])
    parts = {"run_id": task.run_id, "leaving": task.key, "element": element, "reason": why}
    product.do(ReenterElement, who, reference=reference(product, case), **parts)


def rested(product: Product, case: UUID) -> None:
    """Both first tasks done, and the time of rest ended early."""
    complete(product, case, "call")
    complete(product, case, "weigh")
    for timer in product.session.scalars(select(Timer).where(Timer.case_id == case)):
        product.do(EndWait, "lead", reference=reference(product, case), reason=WHY, timer_id=timer.id)


def test_a_case_goes_back_to_a_step_it_has_passed_and_the_record_says_why(place: Product) -> None:
    case = a_small_case(place)
    rested(place, case)

    back(place, case, "close", "intake/stages")

    assert set(open_tasks(place, case)) == {"call", "weigh"}
    last = [entry for entry in ledger.read(place.session, case) if entry.tag == "case:repair:reentered"]
    assert [entry.detail["reason"] for entry in last] == [WHY]


def test_never_forward(place: Product) -> None:
    case = a_small_case(place)

    with pytest.raises(CannotReenter):
        back(place, case, "weigh", "intake/close")

    assert set(open_tasks(place, case)) == {"call", "weigh"}


def test_without_a_reason_nothing_moves(place: Product) -> None:
    case = a_small_case(place)
    complete(place, case, "call")

    with pytest.raises(repairs.ReasonNeeded):
        back(place, case, "weigh", "intake/call", why="  ")


def test_a_facilitator_repairs_nothing(place: Product) -> None:
    case = a_small_case(place)

    with pytest.raises(NotAllowed):
        back(place, case, "weigh", "intake/call", who="facilitator")


def test_another_services_lead_does_not_find_the_case(place: Product) -> None:
    case = a_small_case(place)

    with pytest.raises(NotFound):
        back(place, case, "weigh", "intake/call", who="lead.sample")


def test_a_wait_is_ended_early_and_what_waited_for_it_goes_on(place: Product) -> None:
    case = a_small_case(place)
    timer = place.session.scalars(select(Timer).where(Timer.case_id == case)).first()
    assert timer is not None

    place.do(EndWait, "lead", reference=reference(place, case), reason=WHY, timer_id=timer.id)

    passed = place.session.scalars(select(Passage.element).where(Passage.run_id == timer.run_id))
    assert timer.element in set(passed)
    assert "case:repair:wait_ended" in [entry.tag for entry in ledger.read(place.session, case)]


def end(product: Product, case: UUID, wait: Standing) -> None:
    """End a wait for a message as a lead."""
    parts = {"reference": reference(product, case), "run_id": wait.run_id, "key": wait.key}
    product.do(EndMessageWait, "lead", reason=WHY, **parts)


def test_a_wait_for_a_word_that_does_not_come_is_ended_with_a_reason(product: Product) -> None:
    case, wait = waiting_for(product, "somebody_replies")
    assert (wait.name, wait.refused, wait.timer_id) == ("Let it rest", "", None)
    parts = {"reference": reference(product, case), "run_id": wait.run_id, "key": wait.key}
    with pytest.raises(repairs.ReasonNeeded):
        product.do(EndMessageWait, "lead", reason=" ", **parts)

    product.do(EndMessageWait, "lead", reason=WHY, **parts)

    assert set(open_tasks(product, case)) == {"close"}
    last = [entry for entry in ledger.read(product.session, case) if entry.tag == "case:repair:wait_ended"]
    assert [entry.detail for entry in last] == [{"name": "Let it rest", "reason": WHY}]
    with pytest.raises(repairs.NoLongerOpen):
        product.do(EndMessageWait, "lead", reason=WHY, **parts)


def test_a_case_that_waits_for_a_word_goes_back_to_a_step_it_has_passed(product: Product) -> None:
    case, wait = waiting_for(product, "somebody_replies")
    assert ("intake/stages", "Stages") in wait.back_to
    parts = {"run_id": wait.run_id, "leaving": wait.key, "element": "intake/stages", "reason": WHY}

    product.do(ReenterElement, "lead", reference=reference(product, case), **parts)

    assert set(open_tasks(product, case)) == {"call", "weigh"}


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("harmer_withdraws", "record it as a withdrawal"),
        ("risk_stops", "Only whoever decides about safety"),
        ("facts_changed", "Something that changes the risk"),
        ("prison_transfer", "moved to another prison"),
    ],
)
def test_nobody_speaks_for_a_person_or_about_the_risk_by_ending_a_wait(
    product: Product, message: str, says: str
) -> None:
    case, wait = waiting_for(product, message)
    assert says in wait.refused

    with pytest.raises(repairs.NotEnded):
        end(product, case, wait)

    assert open_tasks(product, case) == {}


@pytest.mark.parametrize(("clock_key", "kept"), [("small_rest", False), ("apvc_programme_waiting", True)])
def test_a_wait_beside_a_safety_clock_is_not_cut_short_by_a_word_that_did_not_come(
    product: Product, clock_key: str, kept: bool
) -> None:
    case, waits = racing(product, clock_key)
    wait = next(one for one in waits if one.timer_id is None)

    assert ("keeps people safe" in wait.refused) == kept
    if kept:
        with pytest.raises(repairs.NotEnded):
            end(product, case, wait)
    else:
        end(product, case, wait)
    assert set(open_tasks(product, case)) == (set() if kept else {"close"})


def test_of_all_that_shipped_pathways_wait_to_hear_only_what_does_no_more_than_end_the_wait_can_be_passed_over() -> (
    None
):
    diagrams, _ = lint.read_sources(bpmn.pathways())
    nodes = [node for diagram in diagrams for node in diagram.nodes.values() if node.kind == "intermediateCatchEvent"]
    heard = {event.text or "" for node in nodes for event in node.events if event.kind == "message"}

    assert {one for one in heard if not message_waits.says_more(one)} == {"victim_ready"}
    assert "facts_changed" in heard


def test_what_only_hears_a_word_on_its_edge_is_no_wait(place: Product) -> None:
    case = a_small_case(place)

    shown = repairs_offered.offered(place.session, place.session.get_one(Case, case))

    assert "The victim withdraws" not in {one.name for one in shown}


def test_a_task_that_steers_the_case_cannot_be_skipped(place: Product) -> None:
    case = a_small_case(place)
    task = open_tasks(place, case)["weigh"]

    with pytest.raises(repairs.NotSkipped) as refusal:
        place.do(SkipTask, "lead", reference=reference(place, case), reason=WHY, task_id=task)

    assert "decide which way" in refusal.value.sentence


def test_a_task_that_only_notes_something_can_be_skipped(place: Product) -> None:
    case = a_small_case(place)
    rested(place, case)
    task = open_tasks(place, case)["close"]

    place.do(SkipTask, "lead", reference=reference(place, case), reason=WHY, task_id=task)

    assert place.session.get_one(Task, task).how_closed == "skipped"


def test_a_stopped_case_goes_on_once_the_broken_step_is_out_of_the_way(place: Product) -> None:
    case = a_small_case(place)
    complete(place, case, "call")
    with pytest.raises(EngineBroken):
        complete(place, case, "weigh", weight="unforeseen")
    incident = place.session.scalars(select(Incident).where(Incident.case_id == case)).one()

    back(place, case, "weigh", "intake/call")

    assert place.session.get_one(Case, case).status == "open"
    with pytest.raises(Refused):
        place.do(RetryIncident, "lead", incident_id=incident.id)


def test_no_repair_lets_a_guarded_task_open_without_the_gate(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product, "victim_initiated_rj")
    trial.answer()
    done = refused = 0
    for _ in range(22):
        opened = trial.open()
        went, stayed = every_repair(trial)
        done, refused = done + went, refused + stayed
        trial.answer(opened[0])

    assert done > 20
    assert refused > 20


def every_repair(trial: Trying) -> tuple[int, int]:
    """Try each repair of the trial's case in a copy of its world; how many went through, and how many were refused."""
    went = stayed = 0
    with trials.entered(trial.product.session, trial.row, trial.step) as world:
        wanted = list(_repairs(world))
    for kind, parts in wanted:
        with trials.entered(trial.product.session, trial.row, trial.step) as world:
            before = set(world.scalars(select(Task.id)))
            try:
                _do(world, kind, **parts)
            except Refused:
                stayed += 1
                continue
            went += 1
            for task in world.scalars(select(Task).where(Task.id.not_in(before), Task.closed_at.is_(None))):
                run = world.get_one(Run, task.run_id)
                if task.effect in REQUIREMENTS.keys() | REACH_SOMEBODY:
                    assert gate.missing(world, run.strand, task.effect or "", clock.now()) == [], (kind, parts)
    return went, stayed


def _repairs(world: Session) -> Iterator[tuple[type[Repair], dict[str, object]]]:
    for task in world.scalars(select(Task).where(Task.closed_at.is_(None))):
        yield SkipTask, {"task_id": task.id}
        passed = world.scalars(select(Passage.element).where(Passage.run_id == task.run_id).distinct())
        part = [element for element in passed if element.rpartition("/")[0] == task.element.rpartition("/")[0]]
        for element in part[:A_FEW]:
            yield ReenterElement, {"run_id": task.run_id, "leaving": task.key, "element": element}
    for timer in world.scalars(select(Timer)):
        yield EndWait, {"timer_id": timer.id}
    for run in world.scalars(select(Run).where(Run.status == "running")):
        stands = runner.look(versions.load(world, run.version_id).definition, run.state)
        for wait in stands.listening:
            yield EndMessageWait, {"run_id": run.id, "key": wait.key}


def _do(world: Session, kind: type[Repair], **parts: object) -> None:
    case = trial_world.case_of(world)
    assert case is not None
    lead: Actor = next(one for one in trial_world.people(world) if "lead" in one.roles)
    handle = HANDLES[kind]
    handle(kind(command_id=uuid4(), by=lead, reference=case.reference, reason=WHY, **parts), world, clock.now())
