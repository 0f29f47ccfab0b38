"""Journeys: a case told as steps `{task, who, answers, then}` in JSON, played against the product itself."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.commands import Actor, dispatch
from rj_engine.database import db
from rj_engine.people.staff import actor_of, by_email
from rj_engine.workflows import timers
from rj_engine.workflows.referrals import MakeReferral
from rj_engine.workflows.rows import Task
from rj_engine.workflows.tasks import CompleteTask
from rj_engine.workflows.withdrawals import Withdraw

OFFICE_HOURS: Final = time(10, 0)
MOST_TIMERS: Final = 100
RELATIVE_DAY: Final = re.compile(r"today([+-]\d+)?")


class JourneyBroken(AssertionError):
    """The case did not go the way the journey tells."""


class Hands(Protocol):
    """Those who do what a journey says: the commands themselves, or a client of the API."""

    def refer(self, who: str, answers: Mapping[str, Any]) -> str:
        """Refer a case; its reference."""

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> None:
        """Finish a task."""

    def withdraw(self, who: str, reference: str, party: str, words: str) -> None:
        """Record a withdrawal."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Hands that dispatch commands as the demonstration's people, `<who>@example.org`."""

    domain: str = "example.org"

    def _actor(self, who: str) -> Actor:
        person = by_email(db.session(), f"{who}@{self.domain}")
        if person is None:
            raise JourneyBroken(f"nobody is called {who}")
        return actor_of(person)

    def refer(self, who: str, answers: Mapping[str, Any]) -> str:
        """Dispatch the referral."""
        command = MakeReferral(command_id=uuid.uuid4(), by=self._actor(who), answers=answers)
        return str(dispatch(command)["reference"])

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> None:
        """Dispatch the completion."""
        dispatch(CompleteTask(command_id=uuid.uuid4(), by=self._actor(who), task_id=task_id, answers=answers))

    def withdraw(self, who: str, reference: str, party: str, words: str) -> None:
        """Dispatch the withdrawal."""
        by = self._actor(who)
        dispatch(Withdraw(command_id=uuid.uuid4(), by=by, reference=reference, party=party, words=words))


@dataclass(slots=True)
class Told:
    """How far a journey was played."""

    reference: str
    now: datetime
    done: list[str] = field(default_factory=list)


@cache
def typical_answers() -> dict[str, dict[str, Any]]:
    """For each form the answers of an ordinary day, so that a journey need tell only what matters in it."""
    text = resources.files(__package__).joinpath("typical_answers.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def play(
    journey: Mapping[str, Any],
    hands: Hands,
    *,
    starts: datetime | None = None,
    steps: int | None = None,
    until: datetime | None = None,
) -> Told:
    """Play a journey from its referral, at most `steps` of it and not beyond `until`; each step's `then` is checked."""
    now = starts or _instant(journey["starts"])
    with clock.at(now):
        referral = filled("referral", journey["referral"]["answers"])
        told = Told(hands.refer(journey["referral"]["who"], referral), now)
    for step in list(journey["steps"])[:steps]:
        later = _later(told.now, step.get("after", "1 working_days"))
        if until is not None and later > until:
            return told
        told.now = later
        with clock.at(told.now):
            _pass_time()
            _take(step, hands, told)
            _check(step.get("then", {}), told)
    if steps is None:
        with clock.at(told.now):
            _check(journey.get("ends", {}), told)
    return told


def _take(step: Mapping[str, Any], hands: Hands, told: Told) -> None:
    if "withdraw" in step:
        hands.withdraw(step["who"], told.reference, step["withdraw"], step.get("words", ""))
        told.done.append(f"{step['withdraw']} withdraws")
    elif "task" in step:
        task = _open_task(told.reference, step["task"])
        answers = filled(task.form, step.get("answers", {}))
        hands.complete(step["who"], task.id, answers)
        told.done.append(task.name)


def filled(form: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Typical answers under the given ones; `today` and `+N days` become dates, `staff:who` an id; None leaves out."""
    answers = {**typical_answers().get(form, {}), **given}
    return {key: _value(on_the_day(value)) for key, value in answers.items() if value is not None}


def on_the_day(value: Any) -> Any:
    """`today`, `today+14` and `today-3` as dates; anything else as it is."""
    if isinstance(value, str) and RELATIVE_DAY.fullmatch(value):
        days = int(value.removeprefix("today") or 0)
        return (clock.today() + timedelta(days=days)).isoformat()
    return value


def _value(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("staff:"):
        person = by_email(db.session(), f"{value.removeprefix('staff:')}@example.org")
        return str(person.id) if person else value
    return value


def _open_task(reference: str, element: str) -> Task:
    """The open task drawn as `element`, which may name its process: `consent/record_consent`."""
    db.session.rollback()
    where = Task.reference == reference, Task.closed_at.is_(None)
    tasks = list(db.session.scalars(select(Task).where(*where).order_by(Task.opened_at)))
    fitting = [task for task in tasks if element in {task.element, task.element.rpartition("/")[2]}]
    if not fitting:
        found = ", ".join(task.element for task in tasks) or "nothing"
        raise JourneyBroken(f"{reference}: {element} is not open; open is {found}")
    return fitting[0]


def _pass_time() -> None:
    for _ in range(MOST_TIMERS):
        if not timers.fire_due():
            return
    raise JourneyBroken("timers never come to rest")


def _check(then: Mapping[str, Any] | list[str], told: Told) -> None:
    expected = {"open": then} if isinstance(then, list) else dict(then)
    db.session.rollback()
    case = db.session.scalars(select(Case).where(Case.reference == told.reference)).one()
    facts: dict[str, Callable[[], Any]] = {
        "status": lambda: case.status,
        "closure_reason": lambda: case.closure_reason,
        "pathway": lambda: case.pathway,
        "open": lambda: sorted(_open_elements(told.reference)),
    }
    for name, value in expected.items():
        wanted = sorted(value) if isinstance(value, list) else value
        if (found := facts[name]()) != wanted:
            last = told.done[-1] if told.done else "the referral"
            raise JourneyBroken(f"after {last}: {name} is {found}, not {wanted}")


def _open_elements(reference: str) -> list[str]:
    where = Task.reference == reference, Task.closed_at.is_(None)
    return [element.rpartition("/")[2] for element in db.session.scalars(select(Task.element).where(*where))]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LONDON)


def _later(now: datetime, after: str) -> datetime:
    """`2 working_days`, `3 weeks`, `4 hours`, or a date: in office hours of that day."""
    amount, _, unit = after.partition(" ")
    if unit == "hours":
        return now + timedelta(hours=int(amount))
    if not unit:
        return datetime.combine(date.fromisoformat(after), OFFICE_HOURS, clock.LONDON)
    day = clock.due_on(now.astimezone(clock.LONDON).date(), clock.Period(int(amount), unit))
    return datetime.combine(day, OFFICE_HOURS, clock.LONDON)
