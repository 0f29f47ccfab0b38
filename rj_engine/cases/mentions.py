"""Colleagues whom a note mentions: by ticking them, or with an @ before their name; only those who see the case."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import Case
from rj_engine.cases.conflicts import free_of
from rj_engine.database import Row
from rj_engine.errors import Refused
from rj_engine.people.staff import Staff, actor_of

AT: Final = re.compile(r"(?<!\w)@(?=\w)")
"""An e-mail address mentions nobody."""
FIRST: Final = re.compile(r"[^\W\d_]+")


class NoteMention(Row):
    """That a colleague is to be told of a note; what it says is for the case's page alone."""

    __tablename__ = "note_mention"
    __table_args__ = (UniqueConstraint("note_id", "staff_id"),)

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class MayNotSeeIt(Refused):
    """Tell only colleagues of the case's own team who may see it."""

    code = "may_not_see_it"


def colleagues(session: Session, case: Case, but: UUID | None) -> list[Staff]:
    """Who can be told of a note on this case: its team, without those kept away from it, by name."""
    where = Staff.service_id == case.service_id, Staff.team_id == case.team_id, Staff.active, Staff.id != but
    found = session.scalars(select(Staff).where(*where, free_of(Staff.id, case.id)).order_by(Staff.name, Staff.id))
    return [person for person in found if "see_case" in actor_of(person).verbs]


def read(words: str, people: Sequence[Staff]) -> tuple[set[UUID], int]:
    """Whom the words mention, and how often an @ stands before a name that fits nobody, or more than one."""
    found, unclear = set(), 0
    for sign in AT.finditer(words):
        one = _named(words[sign.end() :].casefold(), people)
        if one is None:
            unclear += 1
        else:
            found.add(one.id)
    return found, unclear


def keep(session: Session, note_id: UUID, case: Case, told: Collection[UUID]) -> None:
    """Note who is to be told; the scheduler tells them."""
    session.add_all([NoteMention(note_id=note_id, case_id=case.id, staff_id=who) for who in sorted(told)])


def of_notes(session: Session, notes: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Note to the colleagues it mentions."""
    found: dict[UUID, list[UUID]] = {}
    if notes:
        for row in session.scalars(select(NoteMention).where(NoteMention.note_id.in_(notes))):
            found.setdefault(row.note_id, []).append(row.staff_id)
    return found


def _named(rest: str, people: Sequence[Staff]) -> Staff | None:
    """Whose whole name comes next, the longest that fits; else the only one with that first name."""
    whole = [one for one in people if _begins(rest, one.name.casefold())]
    if whole:
        longest = max(len(one.name) for one in whole)
        whole = [one for one in whole if len(one.name) == longest]
        return whole[0] if len(whole) == 1 else None
    word = FIRST.match(rest)
    first = [one for one in people if word and one.name.casefold().split()[:1] == [word[0]]]
    return first[0] if len(first) == 1 else None


def _begins(rest: str, name: str) -> bool:
    return bool(name) and rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()
