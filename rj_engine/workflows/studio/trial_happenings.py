"""What can happen at any moment of a trial's case: somebody withdraws, or something is told beside the pathway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.commands import Actor, NotAllowed, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.workflows.beside import events, withdrawals
from rj_engine.workflows.beside.events import Event, RaiseEvent
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.studio import trial_world
from rj_engine.workflows.studio.trials import Taken, TrialCommand, stepped

WITHDRAW = "withdraw_party"


class NotBegun(Refused):
    """The case of this trial has not begun. Begin it first; then anything can happen in it."""

    code = "trial_not_begun"


@dataclass(frozen=True, kw_only=True)
class TellInTrial(TrialCommand):
    """Something has happened in the trial's case: `event` is a key of `events.json`, `answers` those of its form."""

    event: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    about: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawInTrial(TrialCommand):
    """Somebody of the trial's case withdraws; `person` says which of several."""

    party: str
    person: UUID | None = None
    words: str = ""


@handles(TellInTrial, verb="try_pathway")
def tell(command: TellInTrial, session: Session, now: datetime) -> Outcome:
    """Holds, ends and begins in the trial's world what it would in a real case."""
    del now
    return stepped(session, command, lambda world, _: _told(world, command))


@handles(WithdrawInTrial, verb="try_pathway")
def withdraw(command: WithdrawInTrial, session: Session, now: datetime) -> Outcome:
    """Their consent ends in the trial's world, and its pathways hear of it."""
    del now
    return stepped(session, command, lambda world, _: _withdrew(world, command))


def may_happen(world: Session) -> list[Event]:
    """What somebody of the trial may say has happened, as `events.json` lists it."""
    every = {event.key: event for who in trial_world.people(world) for event in events.may_be_raised(who)}
    return list(every.values())


def _told(world: Session, command: TellInTrial) -> Taken:
    case, event = _case(world), events.known(command.event)
    who = _whoever_may(world, event.verb)
    told: dict[str, Any] = {"reference": case.reference, "event": event.key, "about": command.about}
    raised = RaiseEvent(command_id=uuid4(), by=who, answers=command.answers, **told)
    outcome = events.raise_event(raised, world, clock.now())
    did = {"event": event.key, "who": min(who.roles), "answers": dict(command.answers), "form": event.form}
    return {"did": did, "words": event.label}, outcome


def _withdrew(world: Session, command: WithdrawInTrial) -> Taken:
    case, who = _case(world), _whoever_may(world, WITHDRAW)
    left: dict[str, Any] = {"party": command.party, "person": command.person, "words": command.words}
    outcome = withdrawals.withdraw(
        Withdraw(command_id=uuid4(), by=who, reference=case.reference, **left), world, clock.now()
    )
    did = {"withdraw": command.party, "who": min(who.roles), "said": command.words}
    return {"did": did, "words": "Somebody wants to stop"}, outcome


def _case(world: Session) -> Case:
    case = trial_world.case_of(world)
    if case is None:
        raise NotBegun
    return case


def _whoever_may(world: Session, verb: str) -> Actor:
    """The facilitator, as a rule: they are the ones who hear of it."""
    able = [one for one in trial_world.people(world) if verb in one.verbs]
    if not able:
        raise NotAllowed
    return min(able, key=lambda one: "facilitator" not in one.roles)
