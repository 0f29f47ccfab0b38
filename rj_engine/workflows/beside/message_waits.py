"""A lead ends the wait for a word that does not come: never one by which consent, risk or safety speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Outcome, handles
from rj_engine.ledger import Entry
from rj_engine.workflows.beside.repairs import NoLongerOpen, NotEnded, Repair, held, kept_waiting, settled, stepped
from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.step import Listening, Step
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published

STOP: Final = "risk_stops"
"""What a run hears when the work has to stop, whoever decided it."""
DOES_MORE: Final = ("holds", "supersedes", "freezes_letters", "leaves_place", "starts", "also", "records")
"""An event with any of these ends, holds or begins something besides the wait."""


@dataclass(frozen=True, kw_only=True)
class EndMessageWait(Repair):
    """Go on from where a run waits for a message (`key` of the wait), as if it had come."""

    run_id: UUID
    key: str


@handles(EndMessageWait, verb="end_wait")
def end_message_wait(command: EndMessageWait, session: Session, now: datetime) -> Outcome:
    """Refused where the message would say more than that one may go on."""
    case, run = held(session, command, command.run_id)
    published = versions.load(session, run.version_id)
    stands = runner.look(published.definition, run.state)
    wait = next((one for one in stands.listening if one.key == command.key), None)
    if wait is None:
        raise NoLongerOpen
    if why := not_ended(published, stands, wait):
        raise NotEnded(why)
    step = stepped(lambda: runner.ring(published.definition, run.state, wait.key, published.surroundings(now)))
    entry = {"name": wait.name or wait.element, "reason": command.reason.strip()}
    return settled(Move(session, case, command.by, now), run, published, step, Entry("case:repair:wait_ended", entry))


def not_ended(published: Published, stands: Step, wait: Listening) -> str:
    """Why nobody may go on as if what a run waits for had come, in plain words; empty where one may.

    Where the run waits for a safety clock instead, if the message does not come, that clock is not cut short so.
    """
    beside = (one for one in stands.waits if one.key.partition(".")[0] == wait.key.partition(".")[0])
    if words := next(filter(None, (kept_waiting(published, one.element) for one in beside)), ""):
        return f"It stands beside a wait that keeps people safe ({words}), so it cannot be ended early."
    return says_more(wait.message)


def says_more(message: str) -> str:
    """What hangs on a message besides the wait, in plain words; empty where nothing does."""
    for party in bpmn.parties().values():
        if party["withdraws"] == message:
            return f"Only the {party['label']} can say this. Where they did, record it as a withdrawal."
    if message == STOP:
        return "This is the word that the work has to stop. Only whoever decides about safety can give it."
    for event in bpmn.events().values():
        if message in event.get("tells", ()) and any(event.get(one) for one in DOES_MORE):
            return f"More than this wait hangs on it. Say on the case page that it happened: {event['label']}."
    return ""
