"""Possible links: the same name in another case of the service; across the wall only that there is one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, Party, sees_whole_service, visible
from rj_engine.commands import Actor


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
    """Other cases of the service with a name of this one, the newest first.

    Whoever does not see the whole service is told the other case only where it is their team's and the person stands
    on the same side there: that a victim here is a harmer elsewhere is for a lead to know.
    """
    here = {party.name_mark: party for party in session.scalars(select(Party).where(Party.case_id == case.id))}
    joined = select(Party, Case, visible(by).label("open_to")).join(Case, Case.id == Party.case_id)
    where = Case.service_id == case.service_id, Case.id != case.id, Party.name_mark.in_(here)
    found = session.execute(joined.where(*where).order_by(Case.opened_at.desc()))
    links = [_link(by, here[there.name_mark], there, other, open_to=open_to) for there, other, open_to in found]
    return list(dict.fromkeys(links))


def _link(by: Actor, here: Party, there: Party, other: Case, *, open_to: bool) -> Link:
    same = here.wall == there.wall
    told = open_to and (same or sees_whole_service(by))
    return Link(here.name, other.reference if told else None, same if told else False)
