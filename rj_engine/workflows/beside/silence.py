"""A victim has heard nothing for longer than they agreed to: somebody tells them how it stands, even without news."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases import holds
from rj_engine.cases.case import Case, Strand
from rj_engine.cases.contact import REACHED, Contact
from rj_engine.commands import Command, Outcome, dispatch, handles
from rj_engine.database import DatabaseAway, db, translated
from rj_engine.errors import RjError
from rj_engine.forms import parse as parse_form
from rj_engine.ledger import Entry
from rj_engine.people.staff import the_clock
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Answers, Run, Task, Timer

TOLD: Final = REACHED | {"message_left"}
"""What comes of a contact by which somebody has heard from us."""
NOT_ASKED: Final = "not_asked"
SHORTEST: Final = timedelta(days=7)
"""No agreed silence is shorter, so nobody heard from since is looked at."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class BreakSilence(Command):
    """Begin beside a case what tells a victim how it stands, if they have heard nothing for too long."""

    run_id: UUID


def look() -> int:
    """Begin it wherever it is time; how many were begun. A case in trouble holds up no other."""
    session, now = db.session(), clock.now()
    with translated():
        waiting = [(run.id, service) for run, service in _candidates(session) if _too_long(session, run, service, now)]
    session.rollback()
    return sum(_begun(run, service) for run, service in waiting)


def _begun(run_id: UUID, service_id: UUID) -> bool:
    try:
        answer = dispatch(BreakSilence(command_id=uuid4(), by=the_clock(service_id, "fire"), run_id=run_id))
    except DatabaseAway:
        raise
    except RjError as error:
        log.warning("news for a victim put off: %s", error.code)
        return False
    return bool(answer["begun"])


@handles(BreakSilence, verb="fire")
def begin(command: BreakSilence, session: Session, now: datetime) -> Outcome:
    """Look again with the case held: of two schedulers the second finds it begun."""
    run = session.get_one(Run, command.run_id)
    case = session.get_one(Case, run.case_id)
    session.refresh(case, with_for_update=True)
    if case.status != "open" or run.status != "running" or not _too_long(session, run, case.service_id, now):
        return Outcome({"begun": False})
    told = bpmn.silence()
    moved = Move(session, case, command.by, now).start(told["pathway"], {}, about_id=run.about_id, beside=True)
    return Outcome({"begun": True}, case.id, [Entry("case:silence:too_long", {}), *moved.entries])


def _candidates(session: Session) -> list[tuple[Run, UUID]]:
    """Runs about a victim, with their service, who was reached once and has been told nothing for a week."""
    told, since = bpmn.silence(), clock.now() - SHORTEST
    heard = Contact.case_id == Run.case_id, Contact.about_id == Run.about_id, Contact.party == told["party"]
    lately = exists().where(*heard, Contact.at > since, Contact.result.in_(TOLD))
    ever = exists().where(*heard, Contact.result.in_(REACHED))
    where = Run.pathway.in_(versions.ONE_VICTIM_EACH), Run.status == "running", Case.status == "open"
    wanted = select(Run, Case.service_id).join(Case, Case.id == Run.case_id).where(*where, ever, ~lately)
    return [(run, service) for run, service in session.execute(wanted.order_by(Run.started_at))]


def _too_long(session: Session, run: Run, service: UUID, now: datetime) -> bool:
    """Whether the silence is longer than was agreed, and nobody waits for a day that the victim chose."""
    told = bpmn.silence()
    last = last_told(session, run.strand, told["party"])
    if last is None or _is_seen_to(session, run.strand, now):
        return False
    agreed = told["clocks"].get(_asked(session, run.strand, told["asked_by"]))
    # The clocks of the version that would begin: a service may have changed them.
    periods = versions.newest(session, told["pathway"], service, now).periods
    return agreed is not None and clock.due_at(last, periods[agreed]) < now


def last_told(session: Session, strand: Strand, party: str) -> datetime | None:
    """When they last heard from us: by a contact of ours, or that a prison had been asked."""
    where = *strand.of(Contact), Contact.party == party, Contact.result.in_(TOLD)
    last = session.scalar(select(Contact.at).where(*where).order_by(Contact.at.desc()).limit(1))
    told_on = session.scalar(select(func.max(PrisonRequest.victim_told_on)).where(*strand.of(PrisonRequest)))
    return max(last, clock.start_of(told_on)) if last and told_on else last


def _is_seen_to(session: Session, strand: Strand, now: datetime) -> bool:
    """Whether somebody is telling them already, a day was agreed, or nobody may be in touch at all."""
    told, today = bpmn.silence(), now.astimezone(clock.LONDON).date()
    mine = *strand.of(Run), Run.status == "running"
    runs = select(Run.id).where(*mine, Run.pathway == told["pathway"])
    waits = select(Timer.id).join(Run, Run.id == Timer.run_id).where(*mine, Timer.element.in_(told["unless_waits"]))
    theirs = *strand.of(Contact), Contact.party == told["party"]
    promised = select(Contact.id).where(*theirs, Contact.promised_on >= today)
    open_tasks = select(Task.id).join(Run, Run.id == Task.run_id).where(*mine, Task.closed_at.is_(None))
    asks = open_tasks.where(or_(Task.effect == "contact_victim", Task.effect == "aftercare"))
    found = any(session.scalar(one.limit(1)) is not None for one in (runs, waits, promised, asks))
    return found or bool(holds.standing(session, strand))


def _asked(session: Session, strand: Strand, question: str) -> str:
    """What they said last about how often they want to hear from us."""
    asks = _forms_that_ask(question)
    wanted = select(Answers).join(Task, Task.id == Answers.task_id).join(Run, Run.id == Task.run_id)
    for row in session.scalars(wanted.where(*strand.of(Run), Task.form.in_(asks)).order_by(Answers.at.desc())):
        if (said := row.values.get(question)) not in {None, NOT_ASKED}:
            return str(said)
    return NOT_ASKED


@cache
def _forms_that_ask(question: str) -> frozenset[str]:
    return frozenset(key for key, text in bpmn.forms().items() if question in parse_form(text.decode()).fields)
