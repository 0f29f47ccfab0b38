"""A case changes hands: its new facilitator has it, with every step that waited for the old one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import update

from rj_engine.cases import allocation
from rj_engine.cases.records import Finished, records
from rj_engine.ledger import Entry
from rj_engine.workflows.rows import Task

LANE: Final = "facilitator"


@records("handover")
def keep_handover(finished: Finished) -> list[Entry]:
    """Give the case to the colleague named in the form, and the old facilitator's open tasks with it."""
    before = finished.case.facilitator_id
    entries = allocation.keep_allocation(finished)
    theirs = Task.case_id == finished.case.id, Task.lane == LANE, Task.assignee_id == before, Task.closed_at.is_(None)
    finished.session.execute(update(Task).where(*theirs).values(assignee_id=finished.case.facilitator_id))
    return entries
