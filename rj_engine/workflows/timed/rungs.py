"""What a lead does to a request from the board: chase, take the next rung now, give a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, CaseFrozen, NotFound, visible
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.prisons import reference
from rj_engine.prisons.requests import PrisonRequest, decided, spoken, who
from rj_engine.workflows.engine import runner
from rj_engine.workflows.moves import Move, told
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Run, Task, Timer
from rj_engine.workflows.task import tasks

CHASE: Final = "prison_ladder/chase"
RUNG: Final = "prison_ladder/rung_falls_due"
NEWS: Final = ("no_news", "acknowledged")
"""What a chase between two rungs can bring; a promised day or an answer is recorded as an answer."""
BETWEEN: Final = "between"
GIVEN: Final = "reason"


class RequestSettled(Refused):
    """This request waits for nobody any more."""

    code = "request_settled"


class RungOpen(Refused):
    """The last rung is not climbed yet. Do the chase that is open first."""

    code = "rung_open"


class ClockStands(Refused):
    """The clock stands until a day that is promised."""

    code = "clock_stands"


class NoRung(Refused):
    """No rung waits for this request at the moment. Its next step is another: open the case."""

    code = "no_rung"


class NoSuchReason(Refused):
    """Choose a reason from the list."""

    code = "no_such_reason"


@dataclass(frozen=True, kw_only=True)
class RequestCommand(Command):
    """A command on one request for permission."""

    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChasePrison(RequestCommand):
    """Note that somebody asked again today: on the rung that is open, else between two rungs."""

    to: str
    channel: str
    result: str = "no_news"
    reason: str = "no_reply"


@dataclass(frozen=True, kw_only=True)
class EscalateRequest(RequestCommand):
    """Take the next rung now, without waiting for its day."""


@dataclass(frozen=True, kw_only=True)
class GiveReason(RequestCommand):
    """Say why it takes long."""

    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A request with its case held until the command ends."""

    request: PrisonRequest
    case: Case


def hold(session: Session, by: Actor, request_id: UUID) -> Standing:
    """The request, its case held; refuses one that is decided, replaced or closed, and says who did that and when."""
    found = select(PrisonRequest.case_id, Case.reference).join(Case, Case.id == PrisonRequest.case_id)
    row = session.execute(found.where(PrisonRequest.id == request_id, visible(by))).one_or_none()
    if row is None:
        raise NotFound
    case = cases.lock(session, by, row.reference)
    request = session.get_one(PrisonRequest, request_id, populate_existing=True)
    if case.status == "frozen":
        raise CaseFrozen
    _require_open(session, case, request)
    return Standing(request, case)


def _require_open(session: Session, case: Case, request: PrisonRequest) -> None:
    if request.superseded_at is not None:
        raise RequestSettled("A newer request has taken the place of this one. Load the board again.")
    if request.decision:
        day = spoken(request.decided_on) if request.decided_on else "a day nobody wrote down"
        raise RequestSettled(
            f"{who(session, request.answered_by)} recorded an answer of {day}: {decided(request.decision)}."
        )
    if case.status == "closed":
        raise RequestSettled("The case is closed.")


@handles(ChasePrison, verb="chase_prison")
def chase(command: ChasePrison, session: Session, now: datetime) -> Outcome:
    """Finish the chase that is open with what was done today; without one, note it beside the ladder, which stays."""
    if command.result not in NEWS:
        raise NoSuchReason("Record a promised day, or an answer, on the task for their answer.")
    _require_reason(command.reason)
    standing = hold(session, command.by, command.request_id)
    task = _open(session, standing.request, CHASE)
    if task is not None:
        locked = tasks.lock(session, command.by, task.id)
        return tasks.finish(session, command.by, locked, _answers(command), now)
    today = clock.today()
    _note(standing.request, command.reason, to=command.to, channel=command.channel, result=command.result)
    standing.request.last_chased_on = today
    if command.result == "acknowledged" and standing.request.acknowledged_on is None:
        standing.request.acknowledged_on = today
    entry = Entry("case:prison:chased", {"rung": None, "to": command.to, "result": command.result})
    return Outcome({"case": standing.case.reference, "next_tasks": []}, standing.case.id, [entry])


def _answers(command: ChasePrison) -> dict[str, Any]:
    return {
        "chase_to": command.to,
        "chase_channel": command.channel,
        "chased_on": clock.today().isoformat(),
        "chase_result": command.result,
        "chase_reason_code": command.reason,
        "victim_updated": "no",
    }


@handles(EscalateRequest, verb="escalate_prison")
def escalate(command: EscalateRequest, session: Session, now: datetime) -> Outcome:
    """Ring the timer of the next rung before its day; the task it opens has its letter ready, and nothing is sent.

    Refuses while a rung is open, and while a promised day, or one of ours or of the victim's, has not come.
    """
    standing = hold(session, command.by, command.request_id)
    request = standing.request
    if (task := _open(session, request, CHASE)) is not None:
        raise RungOpen(f"“{task.name}” has been open since {spoken(_london(task.opened_at))}. Do that first.")
    if request.held_until is not None and request.held_until > clock.today():
        raise ClockStands(f"The clock stands until {spoken(request.held_until)}. Then the next rung is due.")
    timer = session.scalars(_timer(request)).first()
    if timer is None:
        raise NoRung
    run = session.get_one(Run, timer.run_id, populate_existing=True)
    published = versions.load(session, run.version_id)
    step = runner.ring(published.definition, run.state, timer.key, published.surroundings(now))
    moved = Move(session, standing.case, command.by, now).apply(run, published, step)
    entry = Entry("case:prison:escalated", {"kind": request.kind, "due": timer.due_at.isoformat()})
    return Outcome(
        {"case": standing.case.reference, "next_tasks": told(moved.opened)}, standing.case.id, [entry, *moved.entries]
    )


@handles(GiveReason, verb="chase_prison")
def give_reason(command: GiveReason, session: Session, now: datetime) -> Outcome:
    """Add a reason to what is known of the request; whose delay it is follows from the reason."""
    del now
    _require_reason(command.reason)
    standing = hold(session, command.by, command.request_id)
    _note(standing.request, command.reason, to=None, channel=None, result=GIVEN)
    entry = Entry("case:prison:reason_given", {"kind": standing.request.kind, "reason": command.reason})
    return Outcome({"case": standing.case.reference}, standing.case.id, [entry])


def _require_reason(reason: str) -> None:
    if reason not in reference.reasons():
        raise NoSuchReason


def _note(request: PrisonRequest, reason: str, *, to: str | None, channel: str | None, result: str) -> None:
    noted = {"rung": None, "to": to, "channel": channel, "on": clock.today().isoformat(), "result": result}
    request.chases = [*request.chases, {**noted, "hold_until": None, "reason": reason}]


def _open(session: Session, request: PrisonRequest, element: str) -> Task | None:
    where = Task.run_id == request.run_id, Task.element == element, Task.closed_at.is_(None)
    return session.scalars(select(Task).where(*where)).first()


def _timer(request: PrisonRequest) -> Any:
    return select(Timer).where(Timer.run_id == request.run_id, Timer.element == RUNG)


def _london(instant: datetime) -> Any:
    return instant.astimezone(clock.LONDON).date()
