"""Withdrawal: any party, at any moment, through any channel; what stood on their word ends at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases import case as cases
from rj_engine.cases import consent
from rj_engine.cases.case import Case, Party
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.workflows.moves import Move, Moved, told
from rj_engine.workflows.rows import Incident

SIDES: Final = {"victim": "V", "harmer": "H"}


class NoSuchParty(Refused):
    """Say who withdraws: the victim or the harmer."""

    code = "no_such_party"


class CaseClosed(Refused):
    """This case is closed."""

    code = "case_closed"


@dataclass(frozen=True, kw_only=True)
class Withdraw(Command):
    """Record that a party withdraws, in their words where they gave any."""

    reference: str
    party: str
    words: str = ""


@handles(Withdraw, verb="withdraw_party")
def withdraw(command: Withdraw, session: Session, now: datetime) -> Outcome:
    """End the party's consents and tell every run; a run that waits for it turns to aftercare and closing."""
    if command.party not in SIDES:
        raise NoSuchParty
    case = cases.lock(session, command.by, command.reference)
    if case.status == "closed":
        raise CaseClosed
    scopes = end_word(session, case, command.party, now)
    moved = (
        _wait_for_lead(session, case, command, now)
        if case.status == "frozen"
        else Move(session, case, command.by, now).tell(f"{command.party}_withdraws")
    )
    entry = Entry("case:party:withdrew", {"party": command.party, "words": command.words, "scopes": sorted(scopes)})
    answer = {"case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, [entry, *moved.entries])


def end_word(session: Session, case: Case, party: str, now: datetime) -> set[str]:
    """End the party's consents and note that they withdrew; the scopes that were standing."""
    where = Party.case_id == case.id, Party.wall == SIDES[party], Party.withdrawn_at.is_(None)
    for row in session.scalars(select(Party).where(*where)):
        row.withdrawn_at = now
    return consent.withdraw(session, case, party, now)


def replay_of(command: Withdraw) -> dict[str, str]:
    """What an incident keeps so that a lead can repeat the withdrawal."""
    return {"kind": "withdraw", "party": command.party, "words": command.words, "by": str(command.by.id)}


def _wait_for_lead(session: Session, case: Case, command: Withdraw, now: datetime) -> Moved:
    """Nobody has to wait for our repair to take back their word: it ends now, the pathway hears it on retry."""
    session.add(
        Incident(
            case_id=case.id,
            service_id=case.service_id,
            team_id=case.team_id,
            reference=case.reference,
            at=now,
            code="withdrawal_waits",
            sentence=f"The {command.party} withdrew while this case was stopped. Their consent has ended.",
            command=replay_of(command),
        )
    )
    return Moved()
