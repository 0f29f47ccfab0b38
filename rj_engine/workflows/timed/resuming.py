"""After a restore: timers and post stand still until an operator has looked and lets them go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.backups import Restoration
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Refused
from rj_engine.ledger import Entry


class NothingHeld(Refused):
    """Nothing is standing still: timers and post are running."""

    code = "nothing_held"


@dataclass(frozen=True, kw_only=True)
class ResumeAfterRestore(Command):
    """Let timers fire and post leave again."""


@handles(ResumeAfterRestore, verb="resume_after_restore")
def resume(command: ResumeAfterRestore, session: Session, now: datetime) -> Outcome:
    """Release every restoration that stands."""
    del command
    waiting = session.scalars(select(Restoration).where(Restoration.released_at.is_(None)).with_for_update()).all()
    if not waiting:
        raise NothingHeld
    for row in waiting:
        row.released_at = now
    told = {"backed_up_at": waiting[-1].backed_up_at.isoformat()}
    return Outcome({"released": len(waiting)}, entries=[Entry("operator:restore:released", told)])
