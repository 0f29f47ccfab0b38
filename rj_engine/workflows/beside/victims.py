"""Another victim joins a case: with a choice, a consent, an assessment and a way of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, CaseFrozen, Party
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.forms import Form, validate
from rj_engine.forms import parse as parse_form
from rj_engine.ledger import Entry
from rj_engine.workflows.beside.withdrawals import CaseClosed
from rj_engine.workflows.moves import Move, Moved, told
from rj_engine.workflows.published.versions import ONE_VICTIM_EACH
from rj_engine.workflows.rows import INNER, Run

FORM: Final = "another_victim"
VICTIM: Final = "victim"


class NotWithVictims(Refused):
    """Only a case of restorative justice has victims. Make a new referral for this person."""

    code = "not_with_victims"


@dataclass(frozen=True, kw_only=True)
class AddVictim(Command):
    """Name another person harmed in the same incident."""

    reference: str
    answers: Mapping[str, Any]


def form() -> Form:
    """The questions asked about another victim."""
    return parse_form(bpmn.forms()[FORM])


@handles(AddVictim, verb="complete_task")
def add_victim(command: AddVictim, session: Session, now: datetime) -> Outcome:
    """Note the person, and start their own run where the work with another victim has begun.

    The new run knows what was told at the front door, and nothing of what another victim has said or decided since.
    """
    case = cases.lock(session, command.by, command.reference)
    if case.status == "closed":
        raise CaseClosed
    if case.status == "frozen":
        raise CaseFrozen
    answers = validate(form(), command.answers, {})
    others = cases.of_role(session, case.id, *bpmn.parties()[VICTIM]["roles"])
    if not others:
        raise NotWithVictims
    person = _noted(session, case, answers, number=max(other.number for other in others) + 1)
    moved = Moved()
    pathway = _begun(session, case)
    if pathway is not None:
        moved.add(Move(session, case, command.by, now).start(pathway, _known(session, case), about_id=person.id))
    answer = {"case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, [Entry("case:victim:added", {"number": person.number}), *moved.entries])


def _noted(session: Session, case: Case, answers: Mapping[str, Any], number: int) -> Party:
    known = bpmn.parties()[VICTIM]
    contact = {key: value for key, value in answers.items() if value not in (None, "")}
    place = {"role": known["roles"][0], "wall": known["wall"], "number": number}
    person = Party(case_id=case.id, name=str(answers["victim_name"]), contact=contact, **place)
    session.add(person)
    session.flush()
    return person


def _begun(session: Session, case: Case) -> str | None:
    where = Run.case_id == case.id, Run.pathway.in_(ONE_VICTIM_EACH)
    return session.scalar(select(Run.pathway).where(*where).order_by(Run.started_at).limit(1))


def _known(session: Session, case: Case) -> dict[str, Any]:
    """What was known of the case when its first run ended: the run about everybody in it."""
    first = select(Run).where(Run.case_id == case.id, Run.about_id.is_(None)).order_by(Run.started_at).limit(1)
    run = session.scalars(first).one_or_none()
    return {name: value for name, value in run.variables.items() if name != INNER} if run else {}
