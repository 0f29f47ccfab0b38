"""Incidents: a step that broke left nothing behind; its case stops, its answers are kept, a lead can retry it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, NotFound, visible
from rj_engine.commands import Actor, Command, Outcome, handles, mends
from rj_engine.errors import Broken, Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff, actor_of
from rj_engine.workflows.beside import events, withdrawals
from rj_engine.workflows.beside.events import Raised, RaiseEvent
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.moves import Move, told
from rj_engine.workflows.rows import Incident, Task, Timer
from rj_engine.workflows.task import tasks
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from rj_engine.workflows.timed.timers import FireTimer, TimerHeld


class IncidentClosed(Refused):
    """Somebody has dealt with this already."""

    code = "incident_closed"


@dataclass(frozen=True, kw_only=True)
class RetryIncident(Command):
    """Let the case move again and replay what broke."""

    incident_id: UUID


@mends(CompleteTask)
def mend_completion(command: CompleteTask, broken: Broken, session: Session, now: datetime) -> Outcome:
    """Keep the answers as a draft and stop the case."""
    task = session.get_one(Task, command.task_id)
    if command.by.id is not None:
        tasks.keep_draft(session, task.id, command.by.id, command.answers, now)
    replay = {"kind": "complete", "task": str(task.id), "by": str(command.by.id), "answers": dict(command.answers)}
    return _stop(session, task.case_id, broken, replay, now)


@mends(FireTimer)
def mend_timer(command: FireTimer, broken: Broken, session: Session, now: datetime) -> Outcome:
    """Stop the case; its timer stays due."""
    timer = session.get_one(Timer, command.timer_id)
    return _stop(session, timer.case_id, broken, {"kind": "fire", "timer": str(timer.id)}, now)


@mends(Withdraw)
def mend_withdrawal(command: Withdraw, broken: Broken, session: Session, now: datetime) -> Outcome:
    """Stop the case and end the party's consents all the same; the pathway hears of it on retry."""
    case = session.scalars(select(Case).where(Case.reference == command.reference.strip().upper())).one()
    scopes = withdrawals.end_word_of(command, session, case, now)
    recalled = withdrawals.recall_of(command, session, case, now)
    stopped = _stop(session, case.id, broken, withdrawals.replay_of(command), now)
    told = {"party": command.party, "words": command.words, "scopes": sorted(scopes)}
    stopped.entries[:0] = [Entry("case:party:withdrew", told), *recalled]
    return stopped


@mends(RaiseEvent)
def mend_event(command: RaiseEvent, broken: Broken, session: Session, now: datetime) -> Outcome:
    """Hold and end at once what the event says, and stop the case; its runs hear of it on retry."""
    case = session.scalars(select(Case).where(Case.reference == command.reference.strip().upper())).one()
    raised = events.at_once(command, session, case, now)
    stopped = _stop(session, case.id, broken, raised.replay(command.by), now)
    stopped.entries[:0] = raised.entries
    return stopped


def _stop(session: Session, case_id: UUID, broken: Broken, replay: dict[str, Any], now: datetime) -> Outcome:
    case = session.get_one(Case, case_id, with_for_update=True)
    case.status = "frozen"
    element = broken.context.get("element")
    incident = Incident(
        case_id=case.id,
        service_id=case.service_id,
        team_id=case.team_id,
        reference=case.reference,
        at=now,
        code=broken.code,
        sentence=broken.sentence[:400],
        element=str(element) if element else None,
        command=replay,
    )
    session.add(incident)
    told = {"incident": str(incident.id), "code": broken.code, "sentence": broken.sentence, "element": incident.element}
    return Outcome({"incident": str(incident.id)}, case.id, [Entry("case:incident:opened", told)])


@mends(RetryIncident)
def mend_retry(command: RetryIncident, broken: Broken, session: Session, now: datetime) -> Outcome:
    """It broke again: the same incident stays open, with today's words."""
    incident = session.get_one(Incident, command.incident_id)
    incident.at, incident.code, incident.sentence = now, broken.code, broken.sentence[:400]
    return Outcome({}, incident.case_id, [Entry("case:incident:broke_again", {"sentence": broken.sentence})])


@handles(RetryIncident, verb="retry_incident")
def retry(command: RetryIncident, session: Session, now: datetime) -> Outcome:
    """Let the case move and replay the command in its own author's name; if it breaks again nothing has changed.

    What has become impossible meanwhile is left: its task, if it has one, stands open with the answers as a draft. The
    case stays stopped while another incident of it waits.
    """
    joined = select(Incident, Case).join(Case, Case.id == Incident.case_id)
    where = joined.where(Incident.id == command.incident_id, visible(command.by)).with_for_update(of=(Case, Incident))
    row = session.execute(where).one_or_none()
    if row is None:
        raise NotFound
    incident, case = row
    if incident.closed_at is not None:
        raise IncidentClosed
    incident.closed_at, incident.closed_by = now, command.by.id
    case.status = "open"
    session.flush()
    outcome = _replay_or_leave(session, incident.command, case, command, now)
    if case.status == "open" and _waits_for_lead(session, case):
        case.status = "frozen"
    entries = [Entry("case:incident:retried", {"incident": str(incident.id)}), *outcome.entries]
    return Outcome(outcome.answer, case.id, entries)


def _waits_for_lead(session: Session, case: Case) -> bool:
    waiting = select(Incident.id).where(Incident.case_id == case.id, Incident.closed_at.is_(None)).limit(1)
    return session.scalar(waiting) is not None


def _replay_or_leave(session: Session, stored: dict[str, Any], case: Case, command: Command, now: datetime) -> Outcome:
    try:
        with session.begin_nested():
            return _replay(session, stored, case, command, now)
    except (Refused, TimerHeld) as refusal:
        answer = {"case": case.reference, "next_tasks": [], "left": refusal.sentence}
        return Outcome(answer, case.id, [Entry("case:incident:left", {"code": refusal.code})])


def _replay(session: Session, stored: dict[str, Any], case: Case, command: Command, now: datetime) -> Outcome:
    match stored["kind"]:
        case "complete":
            author = _author(session, stored)
            locked = tasks.lock(session, author, UUID(stored["task"]))
            return tasks.finish(session, author, locked, stored["answers"], now)
        case "fire":
            fire = FireTimer(command_id=command.command_id, by=command.by, timer_id=UUID(stored["timer"]))
            return timers.fire(fire, session, now)
        case "event":
            move = Move(session, case, _author(session, stored), now)
            moved = events.carry_on(move, Raised.of(stored))
            return Outcome({"case": case.reference, "next_tasks": told(moved.opened)}, case.id, moved.entries)
        case _:
            by = _author(session, stored)
            again = Withdraw(
                command_id=command.command_id,
                by=by,
                reference=case.reference,
                party=stored["party"],
                person=UUID(stored["person"]) if stored.get("person") else None,
                words=stored["words"],
            )
            return withdrawals.withdraw(again, session, now)


def _author(session: Session, stored: dict[str, Any]) -> Actor:
    return actor_of(session.get_one(Staff, UUID(stored["by"])))


def open_incidents(session: Session, by: Actor) -> list[Incident]:
    """Incidents waiting for a lead, oldest first."""
    where = Incident.service_id == by.service_id, Incident.closed_at.is_(None)
    found = select(Incident).where(*where).order_by(Incident.at)
    if "see_whole_service" not in by.verbs:
        found = found.where(Incident.team_id == by.team_id)
    return list(session.scalars(found))
