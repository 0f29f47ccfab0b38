"""Plays a journey against the product itself, with a clock that moves as the journey says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import func, select

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.commands import Actor, Command, dispatch
from rj_engine.database import db
from rj_engine.demonstration import training
from rj_engine.demonstration.telling import Journey, Told, typical_answers
from rj_engine.errors import Refused
from rj_engine.people.staff import actor_of, by_email
from rj_engine.workflows.beside.events import RaiseEvent
from rj_engine.workflows.beside.events import known as known_event
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.beside.renewals import RenewWhatRanOut
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.rows import Task, Timer
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers

OFFICE_HOURS: Final = time(10, 0)
MOST_TIMERS: Final = 100
NEXT_DAY: Final = "1 working_days"
RELATIVE_DAY: Final = re.compile(r"today([+-]\d+)?")


class JourneyBroken(AssertionError):
    """The case did not go the way the journey tells."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the product would not do, and why."""

    code: str
    sentence: str


class Hands(Protocol):
    """Those who do what a journey says: the commands themselves, or a client of the API."""

    def refer(self, who: str, answers: Mapping[str, Any]) -> str:
        """Refer a case; its reference."""

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> Refusal | None:
        """Finish a task, or tell why not."""

    def withdraw(self, who: str, reference: str, party: str, words: str) -> Refusal | None:
        """Record a withdrawal, or tell why not."""

    def tell(self, who: str, reference: str, event: str, answers: Mapping[str, Any]) -> Refusal | None:
        """Say that something has happened, or tell why not."""

    def renew(self, who: str, reference: str) -> Refusal | None:
        """Set about renewing what has run out, or tell why not."""


def someone(who: str) -> Actor:
    """The demonstration person `<who>@example.org`."""
    person = by_email(db.session(), f"{who}@example.org")
    if person is None:
        raise JourneyBroken(f"nobody is called {who}")
    return actor_of(person)


@dataclass(frozen=True, slots=True)
class Staff:
    """Hands that dispatch commands as the demonstration's people."""

    def refer(self, who: str, answers: Mapping[str, Any]) -> str:
        """Dispatch the referral."""
        command = MakeReferral(command_id=uuid.uuid4(), by=someone(who), answers=answers)
        return str(dispatch(command)["reference"])

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> Refusal | None:
        """Dispatch the completion."""
        return self._try(CompleteTask(command_id=uuid.uuid4(), by=someone(who), task_id=task_id, answers=answers))

    def withdraw(self, who: str, reference: str, party: str, words: str) -> Refusal | None:
        """Dispatch the withdrawal."""
        by = someone(who)
        return self._try(Withdraw(command_id=uuid.uuid4(), by=by, reference=reference, party=party, words=words))

    def tell(self, who: str, reference: str, event: str, answers: Mapping[str, Any]) -> Refusal | None:
        """Dispatch the event."""
        by = someone(who)
        return self._try(RaiseEvent(command_id=uuid.uuid4(), by=by, reference=reference, event=event, answers=answers))

    def renew(self, who: str, reference: str) -> Refusal | None:
        """Dispatch the renewal."""
        return self._try(RenewWhatRanOut(command_id=uuid.uuid4(), by=someone(who), reference=reference))

    def _try(self, command: Command) -> Refusal | None:
        try:
            dispatch(command)
        except Refused as refused:
            particulars = getattr(refused, "messages", None)
            return Refusal(refused.code, f"{refused.sentence} {particulars or ''}".strip())
        return None


@dataclass(slots=True)
class Played:
    """How far a journey was played."""

    reference: str
    now: datetime
    done: list[str] = field(default_factory=list)
    aside: frozenset[str] = frozenset()
    """Open tasks of the front door in a journey that is of something beside it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a journey is played: by whose hands, and whose part each `who` of the journey is.

    `team` is the ending of the people's names: `facilitator` is `facilitator.west` in the team `.west`. `parts` gives
    single parts to somebody else.
    """

    hands: Hands
    team: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    checks: bool = True
    """Whether what the journey says comes `then` is looked at."""

    def person(self, who: str) -> str:
        """Who of the demonstration's people plays the part `who`."""
        return self.parts.get(who) or f"{who}{self.team}"

    def filled(self, form: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Typical answers under the given ones, dates and people put in; None leaves a question out."""
        answers = {**typical_answers().get(form, {}), **given}
        return {key: self._value(on_the_day(value)) for key, value in answers.items() if value is not None}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("staff:"):
            return str(someone(self.person(value.removeprefix("staff:"))).id)
        return value


def play(
    journey: Journey,
    stage: Stage,
    *,
    starts: datetime | None = None,
    steps: int | None = None,
    until: datetime | None = None,
) -> Played:
    """Play a journey from its referral, at most `steps` of it and not beyond `until`; each step's `then` is checked."""
    now = starts or _instant(journey.starts)
    with clock.at(now):
        referral = stage.filled("referral", journey.referral["answers"])
        played = Played(stage.hands.refer(stage.person(journey.referral["who"]), referral), now)
        if journey.begins:
            played.aside = frozenset(open_elements(played.reference))
            _take(journey, journey.begins, stage, played)
    for step in journey.steps[:steps]:
        later = later_than(played.now, step.get("after", NEXT_DAY))
        if until is not None and later > until:
            return played
        played.now = later
        with clock.at(played.now):
            pass_time()
            training.keep_up()
            _take(journey, step, stage, played)
            if stage.checks:
                _check(step.get("then", {}), played)
    if steps is None:
        with clock.at(played.now):
            _check(journey.ends, played)
    return played


def on_the_day(value: Any) -> Any:
    """`today`, `today+14` and `today-3` as dates; anything else as it is."""
    if isinstance(value, str) and RELATIVE_DAY.fullmatch(value):
        days = int(value.removeprefix("today") or 0)
        return (clock.today() + timedelta(days=days)).isoformat()
    return value


def later_than(now: datetime, after: str) -> datetime:
    """`2 working_days`, `3 weeks`, `4 hours`, or a date: in office hours of that day, never before `now`."""
    amount, _, unit = after.partition(" ")
    if unit == "hours":
        return now + timedelta(hours=int(amount))
    if unit:
        day = clock.due_on(now.astimezone(clock.LONDON).date(), clock.Period(int(amount), unit))
    else:
        day = date.fromisoformat(after)
    return max(now, datetime.combine(day, OFFICE_HOURS, clock.LONDON))


def _take(journey: Journey, step: Told, stage: Stage, played: Played) -> None:
    if "withdraw" in step:
        done = f"{step['withdraw']} withdraws"
        refusal = stage.hands.withdraw(
            stage.person(step["who"]), played.reference, step["withdraw"], step.get("words", "")
        )
    elif "event" in step:
        event = known_event(step["event"])
        done = event.label
        answers = stage.filled(event.form, step.get("answers", {}))
        refusal = stage.hands.tell(stage.person(step["who"]), played.reference, event.key, answers)
    elif "renew" in step:
        done = "what has run out is renewed"
        refusal = stage.hands.renew(stage.person(step["who"]), played.reference)
    elif "task" in step:
        task = _open_task(played, step["task"])
        done = task.name
        answers = stage.filled(task.form, journey.given(step))
        refusal = stage.hands.complete(stage.person(step["who"]), task.id, answers)
    else:
        return
    _check_refusal(step, refusal, done)
    if refusal is None:
        played.done.append(done)


def _check_refusal(step: Told, refusal: Refusal | None, done: str) -> None:
    expected = step.get("refused")
    found = refusal.code if refusal else None
    if found != expected:
        told = f"refused ({refusal.code}: {refusal.sentence})" if refusal else "done"
        wanted = f"refused ({expected})" if expected else "done"
        raise JourneyBroken(f"{done} was {told}, and should have been {wanted}")


def _open_task(played: Played, element: str) -> Task:
    """The open task drawn as `element`, which may name its process: `consent/record_victim_consent`."""
    db.session.rollback()
    where = Task.reference == played.reference, Task.closed_at.is_(None)
    tasks = list(db.session.scalars(select(Task).where(*where).order_by(Task.opened_at)))
    fitting = [task for task in tasks if element in {task.element, task.element.rpartition("/")[2]}]
    if not fitting:
        found = ", ".join(task.element for task in tasks) or "nothing"
        raise JourneyBroken(f"after {_last(played)}: {element} is not open; open is {found}")
    return fitting[0]


def pass_time() -> None:
    """Fire every timer that has come due by now, each at its own hour."""
    for _ in range(MOST_TIMERS):
        db.session.rollback()
        waiting = select(func.min(Timer.due_at)).join(Case, Case.id == Timer.case_id).where(Case.status == "open")
        due_at = db.session.scalar(waiting)
        if due_at is None or due_at > clock.now():
            return
        with clock.at(due_at):
            timers.fire_due()
    raise JourneyBroken("timers never come to rest")


def _check(then: Told | list[str], played: Played) -> None:
    """`then` holds the open tasks, or facts of the case: status, closure_reason, pathway, open."""
    expected = {"open": then} if isinstance(then, list) else then
    db.session.rollback()
    case = db.session.scalars(select(Case).where(Case.reference == played.reference)).one()
    facts: dict[str, Callable[[], Any]] = {
        "status": lambda: case.status,
        "closure_reason": lambda: case.closure_reason,
        "pathway": lambda: case.pathway,
        "open": lambda: sorted(one for one in open_elements(played.reference) if one not in played.aside),
    }
    for name, value in expected.items():
        wanted = sorted(value) if isinstance(value, list) else value
        if (found := facts[name]()) != wanted:
            raise JourneyBroken(f"after {_last(played)}: {name} is {found}, not {wanted}")


def _last(played: Played) -> str:
    return played.done[-1] if played.done else "the referral"


def open_elements(reference: str) -> list[str]:
    """The diagram ids of a case's open tasks."""
    where = Task.reference == reference, Task.closed_at.is_(None)
    return [element.rpartition("/")[2] for element in db.session.scalars(select(Task.element).where(*where))]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LONDON)
