"""Cases live as they please: whatever order things come in, the inbox is the engine's and the ledger is whole."""

from __future__ import annotations

import random
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lxml import etree
from sqlalchemy import select

from rj_engine import bpmn, clock, forms, ledger
from rj_engine.cases.case import Case, CaseFrozen, Strand
from rj_engine.commands import Actor, dispatch
from rj_engine.database import db
from rj_engine.demonstration import telling
from rj_engine.demonstration.journeys import Staff, Stage, play
from rj_engine.errors import Broken, Refused
from rj_engine.people.staff import actor_of, colleagues
from rj_engine.risk import gate
from rj_engine.risk.requirements import REQUIREMENTS
from rj_engine.workflows import rebuild
from rj_engine.workflows.beside import incidents
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.beside.withdrawals import CaseClosed, Withdraw
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.task.tasks import ClaimTask, CompleteTask, ReleaseTask, SaveDraft, TaskGone
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.reliability.figures import trials
from tests.reliability.small_case import open_tasks

BEGINS = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BEGINNINGS = ("allocated", "assessed", "harmer_agreed", "prepared", "letter", "shuttle")
ORDINARY = Stage(Staff())
MOST_TIMERS = 50


def some_way() -> Iterator[tuple[str, int]]:
    """Every place in the demonstration's journeys, those just before a guarded task several times."""
    guarded = {
        task.get("id")
        for diagram in bpmn.pathways().values()
        for task in etree.fromstring(diagram).iterfind(".//{*}userTask")
        if any(gate.guarded(each.get("value")) for each in task.iterfind(".//{*}property[@name='effect']"))
    }
    for name in BEGINNINGS:
        for number, step in enumerate(telling.whole(telling.beginning(name)).steps):
            at_the_gate = str(step.get("task", "")).rpartition("/")[2] in guarded
            yield from [(name, number)] * (6 if at_the_gate else 1)


def by_chance(field: forms.Field, dice: random.Random, person: UUID, today: datetime) -> Any:
    """Any answer this question takes."""
    if field.kind == "staff":
        return str(person)
    if field.chooses and field.options:
        return dice.choice(field.options).value
    if field.type == "checklist":
        ticked = [each.value for each in field.options if dice.random() < 0.5]
        return ticked or [field.options[0].value]
    if field.type == "date":
        days = -dice.randint(0, 10) if field.kind == "date_past" else dice.randint(0, 40)
        return (today + timedelta(days=days)).date().isoformat()
    return None


class CaseLife(RuleBasedStateMachine):
    """A handful of cases on the shipped pathways, worked by people who may do anything their screens allow."""

    product: ClassVar[Product]
    furnished: ClassVar[Path]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.a_fresh_database()
        self.restarted = False
        self.now = BEGINS
        self.references: list[str] = []
        self.sent: list[tuple[CompleteTask, dict[str, Any]]] = []

    def a_fresh_database(self) -> None:
        """Each life begins where the first did, so that it can be lived again."""
        db.session.remove()
        db.engine.dispose()
        path = self.product.url.removeprefix("sqlite:///")
        for ending in ("-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)
        shutil.copy(self.furnished, path)

    @contextmanager
    def then(self) -> Iterator[None]:
        with clock.at(self.now):
            yield

    def actor(self, who: str) -> Actor:
        return self.product.actor(who)

    def tasks(self) -> list[Task]:
        """Open tasks of these cases, in an order that is the same when a life is lived again."""
        where = Task.reference.in_(self.references), Task.closed_at.is_(None)
        found = self.product.session.scalars(select(Task).where(*where))
        place = {reference: number for number, reference in enumerate(self.references)}
        return sorted(found, key=lambda task: (place[task.reference], task.element, task.opened_at, task.key))

    def worker(self, task: Task, dice: random.Random) -> Actor:
        """Somebody of the case's team whose roles work this lane."""
        return actor_of(dice.choice(colleagues(self.product.session, self.actor("lead"), task.lane)))

    def answers(self, task: Task, dice: random.Random) -> dict[str, Any]:
        """An ordinary day's answers, some of them changed by chance into other valid ones."""
        session = self.product.session
        run = session.get_one(Run, task.run_id)
        form = versions.load(session, run.version_id).forms[task.form]
        answers = ORDINARY.filled(task.form, {})
        person = self.actor("facilitator").id
        assert person is not None
        odd = dice.choice([0.0, 0.0, 0.0, 0.1, 0.4])
        for key, field in form.fields.items():
            chance = by_chance(field, dice, person, self.now)
            if chance is not None and dice.random() < odd:
                answers[key] = chance
        return answers

    @initialize(seed=st.integers(0, 2**32))
    def a_case_has_come_some_way(self, seed: int) -> None:
        name, steps = random.Random(seed).choice(list(some_way()))
        played = play(telling.whole(telling.beginning(name)), ORDINARY, steps=steps)
        self.references.append(played.reference)
        self.now = played.now

    @precondition(lambda self: len(self.references) < 3)
    @rule()
    def a_referral_comes_in(self) -> None:
        with self.then():
            by, answers = self.actor("coordinator"), ORDINARY.filled("referral", {})
            self.references.append(dispatch(MakeReferral(command_id=uuid.uuid4(), by=by, answers=answers))["reference"])

    @rule(seed=st.integers(0, 2**32), tasks=st.integers(1, 6))
    def people_work_for_a_while(self, seed: int, tasks: int) -> None:
        self.people_work(seed, tasks)

    def people_work(self, seed: int, tasks: int) -> None:
        dice = random.Random(seed)
        for _ in range(tasks):
            self.now += timedelta(minutes=dice.randint(1, 300))
            with self.then():
                self._complete(dice)
            self.the_inbox_is_exactly_what_the_engine_has_ready()

    @rule(seed=st.integers(0, 2**32))
    def people_have_an_ordinary_day(self, seed: int) -> None:
        self.people_work(seed, 3)

    def _complete(self, dice: random.Random) -> None:
        if not (tasks := self.tasks()):
            return
        task = dice.choice(tasks)
        identity, effect = task.id, task.effect
        strand = self.product.session.get_one(Run, task.run_id).strand
        missing = gate.missing(self.product.session, strand, effect or "", self.now)
        by, answers = self.worker(task, dice), self.answers(task, dice)
        command = CompleteTask(command_id=uuid.uuid4(), by=by, task_id=identity, answers=answers)
        try:
            answer = dispatch(command)
        except Refused as refusal:
            self.seen[f"refused: {refusal.code}"] += 1
            return
        except Broken:
            return  # shown by the invariant that nothing of ours has broken
        self.sent.append((command, answer))
        self.seen["completed"] += 1
        if gate.guarded(effect):
            self.seen[f"guarded: {effect}"] += 1
            assert missing == [], f"{effect} was done although the gate misses {missing}"

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 1000))
    def somebody_sends_the_same_answer_twice(self, which: int) -> None:
        command, answer = self.sent[which % len(self.sent)]
        with self.then():
            assert dispatch(command) == answer
            again = CompleteTask(
                command_id=uuid.uuid4(), by=command.by, task_id=command.task_id, answers=command.answers
            )
            with pytest.raises(TaskGone):
                dispatch(again)

    @precondition(lambda self: len(self.sent) > 8)
    @rule(which=st.integers(0, 1000), party=st.sampled_from(["victim", "harmer"]))
    def a_party_withdraws(self, which: int, party: str) -> None:
        reference = self.references[which % len(self.references)]
        with self.then():
            command = Withdraw(command_id=uuid.uuid4(), by=self.actor("lead"), reference=reference, party=party)
            try:
                dispatch(command)
            except CaseClosed:
                return
            self.seen[f"{party} withdrew"] += 1
            case = self.product.session.scalars(select(Case).where(Case.reference == reference)).one()
            strands = [
                Strand(case.id, about)
                for about in self.product.session.scalars(select(Run.about_id).where(Run.case_id == case.id).distinct())
            ]
            for effect, needs in REQUIREMENTS.items():
                if party in {who for who, _ in needs.consents}:
                    assert all(gate.missing(self.product.session, one, effect, self.now) for one in strands), effect

    @rule(hours=st.sampled_from([1, 20, 26, 24 * 4, 24 * 8, 24 * 29, 24 * 90]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with self.then():
            for _ in range(MOST_TIMERS):
                if not timers.fire_due():
                    return
            raise AssertionError("timers never come to rest")

    @rule(seed=st.integers(0, 2**32))
    def somebody_claims_or_gives_back_or_types(self, seed: int) -> None:
        dice = random.Random(seed)
        with self.then():
            if not (tasks := self.tasks()):
                return
            task = dice.choice(tasks)
            identity, by = task.id, self.worker(task, dice)
            kind = dice.choice(["claim", "release", "draft"])
            try:
                if kind == "claim":
                    dispatch(ClaimTask(command_id=uuid.uuid4(), by=by, task_id=identity))
                elif kind == "release":
                    dispatch(ReleaseTask(command_id=uuid.uuid4(), by=by, task_id=identity))
                else:
                    dispatch(SaveDraft(command_id=uuid.uuid4(), by=by, task_id=identity, values={"half": "a sentence"}))
            except Refused:
                return

    @precondition(lambda self: not self.restarted)
    @rule()
    def the_service_restarts(self) -> None:
        self.restarted = True
        versions._by_id.clear()
        db.session.remove()
        db.engine.dispose()

    @rule()
    def a_lead_retries_what_broke(self) -> None:
        with self.then():
            for incident in incidents.open_incidents(self.product.session, self.actor("lead")):
                command = incidents.RetryIncident(
                    command_id=uuid.uuid4(), by=self.actor("lead"), incident_id=incident.id
                )
                try:
                    dispatch(command)
                except (Broken, Refused):
                    continue

    @invariant()
    def the_inbox_is_exactly_what_the_engine_has_ready(self) -> None:
        found = rebuild.compare(self.product.session)
        assert not found, found

    @invariant()
    def the_ledger_is_whole(self) -> None:
        assert ledger.verify(self.product.session) > 0

    @invariant()
    def nothing_of_ours_has_broken(self) -> None:
        waiting = incidents.open_incidents(self.product.session, self.actor("lead"))
        assert [(one.code, one.element, one.sentence) for one in waiting] == []

    @invariant()
    def an_open_case_has_somebody_or_something_to_wait_for(self) -> None:
        session = self.product.session
        for case in session.scalars(select(Case).where(Case.reference.in_(self.references), Case.status == "open")):
            waits = session.scalar(select(timers.Timer.id).where(timers.Timer.case_id == case.id).limit(1))
            assert open_tasks(self.product, case.id) or waits, case.reference

    @invariant()
    def a_closed_case_says_why_and_has_nothing_open(self) -> None:
        session = self.product.session
        for case in session.scalars(select(Case).where(Case.reference.in_(self.references), Case.status == "closed")):
            assert case.closure_reason
            assert open_tasks(self.product, case.id) == {}


def lives(product: Product, furnished: Path, kind: type[CaseLife]) -> None:
    """Live as many lives as the table of figures says."""
    kind.product, kind.furnished = product, furnished
    limits = settings(
        max_examples=trials("case lives (Hypothesis)"),
        stateful_step_count=trials("steps in one case life"),
        deadline=None,
        phases=[Phase.generate],  # a life that goes wrong is told as it was lived; shortening it takes many more
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    kind.seen.clear()
    run_state_machine_as_test(kind, settings=limits)  # type: ignore[no-untyped-call]  # Hypothesis ships it so


def test_whatever_happens_the_inbox_is_the_engine_s_and_nothing_guarded_passes_the_gate(
    sqlite_product: Product, furnished_sqlite: Path
) -> None:
    lives(sqlite_product, furnished_sqlite, CaseLife)
    print(dict(sorted(CaseLife.seen.items())))
    assert any(what.startswith("guarded") for what in CaseLife.seen)
    assert CaseLife.seen["completed"] > 20


def test_a_frozen_case_takes_no_answers(sqlite_product: Product) -> None:
    reference = sqlite_product.do(MakeReferral, "coordinator", answers=ORDINARY.filled("referral", {}))["reference"]
    case = sqlite_product.session.scalars(select(Case).where(Case.reference == reference)).one()
    case.status = "frozen"
    db.session.commit()
    (task,) = open_tasks(sqlite_product, case.id).values()
    with pytest.raises(CaseFrozen):
        sqlite_product.do(CompleteTask, "coordinator", task_id=task, answers=ORDINARY.filled("safety_screen", {}))
