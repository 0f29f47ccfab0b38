"""Withdrawal: any party, at any moment, through any channel; what stood on their word ends at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases import consent
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.workflows.moves import Move, Moved, told
from rj_engine.workflows.post import outbox
from rj_engine.workflows.rows import Incident, Run

USUAL: Final = ("victim", "harmer")
"""Who takes part in a case of which nobody was named."""


class NoSuchParty(Refused):
    """Say who withdraws: somebody who takes part in this case."""

    code = "no_such_party"


class WhichOne(Refused):
    """There are several of them in this case. Say which person withdraws."""

    code = "which_one"


class CaseClosed(Refused):
    """This case is closed."""

    code = "case_closed"


@dataclass(frozen=True, kw_only=True)
class Withdraw(Command):
    """Record that somebody withdraws, in their words where they gave any.

    `party` is a word of `parties.json`; `person` says which of several.
    """

    reference: str
    party: str
    person: UUID | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who withdraws, and from which strands of the case."""

    party: str
    people: Sequence[Party]
    strands: Sequence[Strand]


@handles(Withdraw, verb="withdraw_party")
def withdraw(command: Withdraw, session: Session, now: datetime) -> Outcome:
    """End the person's consents, call back unsent letters and tell the runs it concerns.

    A run that waits for it turns to aftercare and closing.
    """
    case = cases.lock(session, command.by, command.reference)
    if case.status == "closed":
        raise CaseClosed
    leaving = _leaving(session, case, command.party, command.person)
    scopes = end_word(session, leaving, now)
    recalled = outbox.recall(session, leaving.strands, now)
    moved = (
        _wait_for_lead(session, case, command, now)
        if case.status == "frozen"
        else _tell(Move(session, case, command.by, now), leaving)
    )
    entry = Entry("case:party:withdrew", {"party": command.party, "words": command.words, "scopes": sorted(scopes)})
    answer = {"case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, [entry, *recalled, *moved.entries])


def people_of(session: Session, case: Case) -> dict[str, list[Party]]:
    """Who may withdraw: words of `parties.json` with the people told of; victim and harmer where nobody else was."""
    told = {word: list(cases.of_role(session, case.id, *known["roles"])) for word, known in bpmn.parties().items()}
    others = any(told[word] for word in told if word not in USUAL)
    return {word: people for word, people in told.items() if people or (word in USUAL and not others)}


def _leaving(session: Session, case: Case, party: str, person: UUID | None) -> Leaving:
    if party not in bpmn.parties():
        raise NoSuchParty
    told = cases.of_role(session, case.id, *bpmn.parties()[party]["roles"])
    chosen = [row for row in told if person in {None, row.id}]
    if person is not None and not chosen:
        raise NoSuchParty
    every = strands_of(session, case)
    if not bpmn.parties()[party].get("strand"):
        return Leaving(party, chosen, every)
    staying = [row for row in told if row.withdrawn_at is None]
    if len(chosen) > 1 and len(staying) > 1:
        raise WhichOne
    chosen = [row for row in chosen if row in staying] or chosen
    alone = any(row not in chosen for row in staying)
    own = [strand for strand in every if strand.about_id in {row.id for row in chosen}]
    return Leaving(party, chosen, own if alone else [*own, Strand(case.id)])


def strands_of(session: Session, case: Case) -> list[Strand]:
    """Every strand of a case: that of everybody in it, and one for each victim who has runs of their own."""
    about = session.scalars(select(Run.about_id).where(Run.case_id == case.id).distinct())
    return [Strand(case.id, one) for one in {None, *about}]


def end_word(session: Session, leaving: Leaving, now: datetime) -> set[str]:
    """End the person's consents and note that they withdrew; the scopes that were standing."""
    for row in leaving.people:
        row.withdrawn_at = row.withdrawn_at or now
    ended = (consent.withdraw(session, strand, leaving.party, now) for strand in leaving.strands)
    return set().union(*ended)


def end_word_of(command: Withdraw, session: Session, case: Case, now: datetime) -> set[str]:
    """What the withdrawal ends at once, whatever becomes of the pathway."""
    return end_word(session, _leaving(session, case, command.party, command.person), now)


def recall_of(command: Withdraw, session: Session, case: Case, now: datetime) -> list[Entry]:
    """The letters that the withdrawal calls back at once, whatever becomes of the pathway."""
    leaving = _leaving(session, case, command.party, command.person)
    return outbox.recall(session, leaving.strands, now)


def _tell(move: Move, leaving: Leaving) -> Moved:
    moved = Moved()
    for strand in sorted(leaving.strands, key=lambda one: str(one.about_id)):
        moved.add(move.tell(bpmn.parties()[leaving.party]["withdraws"], strand))
    return moved


def replay_of(command: Withdraw) -> dict[str, Any]:
    """What an incident keeps so that a lead can repeat the withdrawal."""
    person = str(command.person) if command.person else None
    told = {"party": command.party, "person": person, "words": command.words}
    return {"kind": "withdraw", **told, "by": str(command.by.id)}


def _wait_for_lead(session: Session, case: Case, command: Withdraw, now: datetime) -> Moved:
    """Nobody has to wait for our repair to take back their word: it ends now, the pathway hears it on retry."""
    who = bpmn.parties()[command.party]["label"]
    session.add(
        Incident(
            case_id=case.id,
            service_id=case.service_id,
            team_id=case.team_id,
            reference=case.reference,
            at=now,
            code="withdrawal_waits",
            sentence=f"The {who} withdrew while this case was stopped. Their consent has ended.",
            command=replay_of(command),
        )
    )
    return Moved()
