"""What goes from one person to the other: their own words, the words agreed, who read them, and how they arrived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases import shapes
from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.cases.shapes import Shape
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry

MESSAGE, LETTER = "message", "letter"
OTHER_SIDE: Final = {"victim": "harmer", "harmer": "victim", "party_1": "party_2", "party_2": "party_1"}
"""Who writes to whom."""
STOPPED: Final = "stopped"
"""How a letter was handed over that was not."""


class MessageLeg(Row):
    """One letter or message on its way; what was to be changed stays, and the new words are a new leg."""

    __tablename__ = "message_leg"
    __table_args__ = (Index("ix_message_leg_case", "case_id", "taken_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(30))
    recipient: Mapped[str] = mapped_column(String(30))
    author_agrees: Mapped[str] = mapped_column(String(20), default="")
    taken_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    first_vet: Mapped[str] = mapped_column(String(20), default="")
    first_vet_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    second_vet: Mapped[str] = mapped_column(String(20), default="")
    second_vet_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    wanted: Mapped[str] = mapped_column(String(20), default="")
    """Whether who gets it wants it, asked before."""
    passed_on: Mapped[date | None]
    passed_how: Mapped[str] = mapped_column(String(40), default="")
    passed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    kept_by: Mapped[str] = mapped_column(String(40), default="")
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[dict[str, Any]]("words_sealed")
    """`own`, `agreed`, `change` and `reaction`."""


class _Taken(Shape):
    """Words that somebody would like passed on."""

    message_to = shapes.word(*OTHER_SIDE)
    message_own_words = shapes.words()
    message_agreed_words = shapes.words()
    message_author_agrees = shapes.word("yes", "no")
    letter_text = shapes.words()


class _Read(Shape):
    """What a reader said."""

    message_vet = shapes.word("pass", "change")
    message_vet_note = shapes.words()
    first_vet = shapes.word("pass", "change")
    first_vet_note = shapes.words()
    second_vet = shapes.word("pass", "change")
    second_vet_note = shapes.words()


class _Asked(Shape):
    """Whether it is wanted."""

    victim_wants_letter = shapes.word(required=True)


class _Passed(Shape):
    """How it was passed on."""

    message_how = shapes.word()
    message_on = shapes.day()
    message_reaction = shapes.words()
    handed_how = shapes.word()
    handed_on = shapes.day()
    handed_reaction = shapes.words()
    letter_kept_by = shapes.word()


@records("message_leg")
def keep(finished: Finished) -> list[Entry]:
    """Keep one step of a letter's or message's way, told by what its form asks."""
    for key, step in _STEPS.items():
        if key in finished.answers:
            return step(finished)
    return []


def _take(finished: Finished) -> list[Entry]:
    told = shapes.told(_Taken, finished.answers)
    letter = told["letter_text"]
    agreed = letter or told["message_agreed_words"]
    if not agreed:
        raise shapes.refuse(finished.answers, message_agreed_words=shapes.ANSWER)
    recipient = told["message_to"] or "victim"
    row = MessageLeg(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        kind=LETTER if letter else MESSAGE,
        author=OTHER_SIDE[recipient],
        recipient=recipient,
        author_agrees=told["message_author_agrees"] or "",
        taken_at=finished.now,
        taken_by=finished.by.id,
        words={"own": told["message_own_words"], "agreed": agreed},
    )
    finished.session.add(row)
    return [Entry("case:message:taken", {"kind": row.kind, "to": row.recipient})]


def _vet(finished: Finished) -> list[Entry]:
    told = shapes.told(_Read, finished.answers)
    row = newest(finished.session, finished.strand)
    if row is None:
        return []
    if told["second_vet"]:
        row.second_vet, row.second_vet_by = told["second_vet"], finished.by.id
    else:
        row.first_vet, row.first_vet_by = told["first_vet"] or told["message_vet"] or "", finished.by.id
    change = told["second_vet_note"] or told["first_vet_note"] or told["message_vet_note"]
    row.words = {**row.words, **({"change": change} if change else {})}
    passed = "change" not in {row.first_vet, row.second_vet}
    return [Entry("case:message:read", {"kind": row.kind, "passed": passed})]


def _ask(finished: Finished) -> list[Entry]:
    told = shapes.told(_Asked, finished.answers)
    row = newest(finished.session, finished.strand)
    if row is None:
        return []
    row.wanted = told["victim_wants_letter"]
    return [Entry("case:message:asked", {"kind": row.kind, "wanted": row.wanted})]


def _pass_on(finished: Finished) -> list[Entry]:
    told = shapes.told(_Passed, finished.answers)
    row = newest(finished.session, finished.strand)
    if row is None:
        return []
    row.passed_how = told["message_how"] or told["handed_how"] or ""
    if row.passed_how != STOPPED:
        row.passed_on = told["message_on"] or told["handed_on"] or clock.today()
        row.passed_by = finished.by.id
    row.kept_by = told["letter_kept_by"] or ""
    row.words = {**row.words, "reaction": told["message_reaction"] or told["handed_reaction"]}
    return [Entry("case:message:passed", {"kind": row.kind, "how": row.passed_how})]


_STEPS: Final[Mapping[str, Callable[[Finished], list[Entry]]]] = {
    "message_agreed_words": _take,
    "letter_text": _take,
    "message_vet": _vet,
    "first_vet": _vet,
    "second_vet": _vet,
    "victim_wants_letter": _ask,
    "message_how": _pass_on,
    "handed_how": _pass_on,
}
"""The question by which each step is known."""


def newest(session: Session, strand: Strand) -> MessageLeg | None:
    """The leg that is on its way in a strand, or was last."""
    session.flush()
    found = select(MessageLeg).where(*strand.of(MessageLeg)).order_by(MessageLeg.taken_at.desc()).limit(1)
    return session.scalars(found).one_or_none()


def history(session: Session, case_id: UUID) -> list[MessageLeg]:
    """Every letter and message of a case, newest first."""
    found = select(MessageLeg).where(MessageLeg.case_id == case_id).order_by(MessageLeg.taken_at.desc())
    return list(session.scalars(found))
