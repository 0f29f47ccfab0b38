"""What begins beside a case because of what its record has just said: `follows` in `events.json`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from rj_engine import bpmn
from rj_engine.cases.case import Strand
from rj_engine.ledger import Entry
from rj_engine.workflows.moves import Move, Moved
from rj_engine.workflows.rows import Run


def begin(move: Move, strand: Strand, entries: Iterable[Entry]) -> Moved:
    """Begin each pathway that one of these entries calls for, unless it runs for this strand already."""
    moved = Moved()
    for pathway in dict.fromkeys(known for entry in entries if (known := bpmn.follows().get(entry.tag))):
        where = *strand.of(Run), Run.pathway == pathway, Run.status == "running"
        if move.session.scalar(select(Run.id).where(*where).limit(1)) is None:
            moved.add(move.start(pathway, {}, about_id=strand.about_id, beside=True))
    return moved
