"""What can happen at any moment of a case: somebody says so, and what it calls for is done at once.

What an event does is data (`events.json`); here is only how it is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases import case as cases
from rj_engine.cases import consent, orders
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.cases.holds import Hold
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Broken, Refused
from rj_engine.forms import Form, validate
from rj_engine.forms import parse as parse_form
from rj_engine.ledger import Entry
from rj_engine.prisons import custody, requests
from rj_engine.risk import assessment
from rj_engine.workflows.beside.renewals import ASKED_ANEW
from rj_engine.workflows.beside.withdrawals import CaseClosed, NoSuchParty, strands_of
from rj_engine.workflows.moves import Move, Moved, told
from rj_engine.workflows.post import outbox
from rj_engine.workflows.published.versions import NoSuchPathway
from rj_engine.workflows.rows import INNER, Incident, RaisedEvent, Run, Task, Timer

AGREED: Final = ("victim", "professional_enquiry")
BEFORE_THE_DAY: Final = "combined"
"""The stage at which risk is assessed anew: a check made on the day is never made up for by this."""


class NoSuchEvent(Refused):
    """Choose what has happened from the list."""

    code = "no_such_event"


@dataclass(frozen=True, kw_only=True)
class RaiseEvent(Command):
    """Say that something has happened in a case: `event` is a key of `events.json`, `answers` those of its form.

    `about` is the victim it is about; without it, it is about everybody.
    """

    reference: str
    event: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    about: UUID | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of `events.json`."""

    key: str
    label: str
    words: str
    next: str
    verb: str
    form: str
    about: str
    holds: bool = False
    stands_still: bool = False
    supersedes: bool = False
    freezes_letters: bool = False
    leaves_place: bool = False
    records: str = ""
    """What its answers are kept as besides: `order`."""
    tells: Sequence[str] = ()
    starts: Sequence[Mapping[str, Any]] = ()
    also: Sequence[Mapping[str, Any]] = ()

    def with_also(self, answers: Mapping[str, Any]) -> list[Self]:
        """This event and those that it is, too, by its answers."""
        others = [one for one in self.also if _fits(one.get("if", {}), answers)]
        return [self, *(type(self)(key=one["event"], **bpmn.events()[one["event"]]) for one in others)]


@dataclass(slots=True)
class Raised:
    """What an event has done at once, and what the runs of the case have still to hear of it."""

    event: str
    about: UUID | None
    answers: Mapping[str, Any]
    hold: UUID | None = None
    assessed: dict[str, list[str]] = field(default_factory=dict)
    """Strands whose assessment it ended, by the victim's id, to its gate and the stage at which it is made anew."""
    entries: list[Entry] = field(default_factory=list)

    def replay(self, by: Actor) -> dict[str, Any]:
        """What an incident keeps so that a lead can let the runs hear of it."""
        about, hold = (str(one) if one else None for one in (self.about, self.hold))
        told = {"event": self.event, "about": about, "answers": dict(self.answers)}
        return {"kind": "event", **told, "hold": hold, "assessed": self.assessed, "by": str(by.id)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """What `replay` kept."""
        about, hold = (UUID(stored[name]) if stored.get(name) else None for name in ("about", "hold"))
        return cls(stored["event"], about, stored["answers"], hold, dict(stored["assessed"]))


def known(key: str) -> Event:
    """The event of that key, or `NoSuchEvent`."""
    if key not in bpmn.events():
        raise NoSuchEvent
    return Event(key=key, **bpmn.events()[key])


def may_be_raised(by: Actor) -> list[Event]:
    """What `by` may say has happened, as `events.json` lists it."""
    every = (known(key) for key in bpmn.events())
    return [event for event in every if event.verb in by.verbs]


def form_of(event: Event) -> Form:
    """The questions asked of whoever says so."""
    return parse_form(bpmn.forms()[event.form])


def whom_it_may_be_about(session: Session, case: Case, event: Event) -> list[Party]:
    """The victims of a case to choose from, where it can be about one of several alone."""
    if event.about != "victim":
        return []
    roles = [role for who in bpmn.parties().values() if who.get("strand") for role in who["roles"]]
    found = list(cases.of_role(session, case.id, *roles))
    return found if len(found) > 1 else []


@handles(RaiseEvent, verb="raise_event")
def raise_event(command: RaiseEvent, session: Session, now: datetime) -> Outcome:
    """Hold, end and call back at once what the event says; then the case's runs hear of it, and what it starts begins.

    A stopped case holds none of that up but what the runs hear, which waits for a lead.
    """
    case = cases.lock(session, command.by, command.reference)
    if case.status == "closed":
        raise CaseClosed
    raised = at_once(command, session, case, now)
    move = Move(session, case, command.by, now)
    moved = _wait_for_lead(move, raised) if case.status == "frozen" else carry_on(move, raised)
    answer = {"case": case.reference, "next_tasks": told(moved.opened)}
    return Outcome(answer, case.id, [*raised.entries, *moved.entries])


def at_once(command: RaiseEvent, session: Session, case: Case, now: datetime) -> Raised:
    """What needs no pathway: the note of it, the hold, the end of the assessment, of the stay, of unsent letters."""
    event = known(command.event)
    command.by.require(event.verb)
    about = _about(session, case, event, command.about)
    answers = validate(form_of(event), command.answers, {})
    raised = Raised(event.key, about, answers, entries=[_entry(event, about)])
    by, every = command.by.id, event.with_also(answers)
    at = {"case_id": case.id, "about_id": about, "raised_at": now, "raised_by": by}
    session.add(RaisedEvent(**at, event=event.key, answers=answers))
    strands = strands_of(session, case) if about is None else [Strand(case.id, about)]
    if any(one.holds for one in every):
        still = any(one.stands_still for one in every)
        hold = Hold(**at, kind=event.key, words=event.label, is_still=still)
        session.add(hold)
        session.flush()
        raised.hold = hold.id
    if any(one.supersedes for one in every):
        raised.assessed = dict(_ended(session, strands, now))
    if any(one.freezes_letters for one in every):
        raised.entries += outbox.recall(session, strands, now)
    if any(one.leaves_place for one in every):
        custody.leave(session, case.id, now, by)
    if event.records == "order":
        raised.entries.append(orders.note(session, Strand(case.id, about), answers, by, now))
    return raised


def carry_on(move: Move, raised: Raised) -> Moved:
    """Let the runs hear of it, begin what it starts, and ask the gate again for every open task."""
    moved = Moved()
    every = strands_of(move.session, move.case)
    strands = every if raised.about is None else [Strand(move.case.id, raised.about)]
    for event in known(raised.event).with_also(raised.answers):
        heard = [move.tell(message, strand) for message in event.tells for strand in strands]
        for one in heard:
            moved.add(one)
        hearing = {run.about_id for one in heard for run in one.heard}
        for pathway, about_id, facts in _to_start(move, event, raised, strands, hearing):
            begun = _begin(move, pathway, facts, about_id)
            moved.add(begun)
            if event.holds and raised.hold is not None:
                move.session.get_one(Hold, raised.hold).run_id = begun.started[0].id
    move.session.flush()
    move.ask_gate_again()
    return moved


def _begin(move: Move, pathway: str, facts: Mapping[str, Any], about_id: UUID | None) -> Moved:
    """A pathway that nobody has published is our own fault: then the case stops, and nothing that was told is lost."""
    try:
        return move.start(pathway, facts, about_id=about_id, beside=True)
    except NoSuchPathway as absent:
        raise Broken(pathway=pathway) from absent


def _to_start(
    move: Move, event: Event, raised: Raised, strands: Sequence[Strand], hearing: Collection[UUID | None]
) -> Iterator[tuple[str, UUID | None, dict[str, Any]]]:
    """What the event begins, and about whom, each with the facts known so far."""
    for begins in event.starts:
        if "where" not in begins:
            yield begins["pathway"], raised.about, {**_facts(move.session, strands), **raised.answers}
            continue
        parts = (begins["pathway"], *begins.get("unless_in", ()))
        for strand in strands:
            wanted = strand.about_id not in hearing and _wanted(move, begins, raised, strand)
            if wanted and not _looked_into(move.session, strand, parts):
                facts = {**_facts(move.session, [strand]), **_made_sure(move, raised, strand)}
                yield begins["pathway"], strand.about_id, facts


def _wanted(move: Move, begins: Mapping[str, Any], raised: Raised, strand: Strand) -> bool:
    if begins["where"] == "assessed":
        gate, _ = raised.assessed.get(str(strand.about_id), ("", ""))
        return gate == str(begins["gate"])
    today = move.now.astimezone(clock.LONDON).date()
    return AGREED in consent.current(move.session, strand, today)


def _looked_into(session: Session, strand: Strand, parts: Sequence[str]) -> bool:
    """Whether a run of this strand is in one of these parts already."""
    running = *strand.of(Run), Run.status == "running"
    runs = select(Run.id).where(*running, Run.pathway.in_(parts))
    tasks = select(Task.id).join(Run, Run.id == Task.run_id).where(*running, Task.closed_at.is_(None))
    timers = select(Timer.id).join(Run, Run.id == Timer.run_id).where(*running)
    found = (
        runs,
        tasks.where(or_(*(Task.element.startswith(f"{part}/") for part in parts))),
        timers.where(or_(*(Timer.element.startswith(f"{part}/") for part in parts))),
    )
    return any(session.scalar(one.limit(1)) is not None for one in found)


def _facts(session: Session, strands: Sequence[Strand]) -> dict[str, Any]:
    """What the running runs of these strands know, the newest last, but for what has to be asked anew."""
    running = or_(*(strand.of(Run)[0] & strand.of(Run)[1] for strand in strands))
    runs = session.scalars(select(Run).where(running, Run.status == "running").order_by(Run.started_at))
    facts: dict[str, Any] = {}
    for run in runs:
        facts |= run.variables
    return {name: value for name, value in facts.items() if name != INNER and not name.startswith(ASKED_ANEW)}


def _made_sure(move: Move, raised: Raised, strand: Strand) -> dict[str, Any]:
    """What the pathway that begins has to know besides: at which stage the risk was assessed, what a prison allowed."""
    _, stage = raised.assessed.get(str(strand.about_id), ("", ""))
    asked = requests.newest(move.session, strand, requests.EVENT)
    known_stage = {"reassess_stage": stage} if stage else {}
    return {**raised.answers, **known_stage, "event_was_allowed": "no" if asked is None else "yes"}


def _ended(session: Session, strands: Sequence[Strand], now: datetime) -> Iterator[tuple[str, list[str]]]:
    """End the assessments that stand; of each its strand, its gate, and the stage at which it is made anew."""
    for strand in strands:
        standing = assessment.standing(session, strand)
        assessment.supersede(session, strand, now)
        if standing is not None:
            stage = standing.stage if standing.stage == "initial" else BEFORE_THE_DAY
            yield str(strand.about_id), [standing.gate, stage]


def _about(session: Session, case: Case, event: Event, about: UUID | None) -> UUID | None:
    """Whom it is about; whoever cannot be told apart from the others is everybody."""
    if about is None:
        return None
    if about not in {party.id for party in whom_it_may_be_about(session, case, event)}:
        raise NoSuchParty
    return about


def _entry(event: Event, about: UUID | None) -> Entry:
    told = {"event": event.key, "label": event.label, "about": str(about) if about else None}
    return Entry("case:event:raised", told)


def _fits(wanted: Mapping[str, Sequence[str]], answers: Mapping[str, Any]) -> bool:
    return all(answers.get(question) in values for question, values in wanted.items())


def _wait_for_lead(move: Move, raised: Raised) -> Moved:
    """What keeps people safe does not wait for our repair; the pathways hear of it when a lead tries again."""
    label, case = known(raised.event).label, move.case
    move.session.add(
        Incident(
            case_id=case.id,
            service_id=case.service_id,
            team_id=case.team_id,
            reference=case.reference,
            at=move.now,
            code="event_waits",
            sentence=f"Told while this case was stopped: {label.lower()}. Nothing may pass; what follows has to wait.",
            command=raised.replay(move.by),
        )
    )
    return Moved()
