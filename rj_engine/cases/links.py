"""Possible links: the same name in another case of the service; across the wall only that there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases import marks
from rj_engine.cases.case import Case, Party, sees_whole_service, visible
from rj_engine.cases.found_by import FoundBy
from rj_engine.commands import Actor

MOST: Final = 50
"""Beyond that many a name is too common to say anything."""


@dataclass(frozen=True, slots=True)
class Link:
    """One other case in which somebody of the same name is told of."""

    name: str
    """The name as this case has it."""
    reference: str | None
    """The other case; None where the reader may only know that a lead has to look."""
    same_side: bool
    """Whether both cases have them on the same side of the wall."""


def possible(session: Session, by: Actor, case: Case) -> list[Link]:
    """Other cases of the service with a name of this one, in any order of its words, the newest first.

    Whoever does not see the whole service is told the other case only where it is their team's and the person stands
    on the same side there: that a victim here is a harmer elsewhere is for a lead to know.
    """
    people = session.scalars(select(Party).where(Party.case_id == case.id))
    here = {marks.of_whole_name(party.name): party for party in people if marks.words_of(party.name)}
    joined = select(FoundBy.mark, Party.wall, Case.reference, visible(by).label("open_to"))
    joined = joined.join(Party, Party.id == FoundBy.holder_id).join(Case, Case.id == FoundBy.case_id)
    where = Case.service_id == case.service_id, Case.id != case.id, FoundBy.mark.in_(here)
    found = session.execute(joined.where(*where).order_by(Case.opened_at.desc()).limit(MOST))
    return list(dict.fromkeys(_link(by, here[row.mark], row) for row in found))


def _link(by: Actor, here: Party, there: Any) -> Link:
    same = here.wall == there.wall
    told = there.open_to and (same or sees_whole_service(by))
    return Link(here.name, there.reference if told else None, same if told else False)
