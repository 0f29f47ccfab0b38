"""A contact logged in a few moments: filed in the case, under the task that waits for it, and counted as a try there.

A try that reached nobody finishes the open contact task, so that its diagram sets the clock for the next try. One that
reached somebody leaves the task open with what was noted filled in, because its form asks more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases import contact, linked, safe_contact
from rj_engine.cases.case import Case, NotFound, Party, Strand
from rj_engine.cases.contact import Contact
from rj_engine.cases.safe_contact import INCOMING, SafeContact
from rj_engine.commands import Actor, Command, Outcome, handles, write
from rj_engine.forms import Form, InvalidAnswers
from rj_engine.ledger import Entry
from rj_engine.risk import gate
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Draft, Run, Task
from rj_engine.workflows.task import desk, tasks

LONGEST: Final = 5000
LONGEST_PROMISE: Final = 500
MOST_TRIES: Final = 20
SAFE, UNSAFE, NOT_ASKED = "yes", "no", "nobody"
NOT_YET: Final = (
    "They may not be contacted yet: {missing}. You can log that they contacted us. If somebody has contacted them all "
    "the same, tell it as something that has happened"
)
SAME_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "no_answer": ("no_reply",),
    "message_left": ("no_reply",),
    "wrong_details": ("no_reply",),
}
"""What a form may call a result by another word."""


class ContactNotTaken(InvalidAnswers):
    """Something in this contact does not fit. Look at the marked answers."""

    code = "contact_not_taken"


@dataclass(frozen=True, kw_only=True)
class LogContact(Command):
    """Note one contact or try with one person of a case, and with the linked cases in `also`.

    `finishes` lets a try finish the task that waits for it.
    """

    reference: str
    person_id: UUID
    channel: str
    result: str
    safe_to_talk: str
    words: str = ""
    promise: str = ""
    promised_on: date | None = None
    also: Sequence[str] = ()
    finishes: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open task that waits for a contact with somebody."""

    task: Task
    run: Run
    form: Form


@handles(LogContact, verb="log_contact")
def log_contact(command: LogContact, session: Session, now: datetime) -> Outcome:
    """File it once, whatever becomes of the task; refuses a way or a message that is not known to be safe."""
    case, others = linked.together(session, command.by, command.reference, command.also)
    person = session.get(Party, command.person_id)
    if person is None or person.case_id != case.id:
        raise NotFound
    waiting = waits_for(session, command.by, case, person)
    _check(command, safe_contact.of(person), missing(session, case, person, waiting, now), now)
    row = _row(command, case, person, waiting, now)
    session.add(row)
    session.flush()
    told = Entry("case:contact:recorded", {"party": row.party, "channel": row.channel, "result": row.result})
    for other in others:
        _file(session, command, other, row, told, now)
    answer: dict[str, Any] = {"case": case.reference, "task": None, "finished": False, "next_tasks": []}
    if waiting is None:
        return Outcome(answer, case.id, [told])
    answer["task"] = str(waiting.task.id)
    values = answers_for(session, waiting, row)
    if command.finishes and row.channel != INCOMING and row.result not in contact.REACHED:
        done = tasks.finish(session, command.by, tasks.lock(session, command.by, waiting.task.id), values, now)
        answer |= {"finished": True, "next_tasks": done.answer["next_tasks"]}
        return Outcome(answer, case.id, [told, *done.entries])
    _fill_in(session, command.by, waiting.task, values, now)
    return Outcome(answer, case.id, [told])


def waits_for(session: Session, by: Actor, case: Case, person: Party) -> Waiting | None:
    """The first open task of the actor's lanes whose record is a contact with this person."""
    word = party_of(person)
    for task in desk.open_tasks(session, case):
        run = session.get_one(Run, task.run_id)
        published = versions.load(session, run.version_id)
        properties = published.definition.elements[task.element].properties
        fits = properties.get("record") == "contact" and properties.get("party", "victim") == word
        if fits and run.about_id in {None, person.id} and task.lane in by.lanes:
            return Waiting(task, run, published.forms[task.form])
    return None


def party_of(person: Party) -> str:
    """What the diagrams call somebody of this role."""
    return next((word for word, known in bpmn.parties().items() if person.role in known["roles"]), person.role)


def answers_for(session: Session, waiting: Waiting, row: Contact) -> dict[str, Any]:
    """What the log knows of the task's questions, in the words of its form."""
    tried = contact.tries(session, waiting.run.strand, row.party, before=row) + 1
    before = waiting.run.seen_by(waiting.task.key).get("contact_attempts")
    told = {
        "contact_channel": row.channel,
        "channel_checked": "yes",
        "contact_result": _in_words_of(waiting.form, row.result),
        "contact_attempts": min(MOST_TRIES, max(tried, (before if isinstance(before, int) else 0) + 1)),
        "contact_words": row.words,
        "next_promise": row.promise,
        "next_promise_on": row.promised_on.isoformat() if row.promised_on else None,
    }
    return {key: value for key, value in told.items() if value is not None and _takes(waiting.form, key, value)}


def _takes(form: Form, key: str, value: object) -> bool:
    field = form.fields.get(key)
    return field is not None and (not field.options or value in {option.value for option in field.options})


def _in_words_of(form: Form, result: str) -> str:
    return next((word for word in (result, *SAME_AS.get(result, ())) if _takes(form, "contact_result", word)), result)


def missing(session: Session, case: Case, person: Party, waiting: Waiting | None, now: datetime) -> list[str]:
    """What stands between us and contacting this person of our own accord, as the gate says it; empty where we may.

    Where a task waits for the contact its own effect is asked; else a contact of their side, for whichever victim
    of the case lacks least.
    """
    if waiting is not None:
        return gate.missing(session, waiting.run.strand, waiting.task.effect or "", now)
    runs = select(Run.about_id).where(Run.case_id == case.id).distinct()
    strands = [
        Strand(case.id, about) for about in session.scalars(runs) if about in {None, person.id} or not _own(person)
    ]
    effect = f"contact_{party_of(person)}"
    return min((gate.missing(session, strand, effect, now) for strand in strands), key=len, default=[])


def _own(person: Party) -> bool:
    """Whether a strand of the case is about this person alone."""
    return bool(bpmn.parties().get(party_of(person), {}).get("strand"))


def _check(command: LogContact, safe: SafeContact, absent: Sequence[str], now: datetime) -> None:
    wrong: dict[str, str] = {}
    if absent and command.channel != INCOMING:
        wrong["channel"] = NOT_YET.format(missing="; ".join(absent))
    if command.safe_to_talk not in {SAFE, UNSAFE, NOT_ASKED}:
        wrong["safe_to_talk"] = "Say whether they told you that it was safe to talk"
    elif command.result == "spoke" and command.safe_to_talk != SAFE and command.channel not in safe_contact.WRITTEN:
        wrong["safe_to_talk"] = "You talked, so first ask: is it safe to talk now?"
    if not safe.allows(command.channel):
        wrong["channel"] = "Choose one of the ways that are on their safe-contact list"
    if result := _wrong_result(command, safe):
        wrong["result"] = result
    wrong |= _promise(command, now)
    if len(command.words) > LONGEST:
        wrong["words"] = "Keep it under 5,000 characters"
    if wrong:
        raise ContactNotTaken({key: [message] for key, message in wrong.items()}, {})


def _wrong_result(command: LogContact, safe: SafeContact) -> str:
    if command.result not in safe.results:
        return "Choose what came of it"
    if command.result == "message_left" and command.channel == "call" and not safe.may_leave_voicemail:
        return "No voicemail may be left for them. If one was left, tell it as something that has happened"
    if command.safe_to_talk == UNSAFE and command.result not in {"not_safe", "someone_else"}:
        return "They could not talk safely: choose that it was not safe, or that somebody else answered"
    return ""


def _promise(command: LogContact, now: datetime) -> dict[str, str]:
    wrong = {}
    if command.promise and command.promised_on is None:
        wrong["promised_on"] = "Say by when, so that the promise is kept"
    elif command.promised_on is not None and command.promised_on < now.astimezone(clock.LONDON).date():
        wrong["promised_on"] = "Choose today or a later day"
    if len(command.promise) > LONGEST_PROMISE:
        wrong["promise"] = "Keep the promise under 500 characters"
    return wrong


def _row(command: LogContact, case: Case, person: Party, waiting: Waiting | None, now: datetime) -> Contact:
    word = party_of(person)
    about = waiting.run.about_id if waiting else person.id if bpmn.parties().get(word, {}).get("strand") else None
    return Contact(
        case_id=case.id,
        about_id=about,
        person_id=person.id,
        task_id=waiting.task.id if waiting else None,
        filed_with=uuid4() if command.also else None,
        at=now,
        party=word,
        channel=command.channel,
        result=command.result,
        safe_to_talk=command.safe_to_talk,
        staff_id=command.by.id,
        words=command.words.strip() or None,
        promise=command.promise.strip() or None,
        promised_on=command.promised_on,
    )


def _file(session: Session, command: LogContact, other: Case, row: Contact, told: Entry, now: datetime) -> None:
    """The same contact in a linked case; its promise stays with the case it was made in, so that it is kept once."""
    same = {name: getattr(row, name) for name in ("filed_with", "at", "party", "channel", "result", "staff_id")}
    session.add(Contact(case_id=other.id, about_id=None, safe_to_talk=row.safe_to_talk, words=row.words, **same))
    session.flush()
    write(session, command, other.id, [Entry(told.tag, {**told.detail, "from": command.reference})], now)


def _fill_in(session: Session, by: Actor, task: Task, values: Mapping[str, Any], now: datetime) -> None:
    """Put what was noted into the actor's draft of the task; what they had typed there stays."""
    if by.id is None:
        return
    mine = select(Draft).where(Draft.task_id == task.id, Draft.staff_id == by.id)
    typed = session.scalars(mine).one_or_none()
    kept = {key: value for key, value in (typed.values if typed else {}).items() if value not in (None, "", [], {})}
    tasks.keep_draft(session, task.id, by.id, {**values, **kept}, now)
