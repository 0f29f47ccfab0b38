"""Cases that live a year side by side: each as a golden journey tells, and on by ordinary answers after its end."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.demonstration import training
from rj_engine.demonstration.journeys import Refusal, Staff, Stage, later_than
from rj_engine.demonstration.telling import Journey, Told
from rj_engine.workflows.beside.events import known as known_event
from rj_engine.workflows.rows import Task, Timer
from rj_engine.workflows.timed import timers

STAGE: Final = Stage(Staff(), checks=False)
WORKERS: Final = {
    "facilitator": ("facilitator", "facilitator2", "lead"),
    "coordinator": ("coordinator", "lead"),
    "officer": ("coordinator", "lead"),
    "lead": ("lead",),
    "risk_panel": ("safeguarding_lead", "lead"),
    "safeguarding_lead": ("safeguarding_lead",),
    "service_manager": ("service_manager",),
}
"""Who tries a task of each lane, in this order."""
ASKED: Final = "prison_ladder/record_answer"
SILENT: Final = (0, 0, 7, 13, 22, 34, 45, 68)
"""For how many working days a prison says nothing."""
PATIENCE: Final = 8
"""Other tasks that are done while a journey's next one is not open, before the journey gives it up."""
TRIES: Final = 3
OFFICE: Final = (9, 17)


@dataclass(frozen=True, slots=True)
class Open:
    """An open task, as it stood when somebody looked."""

    id: UUID
    element: str
    form: str
    lane: str


@dataclass(slots=True)
class Life:
    """One case: the rest of its journey, and how its people have fared."""

    journey: Journey
    dice: random.Random
    reference: str = ""
    rest: list[Told] = field(default_factory=list)
    waited: int = 0
    silent_until: datetime | None = None
    refused: Counter[str] = field(default_factory=Counter)
    """Open task to how often it was refused to everybody."""


@dataclass(slots=True)
class World:
    """A moving clock, the cases by their next moment, and what has been counted."""

    until: datetime
    now: datetime
    agenda: list[tuple[datetime, int]] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def begin(self, journeys: Sequence[Journey], prisons: Sequence[Journey], cases: int, chance: random.Random) -> None:
        """So many referrals over the year's working days; three in ten are somebody in prison."""
        for number in range(cases):
            kind = prisons if chance.random() < 0.3 else journeys
            life = Life(chance.choice(kind), random.Random(number))
            life.rest = list(life.journey.steps)
            self.lives.append(life)
            day = self.now + (self.until - self.now) * (number / cases)
            heapq.heappush(self.agenda, (_in_office(day, life.dice), number))

    def go_on(self) -> None:
        """Live until the year is over; timers ring at their own hour, before whatever people do later."""
        while self.agenda and self.agenda[0][0] <= self.until:
            at, number = heapq.heappop(self.agenda)
            self._ring(at)
            self.now = max(self.now, at)
            with clock.at(self.now):
                training.keep_up()
                again = self._live(self.lives[number])
            if again is not None:
                heapq.heappush(self.agenda, (again, number))
        self._ring(self.until)

    def _ring(self, at: datetime) -> None:
        waiting = select(func.min(Timer.due_at)).join(Case, Case.id == Timer.case_id).where(Case.status == "open")
        while True:
            db.session.rollback()
            due_at = db.session.scalar(waiting)
            if due_at is None or due_at > at:
                return
            with clock.at(max(due_at, self.now)):
                fired = timers.fire_due()
            self.counted["timers fired"] += fired
            if not fired:
                self.counted["timers that would not fire"] += 1
                return

    def _live(self, life: Life) -> datetime | None:
        """One moment of a case; when its next one is, None where it is over."""
        if not life.reference:
            answers = STAGE.filled("referral", life.journey.referral["answers"])
            life.reference = STAGE.hands.refer(life.journey.referral["who"], answers)
            return _in_office(later_than(self.now, "1 working_days"), life.dice)
        db.session.rollback()
        case = db.session.scalars(select(Case).where(Case.reference == life.reference)).one()
        if case.status != "open":
            return None
        opened = _open(life)
        if not opened:
            due_at = db.session.scalar(select(func.min(Timer.due_at)).where(Timer.case_id == case.id))
            return None if due_at is None else _in_office(due_at + timedelta(hours=10), life.dice)
        if not self._follow(life, opened) and not self._improvise(life, opened):
            return _in_office(later_than(self.now, "5 working_days"), life.dice)
        return _in_office(later_than(self.now, f"{life.dice.choice((0, 1, 1, 2, 4))} working_days"), life.dice)

    def _follow(self, life: Life, opened: Sequence[Open]) -> bool:
        """Take the journey's next step if it can be taken now."""
        if not life.rest or self._silent(life, opened):
            return False
        step = life.rest[0]
        if "task" in step and "refused" not in step:
            name = str(step["task"])
            fitting = [task for task in opened if name in {task.element, task.element.rpartition("/")[2]}]
            if not fitting:
                life.waited += 1
                if life.waited > PATIENCE:
                    life.waited = 0
                    life.rest.pop(0)
                return False
            done = self._do(life, fitting[0], step["who"], life.journey.given(step))
            life.waited = 0
            life.rest.pop(0)
            return done
        life.rest.pop(0)
        return "refused" not in step and self._happen(life, step)

    def _silent(self, life: Life, opened: Sequence[Open]) -> bool:
        """Whether a prison that was asked has not answered yet; it makes up its mind once for each request."""
        if not any(task.element == ASKED for task in opened):
            return any(task.element.startswith("prison_ladder/") for task in opened)
        if life.silent_until is None:
            life.silent_until = later_than(self.now, f"{life.dice.choice(SILENT)} working_days")
        return self.now < life.silent_until

    def _happen(self, life: Life, step: Told) -> bool:
        hands, who = STAGE.hands, step.get("who", "")
        refusal: Refusal | None = None
        if "withdraw" in step:
            refusal = hands.withdraw(who, life.reference, step["withdraw"], step.get("words", ""))
        elif "event" in step:
            event = known_event(step["event"])
            refusal = hands.tell(who, life.reference, event.key, STAGE.filled(event.form, step.get("answers", {})))
        elif "renew" in step:
            refusal = hands.renew(who, life.reference)
        self.counted["events refused" if refusal else "events"] += 1
        return refusal is None

    def _improvise(self, life: Life, opened: Sequence[Open]) -> bool:
        """Do any open task as on an ordinary day, or as the journey answers that task elsewhere."""
        for task in life.dice.sample(list(opened), len(opened)):
            if (task.element == ASKED and self._silent(life, opened)) or life.refused[str(task.id)] >= TRIES:
                continue
            element = task.element.rpartition("/")[2]
            if element == "put_choice":
                given: dict[str, Any] = {"prison_outcome": "victim_waits"}
            else:
                given = dict(life.journey.answers.get(element, {}))
            if any(self._do(life, task, who, given) for who in WORKERS[task.lane]):
                return True
            life.refused[str(task.id)] += 1
        return False

    def _do(self, life: Life, task: Open, who: str, given: dict[str, Any]) -> bool:
        refusal = STAGE.hands.complete(who, task.id, STAGE.filled(task.form, given))
        if refusal is not None:
            self.counted[f"refused: {refusal.code}"] += 1
            return False
        if task.element == ASKED:
            life.silent_until = None
        self.counted["tasks finished"] += 1
        return True


def _open(life: Life) -> list[Open]:
    where = Task.reference == life.reference, Task.closed_at.is_(None)
    found = select(Task.id, Task.element, Task.form, Task.lane).where(*where).order_by(Task.opened_at)
    return [Open(*row) for row in db.session.execute(found)]


def _in_office(at: datetime, dice: random.Random) -> datetime:
    """Some hour of that day if it is a working day, else of the next one; always later than `at`."""
    day = clock.add_working_days(at.astimezone(clock.LONDON).date(), 0)
    hour = datetime.combine(day, time(dice.randrange(*OFFICE), dice.randrange(60)), clock.LONDON)
    return max(at + timedelta(minutes=dice.randint(5, 55)), hour)


def of_prisons(journeys: Sequence[Journey]) -> Iterator[Journey]:
    """The journeys in which a prison is asked."""
    for journey in journeys:
        if any(str(step.get("task", "")).rpartition("/")[2] == "send_request" for step in journey.steps):
            yield journey
