"""Who works a case: its facilitator."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from rj_engine.cases.records import Finished, records
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Staff, actor_of


class NoSuchColleague(Refused):
    """Choose a colleague of this team who can take the case."""

    code = "no_such_colleague"


@records("allocation")
def keep_allocation(finished: Finished) -> list[Entry]:
    """Give the case to the facilitator named in the form."""
    case = finished.case
    try:
        chosen = UUID(str(finished.answers.get("facilitator")))
    except ValueError as error:
        raise NoSuchColleague from error
    where = (Staff.id == chosen, Staff.team_id == case.team_id, Staff.active)
    staff = finished.session.scalars(select(Staff).where(*where)).one_or_none()
    if staff is None or "facilitator" not in actor_of(staff).lanes:
        raise NoSuchColleague
    case.facilitator_id = staff.id
    return [Entry("case:allocated", {"facilitator": staff.name})]
