"""Letters at a task: which may be used there and for whom, written out to be looked at, and made to be sent.

Nothing is sent from here. Making one is noted in the ledger; what goes by post, and whether, a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, CaseFrozen, NotFound, Party, visible
from rj_engine.commands import Actor, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.forms import readable
from rj_engine.ledger import Entry
from rj_engine.letters import letter as heads
from rj_engine.letters import making, wall, writing
from rj_engine.letters import words as own_words
from rj_engine.letters.document import Document
from rj_engine.letters.letter import Letter
from rj_engine.letters.making import Making
from rj_engine.prisons import reference
from rj_engine.risk import gate
from rj_engine.workflows.post import letters
from rj_engine.workflows.published.finished_in import FinishedIn, version_of
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Answers, Draft, Run, Task
from rj_engine.workflows.task import written
from rj_engine.workflows.task.tasks import TaskCommand, lock, require_lane, require_open
from rj_engine.workflows.task.written import PASSED, WrittenLetter

REACHES: Final[Mapping[str, str]] = {
    "victim": "contact_victim",
    "harmer": "contact_harmer",
    "parent_carer": "contact_parent",
    "sibling": "contact_sibling",
    "young_person": "contact_young_person",
    "party_1": "contact_party_1",
    "party_2": "contact_party_2",
}
"""Kind of addressee to the effect that first reaches them: nobody learns of a case from a letter."""

RELEASED: Final = "release"


class WhoIsItFor(Refused):
    """Several people in this case may get this letter. Say which."""

    code = "who_is_it_for"


class SecondReaderNeeded(Refused):
    """These words are not the letter's own. A second person reads them before it is made."""

    code = "second_reader_needed"


class NoSuchKind(Refused):
    """A letter is made as html, pdf or docx."""

    code = "no_such_kind"


@dataclass(frozen=True, kw_only=True)
class ProduceLetter(TaskCommand):
    """Make a letter of a task as a file, to be sent by a person."""

    letter: str
    number: int | None = None
    """Which of several people of that kind."""
    file: str
    """`pdf` or `docx`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A task with everything a letter made there hangs on."""

    task: Task
    case: Case
    run: Run
    published: Published

    @property
    def fitting(self) -> list[str]:
        """The letters of this task; of those on the chase ladder only the one of the rung it stands on."""
        rungs = {rung.letter: rung.day for rung in reference.ladder()}
        standing = self.run.seen_by(self.task.key).get("ladder_rung")
        named = letters.drafts_of(self.published.definition.elements[self.task.element])
        return [name for name in named if rungs.get(name, standing) == standing]


@dataclass(frozen=True, slots=True)
class Offer:
    """One letter that may be used at a task, for one addressee."""

    letter: Letter
    party: Party | None
    """The person it is to; none where it is to an office."""
    document: Document | None
    problem: str
    """Why it cannot be written yet; empty where it can."""
    own: WrittenLetter | None = None
    """What was done with it here: words changed, read by a second person, sent."""

    @property
    def waits_for_reader(self) -> bool:
        """Whether its own words, to a person of the case, still need a second person's eyes."""
        changed = self.own is not None and bool(self.own.words)
        return changed and self.party is not None and self.own is not None and self.own.verdict != PASSED

    @property
    def by_post(self) -> bool:
        """Whether it may go by post: to an office always, to a person where they said that post is safe."""
        return self.party is None or (self.document is not None and self.document.cover is not None)


def offered(session: Session, by: Actor, task_id: UUID, now: datetime) -> list[Offer]:
    """The letters of a task, one for each person who may get one; none where it is closed."""
    here = _place(session, by, task_id)
    if here.task.closed_at is not None:
        return []
    return [
        _offer(session, by, here, found, party, now)
        for found in [heads.read(name, here.published.letters[name]) for name in here.fitting]
        for party in _addressees(session, here, found.to)
    ]


def look_at(
    session: Session, by: Actor, task_id: UUID, name: str, number: int | None, now: datetime
) -> tuple[Offer, Document]:
    """One letter of an open task, written out; `NotFound` where the task does not offer it to that person.

    Refuses with what is missing, and with `WallCrossed` where something typed names another side.
    """
    here = _place(session, by, task_id)
    require_open(here.task)
    if name not in here.fitting:
        raise NotFound
    found = heads.read(name, here.published.letters[name])
    party = _one(_addressees(session, here, found.to), number)
    own = written.own(session, task_id, name, party)
    at_hand = _making(session, by, here, party, now, own)
    document = _written(at_hand, found, here.published.letters[name])
    if own is not None and own.words:
        document = _own(at_hand, found, document, own.words)
    return Offer(found, party, document, "", own), document


def try_words(
    session: Session, by: Actor, task_id: UUID, name: str, number: int | None, words: str, now: datetime
) -> Offer:
    """The letter with these words instead; refuses as `look_at` does, and where they name another side."""
    here = _place(session, by, task_id)
    offer, _ = look_at(session, by, task_id, name, number, now)
    at_hand = _making(session, by, here, offer.party, now)
    template = _written(at_hand, offer.letter, here.published.letters[name])
    return replace(offer, document=_own(at_hand, offer.letter, template, words))


def _own(at_hand: Making, found: Letter, template: Document, words: str) -> Document:
    document = own_words.read(words, template)
    wall.check_own(at_hand, found, document, own_words.added(document, template))
    return document


@handles(ProduceLetter, verb="produce_letter")
def produce(command: ProduceLetter, session: Session, now: datetime) -> Outcome:
    """Note that a letter was made; asks lane, gate and wall again, whatever the page showed."""
    if command.file not in {"pdf", "docx"}:
        raise NoSuchKind
    locked = lock(session, command.by, command.task_id)
    require_open(locked.task)
    if locked.case.status == "frozen":
        raise CaseFrozen
    require_lane(command.by, locked.task)
    gate.check(session, locked.run.strand, locked.task.effect, now)
    offer, _ = look_at(session, command.by, command.task_id, command.letter, command.number, now)
    if offer.waits_for_reader:
        raise SecondReaderNeeded
    told = {"letter": offer.letter.title, "to": offer.letter.to, "file": command.file, "task": locked.task.name}
    return Outcome({"letter": command.letter}, locked.case.id, [Entry("case:letter:produced", told)])


def _place(session: Session, by: Actor, task_id: UUID) -> Place:
    """The task; the same `NotFound` for an unknown one and another team's."""
    joined = select(Task, Case, Run).join(Case, Case.id == Task.case_id).join(Run, Run.id == Task.run_id)
    row = session.execute(joined.where(Task.id == task_id, visible(by))).one_or_none()
    if row is None:
        raise NotFound
    task, case, run = row
    return Place(task, case, run, version_of(session, run, task))


def _addressees(session: Session, here: Place, to: str) -> Sequence[Party | None]:
    """Who may get a letter of this kind here: of several victims only the one the run is about; nobody unasked."""
    known = bpmn.parties().get(to)
    if known is None:
        return [None]
    people = cases.of_role(session, here.case.id, *known["roles"])
    about = here.run.about_id if known.get("strand") else None
    each_alone = bool(known.get("strand")) and len(people) > 1
    return [
        party
        for party in people
        if about in {None, party.id} and _reached(session, here, to, party.id if each_alone else None)
    ]


def _reached(session: Session, here: Place, to: str, party_id: UUID | None) -> bool:
    """Whether this task is the contact itself, behind its gate, or somebody was in touch with them before."""
    effect = REACHES.get(to)
    if effect is None or here.task.effect == effect:
        return effect is not None
    where = [Task.case_id == here.case.id, Task.effect == effect, Task.how_closed == "done"]
    if party_id is not None:
        where.append(Run.about_id == party_id)
    done = select(Task.id).join(Run, Run.id == Task.run_id).where(*where).limit(1)
    return session.scalar(done) is not None


def _one(people: Sequence[Party | None], number: int | None) -> Party | None:
    wanted = [each for each in people if number is None or (each is not None and each.number == number)]
    if not wanted:
        raise NotFound
    if len(wanted) > 1:
        raise WhoIsItFor
    return wanted[0]


def _offer(session: Session, by: Actor, here: Place, found: Letter, party: Party | None, now: datetime) -> Offer:
    number = party.number if party else None
    try:
        return look_at(session, by, here.task.id, found.name, number, now)[0]
    except Refused as refused:
        return Offer(found, party, None, refused.sentence)


def _written(at_hand: Making, found: Letter, text: str) -> Document:
    view = making.view(at_hand, found.to)
    document = writing.write(found.name, text, view, making.cover(at_hand))
    wall.check(at_hand, found, view, document)
    return document


def _making(
    session: Session, by: Actor, here: Place, party: Party | None, now: datetime, own: WrittenLetter | None = None
) -> Making:
    """A second reader sees changed words with what their writer had typed into the form."""
    writer = own.written_by if own is not None and own.words else by.id
    seen: Mapping[str, Any] = here.run.seen_by(here.task.key)
    return Making(
        session=session,
        case=here.case,
        strand=here.run.strand,
        by=by,
        now=now,
        party=party,
        typed=_typed(session, writer, here),
        released=_released(session, here),
        request_kind=str(seen.get("request_kind") or "access"),
    )


def _typed(session: Session, writer: UUID | None, here: Place) -> dict[str, str]:
    """What one person has typed into the task's form and kept, in words."""
    where = Draft.task_id == here.task.id, Draft.staff_id == writer
    kept = session.scalars(select(Draft).where(*where)).one_or_none()
    fields = here.published.forms[here.task.form].fields
    return {key: readable(field, kept.values.get(key)) for key, field in fields.items()} if kept else {}


def _released(session: Session, here: Place) -> dict[str, str]:
    """What was answered in this run to questions whose words may pass to the other side, the newest answer each."""
    joined = select(Answers, Task).join(Task, Task.id == Answers.task_id).where(Task.run_id == here.run.id)
    found: dict[str, str] = {}
    finished = FinishedIn(session, [here.run.id])
    for answers, task in session.execute(joined.order_by(Answers.at)):
        fields = finished.of(here.run, task).forms[task.form].fields
        passing = (key for key, field in fields.items() if field.kind == RELEASED and answers.values.get(key))
        found |= {key: readable(fields[key], answers.values[key]) for key in passing}
    return found
