"""The commands on a letter beside making it: change its words, read them as a second person, note it sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from rj_engine.cases.case import CaseFrozen
from rj_engine.clock import LONDON
from rj_engine.commands import Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.workflows.task import drafts, written
from rj_engine.workflows.task.drafts import Offer
from rj_engine.workflows.task.tasks import Locked, TaskCommand, lock, require_lane, require_open
from rj_engine.workflows.task.written import PASSED, WrittenLetter

WAYS: Final = {
    "post": "By post",
    "handed": "Handed over",
    "read": "Read aloud to them",
    "email": "By e-mail",
    "worker": "Through the worker who knows them",
}
VERDICTS: Final = frozenset({PASSED, "change"})
LONGEST_NOTE: Final = 2000


class SomebodyElseReads(Refused):
    """A second person reads the words: somebody who did not write them."""

    code = "somebody_else_reads"


class NothingToRead(Refused):
    """Nobody has changed the words of this letter."""

    code = "nothing_to_read"


class SayWhatToChange(Refused):
    """Choose whether the words may go, and say what to change if they may not."""

    code = "say_what_to_change"


class WhenAndHow(Refused):
    """Say how the letter was sent, and on which day: today or before."""

    code = "when_and_how"


@dataclass(frozen=True, kw_only=True)
class LetterCommand(TaskCommand):
    """A command on one letter of a task."""

    letter: str
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class WriteLetter(LetterCommand):
    """Change the words of this one letter; empty words give its author's back."""

    words: str


@dataclass(frozen=True, kw_only=True)
class ReadLetter(LetterCommand):
    """Say, as a second person, whether changed words may go."""

    verdict: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordLetterSent(LetterCommand):
    """Note that a letter was sent by a person."""

    sent_on: date | None
    how: str


@handles(WriteLetter, verb="produce_letter")
def write(command: WriteLetter, session: Session, now: datetime) -> Outcome:
    """Keep the words once nothing in them crosses the wall; what a second person said of others is void."""
    locked = _held(command, session)
    require_lane(command.by, locked.task)
    words = command.words.strip()
    offer = _offer(command, session, now)
    if words:
        drafts.try_words(session, command.by, command.task_id, command.letter, command.number, words, now)
    row = _row(command, session, locked, offer)
    row.words_sealed = None
    if words:
        row.words = words
    row.written_by, row.written_at = command.by.id, now
    row.verdict, row.read_by, row.read_at, row.note_sealed = "", None, None, None
    return _done(locked, offer, "case:letter:written", {"own": bool(words)})


@handles(ReadLetter, verb="produce_letter")
def read(command: ReadLetter, session: Session, now: datetime) -> Outcome:
    """Whoever wrote the words never passes them."""
    locked = _held(command, session)
    offer = _offer(command, session, now)
    row = offer.own
    if row is None or not row.words:
        raise NothingToRead
    if row.written_by == command.by.id:
        raise SomebodyElseReads
    note = command.note.strip()
    if command.verdict not in VERDICTS or len(note) > LONGEST_NOTE or (command.verdict != PASSED and not note):
        raise SayWhatToChange
    row.verdict, row.read_by, row.read_at, row.note_sealed = command.verdict, command.by.id, now, None
    if note:
        row.note = note
    return _done(locked, offer, "case:letter:read", {"passed": command.verdict == PASSED})


@handles(RecordLetterSent, verb="produce_letter")
def record_sent(command: RecordLetterSent, session: Session, now: datetime) -> Outcome:
    """Note the day and the way; that somebody did not call post safe is no reason to leave out what happened."""
    locked = _held(command, session)
    require_lane(command.by, locked.task)
    if command.how not in WAYS or command.sent_on is None or command.sent_on > now.astimezone(LONDON).date():
        raise WhenAndHow
    offer = _offer(command, session, now)
    if offer.waits_for_reader:
        raise drafts.SecondReaderNeeded
    row = _row(command, session, locked, offer)
    row.sent_on, row.sent_how, row.sent_by = command.sent_on, command.how, command.by.id
    unsafe = command.how == "post" and not offer.by_post
    told = {"how": WAYS[command.how].lower(), "sent_on": command.sent_on.isoformat(), "unsafe": unsafe}
    return _done(locked, offer, "case:letter:sent", told)


def _held(command: LetterCommand, session: Session) -> Locked:
    locked = lock(session, command.by, command.task_id)
    require_open(locked.task)
    if locked.case.status == "frozen":
        raise CaseFrozen
    return locked


def _offer(command: LetterCommand, session: Session, now: datetime) -> Offer:
    return drafts.look_at(session, command.by, command.task_id, command.letter, command.number, now)[0]


def _row(command: LetterCommand, session: Session, locked: Locked, offer: Offer) -> WrittenLetter:
    if offer.own is not None:
        return offer.own
    number = written.number_of(offer.party)
    row = WrittenLetter(case_id=locked.case.id, task_id=locked.task.id, letter=command.letter, number=number)
    session.add(row)
    return row


def _done(locked: Locked, offer: Offer, tag: str, told: dict[str, object]) -> Outcome:
    entry = Entry(tag, {"letter": offer.letter.title, "to": offer.letter.to, **told})
    return Outcome({"letter": offer.letter.name}, locked.case.id, [entry])
