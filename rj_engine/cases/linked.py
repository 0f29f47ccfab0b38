"""Linked cases, and the look for people already known before a case is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases import finding, marks
from rj_engine.cases.case import Case, find, lock, sees_whole_service, visible
from rj_engine.cases.finding import Found, Result
from rj_engine.cases.found_by import CRIME_NUMBER, PHONE
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.commands import write as write_entries
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

LIKELY: Final = 0.92
"""From here on two names are worth asking about before a case is made."""
OFFERED: Final = 5
LONGEST: Final = 500


class CaseLink(Row):
    """Two cases that concern the same people or the same harm; one row, whichever was linked to which."""

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("case_id", "other_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    linked_at: Mapped[datetime]
    linked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)

    reason = Opened[str | None]("reason_sealed")


class NotLinked(Refused):
    """Choose only cases that are linked with this one and that you may see."""

    code = "not_linked"


class ReasonNeeded(Refused):
    """Say why the two cases do not belong together, in at most 500 letters."""

    code = "reason_needed"


class SameCase(Refused):
    """A case cannot be linked with itself. Give the reference of the other case."""

    code = "same_case"


@dataclass(frozen=True, kw_only=True)
class LinkCases(Command):
    """Say that two cases belong together, and why."""

    reference: str
    other: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class UnlinkCases(Command):
    """Say that two cases do not belong together after all, and why."""

    reference: str
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class Considered:
    """What somebody decided who was shown likely duplicates before a case was made."""

    shown: int
    same_as: str | None = None
    """The case that concerns the same person; none where they said that it is somebody else."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A case whose people may be those who are being referred; `why` says what is alike, and to what was typed."""

    found: Found
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the people of a referral before it is made."""

    likely: tuple[Likely, ...] = ()
    elsewhere: bool = False
    """Whether a lead has to look: another team's case, or the other side of the wall."""


@handles(LinkCases, verb="link_cases")
def link(command: LinkCases, session: Session, now: datetime) -> Outcome:
    """Link two cases that the person may both see; linking them again changes nothing."""
    case, others = held(session, command.by, command.reference, [command.other])
    if not others:
        raise SameCase
    other = others[0]
    entries = join(session, command, case, other, now, command.reason.strip() or None)
    return Outcome({"case": case.reference, "other": other.reference}, case.id, entries)


@handles(UnlinkCases, verb="link_cases")
def unlink(command: UnlinkCases, session: Session, now: datetime) -> Outcome:
    """Take the link away; both histories keep that it stood and why it went. What was filed in both stays in both."""
    case, others = together(session, command.by, command.reference, [command.other])
    reason = " ".join(command.reason.split())
    if not others:
        raise SameCase
    if not 0 < len(reason) <= LONGEST:
        raise ReasonNeeded
    other = others[0]
    pair = {case.id, other.id}
    session.execute(delete(CaseLink).where(CaseLink.case_id.in_(pair), CaseLink.other_id.in_(pair)))
    ended = Entry("case:unlinked", {"with": case.reference, "why": reason})
    write_entries(session, command, other.id, [ended], now)
    answer = {"case": case.reference, "other": other.reference}
    return Outcome(answer, case.id, [Entry("case:unlinked", {"with": other.reference, "why": reason})])


def join(
    session: Session, command: Command, case: Case, other: Case, now: datetime, reason: str | None = None
) -> list[Entry]:
    """Link two cases inside the caller's transaction; what the first one's history says of it."""
    if other.id in {each.id for each in _others(session, case)}:
        return []
    at = {"case_id": case.id, "other_id": other.id, "linked_at": now, "linked_by": command.by.id}
    session.add(CaseLink(**at, reason=reason))
    write_entries(session, command, other.id, [Entry("case:linked", {"with": case.reference})], now)
    return [Entry("case:linked", {"with": other.reference})]


def of_case(session: Session, by: Actor, case: Case) -> tuple[list[Case], bool]:
    """The cases linked with this one that `by` may see, newest first; and whether there are others."""
    every = _others(session, case)
    seen = list(session.scalars(select(Case).where(Case.id.in_([each.id for each in every]), visible(by))))
    return sorted(seen, key=lambda each: each.opened_at, reverse=True), len(every) > len(seen)


def together(session: Session, by: Actor, reference: str, also: Iterable[str]) -> tuple[Case, list[Case]]:
    """A case and the linked cases in which something is filed with it, held until the command ends.

    Refuses with `NotLinked` what is not linked with the first.
    """
    case, others = held(session, by, reference, also)
    if others:
        seen, _ = of_case(session, by, case)
        if {each.id for each in others} - {each.id for each in seen}:
            raise NotLinked
    return case, others


def held(session: Session, by: Actor, reference: str, also: Iterable[str]) -> tuple[Case, list[Case]]:
    """Hold several cases, always in one order, so that two people wait for each other and never in a circle."""
    first = reference.strip().upper()
    wanted = {first, *(each.strip().upper() for each in also if each.strip())}
    found = {each: lock(session, by, each) for each in sorted(wanted)}
    return found.pop(first), list(found.values())


def _others(session: Session, case: Case) -> list[Case]:
    joined = select(Case).join(CaseLink, or_(CaseLink.case_id == Case.id, CaseLink.other_id == Case.id))
    where = or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id), Case.id != case.id
    return list(session.scalars(joined.where(*where)).unique())


def known(session: Session, by: Actor, people: Mapping[str, str], answers: Mapping[str, Any]) -> Known:
    """Who of these people (side of the wall by name) may be known already, and who has the same numbers.

    Nothing for a referrer, who sees no case. Whoever does not see the whole service is told of no match on the other
    side of the wall: that a victim here is a harmer elsewhere is for a lead to know.
    """
    if "see_case" not in by.verbs:
        return Known()
    every = [(name, wall, finding.by_name(session, by, name)) for name, wall in people.items()]
    every += [(number, "", finding.by_number(session, by, number)) for number in _numbers(answers)]
    likely: dict[str, dict[str, Found]] = {}
    elsewhere = False
    for typed, wall, result in every:
        here, other_side = _sides(by, wall, result)
        elsewhere = elsewhere or other_side or result.elsewhere
        for found in here:
            likely.setdefault(found.reference, {}).setdefault(f"{found.why} as “{typed}”", found)
    # More that is alike says more than one name that is more alike.
    ordered = sorted(likely.values(), key=lambda whys: (-len(whys), -max(each.likeness for each in whys.values())))
    return Known(tuple(Likely(next(iter(whys.values())), tuple(whys)) for whys in ordered[:OFFERED]), elsewhere)


def _sides(by: Actor, wall: str, result: Result) -> tuple[list[Found], bool]:
    """What may be shown of a result, and whether something plain had to be left out."""
    near = [each for each in result.found if each.likeness >= LIKELY and each.why != "Part of the name"]
    if sees_whole_service(by) or not wall:
        return near, False
    here = [each for each in near if each.wall in {None, wall}]
    return here, any(each.likeness >= finding.PLAIN for each in near if each not in here)


def _numbers(answers: Mapping[str, Any]) -> list[str]:
    kept = [str(value) for key, value in answers.items() if value and (key.endswith(PHONE) or key == CRIME_NUMBER)]
    return sorted({value.strip() for value in kept if len(value.strip()) >= marks.SHORTEST_NUMBER})


def consider(session: Session, command: Command, case: Case, seen: Considered | None, now: datetime) -> list[Entry]:
    """Record what was decided about likely duplicates of a new case, and link it where they are the same."""
    if seen is None:
        return []
    choice = {"shown": seen.shown, "same": seen.same_as is not None}
    entries = [Entry("case:duplicates:considered", choice)]
    if seen.same_as is not None:
        entries += join(session, command, case, find(session, command.by, seen.same_as), now)
    return entries
